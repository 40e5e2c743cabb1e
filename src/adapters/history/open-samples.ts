/**
 * The newest samples of many series, in memory until they are enough for a block, in the order in which they came. They are put
 * in order of time when they are read, since where many come late, doing so at each would cost more than all the rest. A
 * sample of a time that is there already replaces it, since it is a correction; it counts all the same.
 */

import { ByteChunks, chunkBytes, noChunk } from './byte-chunks.ts';
import type { Points } from './codec.ts';
import { NumberColumns } from './number-columns.ts';
import { type Packed, SamplePacker, SampleUnpacker } from './sample-packing.ts';

export class OpenSamples {
  readonly #chunks = new ByteChunks();
  /**
   * `first` and `last` chunk of each series, and how many bytes of the last one are used; one without samples has none. The time of
   * its newest sample, and then the series as the sample that came last left it.
   */
  readonly #columns = new NumberColumns({
    count: Uint32Array,
    first: Uint32Array,
    last: Uint32Array,
    used: Uint8Array,
    newestMs: Float64Array,
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
    return this.#columns.of.newestMs[series] ?? Number.NaN;
  }

  /** A copy of what is there, in order of time. */
  points(series: number): Points {
    const count = this.count(series);
    const timesMs = new Float64Array(count);
    const values = new Float64Array(count);
    const samples = new SampleUnpacker(this.#bytesOf(series));
    let isOrdered = true;
    let beforeMs = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      samples.read();
      timesMs[i] = samples.timeMs;
      values[i] = samples.value;
      isOrdered &&= samples.timeMs > beforeMs;
      beforeMs = samples.timeMs;
    }
    return isOrdered ? { timesMs, values } : inOrder({ timesMs, values });
  }

  put(series: number, timeMs: number, value: number): void {
    const { count, newestMs, timeMs: times, decimals, integer } = this.#columns.of;
    newestMs[series] = Math.max(timeMs, this.lastMs(series));
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

  clear(series: number): void {
    if (this.count(series) === 0) return;
    const { count, first, last, timeMs, decimals, integer } = this.#columns.of;
    this.#chunks.give(first[series] ?? noChunk, last[series] ?? noChunk);
    for (const column of [count, first, last, timeMs, decimals, integer]) column[series] = 0;
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
}

/** By time; of several at the same time the last. */
function inOrder({ timesMs, values }: Points): Points {
  const order = Uint32Array.from(timesMs, (_, i) => i).sort(
    (a, b) => (timesMs[a] ?? 0) - (timesMs[b] ?? 0) || a - b,
  );
  const last = order.filter((i, at) => timesMs[i] !== timesMs[order[at + 1] ?? -1]);
  return {
    timesMs: Float64Array.from(last, (i) => timesMs[i] ?? Number.NaN),
    values: Float64Array.from(last, (i) => values[i] ?? Number.NaN),
  };
}
