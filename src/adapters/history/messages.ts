/** What the history's thread is told, and what it answers. Plain data, arrays handed over. */

import type { HistoryBuckets, HistoryPoints, HistorySignal, HistorySpan } from '../../engine/index.ts';
import type { Batch } from './pending.ts';
import type { SeriesInfo } from './store.ts';

export interface HistorySettings {
  readonly file: string;
  /** Samples older than this are deleted; what is said of their blocks stays. */
  readonly keepMs: number;
  /** These are deleted after this time. */
  readonly keepSummariesMs: number;
}

export type Question =
  | { readonly ask: 'signals'; readonly twin: string }
  | { readonly ask: 'points'; readonly span: HistorySpan; readonly limit: number }
  | { readonly ask: 'buckets'; readonly span: HistorySpan; readonly everyMs: number }
  | { readonly ask: 'valuesAt'; readonly span: HistorySpan; readonly everyMs: number };

export interface Answers {
  readonly signals: readonly HistorySignal[];
  readonly points: HistoryPoints;
  readonly buckets: HistoryBuckets;
  readonly valuesAt: Float64Array;
}

export type ToHistory =
  /** The next numbers of series, in order. */
  | { readonly kind: 'define'; readonly series: readonly SeriesInfo[] }
  | { readonly kind: 'write'; readonly batch: Batch }
  | { readonly kind: 'question'; readonly number: number; readonly question: Question }
  | { readonly kind: 'end' };

export type FromHistory =
  /** So many samples are on the disk, and so many of them came too late to be kept. */
  | { readonly kind: 'written'; readonly samples: number; readonly lost: number; readonly bytes: number }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: Answers[keyof Answers] }
  | { readonly kind: 'problem'; readonly number: number; readonly message: string }
  /** The disk takes nothing for now; undefined: it does again. */
  | { readonly kind: 'refused'; readonly why: string | undefined }
  | { readonly kind: 'ended' };
