/**
 * Where a lane was, for samples that come late: copies of it at the start of some of its last ticks.
 *
 * Copies are kept so that the oldest is as old as the lateness, and two neighbours are a quarter of it apart; besides
 * them there is what the block remembers of its last tick. A late sample takes the lane back to the newest copy
 * in which nothing that comes after the sample has been applied, and its ticks are made again from there.
 *
 * Whether a sample is too late is decided where it comes in, by its time of arrival. So that one which was taken there is
 * never refused here, however long it was on its way, copies are kept as long as such samples may still come.
 */

import type { HistoryCopy, LateTarget } from '../protocol/index.ts';
import type { BlockMemory } from './memory.ts';
import type { Past } from './samples.ts';

/** Of a block: its lanes share model, period and lateness. */
export interface HistorySpan {
  /** How many ticks a sample may be late; 0: nothing is kept. */
  readonly ticks: number;
  /** Ticks between two copies. */
  readonly every: number;
  /** Boundaries a tick. */
  readonly substeps: number;
  /** At most so many ticks is a sample on its way. */
  readonly patience: number;
  /** Samples that came later than the end of this tick may still be on their way. */
  heardK: number;
}

/** Who has said nothing for so long gets no more of us. */
const patienceMs = 60_000;

export function historySpan(latenessMs: number, periodMs: number, substeps: number): HistorySpan {
  // A tick more, since a sample may have been on its way for so long.
  const ticks = latenessMs > 0 ? Math.ceil(latenessMs / periodMs) + 1 : 0;
  const every = Math.max(1, Math.ceil(latenessMs / 4 / periodMs));
  const patience = Math.ceil(patienceMs / periodMs);
  return { ticks, every, substeps, patience, heardK: Number.POSITIVE_INFINITY };
}

/** What stands before the numbers of a copy. */
const heads = { k: 0, place: 1 } as const;
const headWidth = 2;

export class LaneHistory implements Past {
  readonly #span: HistorySpan;
  /**
   * A ring of rows, a copy each: one array a lane, since every array costs three hundred bytes besides its numbers. Empty until the
   * first copy.
   */
  #rows: Float64Array = new Float64Array(0);
  #width = 0;
  #first = 0;
  #count = 0;
  /** What the block remembers of the lane's last tick: its `k`, and the place as above. */
  #recentK = Number.NaN;
  #recentPlace = 0;

  constructor(span: HistorySpan, copies: readonly HistoryCopy[] = []) {
    this.#span = span;
    for (const { k, place, numbers } of copies) {
      const at = this.#push(k, place, numbers.length);
      this.#rows.set(numbers, at);
    }
  }

  /** From the oldest to the newest; their numbers are views, good until the next tick. */
  get copies(): readonly HistoryCopy[] {
    return Array.from({ length: this.#count }, (_, i) => this.#copy(i));
  }

  /** The first of them. */
  get oldest(): HistoryCopy | undefined {
    return this.#count === 0 ? undefined : this.#copy(0);
  }

  /** Whether a lane can go back so far. */
  reaches(target: LateTarget): boolean {
    if (this.#recentFits(target)) return true;
    for (let i = 0; i < this.#count; i++) if (this.#fits(this.#k(i), this.#place(i), target)) return true;
    return false;
  }

  /**
   * Goes back: what is newer is forgotten.
   *
   * @returns the copy to go on from; `recent` is what the block remembers; undefined if there is none.
   */
  back(
    target: LateTarget,
  ): HistoryCopy | { readonly recent: true; readonly k: number; readonly place: number } | undefined {
    while (this.#count > 0) {
      const newest = this.#count - 1;
      if (this.#fits(this.#k(newest), this.#place(newest), target)) break;
      this.#count--;
    }
    if (this.#recentFits(target)) return { recent: true, k: this.#recentK, place: this.#recentPlace };
    this.#recentK = Number.NaN;
    return this.#count === 0 ? undefined : this.#copy(this.#count - 1);
  }

  /** A tick begins, and the block remembers the lane as it is. Takes a copy if it is time for one. */
  begin(
    k: number,
    place: number,
    { memory, lane }: { readonly memory: BlockMemory; readonly lane: number },
  ): void {
    const { ticks, every, patience, heardK } = this.#span;
    if (ticks === 0) return;
    this.#recentK = k;
    this.#recentPlace = place;
    if (this.#count > 0 && k - this.#k(this.#count - 1) < every) return;
    // The second copy has the whole span behind it, so the first is needed no more; its memory is.
    const neededK = Math.max(Math.min(k, heardK), k - patience) - ticks;
    while (this.#count > 1 && this.#k(1) <= neededK) this.#shift();
    const at = this.#push(k, place, memory.savedCount);
    memory.save(lane, this.#rows, at);
  }

  /** The place of the oldest sample that is still needed. */
  get oldestPlace(): number {
    if (this.#count > 0) return this.#place(0);
    return Number.isNaN(this.#recentK) ? Number.POSITIVE_INFINITY : this.#recentPlace;
  }

  /** Gives up the oldest copy, if there is another. @returns whether there was. */
  shorten(): boolean {
    if (this.#count <= 1) return false;
    this.#shift();
    return true;
  }

  /** Forgets everything: the lane cannot go back behind this moment. */
  clear(): void {
    this.#count = 0;
    this.#recentK = Number.NaN;
  }

  #recentFits(target: LateTarget): boolean {
    return this.#fits(this.#recentK, this.#recentPlace, target);
  }

  /** Written so that NaN does not fit. */
  #fits(k: number, place: number, target: LateTarget): boolean {
    return k * this.#span.substeps <= target.boundary && place <= target.place;
  }

  #k(copy: number): number {
    return this.#rows[this.#row(copy) + heads.k] ?? Number.NaN;
  }

  #place(copy: number): number {
    return this.#rows[this.#row(copy) + heads.place] ?? Number.NaN;
  }

  #copy(copy: number): HistoryCopy {
    const row = this.#row(copy);
    const numbers = this.#rows.subarray(row + headWidth, row + this.#width);
    return { k: this.#k(copy), place: this.#place(copy), numbers };
  }

  #shift(): void {
    this.#first = (this.#first + 1) % this.#room;
    this.#count--;
  }

  /** Adds a copy. @returns where its numbers belong in the rows. */
  #push(k: number, place: number, numbers: number): number {
    if (this.#count === this.#room) this.#grow(headWidth + numbers);
    const row = this.#row(this.#count++);
    this.#rows[row + heads.k] = k;
    this.#rows[row + heads.place] = place;
    return row + headWidth;
  }

  #grow(width: number): void {
    const { ticks, every } = this.#span;
    // As many as there are in the long run; a lane that comes from elsewhere may bring more.
    const usual = Math.ceil(ticks / every) + 1;
    const rows = new Float64Array(width * Math.max(usual, this.#count + 1));
    for (let i = 0; i < this.#count; i++) {
      const row = this.#row(i);
      rows.set(this.#rows.subarray(row, row + width), i * width);
    }
    this.#rows = rows;
    this.#width = width;
    this.#first = 0;
  }

  /** How many copies there is room for. */
  get #room(): number {
    return this.#width === 0 ? 0 : this.#rows.length / this.#width;
  }

  /** Where the row of a copy begins, counted from the oldest. */
  #row(copy: number): number {
    return ((this.#first + copy) % this.#room) * this.#width;
  }
}
