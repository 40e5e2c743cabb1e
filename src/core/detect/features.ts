/**
 * What is looked at of a row of signals: how high each is over a window, how it goes up or down, how it scatters.
 *
 * A window of a day takes the daily cycle out by itself; of shorter ones, the usual hour of the day is taken off first.
 * All of it looks back only.
 */

import { mean, median, variance } from '../statistics/index.ts';

export type Feature = 'level' | 'slope' | 'spread';

export interface MonitorRow {
  /** Seconds since 1970, never falling. */
  readonly time: number;
  /** One a signal; NaN: none. */
  readonly values: readonly number[];
}

/** How rows become features; plain data. */
export interface FeaturePlan {
  readonly features: readonly Feature[];
  readonly windowSeconds: number;
  /** The usual time between rows. */
  readonly intervalSeconds: number;
  /** By signal: 24 differences from the day's median, by hour of the day in UTC; empty: not taken off. */
  readonly daily: readonly (readonly number[])[];
}

const daySeconds = 86_400;
const hours = 24;
/** More rows of a window are not kept: the oldest go first. */
const rowLimit = 20_000;

/** A window that follows the rows. Its rows are all that it remembers. */
export class FeatureWindow {
  readonly #plan: FeaturePlan;
  #rows: readonly MonitorRow[];

  constructor(plan: FeaturePlan, rows: readonly MonitorRow[] = []) {
    this.#plan = plan;
    this.#rows = rows;
  }

  get rows(): readonly MonitorRow[] {
    return this.#rows;
  }

  /** Features of each signal in turn, after this row; undefined while the window is less than half full. */
  add(row: MonitorRow): readonly number[] | undefined {
    const { features: wanted, windowSeconds } = this.#plan;
    const reach = wanted.includes('slope') ? 2 * windowSeconds : windowSeconds;
    const values = row.values.map((value, i) => value - dailyAt(this.#plan.daily[i] ?? [], row.time));
    const kept = this.#rows.filter(({ time }) => time > row.time - reach).slice(-rowLimit);
    this.#rows = [...kept, { time: row.time, values }];
    const found = values.flatMap((_, signal) => this.#of(signal, row.time));
    return found.every(Number.isFinite) ? found : undefined;
  }

  #of(signal: number, now: number): readonly number[] {
    const { features: wanted, windowSeconds } = this.#plan;
    const inside = this.#values(signal, now - windowSeconds, now);
    return wanted.map((feature) => {
      if (feature === 'level') return this.#level(inside);
      if (feature === 'spread') return this.#isFull(inside) ? Math.log(variance(inside) + 1e-12) / 2 : NaN;
      return (
        this.#level(inside) - this.#level(this.#values(signal, now - 2 * windowSeconds, now - windowSeconds))
      );
    });
  }

  #level(values: readonly number[]): number {
    return this.#isFull(values) ? mean(values) : NaN;
  }

  #isFull(values: readonly number[]): boolean {
    return values.length * this.#plan.intervalSeconds >= this.#plan.windowSeconds / 2;
  }

  #values(signal: number, after: number, until: number): readonly number[] {
    return this.#rows
      .filter(({ time }) => time > after && time <= until)
      .map(({ values }) => values[signal] ?? NaN)
      .filter(Number.isFinite);
  }
}

/** The median time between rows. */
export function usualInterval(rows: readonly MonitorRow[]): number {
  return median(rows.slice(1).map(({ time }, i) => time - (rows[i]?.time ?? NaN)));
}

/** By hour of the day: the median difference from the median of its day, smoothed over neighbours. */
export function dailyProfile(rows: readonly MonitorRow[], signal: number): readonly number[] {
  const days = Map.groupBy(rows, ({ time }) => Math.floor(time / daySeconds));
  const differences: number[][] = Array.from({ length: hours }, () => []);
  for (const day of days.values()) {
    const middle = median(day.map(({ values }) => values[signal] ?? NaN).filter(Number.isFinite));
    for (const { time, values } of day) {
      const difference = (values[signal] ?? NaN) - middle;
      if (Number.isFinite(difference)) differences[hourOf(time)]?.push(difference);
    }
  }
  const raw = differences.map((list) => (list.length > 0 ? median(list) : 0));
  const at = (hour: number) => raw[(hour + hours) % hours] ?? 0;
  const smooth = raw.map((_, hour) => (at(hour - 1) + 2 * at(hour) + at(hour + 1)) / 4);
  return smooth.map((value) => value - mean(smooth));
}

function hourOf(time: number): number {
  return Math.floor((time % daySeconds) / 3600);
}

/** Straight between the middles of the hours. */
function dailyAt(profile: readonly number[], time: number): number {
  if (profile.length === 0) return 0;
  const at = (time % daySeconds) / 3600 - 0.5;
  const below = Math.floor(at);
  const value = (hour: number) => profile[(hour + hours) % hours] ?? 0;
  return value(below) + (at - below) * (value(below + 1) - value(below));
}
