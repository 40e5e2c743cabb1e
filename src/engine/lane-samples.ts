/**
 * The samples of one lane: those that wait for their tick, and those that were applied lately, in one list in the order
 * in which they count. A late sample finds its place among those that were applied.
 *
 * Order: boundary between substeps, inputs before measurements, event time, signal. It does not depend on the order of
 * arrival. Boundaries are counted from 1970 on, n a tick, so that the end of a tick and the start of the next are one.
 *
 * Waiting samples are bounded: when full, the oldest of the same signal makes room, or, if there is none, the oldest of
 * all. Memory grows with need, four numbers a sample, so ten thousand idle twins cost nearly nothing.
 */

import { assertInvariant } from '../core/diagnose/index.ts';

export interface QueuedSample {
  readonly signal: number;
  readonly timeMs: number;
  readonly value: number;
  readonly receivedMs: number;
}

/** What orders samples: of a block, since its lanes share model and period. */
export interface SampleOrder {
  /** How many signals are inputs: they come first. */
  readonly inputs: number;
  readonly periodMs: number;
  /** n. */
  readonly substeps: number;
}

/**
 * | outcome | what became of the sample |
 * | --- | --- |
 * | waiting | it waits for its tick |
 * | late | its place is before others that were applied, or before where the lane is |
 * | repeated | the same is there already; it was not taken |
 */
export type Outcome = 'waiting' | 'late' | 'repeated';

/** All rows as plain data. */
export interface SampleRows {
  readonly rows: Float64Array;
  readonly applied: number;
  readonly dropped: number;
  readonly firstBoundary: number;
}

/** Waiting samples that are no more: one that had to make room, and one that was corrected. */
export interface Displaced {
  readonly evicted?: QueuedSample;
  readonly replaced?: QueuedSample;
}

const nothing: Displaced = {};
const width = 4;
const columns = { signal: 0, timeMs: 1, value: 2, receivedMs: 3 } as const;

export class LaneSamples {
  readonly #order: SampleOrder;
  readonly #limit: number;
  #rows: Float64Array = new Float64Array(0);
  /** Rows from..applied were applied, applied..to wait. */
  #from = 0;
  #applied = 0;
  #to = 0;
  /** How many rows were dropped before `#from`, so that a place stays the same number. */
  #dropped = 0;
  /** No sample counts before this boundary. */
  firstBoundary = Number.NEGATIVE_INFINITY;
  #displaced: Displaced = nothing;

  constructor(order: SampleOrder, limit: number) {
    this.#order = order;
    this.#limit = limit;
  }

  /** Goes on with what `copyOut` gave. */
  static of(
    order: SampleOrder,
    limit: number,
    { rows, applied, dropped, firstBoundary }: SampleRows,
  ): LaneSamples {
    const samples = new LaneSamples(order, limit);
    samples.#rows = rows;
    samples.#applied = applied;
    samples.#to = rows.length / width;
    samples.#dropped = dropped;
    samples.firstBoundary = firstBoundary;
    return samples;
  }

  copyOut(): SampleRows {
    return {
      rows: this.#rows.slice(this.#from * width, this.#to * width),
      applied: this.#applied - this.#from,
      dropped: this.#dropped,
      firstBoundary: this.firstBoundary,
    };
  }

  /** How many wait. */
  get waiting(): number {
    return this.#to - this.#applied;
  }

  /** The place of the next sample to apply, counted from the lane's first. */
  get applied(): number {
    return this.#dropped + this.#applied - this.#from;
  }

  /** The boundary of the next sample to apply; infinite if none waits. */
  get nextBoundary(): number {
    return this.#applied === this.#to ? Number.POSITIVE_INFINITY : this.#boundaryAt(this.#applied);
  }

  /** The boundary nearest to a time. */
  boundaryOf(timeMs: number): number {
    const { periodMs, substeps } = this.#order;
    const tick = Math.floor(timeMs / periodMs);
    const boundary = tick * substeps + Math.round((timeMs - tick * periodMs) / (periodMs / substeps));
    return Math.max(boundary, this.firstBoundary);
  }

  /** Where a sample would stand: where one of the same signal and time is, if there is one. */
  placeOf(sample: QueuedSample): number {
    const row = this.#rowOf(sample);
    const isThere = row > this.#from && this.#isSame(row - 1, sample);
    return this.#dropped + (isThere ? row - 1 : row) - this.#from;
  }

