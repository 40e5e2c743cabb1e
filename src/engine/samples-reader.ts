/**
 * Reads the samples of many records without making a text or an object for each: a restart reads a million.
 *
 * The two names of a sample are looked up by their bytes in a table of those that were seen, and mean whatever `find` said of
 * them. Open addressing, hash FNV-1a of 32 bits.
 */

import { decodeUtf8 } from './platform.ts';
import { samplesLayout } from './samples-record.ts';

/** What a sample says beside its names. The same object for each. */
export interface SampleNumbers {
  timeMs: number;
  /** SI. */
  value: number;
  receivedMs: number;
}

export interface SamplesReaderOptions<Target> {
  /** What the names mean. */
  readonly find: (twin: string, signal: string) => Target;
  readonly take: (target: Target, sample: Readonly<SampleNumbers>) => void;
}

/** Names that were seen, as they stand in a record, and what they mean; undefined: to be asked again. */
interface Name<Target> {
  readonly bytes: Uint8Array;
  target: { readonly is: Target } | undefined;
}

const { kind, fixedBytes, numbersBytes } = samplesLayout;

export class SamplesReader<Target> {
  readonly #options: SamplesReaderOptions<Target>;
  readonly #sample: SampleNumbers = { timeMs: 0, value: 0, receivedMs: 0 };
  #names: (Name<Target> | undefined)[] = Array.from({ length: 1024 });
  #count = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);

  constructor(options: SamplesReaderOptions<Target>) {
    this.#options = options;
  }

  /** Takes each sample of the record that stands in `bytes` there. @returns false if it is no record of samples, or not whole. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from < fixedBytes || bytes[from] !== kind) return false;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const view = this.#view;
    const sample = this.#sample;
    let at = from + fixedBytes;
    for (let left = view.getUint32(from + 1, true); left > 0; left--) {
      const signalAt = at + 1 + (bytes[at] ?? 0);
      const numbersAt = signalAt + 1 + (bytes[signalAt] ?? 0);
      const end = numbersAt + numbersBytes;
      if (!(end <= to)) return false;
      sample.timeMs = view.getFloat64(numbersAt, true);
      sample.value = view.getFloat64(numbersAt + 8, true);
      sample.receivedMs = view.getFloat64(numbersAt + 16, true);
      this.#options.take(this.#targetOf(bytes, at, numbersAt), sample);
      at = end;
    }
    return at === to;
  }

  /** Names may mean something else from now on. */
  forget(): void {
    for (const name of this.#names) if (name !== undefined) name.target = undefined;
  }

  #targetOf(bytes: Uint8Array, from: number, to: number): Target {
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const mask = this.#names.length - 1;
    let slot = hash & mask;
    let name = this.#names[slot];
    while (name !== undefined && !isSame(name.bytes, bytes, from)) {
      slot = (slot + 1) & mask;
      name = this.#names[slot];
    }
    if (name?.target !== undefined) return name.target.is;
    const target = { is: this.#find(bytes, from, to) };
    if (name !== undefined) name.target = target;
    else this.#add({ bytes: bytes.slice(from, to), target }, slot);
    return target.is;
  }

  #find(bytes: Uint8Array, from: number, to: number): Target {
    const signalAt = from + 1 + (bytes[from] ?? 0);
    const twin = decodeUtf8(bytes.subarray(from + 1, signalAt)) ?? '';
    return this.#options.find(twin, decodeUtf8(bytes.subarray(signalAt + 1, to)) ?? '');
  }

  /** @param slot - the free place where it belongs. */
  #add(name: Name<Target>, slot: number): void {
    this.#names[slot] = name;
    if (++this.#count * 2 < this.#names.length) return;
    const before = this.#names;
    this.#names = Array.from({ length: before.length * 2 });
    const mask = this.#names.length - 1;
    for (const one of before) {
      if (one === undefined) continue;
      let at = 0x811c9dc5;
      for (const byte of one.bytes) at = Math.imul(at ^ byte, 0x01000193);
      at &= mask;
      while (this.#names[at] !== undefined) at = (at + 1) & mask;
      this.#names[at] = one;
    }
  }
}

/** A name says itself how long it is, so what begins with it is it. */
function isSame(name: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[from + i]) return false;
  return true;
}
