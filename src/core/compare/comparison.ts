/**
 * Two versions of a model on the same samples, compared for as long as they run beside each other.
 *
 * A sample costs some twenty additions and a logarithm each, whatever came before; the memory is some 2 KB a measurement and some 8 KB in all.
 * A verdict may be asked for at any time, as often as one likes: see interval.ts. A sample that the gates of both versions left out
 * says that the sensor was wrong, not which version is right: it is counted, and else nothing.
 *
 * Several twins may be told to one comparison: what comes at one instant, of whatever twin, stays in one block, so that twins under one
 * sun do not count as independent witnesses.
 */

import type { BlockSums, SavedSums } from './block-sums.ts';
import { type Interval, type Looking, meanInterval, ratioInterval } from './interval.ts';
import {
  columns,
  commonSums,
  type Consistency,
  normalised,
  OwnSeries,
  type SavedSeries,
  type VersionSample,
} from './series.ts';
import { judge, type Margins, type Question, type Verdict } from './verdict.ts';

/** A sample that both versions were held against. */
export interface PairedSample {
  readonly measurement: string;
  readonly old: VersionSample;
  readonly new: VersionSample;
}

/** Errors of predictions made `horizonSeconds` before, SI. */
interface PairedError {
  readonly measurement: string;
  readonly horizonSeconds: number;
  readonly old: number;
  readonly new: number;
}

export interface ComparisonSettings {
  /** The probability that the verdict is ever wrong. Half of it is each question's. */
  readonly alpha: number;
  readonly margins: Margins;
  /** Of samples, and of errors ahead, which come more seldom. */
  readonly narrowestAt: { readonly samples: number; readonly ahead: number };
  readonly atLeast: { readonly samples: number; readonly ahead: number };
}

const comparisonDefaults: ComparisonSettings = {
  alpha: 0.05,
  margins: { nats: 0.01, errors: 0.01 },
  narrowestAt: { samples: 1000, ahead: 300 },
  atLeast: { samples: 400, ahead: 128 },
};

/** What there is to say of one measurement, or of all together. Changes are of the new version against the old. */
interface Contrast {
  readonly samples: number;
  /** Nats a sample by which what was measured is more likely to the new version. */
  readonly gainNats: Interval;
  /** Percent by which the root mean square error is larger; negative: smaller. */
  readonly rmsePercent: Interval;
}

interface MeasurementContrast extends Contrast {
  readonly measurement: string;
  /** Left out by both gates, and not compared. */
  readonly leftOut: number;
  /** Root mean square errors, SI. */
  readonly oldRmse: number;
  readonly newRmse: number;
  readonly old: Consistency;
  readonly new: Consistency;
}

interface AheadContrast {
  readonly measurement: string;
  readonly horizonSeconds: number;
  readonly samples: number;
  readonly oldRmse: number;
  readonly newRmse: number;
  readonly rmsePercent: Interval;
}

/** Whether the innovations of a version are as large as it says, with intervals. */
interface ConsistencyIntervals {
  readonly meanSquare: Interval;
  readonly inside: Interval;
}

export interface ComparisonResult {
  readonly verdict: Verdict;
  readonly sentence: string;
  /** Moments at which samples came. */
  readonly instants: number;
  readonly leftOut: number;
  readonly together: Contrast & { readonly old: ConsistencyIntervals; readonly new: ConsistencyIntervals };
  readonly measurements: readonly MeasurementContrast[];
  readonly ahead: readonly AheadContrast[];
  /** Errors ahead of all measurements together, percent. */
  readonly aheadPercent: Interval;
  /** Kinds of errors ahead that found no room. */
  readonly aheadLeftOut: number;
}

/** As plain JSON. */
export interface SavedComparison {
  readonly common: SavedSums;
  readonly commonAhead: SavedSums;
  readonly own: readonly (readonly [measurement: string, series: SavedSeries])[];
  readonly ahead: readonly (readonly [measurement: string, horizonSeconds: number, series: SavedSeries])[];
}

