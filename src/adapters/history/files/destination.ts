/**
 * Where the samples of a file go: each series found once, its values converted, gathered and put into the history.
 *
 * Values are converted into the unit that their signal has in the history, where the file says another; without a unit in the
 * file they are taken to be in that one. A signal is known if the history has it, or if the twin's model will record it.
 */

import { parseUnit } from '../../../core/units/index.ts';
import {
  didYouMeanSeries,
  type HistoryPoints,
  type HistorySamples,
  type HistorySeries,
  type HistorySignal,
  type HistoryTakenSeries,
} from '../../../engine/index.ts';
import { conversionOf } from '../conversion.ts';
import type { FileSample } from './rows.ts';
import type { TakeOptions } from './take.ts';

/** Samples that are written at once. */
const samplesAtOnce = 65_536;

/** A series that samples of a file go to. */
export interface Target {
  readonly gathered: Gathered;
  readonly convert: (value: number) => number;
}

interface Gathered {
  readonly series: HistorySeries;
  timesMs: number[];
  values: number[];
  samples: number;
  fromMs: number;
  lastMs: number;
}

export class Destination {
  readonly #options: TakeOptions;
  readonly #does: 'check' | 'write';
  readonly #keptSinceMs: number;
  /** By what the file says of it; a text says what is wrong. */
  readonly #targets = new Map<string, Target | string>();
  readonly #gathered = new Map<string, Gathered>();
  #waiting = 0;
  #late = 0;
  #old = 0;

  constructor(options: TakeOptions, does: 'check' | 'write') {
    this.#options = options;
    this.#does = does;
    this.#keptSinceMs = options.keptSinceMs ?? Number.NEGATIVE_INFINITY;
  }

  get samples(): number {
    return this.series.reduce((sum, { samples }) => sum + samples, 0);
  }

  get late(): number {
    return this.#late;
  }

  get old(): number {
    return this.#old;
  }

  get series(): readonly HistoryTakenSeries[] {
    return Array.from(this.#gathered.values(), ({ series, samples, fromMs, lastMs }) => {
      return { ...series, samples, fromMs, lastMs };
    }).filter(({ samples }) => samples > 0);
  }

  /** Where a sample goes, or why nowhere; undefined if that is yet to be found out. */
  known(sample: FileSample): Target | string | undefined {
    return this.#targets.get(keyOf(sample));
  }

  async find(sample: FileSample): Promise<Target | string> {
    const target = await this.#find(sample);
    this.#targets.set(keyOf(sample), target);
    return target;
  }

  /** Takes a sample; returns what is wrong with it, if anything is. */
  put({ gathered, convert }: Target, { timeMs, value }: FileSample): string | undefined {
    if (timeMs > this.#options.latestMs) return `${new Date(timeMs).toISOString()} lies in the future`;
    gathered.samples++;
    if (timeMs < this.#keptSinceMs) this.#old++;
    gathered.fromMs = Math.min(gathered.fromMs, timeMs);
    gathered.lastMs = Math.max(gathered.lastMs, timeMs);
    if (this.#does === 'check') return undefined;
    gathered.timesMs.push(timeMs);
    gathered.values.push(convert(value));
    this.#waiting++;
    return undefined;
  }

  async flushIfMuch(): Promise<void> {
    if (this.#waiting >= samplesAtOnce) await this.flush();
  }

  /** Resolves once what was taken is kept. */
  async flush(): Promise<void> {
    if (this.#waiting === 0) return;
    const samples: HistorySamples[] = [];
    for (const one of this.#gathered.values()) {
      if (one.timesMs.length === 0) continue;
      samples.push({ series: one.series, points: sorted(one.timesMs, one.values) });
      [one.timesMs, one.values] = [[], []];
    }
    this.#waiting = 0;
    this.#late += (await this.#options.history.insert(samples)).late;
  }

  async #find({ twin: written, signal, unit }: FileSample): Promise<Target | string> {
    const { history, recorded, twin: only } = this.#options;
    const twin = written ?? only;
    if (twin === undefined) return 'the file does not say of which twin its samples are';
    if (only !== undefined && twin !== only) return `the sample is of ${twin}, not of ${only}`;
    const there = await history.signals(twin);
    const known = merged(there, recorded(twin) ?? []);
    if (known.length === 0) return `there is no twin \`${twin}\``;
    const found = known.find((one) => one.signal === signal);
    if (found === undefined) {
      const names = known.map((one) => one.signal);
      const meant = didYouMeanSeries(signal, names);
      return `${twin} has no signal \`${signal}\`${meant === undefined ? '' : `: ${meant}`}`;
    }
    const convert = conversionOf(signal, { from: unit ?? found.unit, to: found.unit });
    if (convert === undefined) return `${signal} of ${twin} is in ${found.unit}, ${whyNot(unit ?? '')}`;
    return { gathered: this.#gather({ twin, signal, unit: found.unit }), convert };
  }

  #gather(series: HistorySeries): Gathered {
    const key = `${series.twin}\n${series.signal}`;
    let gathered = this.#gathered.get(key);
    if (gathered === undefined) {
      const nothing = { timesMs: [], values: [], samples: 0 };
      const span = { fromMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY };
      this.#gathered.set(key, (gathered = { series, ...nothing, ...span }));
    }
    return gathered;
  }
}

/** Why a unit cannot be converted into that of a signal. */
function whyNot(unit: string): string {
  return 'unit' in parseUnit(unit) ? `which ${unit} is not` : `and \`${unit}\` is no unit`;
}

function keyOf({ twin, signal, unit }: FileSample): string {
  return `${twin ?? ''}\n${signal}\n${unit ?? ''}`;
}

function merged(
  there: readonly HistorySignal[],
  recorded: readonly HistorySignal[],
): readonly HistorySignal[] {
  const names = new Set(there.map(({ signal }) => signal));
  return [...there, ...recorded.filter(({ signal }) => !names.has(signal))];
}

/** In order of time; those of one time in the order in which they came, since the last one counts. */
function sorted(timesMs: readonly number[], values: readonly number[]): HistoryPoints {
  const order = Array.from(timesMs, (_, i) => i);
  if (timesMs.some((timeMs, i) => timeMs < (timesMs[i - 1] ?? timeMs)))
    order.sort((a, b) => (timesMs[a] ?? 0) - (timesMs[b] ?? 0));
  return {
    timesMs: Float64Array.from(order, (i) => timesMs[i] ?? 0),
    values: Float64Array.from(order, (i) => values[i] ?? 0),
  };
}
