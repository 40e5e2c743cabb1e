/**
 * Memory for the bytes of many series: chunks of a few bytes, side by side in large arrays and chained. What one series gives
 * back another takes, and a chunk costs its bytes alone, where an array of its own costs three hundred besides.
 */

import { NumberColumns } from './number-columns.ts';

/** Of the last chunk of each series half is empty. */
export const chunkBytes = 32;
const chunksPerPage = 4096;
/** The end of a chain. Chunks are counted from 1. */
export const noChunk = 0;

export class ByteChunks {
  readonly #pages: Uint8Array[] = [];
  readonly #columns = new NumberColumns({ next: Uint32Array });
  #free = noChunk;

  constructor() {
    this.#columns.push();
  }

  take(): number {
    const { next } = this.#columns.of;
    if (this.#free === noChunk) {
      const chunk = this.#columns.push();
      const page = Math.floor(chunk / chunksPerPage);
      if (page === this.#pages.length) this.#pages.push(new Uint8Array(chunksPerPage * chunkBytes));
      return chunk;
    }
    const chunk = this.#free;
    this.#free = next[chunk] ?? noChunk;
    next[chunk] = noChunk;
    return chunk;
  }

  /** Gives back a whole chain. */
  give(first: number, last: number): void {
    this.chain(last, this.#free);
    this.#free = first;
  }

  next(chunk: number): number {
    return this.#columns.of.next[chunk] ?? noChunk;
  }

  chain(chunk: number, next: number): void {
    this.#columns.of.next[chunk] = next;
  }

  /** Puts bytes from … to of an array into a chunk, from a place on. */
  put(
    chunk: number,
    at: number,
    { bytes, from, to }: { readonly bytes: Uint8Array; readonly from: number; readonly to: number },
  ): void {
    const page = this.#page(chunk);
    // A loop, since `set` costs a call into the machine for some bytes.
    for (let i = from, place = placeOf(chunk) + at; i < to; i++, place++) page[place] = bytes[i] ?? 0;
  }

  /** Copies a whole chunk to a place of an array. */
  copy(chunk: number, into: Uint8Array, at: number): void {
    const page = this.#page(chunk);
    for (let i = 0, place = placeOf(chunk); i < chunkBytes; i++, place++) into[at + i] = page[place] ?? 0;
  }

  #page(chunk: number): Uint8Array {
    const page = this.#pages[Math.floor(chunk / chunksPerPage)];
    if (page === undefined) throw new RangeError(`no chunk ${chunk}`);
    return page;
  }
}

function placeOf(chunk: number): number {
  return (chunk % chunksPerPage) * chunkBytes;
}