export interface Comparison {
  /** Takes the samples of one instant; those of an instant must come after one another. Allocates nothing after the first of each. */
  tick(timeMs: number, samples: readonly PairedSample[]): void;
  /** Takes an error of a prediction several steps ahead. */
  ahead(timeMs: number, error: PairedError): void;
  /** Moments at which samples or errors ahead came: as long as it is the same, so is the verdict. */
  readonly instants: number;
  /** The word alone, which is cheaper. */
  verdict(): Verdict;
  result(): ComparisonResult;
  save(): SavedComparison;
}

/** Kinds of errors ahead, measurements times horizons. */
const mostAhead = 256;

/** @param saved - goes on from there; what is of another form is as if it were not there. */
export function createComparison(
  settings: ComparisonSettings = comparisonDefaults,
  saved?: SavedComparison,
): Comparison {
  const state = restore(saved) ?? begin();
  const { alpha, margins, narrowestAt, atLeast } = settings;
  const looking: Looking = { alpha: alpha / 2, narrowestAt: narrowestAt.samples, atLeast: atLeast.samples };
  const lookingAhead: Looking = { alpha: alpha / 2, narrowestAt: narrowestAt.ahead, atLeast: atLeast.ahead };
  let noRoom = 0;

  return {
    tick,
    ahead,
    get instants() {
      return state.common.instants + state.commonAhead.instants;
    },
    verdict: () => judge(questions(), margins).verdict,
    result,
    save: () => ({
      common: state.common.save(),
      commonAhead: state.commonAhead.save(),
      own: [...state.own].map(([name, series]) => [name, series.save()] as const),
      ahead: [...state.ahead.values()].map(
        ({ measurement, horizonSeconds, series }) => [measurement, horizonSeconds, series.save()] as const,
      ),
    }),
  };

  function tick(timeMs: number, samples: readonly PairedSample[]): void {
    for (const { measurement, old, new: next } of samples) {
      if (!Number.isFinite(old.innovation) || !Number.isFinite(next.innovation)) continue;
      let series = state.own.get(measurement);
      if (series === undefined) {
        series = new OwnSeries();
        state.own.set(measurement, series);
      }
      if (old.rejected && next.rejected) {
        series.leftOut++;
        continue;
      }
      series.take(timeMs, old, next, state.common);
    }
  }

  function ahead(timeMs: number, error: PairedError): void {
    const { measurement, horizonSeconds } = error;
    if (!Number.isFinite(error.old) || !Number.isFinite(error.new)) return;
    const key = `${measurement} ${horizonSeconds}`;
    let kind = state.ahead.get(key);
    if (kind === undefined) {
      if (state.ahead.size >= mostAhead) {
        noRoom++;
        return;
      }
      kind = { measurement, horizonSeconds, series: new OwnSeries() };
      state.ahead.set(key, kind);
    }
    kind.series.sums.at(timeMs);
    state.commonAhead.at(timeMs);
    kind.series.errors(error.old, error.new, state.commonAhead);
  }

  function questions(): readonly Question[] {
    const { common, commonAhead } = state;
    const scored = common.total(columns.scored) > 0;
    const gain = scored ? gainOf(common, looking) : negated(rmseOf(common, looking));
    const { instants } = common;
    const now: Question = {
      about: scored ? 'likelihood' : 'errors',
      gain,
      instants,
      atLeast: atLeast.samples,
    };
    const later = negated(rmseAhead());
    return [
      now,
      { about: 'errors ahead', gain: later, instants: commonAhead.instants, atLeast: atLeast.ahead },
    ];
  }

  function rmseAhead(): Interval {
    const { commonAhead } = state;
    const found = rmseOf(commonAhead, lookingAhead);
    // The first errors of each kind only teach how large they usually are.
    const isWeighed = commonAhead.total(columns.oldSquares) + commonAhead.total(columns.newSquares) > 0;
    return isWeighed ? found : { ...found, value: NaN };
  }

  function result(): ComparisonResult {
    const { common, own } = state;
    const consistencyOf = (squares: number, inside: number): ConsistencyIntervals => ({
      meanSquare: meanInterval(common, { of: squares, count: columns.scored }, looking),
      inside: meanInterval(common, { of: inside, count: columns.scored }, looking),
    });
    return {
      ...judge(questions(), margins),
      instants: common.instants,
      leftOut: [...own.values()].reduce((sum, { leftOut }) => sum + leftOut, 0),
      together: {
        samples: [...own.values()].reduce((sum, { samples }) => sum + samples, 0),
        gainNats: gainOf(common, looking),
        rmsePercent: percent(rmseOf(common, looking)),
        old: consistencyOf(normalised.oldSquares, normalised.oldInside),
        new: consistencyOf(normalised.newSquares, normalised.newInside),
      },
      measurements: [...own].map(([measurement, series]) => ({
        measurement,
        samples: series.samples,
        leftOut: series.leftOut,
        gainNats: gainOf(series.sums, looking),
        rmsePercent: percent(rmseOf(series.sums, looking)),
        ...rootsOf(series),
        old: series.consistency('old'),
        new: series.consistency('new'),
      })),
      ahead: [...state.ahead.values()].map(({ measurement, horizonSeconds, series }) => ({
        measurement,
        horizonSeconds,
        samples: series.samples,
        ...rootsOf(series),
        rmsePercent: percent(rmseOf(series.sums, lookingAhead)),
      })),
      aheadPercent: percent(rmseAhead()),
      aheadLeftOut: noRoom,
    };
  }
}

