/**
 * Which twin and signal a record means, told by the bytes of their names as they stand there. Names that nobody asked for are
 * kept as well, so that they too are told at once.
 */

import { NameTable } from '../name-table.ts';
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

export class RecordNames {
  readonly #find: (twin: string, signal: string) => NamedSignal;
  readonly #names = new NameTable();
  readonly #found: NamedSignal[] = [];
  #end = 0;

  /** @param find - asked once for each pair. */
  constructor(find: (twin: string, signal: string) => NamedSignal) {
    this.#find = find;
  }

  /** Forgets what names stand for, since twins came or went. */
  clear(): void {
    this.#names.clear();
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
    const pair = this.#names.lookUp(bytes, at, end);
    if (pair === this.#found.length) this.#enter(bytes.subarray(at, end));
    return pair;
  }

  /** What a pair stands for. */
  at(pair: number): NamedSignal | undefined {
    return this.#found[pair];
  }

  #enter(names: Uint8Array): void {
    const middle = 1 + (names[0] ?? 0);
    const twin = decodeUtf8(names.subarray(1, middle)) ?? '';
    const signal = decodeUtf8(names.subarray(middle + 1)) ?? '';
    this.#found.push(this.#find(twin, signal));
  }
}
