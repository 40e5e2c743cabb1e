/**
 * A fleet: all twins of a process, as the rest of the program sees them.
 *
 * Everything outside talks to twins through this interface: samples in, snapshots out. The twins themselves
 * are computed in shards that share nothing with the readers.
 */

import type { Model } from '../../core/model/index.ts';
import type { Alarms, AlarmSettings } from '../alarms/index.ts';
import type { Delivery, RefusalReason, Refused, SeenSample } from '../ingest/index.ts';
import type { StepOptions } from '../members/index.ts';
import type { CheckpointStore, Clock, Journal, ShardLink } from '../ports/index.ts';
import type { Snapshot, TwinEvent } from '../snapshot/index.ts';
import type { FleetVersions } from '../trials/index.ts';
import type { TwinConfig, TwinInfo } from '../twin/index.ts';

export interface Fleet extends FleetVersions {
  /** By `Model.id`. */
  readonly models: ReadonlyMap<string, Model>;
  /**
   * A model more, which twins may be of from now on. The same document again changes nothing.
   *
   * @throws GemelError `MODEL_VERSION_EXISTS` if the same version has another document: versions never change.
   */
  addModel(model: Model): void;
  readonly alarms: Alarms;
  twins(): readonly TwinInfo[];
  twin(id: string): TwinInfo | undefined;
  /** What computes the twins: `Backend.arithmetic`. */
  readonly kernel: string;
  /**
   * Starts one twin more while the others run, at the model's start or where its config says. Resolves once it has its
   * first snapshot. Its model must be one of `models`.
   *
   * Rejects with the GemelErrors of `checkTwins` (`TWIN_DUPLICATE` for an id that runs), `DURATION_RANGE`, `FLEET_STOPPED` or
   * `WORKER_FAILED`.
   */
  add(config: TwinConfig): Promise<TwinInfo>;
  /** Ends a twin; samples that wait for it are refused. Rejects with GemelError `TWIN_UNKNOWN`, `FLEET_STOPPED` or `WORKER_FAILED`. */
  remove(id: string): Promise<void>;
  /**
   * Takes a twin to another shard, counted from 0, with all that it is: it misses no tick and no sample, and goes on with
   * the same bits. Rejects as `remove` does.
   */
  move(id: string, shard: number): Promise<void>;
  /** The newest snapshot; undefined only for a twin that is not there. */
  snapshot(id: string): Snapshot | undefined;
  /** The MQTT topic filters to subscribe to, without duplicates. */
  topics(): readonly string[];
  /** Takes one message. Never throws; a topic that concerns no twin is counted and otherwise ignored. */
  deliver(message: IncomingMessage): Delivery;
  /**
   * Takes values of inputs or measurements by name, each a number in the signal's own unit or
   * `{ value, unit }`. Without `timeMs` their event time is now.
   */
  setInputs(id: string, values: Readonly<Record<string, unknown>>, timeMs?: number): Delivery;
  /**
   * Advances one twin at once by `seconds` of model time, between two ticks; its ticks go on as before.
   *
   * `inputs` (SI) hold for this step only. Rejects with a GemelError: `TWIN_UNKNOWN`, `SIGNAL_UNKNOWN`, `STEP_INVALID`
   * (time span or value), `TWIN_WAITING` (an input has no value), `STEP_NOT_FINITE` (the twin stays as it was),
   * `FLEET_BUSY`, `FLEET_STOPPED` or `WORKER_FAILED`.
   */
  step(id: string, options: StepOptions): Promise<Snapshot>;
  /**
   * Resolves once all that the fleet was told so far is on the disk, what somebody did about alarms included; at once without a
   * journal. Rejects with GemelError `JOURNAL_UNWRITABLE` if that takes longer than ten seconds.
   */
  recorded(): Promise<void>;
  /** Newest first, bounded. */
  refusals(): readonly Refused[];
  /** Tells an event that somebody outside has seen, now. */
  tell(event: Pick<TwinEvent, 'twin' | 'kind' | 'message' | 'subject'>): void;
  /** Newest first, bounded. */
  events(): readonly TwinEvent[];
  statistics(): FleetStatistics;
  /** What has failed for good, a sentence each; empty while all is well. */
  failures(): readonly string[];
  /** Returns the function that ends it. A listener must not throw. */
  onTick(listener: (tick: TickReport) => void): () => void;
  onEvent(listener: (event: TwinEvent) => void): () => void;
  /** Samples as they come: those that were taken, and those that are too late for their twin but may be kept. */
  onSample(listener: (sample: SeenSample) => void): () => void;
  /** Twins that came or went while the fleet runs, or whose model is another now. */
  onChange(listener: (change: FleetChange) => void): () => void;
  /** Ends the loops, writes the last checkpoint and closes the shards. May be called twice. */
  stop(): Promise<void>;
}

