/** What a thread of a replay is given, and what is said to and fro. */

import type { MessagePort } from 'node:worker_threads';
import type {
  Checkpoint,
  Compared,
  OwnBlock,
  Picture,
  RecordedModel,
  ReplayTrialResult,
  ShownTwin,
  TwinSettings,
} from '../../engine/index.ts';
import type { KernelName } from '../options.ts';

/** Where a checkpoint stands. One that may be replaced any moment is handed over as bytes. */
export interface CheckpointSource {
  readonly file: string;
  readonly content?: Uint8Array;
  readonly savedMs: number;
  /** Number of the first record of the journal that it needs. */
  readonly needs: number;
}

/** What a thread is started with: where it is told what to do. */
export interface ReplayStart {
  readonly feed: MessagePort;
}

export interface ReplayWork {
  readonly kernel: KernelName;
  readonly models: readonly RecordedModel[];
  /** The twins that this thread begins with, and those of the others; who comes later is shared out by name. */
  readonly twins: readonly TwinSettings[];
  readonly others: readonly string[];
  readonly thread: number;
  readonly threads: number;
  /** The checkpoint to begin with. */
  readonly parts: Checkpoint['parts'];
  readonly toMs: number;
  /** Another version to be tried in the shadow of the twins of its model, from then on. */
  readonly trial?: RecordedModel & { readonly sinceMs: number };
  /** How many times as fast as the past; infinite: as fast as possible. */
  readonly speed: number;
}

/** Records of the journal, one after another. */
export interface PastRecords {
  /** Number of the first. */
  readonly first: number;
  readonly count: number;
  /** In memory of who tells it, good until that is answered. */
  readonly bytes: Uint8Array;
  /** Where the content of record i begins and ends in `bytes`: at 2i and 2i + 1. */
  readonly spans: Float64Array;
}

/** The first is `begin`, the last `end`. */
export type ToFed =
  | { readonly kind: 'begin'; readonly work: ReplayWork }
  | (PastRecords & { readonly kind: 'records' })
  /** A later checkpoint, to compare with; all records that are not in it are still to come. */
  | { readonly kind: 'expect'; readonly savedMs: number; readonly parts: Checkpoint['parts'] }
  | { readonly kind: 'end' };

/** The oldest `records` that were not yet answered were taken. */
export interface FromFed {
  /** Whether the thread needs no more of them. */
  readonly isOver: boolean;
}

/** A tick made again. Of which twins it is was told before. */
export interface TickNote extends Omit<Picture, 'of' | 'values'> {
  readonly of: number;
  /** In memory of the thread that tells it, good until that is answered. */
  readonly values: Float64Array;
}

export type FromReplay =
  | { readonly kind: 'block'; readonly block: OwnBlock }
  | {
      readonly kind: 'ticks';
      readonly atMs: number;
      readonly ticks: readonly TickNote[];
    }
  | { readonly kind: 'checked'; readonly savedMs: number; readonly compared: Compared }
  | {
      readonly kind: 'done';
      readonly records: number;
      readonly samples: number;
      readonly commands: number;
      readonly damaged: number;
      readonly shown: readonly ShownTwin[];
      readonly tried?: ReplayTrialResult;
    };

/** The oldest `ticks` that were not yet answered were looked at: as much more may come. */
export interface ToReplay {
  readonly kind: 'taken';
}
