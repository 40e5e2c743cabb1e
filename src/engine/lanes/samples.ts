/**
 * The samples of one lane: those that wait for their tick, and those that were applied lately, in one list in the order
 * in which they count. A late sample finds its place among those that were applied.
 *
 * Order: boundary between substeps, inputs before measurements, event time, signal. It does not depend on the order of
 * arrival. Boundaries are counted from 1970 on, n a tick, so that the end of a tick and the start of the next are one.
 *
 * Waiting samples are bounded: when full, the oldest of the same signal makes room, or, if there is none, the oldest of
 * all. Memory grows with need, five numbers a sample, so ten thousand idle twins cost nearly nothing.
 */

import { assertInvariant } from '../../core/diagnose/index.ts';
import type { LateTarget, Sample, SampleRows } from '../protocol/index.ts';

/** A sample of one lane. */
export type QueuedSample = Omit<Sample, 'twin'>;

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
 * | too-late | the lane cannot go back so far; it was not taken |
 * | repeated | the same is there already; it was not taken |
 */
export type Outcome = 'waiting' | 'late' | 'too-late' | 'repeated';

/** What knows how far a lane can go back. */
export interface Past {
  reaches(target: LateTarget): boolean;
}

/** Waiting samples that are no more: one that had to make room, and one that was corrected. */
export interface Displaced {
  readonly evicted?: QueuedSample;
  readonly replaced?: QueuedSample;
}

/** In place of the time of arrival: another lane of the twin has the sample as well, and counts it. */
export function countedElsewhere(receivedMs: number): number {
  // One that was applied has lost its time.
  return Number.isNaN(receivedMs) ? Number.NEGATIVE_INFINITY : -Math.abs(receivedMs);
}

export function isCountedElsewhere(receivedMs: number): boolean {
  return receivedMs < 0 || Object.is(receivedMs, -0);
}

