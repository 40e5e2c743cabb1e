/**
 * The samples of one twin that wait for their tick, in order of event time; equal times in order of arrival.
 *
 * Bounded: when full, the oldest sample of the same signal makes room, or, if there is none, the oldest of all.
 * Memory grows with need, four numbers a sample, so ten thousand idle twins cost nearly nothing.
 */

import { assertInvariant } from '../core/diagnose/index.ts';

export interface QueuedSample {
  readonly signal: number;
  readonly timeMs: number;
  readonly value: number;
  readonly receivedMs: number;
}

const width = 4;

export class SampleQueue {
  readonly #limit: number;
  #rows = new Float64Array(0);
  /** Rows from..to are in use. */
  #from = 0;
  #to = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#to - this.#from;
  }

  /** The event time of the oldest sample; infinite if there is none. */
  get firstMs(): number {
    return this.#from === this.#to ? Number.POSITIVE_INFINITY : this.#number(this.#from, 1);
  }

  /** Adds a sample. Returns the one that had to make room, if one had to. */
  push({ signal, timeMs, value, receivedMs }: QueuedSample): QueuedSample | undefined {
    const evicted = this.length >= this.#limit ? this.#evict(signal) : undefined;
    this.#makeRoom();
    let row = this.#to;
    while (row > this.#from && this.#number(row - 1, 1) > timeMs) row--;
    this.#rows.copyWithin((row + 1) * width, row * width, this.#to * width);
    this.#rows[row * width] = signal;
    this.#rows[row * width + 1] = timeMs;
    this.#rows[row * width + 2] = value;
    this.#rows[row * width + 3] = receivedMs;
    this.#to++;
    return evicted;
  }

  /** Takes the oldest sample away. There must be one. */
  shift(): QueuedSample {
    const sample = this.#at(this.#from);
    this.#from++;
    if (this.#from === this.#to) {
      this.#from = 0;
      this.#to = 0;
    }
    return sample;
  }

  *[Symbol.iterator](): Generator<QueuedSample> {
    for (let row = this.#from; row < this.#to; row++) yield this.#at(row);
  }

  #evict(signal: number): QueuedSample {
    let row = this.#from;
    while (row < this.#to && this.#number(row, 0) !== signal) row++;
    if (row === this.#to) row = this.#from;
    const sample = this.#at(row);
    this.#rows.copyWithin((this.#from + 1) * width, this.#from * width, row * width);
    this.#from++;
    return sample;
  }

  #makeRoom(): void {
    if ((this.#to + 1) * width <= this.#rows.length) return;
    const used = this.#rows.subarray(this.#from * width, this.#to * width);
    if (this.length * 2 * width <= this.#rows.length && this.#from > 0) {
      this.#rows.copyWithin(0, this.#from * width, this.#to * width);
    } else {
      const grown = new Float64Array(Math.max(8, this.length * 2) * width);
      grown.set(used);
      this.#rows = grown;
    }
    this.#to -= this.#from;
    this.#from = 0;
  }

  #at(row: number): QueuedSample {
    assertInvariant(row < this.#to, 'a queue gives only what it has');
    return {
      signal: this.#number(row, 0),
      timeMs: this.#number(row, 1),
      value: this.#number(row, 2),
      receivedMs: this.#number(row, 3),
    };
  }

  #number(row: number, column: number): number {
    return this.#rows[row * width + column] ?? Number.NaN;
  }
}
