/**
 * What another version of a model would have made of the past: a lane of it in the shadow of each twin of the model, given the
 * same samples, and compared with what the twin itself made of them.
 */

import {
  type Comparison,
  type ComparisonResult,
  createComparison,
  type PairedSample,
} from '../../core/compare/index.ts';
import { createMigration } from '../../core/estimate/index.ts';
import type { Model, Signal } from '../../core/model/index.ts';
import { isInBounds } from '../ingest/index.ts';
import { countedElsewhere } from '../lanes/index.ts';
import type { ShardTwin } from '../protocol/index.ts';
import { type FrameLayout, frameLayoutOf } from '../snapshot/index.ts';
import { configUnder } from '../trials/index.ts';
import { valuesOf } from './picture.ts';
import type { ReplaySite } from './replay-site.ts';
import type { ReplayedTwin, ReplayTwins } from './replay-twins.ts';
import type { LaidSample } from './waiting-samples.ts';

export interface ReplayTrialOptions {
  readonly model: Model;
  /** Shadows begin with the first tick that was due later. */
  readonly sinceMs: number;
}

export interface ReplayTrialResult {
  readonly model: string;
  /** Of all twins together. */
  readonly together: ComparisonResult;
  readonly twins: readonly { readonly twin: string; readonly result: ComparisonResult }[];
}

/** The two lanes of a twin. */
interface Pair {
  readonly id: string;
  readonly live: number;
  readonly shadow: number;
  readonly comparison: Comparison;
  readonly old: Reader;
  readonly next: Reader;
}

/** Twins of a block that have a shadow, and where they are in the block's own list. */
interface Pairs {
  readonly places: readonly number[];
  readonly pairs: readonly Pair[];
  readonly shadows: readonly number[];
}

export class ReplayTrial {
  readonly #options: ReplayTrialOptions;
  readonly #twins: ReplayTwins;
  readonly #together = createComparison();
  readonly #layout: FrameLayout;
  /** By number of the twin. */
  readonly #pairs = new Map<number, Pair>();
  /** By list of twins. */
  readonly #known = new WeakMap<readonly number[], Pairs>();
  readonly #given = { twin: 0, signal: 0, timeMs: 0, value: 0, receivedMs: 0 };

  constructor(options: ReplayTrialOptions, twins: ReplayTwins) {
    this.#options = options;
    this.#twins = twins;
    this.#layout = frameLayoutOf(options.model);
  }