const nothing: Displaced = {};
const width = 5;
const columns = { signal: 0, timeMs: 1, value: 2, receivedMs: 3, origin: 4 } as const;

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
  #firstBoundary = Number.NEGATIVE_INFINITY;
  /** The boundary of the next sample to apply; NaN: to be worked out. */
  #next = Number.NaN;
  #late: LateTarget = { place: 0, boundary: 0 };
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
    samples.#firstBoundary = firstBoundary;
    return samples;
  }

  copyOut(): SampleRows {
    return {
      rows: this.#rows.slice(this.#from * width, this.#to * width),
      applied: this.#applied - this.#from,
      dropped: this.#dropped,
      firstBoundary: this.#firstBoundary,
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

  /** The boundary of the next sample to apply; infinite if none waits. Asked often, so it is worked out once. */
  get nextBoundary(): number {
    if (Number.isNaN(this.#next)) {
      this.#next = this.#applied === this.#to ? Number.POSITIVE_INFINITY : this.#boundaryAt(this.#applied);
    }
    return this.#next;
  }

  /** The boundary nearest to a time. */
  boundaryOf(timeMs: number): number {
    const { periodMs, substeps } = this.#order;
    const tick = Math.floor(timeMs / periodMs);
    const boundary = tick * substeps + Math.round((timeMs - tick * periodMs) / (periodMs / substeps));
    return Math.max(boundary, this.#firstBoundary);
  }

  /** No sample counts before this boundary. */
  beginAt(boundary: number): void {
    this.#firstBoundary = boundary;
    this.#next = Number.NaN;
  }

  /**
   * @param passed - the boundary where the lane is: what belongs before it is late.
   * @param past - asked for a late sample; without it the lane can go back as far as it takes.
   */
  push(sample: QueuedSample, passed: number, past?: Past): Outcome {
    const boundary = this.boundaryOf(sample.timeMs);
    let row = this.#rowOf(sample, boundary);
    const isThere = row > this.#from && this.#isSame(row - 1, sample);
    const target = isThere ? row - 1 : row;
    const isLate = target < this.#applied || boundary < passed;
    if (isLate) {
      const late = { place: this.#dropped + target - this.#from, boundary };
      if (past !== undefined && !past.reaches(late)) return 'too-late';
      this.#late = late;
    }
    this.#next = Number.NaN;
    if (isThere) return this.#replace(target, sample, isLate);
    if (!isLate && this.waiting >= this.#limit) {
      this.#displaced = { evicted: this.#evict(sample.signal) };
      row = this.#rowOf(sample, boundary);
    }
    this.#insert(sample, row);
    return isLate ? 'late' : 'waiting';
  }

  /** What the newest late sample asks for. */
  get late(): LateTarget {
    return this.#late;
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
    this.#next = Number.NaN;
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

  /** As `takeReceivedMs` would say. */
  receivedMs(row: number): number {
    return this.#number(row, columns.receivedMs);
  }

  origin(row: number): number {
    return this.#number(row, columns.origin);
  }

  /** All of a row. */
  at(row: number): QueuedSample {
    return {
      signal: this.#number(row, columns.signal),
      timeMs: this.#number(row, columns.timeMs),
      value: this.#number(row, columns.value),
      receivedMs: this.#number(row, columns.receivedMs),
      origin: this.#number(row, columns.origin),
    };
  }

  /** When the sample came, perhaps as `countedElsewhere`, the first time that it is asked; then NaN. */
  takeReceivedMs(row: number): number {
    const receivedMs = this.#number(row, columns.receivedMs);
    this.#rows[row * width + columns.receivedMs] = Number.NaN;
    return receivedMs;
  }

  /** Lets the samples from this place on wait again. */
  rewind(place: number): void {
    this.#next = Number.NaN;
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

  /** Puts a sample of before a restart in its place, however many there are. */
  refill(sample: QueuedSample): void {
    this.#insert(sample, this.#rowOf(sample, this.boundaryOf(sample.timeMs)));
  }

  /** The row of the first sample from a place on, applied or not. */
  rowAt(place: number): number {
    return this.#from + Math.max(0, place - this.#dropped);
  }

  /** The row behind the last sample. */
  get end(): number {
    return this.#to;
  }

  /** Those from a place on, applied or not. */
  *from(place: number): Generator<QueuedSample> {
    for (let row = this.rowAt(place); row < this.#to; row++) yield this.at(row);
  }

  /** Those that wait. */
  *[Symbol.iterator](): Generator<QueuedSample> {
    for (let row = this.#applied; row < this.#to; row++) yield this.at(row);
  }

  #boundaryAt(row: number): number {
    return this.boundaryOf(this.#number(row, columns.timeMs));
  }

  /** The row before which a sample belongs. Mostly it is the newest. */
  #rowOf(sample: QueuedSample, boundary: number): number {
    let row = this.#to;
    while (row > this.#from && this.#isBefore(sample, boundary, row - 1)) row--;
    return row;
  }

  #isBefore({ timeMs, signal }: QueuedSample, boundary: number, row: number): boolean {
    const otherMs = this.#number(row, columns.timeMs);
    const other = this.boundaryOf(otherMs);
    if (boundary !== other) return boundary < other;
    const { inputs } = this.#order;
    const otherSignal = this.#number(row, columns.signal);
    const isInput = signal < inputs;
    if (isInput !== otherSignal < inputs) return isInput;
    return timeMs === otherMs ? signal < otherSignal : timeMs < otherMs;
  }

  #isSame(row: number, { signal, timeMs }: QueuedSample): boolean {
    return this.#number(row, columns.signal) === signal && this.#number(row, columns.timeMs) === timeMs;
  }

  /** Another value of the same signal and time is a correction: it takes the place of the first. */
  #replace(row: number, sample: QueuedSample, isLate: boolean): Outcome {
    if (this.#number(row, columns.value) === sample.value) return 'repeated';
    if (!isLate) this.#displaced = { replaced: this.at(row) };
    this.#put(row, sample);
    return isLate ? 'late' : 'waiting';
  }

  #insert(sample: QueuedSample, before: number): void {
    const row = before - this.#makeRoom();
    if (row < this.#to) this.#rows.copyWithin((row + 1) * width, row * width, this.#to * width);
    this.#put(row, sample);
    this.#to++;
    if (row < this.#applied) this.#applied++;
  }

  #put(row: number, { signal, timeMs, value, receivedMs, origin }: QueuedSample): void {
    const at = row * width;
    this.#rows[at + columns.signal] = signal;
    this.#rows[at + columns.timeMs] = timeMs;
    this.#rows[at + columns.value] = value;
    this.#rows[at + columns.receivedMs] = receivedMs;
    this.#rows[at + columns.origin] = origin;
  }

  #evict(signal: number): QueuedSample {
    let row = this.#applied;
    while (row < this.#to && this.#number(row, columns.signal) !== signal) row++;
    if (row === this.#to) row = this.#applied;
    const sample = this.at(row);
    this.#rows.copyWithin(row * width, (row + 1) * width, this.#to * width);
    this.#to--;
    return sample;
  }

  /** @returns by how many rows all have moved. */
  #makeRoom(): number {
    if ((this.#to + 1) * width <= this.#rows.length) return 0;
    const moved = this.#from;
    const length = this.#to - this.#from;
    // A fifth is free then, so that rows are seldom moved; more would be memory that is never used.
    if (length * 1.25 * width <= this.#rows.length && this.#from > 0) {
      this.#rows.copyWithin(0, this.#from * width, this.#to * width);
    } else {
      const grown = new Float64Array(Math.max(8, Math.ceil(length * 1.25)) * width);
      grown.set(this.#rows.subarray(this.#from * width, this.#to * width));
      this.#rows = grown;
    }
    this.#applied -= this.#from;
    this.#to -= this.#from;
    this.#from = 0;
    return moved;
  }

  #number(row: number, column: number): number {
    return this.#rows[row * width + column] ?? Number.NaN;
  }
}
