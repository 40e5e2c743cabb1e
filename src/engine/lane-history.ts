/**
 * Where a lane was, for samples that come late: copies of it at the start of some of its last ticks.
 *
 * Copies are kept so that the oldest is as old as the lateness, and two neighbours are a quarter of it apart; besides
 * them there is what the block remembers of its last tick. A late sample takes the lane back to the newest copy
 * in which nothing that comes after the sample has been applied, and its ticks are made again from there.
 */

import type { BlockMemory } from './block-memory.ts';
import type { Past, Target } from './lane-samples.ts';

export interface HistoryCopy {
  /** The tick before which it was taken: it is of the end of tick k. */
  readonly k: number;
  /** The place of the first sample that is not in it. */
  readonly place: number;
  readonly numbers: Float64Array;
}

/** Of a block: its lanes share model, period and lateness. */
export interface HistorySpan {
  /** How many ticks a sample may be late; 0: nothing is kept. */
  readonly ticks: number;
  /** Ticks between two copies. */
  readonly every: number;
  /** Boundaries a tick. */
  readonly substeps: number;
}

export function historySpan(latenessMs: number, periodMs: number, substeps: number): HistorySpan {
  // A tick more, since a sample may have been on its way for so long.
  const ticks = latenessMs > 0 ? Math.ceil(latenessMs / periodMs) + 1 : 0;
  return { ticks, every: Math.max(1, Math.ceil(latenessMs / 4 / periodMs)), substeps };
}

export class LaneHistory implements Past {
  readonly #span: HistorySpan;
  readonly #copies: HistoryCopy[];
  /** What the block remembers of the lane's last tick: its `k`, and the place as above. */
  #recentK = Number.NaN;
  #recentPlace = 0;

  constructor(span: HistorySpan, copies: readonly HistoryCopy[] = []) {
    this.#span = span;
    this.#copies = [...copies];
  }

  get copies(): readonly HistoryCopy[] {
    return this.#copies;
  }

  /** Whether a lane can go back so far. */
  reaches(target: Target): boolean {
    return this.#recentFits(target) || this.#copies.some((copy) => this.#fits(copy.k, copy.place, target));
  }

  /**
   * Goes back: what is newer is forgotten.
   *
   * @returns the copy to go on from; `recent` is what the block remembers; undefined if there is none.
   */
  back(
    target: Target,
  ): HistoryCopy | { readonly recent: true; readonly k: number; readonly place: number } | undefined {
    while (this.#copies.length > 0) {
      const newest = this.#copies.at(-1);
      if (newest === undefined || this.#fits(newest.k, newest.place, target)) break;
      this.#copies.pop();
    }
    if (this.#recentFits(target)) return { recent: true, k: this.#recentK, place: this.#recentPlace };
    this.#recentK = Number.NaN;
    return this.#copies.at(-1);
  }

  /** A tick begins, and the block remembers the lane as it is. Takes a copy if it is time for one. */
  begin(
    k: number,
    place: number,
    { memory, lane }: { readonly memory: BlockMemory; readonly lane: number },
  ): void {
    const { ticks, every } = this.#span;
    if (ticks === 0) return;
    this.#recentK = k;
    this.#recentPlace = place;
    const newest = this.#copies.at(-1);
    if (newest !== undefined && k - newest.k < every) return;
    // The second copy has the whole span behind it, so the first is needed no more; its memory is.
    const second = this.#copies[1];
    const first = second !== undefined && k - second.k >= ticks ? this.#copies.shift() : undefined;
    const numbers = first?.numbers ?? new Float64Array(memory.savedCount);
    memory.save(lane, numbers);
    this.#copies.push({ k, place, numbers });
  }

  /** The place of the oldest sample that is still needed. */
  get oldestPlace(): number {
    return (
      this.#copies[0]?.place ?? (Number.isNaN(this.#recentK) ? Number.POSITIVE_INFINITY : this.#recentPlace)
    );
  }

  /** Gives up the oldest copy, if there is another. @returns whether there was. */
  shorten(): boolean {
    return this.#copies.length > 1 && this.#copies.shift() !== undefined;
  }

  /** Forgets everything: the lane cannot go back behind this moment. */
  clear(): void {
    this.#copies.length = 0;
    this.#recentK = Number.NaN;
  }

  /** What the block remembers is no longer this lane's. */
  forgetRecent(): void {
    this.#recentK = Number.NaN;
  }

  #recentFits(target: Target): boolean {
    return this.#fits(this.#recentK, this.#recentPlace, target);
  }

  /** Written so that NaN does not fit. */
  #fits(k: number, place: number, target: Target): boolean {
    return k * this.#span.substeps <= target.boundary && place <= target.place;
  }
}
