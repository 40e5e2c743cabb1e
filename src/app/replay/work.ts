/** What a thread of a replay is given, and what the two say to each other. */

import type {
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

export interface ReplayWork {
  /** Directory of the journal. */
  readonly journal: string;
  readonly kernel: KernelName;
  readonly models: readonly RecordedModel[];
  /** The twins that this thread begins with, and those of the others; who comes later is shared out by name. */
  readonly twins: readonly TwinSettings[];
  readonly others: readonly string[];
  readonly thread: number;
  readonly threads: number;
  readonly start: CheckpointSource;
  /** Later checkpoints, in order. */
  readonly checks: readonly CheckpointSource[];
  readonly toMs: number;
  /** The last record to take. */
  readonly last: number;
  /** Another version to be tried in the shadow of the twins of its model, from then on. */
  readonly trial?: RecordedModel & { readonly sinceMs: number };
  /** How many times as fast as the past; infinite: as fast as possible. */
  readonly speed: number;
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
  /** A later checkpoint that is damaged, or gone since. */
  | { readonly kind: 'unread'; readonly file: string }
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
