/**
 * Numbers for names, told by their bytes as they stand in a record: a sample's names are met again and again, and a text for each
 * would cost more than its tick.
 *
 * An open table of hashes, half empty at most; the bytes of all names lie together. Machines send their samples in the
 * same order again and again, so the name that last followed the one before is tried first, without a hash.
 */

import { hashBytes } from '../basics/index.ts';

export class NameTable {
  /** Number of a name, plus one; 0: free. */
  #table = new Uint32Array(1024);
  #hashes = new Uint32Array(512);
  /** Where the bytes of each name end; those of the next begin there. */
  #ends = new Float64Array(512);
  #bytes = new Uint8Array(16_384);
  /** By name: the one that last came after it. */
  #followers = new Uint32Array(512);
  #last = 0;
  #count = 0;

  /** The number of the name from `from` to `to`; as many as there were before, if it is a new one. */
  lookUp(bytes: Uint8Array, from: number, to: number): number {
    const expected = this.#followers[this.#last] ?? 0;
    const isExpected = expected < this.#count && this.#isSame(expected, bytes, from, to);
    const name = isExpected ? expected : this.#search(bytes, from, to);
    if (!isExpected) this.#followers[this.#last] = name;
    this.#last = name;
    return name;
  }

  #search(bytes: Uint8Array, from: number, to: number): number {
    const hash = hashBytes(bytes, from, to);
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (let entry = this.#table[slot] ?? 0; entry !== 0; entry = this.#table[slot] ?? 0) {
      if (this.#hashes[entry - 1] === hash && this.#isSame(entry - 1, bytes, from, to)) return entry - 1;
      slot = (slot + 1) & mask;
    }
    return this.#enter(hash, slot, bytes.subarray(from, to));
  }

  clear(): void {
    this.#table.fill(0);
    this.#count = 0;
    this.#last = 0;
  }

  #isSame(name: number, bytes: Uint8Array, from: number, to: number): boolean {
    let at = name === 0 ? 0 : (this.#ends[name - 1] ?? 0);
    if ((this.#ends[name] ?? 0) - at !== to - from) return false;
    for (let i = from; i < to; i++, at++) if (this.#bytes[at] !== bytes[i]) return false;
    return true;
  }

  #enter(hash: number, slot: number, name: Uint8Array): number {
    const number = this.#count++;
    const from = number === 0 ? 0 : (this.#ends[number - 1] ?? 0);
    if (from + name.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (from + name.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(name, from);
    this.#ends[number] = from + name.length;
    this.#hashes[number] = hash;
    this.#table[slot] = number + 1;
    if (this.#count * 2 >= this.#table.length) this.#grow();
    return number;
  }

  #grow(): void {
    const [hashes, ends, followers] = [this.#hashes, this.#ends, this.#followers];
    this.#hashes = new Uint32Array(hashes.length * 2);
    this.#hashes.set(hashes);
    this.#ends = new Float64Array(ends.length * 2);
    this.#ends.set(ends);
    this.#followers = new Uint32Array(followers.length * 2);
    this.#followers.set(followers);
    const table = new Uint32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let number = 0; number < this.#count; number++) {
      let slot = (this.#hashes[number] ?? 0) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = number + 1;
    }
    this.#table = table;
  }
}
