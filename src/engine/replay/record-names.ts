/**
 * Which twin and signal a record means, told by the bytes of their names as they stand there: a sample's names are met
 * again and again, and a text for each would cost more than its tick.
 *
 * An open table of hashes (FNV-1a over both names with their lengths), half empty at most. Names that nobody asked for are
 * kept as well, so that they too are told at once.
 */

import { decodeUtf8 } from '../platform.ts';

/** What a pair of names stands for. */
export interface NamedSignal {
  /** Number of the twin; −1: none that is wanted here. */
  readonly twin: number;
  readonly signal: number;
  /** The same of its shadow. */
  readonly shadow: number;
  readonly shadowSignal: number;
}

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

export class RecordNames {
  readonly #find: (twin: string, signal: string) => NamedSignal;
  /** Place of a pair in the lists below, plus one; 0: free. */
  #table = new Uint32Array(1024);
  readonly #hashes: number[] = [];
  readonly #names: Uint8Array[] = [];
  readonly #found: NamedSignal[] = [];
  #end = 0;

  /** @param find - asked once for each pair. */
  constructor(find: (twin: string, signal: string) => NamedSignal) {
    this.#find = find;
  }

  /** Forgets what names stand for, since twins came or went. */
  clear(): void {
    this.#table.fill(0);
    this.#hashes.length = 0;
    this.#names.length = 0;
    this.#found.length = 0;
  }

  /** Where the names last looked up end. */
  get end(): number {
    return this.#end;
  }

  /** Looks up the pair that begins at `at`. @returns its number, or −1 if the bytes end before it does. */
  lookUp(bytes: Uint8Array, at: number): number {
    const middle = at + 1 + (bytes[at] ?? 0);
    const end = middle + 1 + (bytes[middle] ?? 0);
    if (middle >= bytes.length || end > bytes.length) return -1;
    this.#end = end;
    let hash = offsetBasis;
    for (let i = at; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), prime);
    // The low bits of names that differ in one digit are too much alike.
    hash = (hash ^ (hash >>> 15)) >>> 0;
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (let pair = this.#table[slot] ?? 0; pair !== 0; pair = this.#table[slot] ?? 0) {
      if (this.#hashes[pair - 1] === hash && this.#isSame(pair - 1, bytes, at)) return pair - 1;
      slot = (slot + 1) & mask;
    }
    return this.#enter(hash, slot, bytes.slice(at, end));
  }

  /** What a pair stands for. */
  at(pair: number): NamedSignal | undefined {
    return this.#found[pair];
  }

  #isSame(pair: number, bytes: Uint8Array, at: number): boolean {
    const names = this.#names[pair];
    if (names === undefined || names.length !== this.#end - at) return false;
    for (let i = 0; i < names.length; i++) if (names[i] !== bytes[at + i]) return false;
    return true;
  }

  #enter(hash: number, slot: number, names: Uint8Array): number {
    const middle = 1 + (names[0] ?? 0);
    const twin = decodeUtf8(names.subarray(1, middle)) ?? '';
    const signal = decodeUtf8(names.subarray(middle + 1)) ?? '';
    const found = this.#find(twin, signal);
    const pair = this.#names.push(names) - 1;
    this.#hashes.push(hash);
    this.#found.push(found);
    this.#table[slot] = pair + 1;
    if (this.#names.length * 2 > this.#table.length) this.#grow();
    return pair;
  }

  #grow(): void {
    const table = new Uint32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (const [pair, hash] of this.#hashes.entries()) {
      let slot = hash & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = pair + 1;
    }
    this.#table = table;
  }
}