  /** @param passed - the boundary where the lane is: what belongs before it is late. */
  push(sample: QueuedSample, passed: number): Outcome {
    const row = this.#rowOf(sample);
    const isLate = row < this.#applied || this.boundaryOf(sample.timeMs) < passed;
    if (row > this.#from && this.#isSame(row - 1, sample)) return this.#replace(row - 1, sample);
    if (!isLate && this.waiting >= this.#limit) this.#displaced = { evicted: this.#evict(sample.signal) };
    this.#insert(sample);
    return isLate ? 'late' : 'waiting';
  }

  /** What the newest sample took the place of. */
  takeDisplaced(): Displaced {
    const displaced = this.#displaced;
    this.#displaced = nothing;
    return displaced;
  }

  /** Goes to the next sample. @returns the row of the one just applied, for the accessors below. */
  take(): number {
    assertInvariant(this.#applied < this.#to, 'only a sample that waits is applied');
    return this.#applied++;
  }

  signal(row: number): number {
    return this.#number(row, columns.signal);
  }

  timeMs(row: number): number {
    return this.#number(row, columns.timeMs);
  }

  value(row: number): number {
    return this.#number(row, columns.value);
  }

  /** When the sample came, the first time that it is asked; then NaN. */
  takeReceivedMs(row: number): number {
    const receivedMs = this.#number(row, columns.receivedMs);
    this.#rows[row * width + columns.receivedMs] = Number.NaN;
    return receivedMs;
  }

  /** Lets the samples from this place on wait again. */
  rewind(place: number): void {
    this.#applied = this.#from + Math.max(0, place - this.#dropped);
  }

  /** Forgets the applied samples before a place. */
  forget(place: number): void {
    const rows = Math.min(place - this.#dropped, this.#applied - this.#from);
    if (rows <= 0) return;
    this.#from += rows;
    this.#dropped += rows;
    if (this.#from === this.#to) {
      this.#from = 0;
      this.#applied = 0;
      this.#to = 0;
    }
  }

  /** How many applied samples are kept. */
  get kept(): number {
    return this.#applied - this.#from;
  }

  /** Those that wait. */
  *[Symbol.iterator](): Generator<QueuedSample> {
    for (let row = this.#applied; row < this.#to; row++) yield this.#at(row);
  }

  #boundaryAt(row: number): number {
    return this.boundaryOf(this.#number(row, columns.timeMs));
  }

  /** The row before which a sample belongs. Mostly it is the newest. */
  #rowOf(sample: QueuedSample): number {
    let row = this.#to;
    while (row > this.#from && this.#isBefore(sample, row - 1)) row--;
    return row;
  }

  #isBefore({ timeMs, signal }: QueuedSample, row: number): boolean {
    const boundary = this.boundaryOf(timeMs);
    const other = this.#boundaryAt(row);
    if (boundary !== other) return boundary < other;
    const { inputs } = this.#order;
    const otherSignal = this.#number(row, columns.signal);
    const isInput = signal < inputs;
    if (isInput !== otherSignal < inputs) return isInput;
    const otherMs = this.#number(row, columns.timeMs);
    return timeMs === otherMs ? signal < otherSignal : timeMs < otherMs;
  }

  #isSame(row: number, { signal, timeMs }: QueuedSample): boolean {
    return this.#number(row, columns.signal) === signal && this.#number(row, columns.timeMs) === timeMs;
  }

  /** Another value of the same signal and time is a correction: it takes the place of the first. */
  #replace(row: number, sample: QueuedSample): Outcome {
    if (this.#number(row, columns.value) === sample.value) return 'repeated';
    const isLate = row < this.#applied;
    if (!isLate) this.#displaced = { replaced: this.#at(row) };
    this.#put(row, sample);
    return isLate ? 'late' : 'waiting';
  }

  #insert(sample: QueuedSample): void {
    this.#makeRoom();
    const row = this.#rowOf(sample);
    this.#rows.copyWithin((row + 1) * width, row * width, this.#to * width);
    this.#put(row, sample);
    this.#to++;
    if (row < this.#applied) this.#applied++;
  }

  #put(row: number, { signal, timeMs, value, receivedMs }: QueuedSample): void {
    const at = row * width;
    this.#rows[at + columns.signal] = signal;
    this.#rows[at + columns.timeMs] = timeMs;
    this.#rows[at + columns.value] = value;
    this.#rows[at + columns.receivedMs] = receivedMs;
  }

  #evict(signal: number): QueuedSample {
    let row = this.#applied;
    while (row < this.#to && this.#number(row, columns.signal) !== signal) row++;
    if (row === this.#to) row = this.#applied;
    const sample = this.#at(row);
    this.#rows.copyWithin(row * width, (row + 1) * width, this.#to * width);
    this.#to--;
    return sample;
  }

  #makeRoom(): void {
    if ((this.#to + 1) * width <= this.#rows.length) return;
    const length = this.#to - this.#from;
    const used = this.#rows.subarray(this.#from * width, this.#to * width);
    if (length * 2 * width <= this.#rows.length && this.#from > 0) {
      this.#rows.copyWithin(0, this.#from * width, this.#to * width);
    } else {
      const grown = new Float64Array(Math.max(8, Math.ceil(length * 1.5)) * width);
      grown.set(used);
      this.#rows = grown;
    }
    this.#applied -= this.#from;
    this.#to -= this.#from;
    this.#from = 0;
  }

  #at(row: number): QueuedSample {
    return {
      signal: this.#number(row, columns.signal),
      timeMs: this.#number(row, columns.timeMs),
      value: this.#number(row, columns.value),
      receivedMs: this.#number(row, columns.receivedMs),
    };
  }

  #number(row: number, column: number): number {
    return this.#rows[row * width + column] ?? Number.NaN;
  }
}
