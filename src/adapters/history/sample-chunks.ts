/**
 * Memory for the samples of many series: chunks of a few samples, side by side in large arrays and chained. What one series
 * gives back another takes, and a chunk costs its numbers alone, where an array of its own costs three hundred bytes besides.
 */

import { NumberColumns } from './number-columns.ts';

/** Samples of a chunk: of the last one of each series half is empty. */
export const chunkSamples = 4;
const chunkNumbers = 2 * chunkSamples;
const chunksPerPage = 1024;
/** The end of a chain. Chunks are counted from 1. */
export const noChunk = 0;

export class SampleChunks {
  readonly #pages: Float64Array[] = [];
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
      if (page === this.#pages.length) this.#pages.push(new Float64Array(chunksPerPage * chunkNumbers));
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

  timeMs(chunk: number, at: number): number {
    return this.#page(chunk)[placeOf(chunk) + at] ?? Number.NaN;
  }

  value(chunk: number, at: number): number {
    return this.#page(chunk)[placeOf(chunk) + chunkSamples + at] ?? Number.NaN;
  }

  put(
    chunk: number,
    at: number,
    { timeMs, value }: { readonly timeMs: number; readonly value: number },
  ): void {
    const page = this.#page(chunk);
    const place = placeOf(chunk) + at;
    page[place] = timeMs;
    page[place + chunkSamples] = value;
  }

  #page(chunk: number): Float64Array {
    const page = this.#pages[Math.floor(chunk / chunksPerPage)];
    if (page === undefined) throw new RangeError(`no chunk ${chunk}`);
    return page;
  }
}

function placeOf(chunk: number): number {
  return (chunk % chunksPerPage) * chunkNumbers;
}
