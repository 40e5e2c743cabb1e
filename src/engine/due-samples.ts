/**
 * The samples that one tick of a block uses, in the order in which it uses them.
 *
 * Each has a boundary: 0 is the tick's start, n its end, with a substep between neighbours. Order: boundary, then
 * lane, then event time. The sort key is one double, boundary · count + position, so that the platform's own sort of
 * typed arrays does it.
 */

import type { QueuedSample } from './sample-queue.ts';

export interface DueSample extends QueuedSample {
  readonly lane: number;
  readonly boundary: number;
}

export class DueSamples {
  readonly #samples: DueSample[] = [];
  #order = new Float64Array(64);
  #next = 0;

  clear(): void {
    this.#samples.length = 0;
    this.#next = 0;
  }

  add(lane: number, boundary: number, sample: QueuedSample): void {
    const { signal, timeMs, value, receivedMs } = sample;
    this.#samples.push({ signal, timeMs, value, receivedMs, lane, boundary });
  }

  /** To be called once after all were added by ascending lane. */
  sort(): void {
    const count = this.#samples.length;
    if (this.#order.length < count) this.#order = new Float64Array(count * 2);
    for (const [position, { boundary }] of this.#samples.entries())
      this.#order[position] = boundary * count + position;
    this.#order.subarray(0, count).sort();
  }

  /** The next sample if its boundary is `boundary`. */
  take(boundary: number): DueSample | undefined {
    const sample = this.#peek();
    if (sample?.boundary !== boundary) return undefined;
    this.#next++;
    return sample;
  }

  /** The boundary of the next sample; infinite if there is none. */
  get nextBoundary(): number {
    return this.#peek()?.boundary ?? Number.POSITIVE_INFINITY;
  }

  #peek(): DueSample | undefined {
    if (this.#next >= this.#samples.length) return undefined;
    return this.#samples[(this.#order[this.#next] ?? 0) % this.#samples.length];
  }
}
