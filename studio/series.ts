/**
 * A bounded run of values over time, in the arrays that the charts draw from: a past in parts, then live values.
 *
 * In these arrays `null` is a gap in the line; `undefined` only means that another line has a value at this time.
 */

import type { Parts, Past } from './past.ts';

/** More than a quarter of an hour at the stream's pace. */
const CAPACITY = 4800;
/** Parts without anything in a row, from which on it is a gap. */
const GAP_PARTS = 3;
/** Standard deviations on either side that hold 95 % of what may be. */
export const REACH = 1.96;
/** Up to this span, live values are drawn one by one. */
export const DETAILED_SECONDS = 900;

type Numbers = (number | null | undefined)[];

export interface Point {
  readonly computed: number | null;
  readonly measured: number | null;
  /** Half the width of the band. */
  readonly reach: number | undefined;
}

export class Series {
  /** Seconds since 1970, ascending. */
  readonly times: number[] = [];
  readonly measured: Numbers = [];
  readonly computed: Numbers = [];
  /** Live, the band in which the value is most likely; in the past also what it was at least and at most. */
  readonly low: Numbers = [];
  readonly high: Numbers = [];
  readonly measuredLeast: Numbers = [];
  readonly measuredMost: Numbers = [];
  /** Live values closer together than this become one. */
  #partSeconds = 0;
  #partEnd = -Infinity;

  /** In the order in which the chart has them. */
  get columns(): [number[], ...Numbers[]] {
    const { times, measured, computed, low, high, measuredLeast, measuredMost } = this;
    return [times, measured, computed, low, high, measuredLeast, measuredMost];
  }

  push(time: number, { computed, measured, reach }: Point): void {
    if (!(time > (this.times.at(-1) ?? -Infinity))) return;
    if (time < this.#partEnd) {
      this.#merge({ computed, measured, reach });
      return;
    }
    this.#partEnd = time + this.#partSeconds;
    const hasBand = computed !== null && reach !== undefined;
    this.#add(time, {
      computed,
      measured: measured ?? undefined,
      low: hasBand ? computed - reach : null,
      high: hasBand ? computed + reach : null,
    });
    if (this.times.length > CAPACITY) {
      // In pieces, since shifting an array at each value would cost its length each time.
      for (const array of this.columns) array.splice(0, CAPACITY / 10);
    }
  }

  clear(): void {
    for (const column of this.columns) column.length = 0;
  }

  /** Puts a past before the values that are newer. */
  begin({ spanSeconds, partSeconds, computed, measured, uncertainty }: Past): void {
    const rows = new Map<number, Row>();
    addComputed(rows, computed, uncertainty);
    addMeasured(rows, measured);
    const past = [...rows].toSorted(([a], [b]) => a - b);
    const lastMs = past.at(-1)?.[0] ?? -Infinity;
    const live = this.columns;
    const from = this.times.findIndex((time) => time * 1000 > lastMs + partSeconds * 1000);
    const newer = live.map((column) => (from < 0 ? [] : column.slice(from)));
    for (const column of live) column.length = 0;
    for (const [i, [beginMs, row]] of past.entries()) {
      const before = past[i - 1]?.[0] ?? beginMs;
      const time = beginMs / 1000 + partSeconds / 2;
      if (beginMs - before > (GAP_PARTS + 0.5) * partSeconds * 1000) {
        this.#add((before / 1000 + time) / 2, gap);
      }
      this.#add(time, row);
    }
    const [next] = newer[0] ?? [];
    const last = this.times.at(-1);
    if (typeof next === 'number' && last !== undefined && next - last > GAP_PARTS * partSeconds) {
      this.#add((last + next) / 2, gap);
    }
    for (const [i, column] of this.columns.entries()) column.push(...((newer[i] ?? []) as number[]));
    this.#partSeconds = spanSeconds > DETAILED_SECONDS ? partSeconds : 0;
    this.#partEnd = -Infinity;
  }

  #add(time: number, row: Row): void {
    this.times.push(time);
    this.computed.push(row.computed);
    this.measured.push(row.measured);
    this.low.push(row.low);
    this.high.push(row.high);
    this.measuredLeast.push(row.measuredLeast);
    this.measuredMost.push(row.measuredMost);
  }

  #merge({ computed, measured, reach }: Point): void {
    const at = this.times.length - 1;
    if (computed !== null) {
      const half = reach ?? 0;
      const before = this.computed[at] ?? computed;
      this.computed[at] = computed;
      this.low[at] = Math.min(this.low[at] ?? before, computed - half);
      this.high[at] = Math.max(this.high[at] ?? before, computed + half);
    }
    if (measured !== null) {
      const before = this.measured[at] ?? measured;
      this.measured[at] = measured;
      this.measuredLeast[at] = Math.min(this.measuredLeast[at] ?? before, measured);
      this.measuredMost[at] = Math.max(this.measuredMost[at] ?? before, measured);
    }
  }
}

interface Row {
  computed?: number | null;
  measured?: number | null | undefined;
  low?: number | null;
  high?: number | null;
  measuredLeast?: number | null;
  measuredMost?: number | null;
}

/** Every line ends, and begins anew. */
const gap: Row = {
  computed: null,
  measured: null,
  low: null,
  high: null,
  measuredLeast: null,
  measuredMost: null,
};

function addComputed(rows: Map<number, Row>, parts: Parts | undefined, uncertainty: Parts | undefined): void {
  const deviations = new Map(uncertainty?.begins.map((begin, i) => [begin, uncertainty.mean[i] ?? 0]));
  for (const [i, begin] of (parts?.begins ?? []).entries()) {
    const mean = parts?.mean[i] ?? 0;
    const reach = REACH * (deviations.get(begin) ?? 0);
    rows.set(begin, {
      computed: mean,
      low: Math.min(parts?.least[i] ?? mean, mean - reach),
      high: Math.max(parts?.most[i] ?? mean, mean + reach),
    });
  }
}

function addMeasured(rows: Map<number, Row>, parts: Parts | undefined): void {
  for (const [i, begin] of (parts?.begins ?? []).entries()) {
    const mean = parts?.mean[i] ?? 0;
    rows.set(begin, {
      ...rows.get(begin),
      measured: mean,
      measuredLeast: parts?.least[i] ?? mean,
      measuredMost: parts?.most[i] ?? mean,
    });
  }
}