interface State {
  readonly common: BlockSums;
  readonly commonAhead: BlockSums;
  readonly own: Map<string, OwnSeries>;
  readonly ahead: Map<string, { measurement: string; horizonSeconds: number; series: OwnSeries }>;
}

function begin(): State {
  const [common, commonAhead] = [commonSums(), commonSums()];
  if (common === undefined || commonAhead === undefined) throw new RangeError('sums that cannot begin');
  return { common, commonAhead, own: new Map(), ahead: new Map() };
}

function restore(saved: SavedComparison | undefined): State | undefined {
  if (saved === undefined) return undefined;
  const [common, commonAhead] = [commonSums(saved.common), commonSums(saved.commonAhead)];
  if (common === undefined || commonAhead === undefined) return undefined;
  const state: State = { common, commonAhead, own: new Map(), ahead: new Map() };
  for (const [name, one] of saved.own) {
    const series = OwnSeries.restore(one);
    if (series === undefined) return undefined;
    state.own.set(name, series);
  }
  for (const [measurement, horizonSeconds, one] of saved.ahead) {
    const series = OwnSeries.restore(one);
    if (series === undefined) return undefined;
    state.ahead.set(`${measurement} ${horizonSeconds}`, { measurement, horizonSeconds, series });
  }
  return state;
}

function gainOf(sums: BlockSums, looking: Looking): Interval {
  return meanInterval(sums, { of: columns.gain, count: columns.scored }, looking);
}

function rmseOf(sums: BlockSums, looking: Looking): Interval {
  return ratioInterval(sums, { above: columns.newSquares, below: columns.oldSquares }, looking);
}

function rootsOf({ sums, samples }: OwnSeries): { readonly oldRmse: number; readonly newRmse: number } {
  const root = (column: number): number => Math.sqrt(sums.total(column) / samples);
  return { oldRmse: root(columns.oldSquares), newRmse: root(columns.newSquares) };
}

function negated({ value, low, high }: Interval): Interval {
  return { value: -value, low: -high, high: -low };
}

function percent({ value, low, high }: Interval): Interval {
  const of = (log: number): number => 100 * Math.expm1(log);
  return { value: of(value), low: of(low), high: of(high) };
}
