/** What the history's thread asks of a store, wherever it keeps its samples. */

import type {
  HistoryBuckets,
  HistoryFact,
  HistoryFactsAt,
  HistoryFactSpan,
  HistoryMoment,
  HistoryPartLengths,
  HistoryPoints,
  HistoryReading,
  HistorySpan,
} from '../../engine/index.ts';
import type { Batch } from './pending.ts';
import type { SeriesInfo } from './series-index.ts';

type Soon<T> = T | Promise<T>;

/**
 * One call at a time; the next begins when the one before has ended. A store that has thrown is to be closed and opened
 * again: what it has in memory may be ahead of what it keeps.
 */
export interface Store {
  /** Numbers of series for `write`; those that are new are made, and their units are from now on those of the signals. */
  define(series: readonly SeriesInfo[]): Soon<readonly number[]>;
  /**
   * Takes samples in any order; they are kept for good when it returns. NaN stands for no value, and is left out.
   *
   * @returns how many came so late that those beside them are gone already, and were not kept either.
   */
  write(batch: Batch): Soon<number>;
  /** Takes facts; they are kept for good when it returns. */
  note(facts: readonly HistoryFact[]): Soon<void>;
  twins(): readonly string[];
  /** The signals of a twin, each with the unit that it has now. */
  seriesOf(twin: string): readonly SeriesInfo[];
  points(span: HistorySpan, limit: number): Soon<HistoryPoints>;
  buckets(span: HistorySpan, lengths: HistoryPartLengths): Soon<HistoryBuckets>;
  valuesAt(span: HistorySpan, everyMs: number): Soon<Float64Array>;
  lastValues(asked: HistoryMoment): Soon<readonly HistoryReading[]>;
  facts(span: HistoryFactSpan): Soon<readonly HistoryFact[]>;
  factsAt(asked: HistoryFactsAt): Soon<readonly HistoryFact[]>;
  /** Time of the oldest fact. */
  firstFactMs(): Soon<number | undefined>;
  /** Deletes facts older than this that no longer held then, up to 10,000 of them. Returns how many. */
  forgetFacts(beforeMs: number): Soon<number>;
  /** Deletes samples older than this, up to 1,000 blocks of them; what is said of the blocks stays. Returns how many. */
  forget(beforeMs: number): Soon<number>;
  /** Deletes what is said of blocks older than this, of some series in turn. Returns how many blocks. */
  forgetSummaries(beforeMs: number): Soon<number>;
  /** Bytes that it takes. */
  size(): number;
  close(): Soon<void>;
}
