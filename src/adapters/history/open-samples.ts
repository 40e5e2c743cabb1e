/**
 * The newest samples of many series, in memory until they are enough for a block. In order of time; a sample of a time that
 * is there already replaces it, since it is a correction.
 */

import { ByteChunks, chunkBytes, noChunk } from './byte-chunks.ts';
import type { Points } from './codec.ts';
import { NumberColumns } from './number-columns.ts';
import { OpenBlock } from './open-block.ts';
import { type Packed, SamplePacker, SampleUnpacker } from './sample-packing.ts';

export class OpenSamples {
  readonly #chunks = new ByteChunks();
  /**
   * `first` and `last` chunk of each series, and how many bytes of the last one are used; one without samples has none. Then the series
   * as its newest sample left it.
   */
  readonly #columns = new NumberColumns({
    count: Uint32Array,
    first: Uint32Array,
    last: Uint32Array,
    used: Uint8Array,
    decimals: Uint8Array,
    timeMs: Float64Array,
    integer: Float64Array,
  });
  readonly #packer = new SamplePacker();
  readonly #packed: Packed = { timeMs: 0, decimals: 0, integer: 0 };
  /** Bytes of a series side by side. */
  #gathered = new Uint8Array(64 * chunkBytes);

  /** Begins a series without samples: the next number. */
  push(): void {
    this.#columns.push();
  }

  count(series: number): number {
    return this.#columns.of.count[series] ?? 0;
  }

  /** Time of the newest sample; −∞ if there is none. */
  lastMs(series: number): number {
    if (this.count(series) === 0) return Number.NEGATIVE_INFINITY;
    return this.#columns.of.timeMs[series] ?? Number.NaN;
  }

  /** A copy of what is there. */
  points(series: number): Points {
    const count = this.count(series);
    const timesMs = new Float64Array(count);
    const values = new Float64Array(count);
    const samples = new SampleUnpacker(this.#bytesOf(series));
    for (let i = 0; i < count; i++) {
      samples.read();
      timesMs[i] = samples.timeMs;
      values[i] = samples.value;
    }
    return { timesMs, values };
  }

  put(series: number, timeMs: number, value: number): void {
    if (timeMs > this.lastMs(series)) this.#append(series, timeMs, value);
    else this.#insert(series, timeMs, value);
  }

  clear(series: number): void {
    if (this.count(series) === 0) return;
    const { count, first, last, timeMs, decimals, integer } = this.#columns.of;
    this.#chunks.give(first[series] ?? noChunk, last[series] ?? noChunk);
    for (const column of [count, first, last, timeMs, decimals, integer]) column[series] = 0;
  }

  #append(series: number, timeMs: number, value: number): void {
    const { count, timeMs: times, decimals, integer } = this.#columns.of;
    const packed = this.#packed;
    packed.timeMs = times[series] ?? 0;
    packed.decimals = decimals[series] ?? 0;
    packed.integer = integer[series] ?? 0;
    this.#packer.pack(packed, timeMs, value);
    times[series] = packed.timeMs;
    decimals[series] = packed.decimals;
    integer[series] = packed.integer;
    this.#write(series);
    count[series] = this.count(series) + 1;
  }

  /** The bytes of the sample that was packed last. */
  #write(series: number): void {
    const { first, last, used } = this.#columns.of;
    const { bytes, length } = this.#packer;
    let chunk = last[series] ?? noChunk;
    let at = chunk === noChunk ? chunkBytes : (used[series] ?? 0);
    for (let from = 0; from < length; ) {
      if (at === chunkBytes) {
        const next = this.#chunks.take();
        if (chunk === noChunk) first[series] = next;
        else this.#chunks.chain(chunk, next);
        chunk = next;
        at = 0;
      }
      const to = Math.min(length, from + chunkBytes - at);
      this.#chunks.put(chunk, at, { bytes, from, to });
      at += to - from;
      from = to;
    }
    last[series] = chunk;
    used[series] = at;
  }

  /** All bytes of a series, until the next call. */
  #bytesOf(series: number): Uint8Array {
    let length = 0;
    for (let chunk = this.#columns.of.first[series] ?? noChunk; chunk !== noChunk; length += chunkBytes) {
      if (length === this.#gathered.length) this.#gatherMore();
      this.#chunks.copy(chunk, this.#gathered, length);
      chunk = this.#chunks.next(chunk);
    }
    return this.#gathered;
  }

  #gatherMore(): void {
    const grown = new Uint8Array(this.#gathered.length * 2);
    grown.set(this.#gathered);
    this.#gathered = grown;
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
}
