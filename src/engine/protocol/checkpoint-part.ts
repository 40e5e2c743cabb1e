/** A part of a checkpoint: what a shard says that the twins of a block are at one moment. */

import type { NamedVersion } from './messages.ts';

/** The twins of one block. Its numbers go by column name, so that they survive another order. */
export interface CheckpointPart {
  readonly model: string;
  /** Of the model's document; see document-hash.ts. */
  readonly hash: string;
  readonly savedMs: number;
  /** What computed it: `Backend.arithmetic`. Absent in checkpoints of before there was a choice. */
  readonly kernel?: string;
  /** With a journal: the time where each twin is in here. Later samples are in `queued`, whether they were applied or not. */
  readonly beginsMs?: readonly number[];
  /** With a journal: when the newest tick was due that the block had made. */
  readonly madeMs?: number;
  /** With a journal: its last record whose samples are in here. */
  readonly journal?: number;
  /** More of them, which the journal has: where they stand there (see packed-origins.ts), and in which record the first of them. */
  readonly origins?: Uint8Array;
  readonly from?: number;
  /** With a journal: which block it was, as tick records name it. */
  readonly shard?: number;
  readonly block?: number;
  readonly twins: readonly string[];
  /** By twin; absent for one that is what the project names. */
  readonly versions?: Readonly<Record<string, SavedVersion>>;
  readonly columns: readonly string[];
  /** Column c of twin j is `values[c * twins.length + j]`. */
  readonly values: Float64Array;
  /** Names of the signals in `queued`. */
  readonly signals: readonly string[];
  /** Samples for the ticks to come: rows of `sampleColumns`, with this part's numbers of twins and signals. */
  readonly queued: Float64Array;
}

/** A lane that is not what the project names: a shadow, or of a version that has been made live since. */
export interface SavedVersion {
  readonly role: 'live' | 'shadow';
  /** What the project said then. */
  readonly named: NamedVersion;
  /** The twin's own, under this version; SI. */
  readonly parameters: Readonly<Record<string, number>>;
}