  /** Begins what is to begin, before a tick of these twins. */
  begin(twins: readonly number[], dueMs: number, site: ReplaySite): void {
    if (!(dueMs > this.#options.sinceMs) || this.#known.has(twins)) return;
    const { model: next } = this.#options;
    for (const index of twins) {
      const twin = this.#twins.at(index);
      // One in a trial of then has a shadow already, or is one.
      if (twin === undefined || this.#twins.shadow(twin.settings.id) !== undefined) continue;
      const model = this.#twins.model(twin.settings.model)?.model;
      if (model?.name !== next.name || model.id === next.id || this.#pairs.has(index)) continue;
      this.#open(twin, model, site);
    }
    const places = [...twins.keys()].filter((place) => this.#pairs.has(twins[place] ?? -1));
    const pairs = places.flatMap((place) => this.#pairs.get(twins[place] ?? -1) ?? []);
    this.#known.set(twins, { places, pairs, shadows: pairs.map(({ shadow }) => shadow) });
  }

  /** Gives the shadow of a twin, if it has one, a sample as well. */
  lay(record: number, { site, settings }: ReplayedTwin, sample: LaidSample): void {
    const pair = this.#pairs.get(settings.index);
    if (pair === undefined || site === undefined) return;
    const signal = pair.next.numbers[sample.signal] ?? -1;
    const described = pair.next.signals[signal];
    if (described === undefined || !isInBounds(described, sample.value)) return;
    const given = this.#given;
    given.twin = pair.shadow;
    given.signal = signal;
    given.timeMs = sample.timeMs;
    given.value = sample.value;
    given.receivedMs = countedElsewhere(sample.receivedMs);
    site.lay(record, given);
  }

  /** Lets the shadows make the tick that these twins have made, and compares. `values` are those of the twins. */
  tick(
    twins: readonly number[],
    values: Float64Array,
    { dueMs, site }: { readonly dueMs: number; readonly site: ReplaySite },
  ): void {
    const known = this.#known.get(twins);
    if (known === undefined || known.pairs.length === 0) return;
    const { pairs, places, shadows } = known;
    const shown = site.tick(shadows, dueMs);
    if (shown.length === 0) return;
    const others = valuesOf(shadows, shown);
    for (const [at, { comparison, old, next }] of pairs.entries()) {
      const before = old.read(values, twins.length, places[at] ?? 0);
      const after = next.read(others, shadows.length, at);
      const samples: PairedSample[] = [];
      for (const [measurement, reading] of after) {
        const other = before.get(measurement);
        if (other?.timeMs === reading.timeMs) samples.push({ measurement, old: other, new: reading });
      }
      comparison.tick(dueMs, samples);
      this.#together.tick(dueMs, samples);
    }
    for (const { twin, errors } of shown.flatMap(({ ahead }) => ahead)) {
      const pair = this.#pairs.get(twin);
      for (const { live, shadow, ...error } of errors) {
        pair?.comparison.ahead(dueMs, { ...error, old: live, new: shadow });
        this.#together.ahead(dueMs, { ...error, old: live, new: shadow });
      }
    }
  }

  result(): ReplayTrialResult {
    const twins = Array.from(this.#pairs.values(), ({ id, comparison }) => ({
      twin: id,
      result: comparison.result(),
    }));
    return { model: this.#options.model.id, together: this.#together.result(), twins };
  }

  #open({ settings }: ReplayedTwin, model: Model, site: ReplaySite): void {
    const { model: next } = this.#options;
    const parameters = createMigration(model, next).parameters(settings.parameters);
    const index = this.#twins.number();
    const shadow: ShardTwin = { ...configUnder(settings, next, parameters), index, shadowOf: settings.index };
    site.shadow(shadow, { of: settings.index, model: { id: next.id, document: next.document } });
    this.#pairs.set(settings.index, {
      id: settings.id,
      live: settings.index,
      shadow: index,
      comparison: createComparison(),
      old: new Reader(model, frameLayoutOf(model), model),
      next: new Reader(next, this.#layout, model),
    });
  }
}

interface Reading {
  readonly timeMs: number;
  readonly innovation: number;
  readonly deviation: number;
  readonly rejected: boolean;
}

/** Reads from the frames of a lane what it made of its new samples. */
class Reader {
  /** All of the version, and by number of a signal of the version before: its number here, or −1. */
  readonly signals: readonly Signal[];
  readonly numbers: readonly number[];
  readonly #model: Model;
  readonly #layout: FrameLayout;
  readonly #timesMs: Float64Array;
  #isFirst = true;

  constructor(model: Model, layout: FrameLayout, before: Model) {
    this.#model = model;
    this.#layout = layout;
    this.#timesMs = new Float64Array(model.measurements.length).fill(Number.NaN);
    this.signals = [...model.inputs, ...model.measurements];
    this.numbers = [...before.inputs, ...before.measurements].map(({ name }) =>
      this.signals.findIndex((signal) => signal.name === name),
    );
  }

  /** Nothing the first time: that is of before. */
  read(values: Float64Array, lanes: number, lane: number): ReadonlyMap<string, Reading> {
    const readings = new Map<string, Reading>();
    const at = (column: number): number => values[column * lanes + lane] ?? Number.NaN;
    const { measuredTimes, innovations, deviations, rejected } = this.#layout;
    for (const [i, { name }] of this.#model.measurements.entries()) {
      const timeMs = at(measuredTimes + i);
      if (Number.isNaN(timeMs) || timeMs === this.#timesMs[i]) continue;
      this.#timesMs[i] = timeMs;
      if (this.#isFirst) continue;
      readings.set(name, {
        timeMs,
        innovation: at(innovations + i),
        deviation: at(deviations + i),
        rejected: at(rejected + i) === 1,
      });
    }
    this.#isFirst = false;
    return readings;
  }
}
