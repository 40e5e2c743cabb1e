/**
 * What a fleet and its shards say to each other. Plain data, since it crosses threads; big parts are typed
 * arrays that are handed over, not copied.
 *
 * Twins go by their number in the fleet, signals by their number in the model: inputs first, then measurements.
 */

import type { ErrorCode } from '../../core/diagnose/index.ts';
import type { ModelDocument } from '../../core/model/index.ts';
import type { Digest, Severity, TwinEventKind } from '../snapshot/index.ts';
import type { CheckpointPart } from './checkpoint-part.ts';
import type { LaneCopy } from './lane-copy.ts';

/** What a shard needs to know of one of its twins. */
export interface ShardTwin {
  readonly index: number;
  readonly id: string;
  readonly model: string;
  readonly periodMs: number;
  readonly parameters: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, number>>;
  readonly start: Readonly<Record<string, number>>;
  readonly queueLimit: number;
  readonly latenessMs: number;
  /** Of a shadow: the number of the lane that readers see. */
  readonly shadowOf?: number;
  /** What the project says, where the lane runs another version. */
  readonly named?: NamedVersion;
}

/** The version of a twin's model that the project names, and its parameters there. */
export interface NamedVersion {
  readonly model: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** How a checkpoint stands to the journal. */
export interface JournalPosition {
  /** The last record whose samples were sent. */
  readonly last: number;
  /** Samples of this record and later ones are only referred to. */
  readonly refersFrom: number;
}

/** What a shard begins with. */
export interface ShardStart {
  readonly kind: 'start';
  readonly models: readonly { readonly id: string; readonly document: ModelDocument }[];
  readonly twins: readonly ShardTwin[];
  /** With all their samples; see look-up.ts. */
  readonly restore: readonly CheckpointPart[];
  /** Whether to begin where the checkpoint was taken, and to wait for `run-to` and `go`; frames then have digests. */
  readonly recover: boolean;
}

export type ToShard =
  | ShardStart
  /** Rows of `sampleColumns.count` numbers, in the order of arrival. Values are SI. */
  | { readonly kind: 'samples'; readonly rows: Float64Array<ArrayBuffer>; readonly count: number }
  | {
      readonly kind: 'step';
      readonly request: number;
      readonly twin: number;
      readonly seconds: number;
      /** Number of the input and its value (SI). */
      readonly inputs: readonly (readonly [number, number])[];
      /** The tick after which it counts, by when that was due; the lane goes back to there. */
      readonly atMs: number;
    }
  /** One twin more: a new one, or one from another shard with all that it was there. */
  | {
      readonly kind: 'add';
      readonly request: number;
      readonly model: { readonly id: string; readonly document: ModelDocument };
      readonly twin: ShardTwin;
      /** Where a new one begins: when the tick before its first was due. */
      readonly atMs: number;
      readonly lane?: LaneCopy;
    }
  /** `leave`: the twin goes on in another shard; otherwise it ends. */
  | { readonly kind: 'remove'; readonly request: number; readonly twin: number; readonly leave: boolean }
  /**
   * A lane of another version of a twin's model, beside that of number `of`: it begins with the belief that this one had when
   * the tick of `atMs` was due, and goes on with its samples. Its answer is `shadowed`.
   */
  | {
      readonly kind: 'shadow';
      readonly request: number;
      readonly of: number;
      readonly model: { readonly id: string; readonly document: ModelDocument };
      readonly twin: ShardTwin;
      readonly atMs: number;
    }
  /** The lanes of a twin exchange their roles. These are the new ones. */
  | { readonly kind: 'swap'; readonly request: number; readonly live: number; readonly shadow: number }
  /** A frame was taken, so another one may be sent; and all samples that came by `heardMs` were. */
  | { readonly kind: 'taken'; readonly block: number; readonly heardMs: number }
  /**
   * To be answered with what every twin is; with a journal, so that it can be taken back by samples as late as may be.
   */
  | {
      readonly kind: 'checkpoint' | 'stop';
      readonly request: number;
      readonly journal?: JournalPosition | undefined;
    }
  /** Recovering: makes the ticks that were due by then, of all blocks or of one. */
  | { readonly kind: 'run-to'; readonly untilMs: number; readonly block?: number }
  /** Recovering: these twins make no tick that was due later, until `give-up`. */
  | { readonly kind: 'hold'; readonly twins: readonly number[]; readonly afterMs: number }
  /** Gives up the ticks of twins that were due after the one and up to the other. Its answer is `gave-up`. */
  | {
      readonly kind: 'give-up';
      readonly request: number;
      readonly twins: readonly number[];
      readonly afterMs: number;
      readonly untilMs: number;
    }
  /** To be answered at once: then everything before was taken, and what it made was sent. */
  | { readonly kind: 'ping'; readonly request: number }
  /** Recovered: runs with the clock from now on. */
  | { readonly kind: 'go' };

export type FromShard =
  | {
      readonly kind: 'ready';
      readonly blocks: readonly BlockInfo[];
      readonly kernel: string;
      readonly report: ShardReport;
    }
  /** From now on the frames of this block are of these twins; without twins there are no more. */
  | { readonly kind: 'lanes'; readonly block: BlockInfo; readonly report: ShardReport }
  | { readonly kind: 'acknowledged'; readonly samples: number }
  | {
      readonly kind: 'frame';
      readonly block: number;
      readonly dueMs: number;
      readonly finishedMs: number;
      /** See frame.ts. */
      readonly values: Float64Array<ArrayBuffer>;
      /** Of the values; only with a journal. */
      readonly digest?: Digest;
      readonly receivedMs: Float64Array;
      /** What trials of its twins have come to, if they were looked at after this tick. */
      readonly ahead?: readonly LaneAhead[];
      readonly report: ShardReport;
    }
  | {
      readonly kind: 'shadowed';
      readonly request: number;
      readonly twin: number;
      /** When the newest tick of the new lane was due; its frame, or why there is none. */
      readonly dueMs?: number;
      readonly values?: Float64Array;
      readonly problem?: StepProblem;
      readonly report: ShardReport;
    }
  /** `dueMs`: when the newest tick was due of the lane that was live before. */
  | {
      readonly kind: 'swapped';
      readonly request: number;
      readonly dueMs: number;
      readonly report: ShardReport;
    }
  | {
      readonly kind: 'stepped' | 'added';
      readonly request: number;
      readonly twin: number;
      /** A frame of one twin, or why there is none. */
      readonly values?: Float64Array;
      readonly problem?: StepProblem;
      readonly report: ShardReport;
    }
  | {
      readonly kind: 'removed';
      readonly request: number;
      readonly twin: number;
      /** Only of one that leaves. */
      readonly lane?: LaneCopy;
      readonly report: ShardReport;
    }
  | {
      readonly kind: 'checkpoint';
      readonly request: number;
      readonly parts: readonly CheckpointPart[];
      readonly report: ShardReport;
    }
  | { readonly kind: 'gave-up'; readonly request: number; readonly report: ShardReport }
  /** A block is a minute and more behind: it stands until it is told to give up these ticks. */
  | {
      readonly kind: 'behind';
      readonly block: number;
      readonly afterMs: number;
      readonly untilMs: number;
      readonly report: ShardReport;
    }
  | { readonly kind: 'pong'; readonly request: number; readonly report: ShardReport }
  /** The last message of a shard that cannot go on. */
  | { readonly kind: 'failed'; readonly message: string };

/** Twins of one shard with the same model and period: lane j of its frames is `twins[j]`. */
export interface BlockInfo {
  readonly block: number;
  readonly model: string;
  readonly periodMs: number;
  readonly twins: readonly number[];
}

/** How far two lanes of a twin, each on its own for a while, were off what was then measured. */
export interface LaneAhead {
  /** The number of the live lane. */
  readonly twin: number;
  readonly errors: readonly AheadError[];
}

/** Sample less prediction, SI, of the live lane and of its shadow, both without corrections since the horizon began. */
export interface AheadError {
  readonly measurement: string;
  readonly horizonSeconds: number;
  readonly live: number;
  readonly shadow: number;
}

export interface StepProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/** What a shard tells beside its numbers, since it last told. */
export interface ShardReport {
  readonly counters: ShardCounters;
  readonly events: readonly ShardEvent[];
  readonly refused: readonly ShardRefusal[];
}

export interface ShardEvent {
  /** -1: several twins. */
  readonly twin: number;
  readonly timeMs: number;
  readonly kind: TwinEventKind;
  readonly severity: Severity;
  readonly message: string;
  readonly subject?: string;
}

/** The reasons that a shard can find. */
export const shardReasons = [
  'out-of-order',
  'repeated',
  'replaced',
  'too-late',
  'queue-full',
  'unknown-twin',
] as const;

export type ShardReason = (typeof shardReasons)[number];

export interface ShardRefusal {
  readonly reason: ShardReason;
  readonly atMs: number;
  readonly twin: number;
  readonly signal: number;
  readonly timeMs: number;
  /** SI. */
  readonly value: number;
}

/** Totals since the shard's start, and gauges of its present. */
export interface ShardCounters {
  running: number;
  waiting: number;
  quarantined: number;
  queueDepth: number;
  behindSeconds: number;
  appliedSamples: number;
  refusedSamples: Record<ShardReason, number>;
  ticks: number;
  missedDeadlines: number;
  skippedTicks: number;
  unpublishedTicks: number;
  /** Samples that came after their tick and were worked in. */
  lateSamples: number;
  /** Ticks of twins that were made again for them. */
  repeatedTicks: number;
  /** Corrections by samples, those that the gate left out among them, and the sum of their normalised squares. */
  corrections: number;
  rejectedSamples: number;
  normalisedSquares: number;
  divergences: number;
  silentSensors: number;
  quarantines: number;
  heldBounds: number;
  raised: number;
  steps: number;
  suppressedEvents: number;
}