export interface FleetChange {
  /** `changed`: the twin's model is another version now, and its snapshots are of that. */
  readonly kind: 'added' | 'removed' | 'changed';
  readonly twin: TwinInfo;
}

export interface IncomingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly receivedMs: number;
}

/** A block of twins with the same model and period was published. */
export interface TickReport {
  /** Ids; read their snapshots with `Fleet.snapshot`. The same array at every tick of the block. */
  readonly twins: readonly string[];
  readonly periodMs: number;
  /** When the tick was due, when it was computed, and when the fleet had it. */
  readonly dueMs: number;
  readonly finishedMs: number;
  readonly seenMs: number;
  /** Arrival times of the samples that were applied since the last report. */
  readonly receivedMs: Float64Array;
}

/** Counters grow from the start of the process; gauges tell the present. */
export interface FleetStatistics {
  // Gauges.
  readonly twins: number;
  readonly running: number;
  readonly waiting: number;
  readonly quarantined: number;
  /** Samples that wait for their tick. */
  readonly queueDepth: number;
  /** Samples on their way to the shards. */
  readonly inFlight: number;
  /** Seconds that the slowest block is behind its clock. */
  readonly behindSeconds: number;
  readonly failedWorkers: number;
  /** Measurements that have not come for much longer than usual. */
  readonly silentSensors: number;
  // Counters.
  readonly messages: number;
  /** Messages on topics that concern no twin. */
  readonly ignoredMessages: number;
  /** Samples taken at the door. Each ends as applied or refused, or still waits. */
  readonly acceptedSamples: number;
  readonly appliedSamples: number;
  readonly refusedSamples: Readonly<Record<RefusalReason, number>>;
  /** Ticks of twins: a block of 100 twins makes 100 a tick. */
  readonly ticks: number;
  readonly missedDeadlines: number;
  /** Ticks given up because the process was suspended. */
  readonly skippedTicks: number;
  /** Ticks that were computed but not published, to catch up or because the readers were behind. */
  readonly unpublishedTicks: number;
  /** Samples that came after their tick and were worked in, and the ticks of twins that were made again for them. */
  readonly lateSamples: number;
  readonly repeatedTicks: number;
  /** Samples that corrected a belief or were left out by its gate, and those left out among them. */
  readonly corrections: number;
  readonly rejectedSamples: number;
  /** Sum of the normalised innovations squared of those that corrected: about one each, if the models are right. */
  readonly normalisedSquares: number;
  /** How often a belief was begun anew. */
  readonly divergences: number;
  readonly quarantines: number;
  /** How often a bound took hold of a state. */
  readonly heldBounds: number;
  /** How often the condition of a `when` became true. */
  readonly raised: number;
  readonly steps: number;
  readonly events: number;
  /** Events that were not told because the same came too often. */
  readonly suppressedEvents: number;
  readonly checkpoints: number;
  readonly failedCheckpoints: number;
  readonly checkpointBytes: number;
}

/** What a fleet is made of. */
export interface FleetOptions {
  readonly models: readonly Model[];
  readonly twins: readonly TwinConfig[];
  /** At least one. The fleet closes them when it stops. */
  readonly shards: readonly ShardLink[];
  /** Gives another link for a shard that died. Absent: its twins stand still. */
  readonly revive?: (shard: number) => ShardLink;
  readonly clock: Clock;
  readonly checkpoints?: CheckpointStore;
  /** Default: 5,000. */
  readonly checkpointEveryMs?: number;
  /** Where absent, `alarmDefaults`. */
  readonly alarms?: Partial<AlarmSettings>;
  /** Keeps every accepted sample until its effect is in a checkpoint, and gives it back after a crash. */
  readonly journal?: Journal;
  /** Topics like this one, with `+` for the twin, are listened to even if no twin has them. */
  readonly telemetryFilter?: string;
}
