/**
 * The newest samples of many series, in memory until they are enough for a block. In order of time; a sample of a time that
 * is there already replaces it, since it is a correction.
 */

import type { Points } from './codec.ts';
import { NumberColumns } from './number-columns.ts';
import { OpenBlock } from './open-block.ts';
import { chunkSamples, noChunk, SampleChunks } from './sample-chunks.ts';

export class OpenSamples {
  readonly #chunks = new SampleChunks();
  /** The first and the last chunk of each series; one without samples has none. */
  readonly #columns = new NumberColumns({ count: Uint32Array, first: Uint32Array, last: Uint32Array });

  /** Begins a series without samples: the next number. */
  push(): void {
    this.#columns.push();
  }

  count(series: number): number {
    return this.#columns.of.count[series] ?? 0;
  }

  /** Time of the newest sample; −∞ if there is none. */
  lastMs(series: number): number {
    const count = this.count(series);
    if (count === 0) return Number.NEGATIVE_INFINITY;
    return this.#chunks.timeMs(this.#last(series), (count - 1) % chunkSamples);
  }

  /** A copy of what is there. */
  points(series: number): Points {
    const count = this.count(series);
    const timesMs = new Float64Array(count);
    const values = new Float64Array(count);
    for (let i = 0, chunk = this.#first(series); i < count; chunk = this.#chunks.next(chunk)) {
      for (let at = 0; at < chunkSamples && i < count; at++, i++) {
        timesMs[i] = this.#chunks.timeMs(chunk, at);
        values[i] = this.#chunks.value(chunk, at);
      }
    }
    return { timesMs, values };
  }

  put(series: number, timeMs: number, value: number): void {
    if (timeMs > this.lastMs(series)) this.#append(series, timeMs, value);
    else this.#insert(series, timeMs, value);
  }

  clear(series: number): void {
    if (this.count(series) === 0) return;
    this.#chunks.give(this.#first(series), this.#last(series));
    const { count, first, last } = this.#columns.of;
    count[series] = 0;
    first[series] = noChunk;
    last[series] = noChunk;
  }

  #append(series: number, timeMs: number, value: number): void {
    const { count, first, last } = this.#columns.of;
    const before = this.count(series);
    if (before % chunkSamples === 0) {
      const chunk = this.#chunks.take();
      if (before === 0) first[series] = chunk;
      else this.#chunks.chain(this.#last(series), chunk);
      last[series] = chunk;
    }
    this.#chunks.put(this.#last(series), before % chunkSamples, { timeMs, value });
    count[series] = before + 1;
  }

  /** Seldom: all are put anew, in order. */
  #insert(series: number, timeMs: number, value: number): void {
    const block = new OpenBlock();
    const { timesMs, values } = this.points(series);
    for (const [i, one] of timesMs.entries()) block.put(one, values[i] ?? Number.NaN);
    block.put(timeMs, value);
    this.clear(series);
    const { points } = block;
    for (const [i, one] of points.timesMs.entries())
      this.#append(series, one, points.values[i] ?? Number.NaN);
  }

  #first(series: number): number {
    return this.#columns.of.first[series] ?? noChunk;
  }

  #last(series: number): number {
    return this.#columns.of.last[series] ?? noChunk;
  }
}
