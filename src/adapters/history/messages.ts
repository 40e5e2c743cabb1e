/** What the history's thread is told, and what it answers. Plain data, arrays handed over. */

import type {
  HistoryBuckets,
  HistoryFact,
  HistoryFactsAt,
  HistoryFactSpan,
  HistoryMoment,
  HistoryPartLengths,
  HistoryPoints,
  HistoryReading,
  HistorySignal,
  HistorySpan,
} from '../../engine/index.ts';
import type { StoreOptions } from './open-series.ts';
import type { Batch } from './pending.ts';
import type { PostgresAddress } from './postgres/index.ts';
import type { SeriesInfo } from './series-index.ts';

/** Where a history is kept: in a file of its own, or in a database. */
export type HistoryPlace = { readonly file: string } | { readonly postgres: PostgresAddress };

export interface HistorySettings {
  readonly place: HistoryPlace;
  /** Samples older than this are deleted; what is said of their blocks stays. */
  readonly keepMs: number;
  /** These are deleted after this time. */
  readonly keepSummariesMs: number;
  readonly forgetEveryMs: number;
  readonly store: StoreOptions;
}

export type Question =
  | { readonly ask: 'twins' }
  | { readonly ask: 'signals'; readonly twin: string }
  | { readonly ask: 'points'; readonly span: HistorySpan; readonly limit: number }
  | { readonly ask: 'buckets'; readonly span: HistorySpan; readonly lengths: HistoryPartLengths }
  | { readonly ask: 'valuesAt'; readonly span: HistorySpan; readonly everyMs: number }
  | { readonly ask: 'lastValues'; readonly moment: HistoryMoment }
  | { readonly ask: 'facts'; readonly facts: HistoryFactSpan }
  | { readonly ask: 'factsAt'; readonly facts: HistoryFactsAt }
  | { readonly ask: 'begin' };

export interface Answers {
  readonly twins: readonly string[];
  readonly signals: readonly HistorySignal[];
  readonly points: HistoryPoints;
  readonly buckets: HistoryBuckets;
  readonly valuesAt: Float64Array;
  readonly lastValues: readonly HistoryReading[];
  readonly facts: readonly HistoryFact[];
  readonly factsAt: readonly HistoryFact[];
  readonly begin: number | undefined;
}

export type ToHistory =
  /** The next numbers of series, in order. */
  | { readonly kind: 'define'; readonly series: readonly SeriesInfo[] }
  | { readonly kind: 'write'; readonly batch: Batch; readonly number: number }
  | { readonly kind: 'note'; readonly facts: readonly HistoryFact[] }
  | { readonly kind: 'question'; readonly number: number; readonly question: Question }
  | { readonly kind: 'end' };

export type FromHistory =
  /** The samples of this write are kept, and so many of them came too late to be. */
  | {
      readonly kind: 'written';
      readonly number: number;
      readonly samples: number;
      readonly lost: number;
      readonly bytes: number;
    }
  /** So many facts are kept. */
  | { readonly kind: 'noted'; readonly facts: number }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: Answers[keyof Answers] }
  | { readonly kind: 'problem'; readonly number: number; readonly message: string }
  /** The store takes nothing for now; undefined: it does again. */
  | { readonly kind: 'refused'; readonly why: string | undefined }
  | { readonly kind: 'ended' };
