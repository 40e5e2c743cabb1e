/**
 * What the engine asks of the world around it: time, a place for checkpoints, and a line to the shards that
 * do the computing. Adapters give them; the engine itself touches no clock, file or thread.
 */

import type { StopSignal } from '../basics/index.ts';
import type { FromShard, ToShard } from '../protocol/index.ts';

/** Time as the engine sees it: real in production, stepped by hand in tests and replays. */
export interface Clock {
  /** Unix time in milliseconds, with fractions. Never goes back. */
  nowMs(): number;
  /**
   * Resolves once `nowMs()` has reached `atMs`; rejects with the signal's reason if aborted.
   *
   * For a time that is past it resolves soon, but after messages that wait have been taken.
   */
  sleepUntil(atMs: number, signal: StopSignal): Promise<void>;
  /** How many of its seconds go by in a real one, for what is to be so often in real time. Absent: 1. */
  readonly speed?: number;
}

/** Keeps the newest checkpoint, whole or not at all. */
export interface CheckpointStore {
  /** The newest good checkpoint, or undefined if there is none. */
  load(): Promise<Uint8Array | undefined>;
  /**
   * Takes the bytes in pieces, one behind the other. Resolves once they would survive a power cut; until then nobody may change
   * them. `made`: only with a journal.
   */
  save(pieces: readonly Uint8Array[], made?: CheckpointMade): Promise<void>;
  /** Lets go of older checkpoints, kept for replays, that need records of the journal before this one. */
  forget?(before: number): Promise<void>;
}

/** What a store may keep a checkpoint by, beside the newest. */
export interface CheckpointMade {
  readonly savedMs: number;
  /** Number of the first record of the journal that a start from it reads. */
  readonly needs: number;
}

/** Records one after another. */
export interface JournalPage {
  /** Number of the first. */
  readonly first: number;
  readonly count: number;
  readonly bytes: Uint8Array;
  /** Where the content of record i begins and ends in `bytes`: at 2i and 2i + 1. */
  readonly spans: Float64Array;
}

/** The record of what the fleet was told, in order, that outlives the process. */
export interface Journal {
  /** Number of the oldest record that is kept; absent: all are. */
  readonly first?: number;
  /** Number of the newest record, on the disk or not; 0 if there is none. */
  readonly last: number;
  /** Whether so much waits for the disk that no record is taken. */
  readonly full: boolean;
  /** What the disk said, while it refuses. */
  readonly failure?: string | undefined;
  /** How long the oldest record that is not on the disk has waited, by the disk's own clock. */
  readonly waitedMs?: number;
  /** Adds a copy of a record behind all others. Returns its number, or undefined if the journal is full or closed. */
  append(content: Uint8Array): number | undefined;
  /** Resolves once every record so far would survive a power cut: never while the disk refuses. */
  committed(): Promise<void>;
  /**
   * Lets numbers go on after this one, if there is none so high: a disk may have lost what it confirmed, and a number means
   * one record for ever. To be called before the first record.
   */
  resumeAfter(number: number): unknown;
  /** The records from number `from` on, as of the call, many at once. */
  pages(from: number): AsyncIterable<JournalPage>;
  /** Records before this one are needed no more. */
  release(before: number): Promise<unknown>;
}

/** What was measured and computed, and what happened, by event time. */
export interface History {
  /** What there is of a twin. */
  signals(twin: string): Promise<readonly HistorySignal[]>;
  /** Samples of a span in order of time, at most `limit` of them, the first. */
  points(span: HistorySpan, limit: number): Promise<HistoryPoints>;
  /** What happened in each part, counted from the beginning of the span; parts without samples are left out. */
  buckets(span: HistorySpan, lengths: HistoryPartLengths): Promise<HistoryBuckets>;
  /** The last sample at or before each time from the beginning of the span in steps of `everyMs`; NaN where there is none. */
  valuesAt(span: HistorySpan, everyMs: number): Promise<Float64Array>;
  /** Of many signals the last sample at or before a moment, in the unit that it was recorded in; those without any are left out. */
  lastValues(asked: HistoryMoment): Promise<readonly HistoryReading[]>;
  /** Facts of a kind in a span, newest first. */
  facts(span: HistoryFactSpan): Promise<readonly HistoryFact[]>;
  /** Of each twin and subject the last fact of a kind at or before a moment, whether it holds or not; in no order. */
  factsAt(asked: HistoryFactsAt): Promise<readonly HistoryFact[]>;
  /** The first moment that can be shown: of the oldest fact, or where what is older was deleted. Undefined if there is none. */
  begin(): Promise<number | undefined>;
  /** The twins that there is something of. */
  twins(): Promise<readonly string[]>;
  /**
   * Puts samples of any times where these belong; one of a time that is there already replaces it. Resolves once they are
   * kept; `late` were not, since those beside them were too old to keep and are gone.
   *
   * @throws GemelError `HISTORY_UNAVAILABLE`
   */
  insert(samples: readonly HistorySamples[]): Promise<{ readonly late: number }>;
}

export interface HistorySignal {
  readonly signal: string;
  readonly unit: string;
}

/** A signal of a twin in one unit, which is that of the signal from now on. */
export interface HistorySeries extends HistorySignal {
  readonly twin: string;
}

export interface HistorySpan {
  readonly twin: string;
  readonly signal: string;
  /** Unix milliseconds, included. */
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

/** Samples of one series. */
export interface HistorySamples {
  readonly series: HistorySeries;
  readonly points: HistoryPoints;
}

/** Times in Unix milliseconds, values in the unit of the signal. */
export interface HistoryPoints {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

export interface HistoryPartLengths {
  readonly everyMs: number;
  /** How long a sample is good for, unless the next one comes sooner. With it, each part has its quality. */
  readonly holdMs?: number;
}

export interface HistoryBuckets {
  /** Where each part begins, Unix milliseconds. */
  readonly fromMs: Float64Array;
  readonly count: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly mean: Float64Array;
  /** Share of its time, from 0 to 1, for which there was a sample that was still good. */
  readonly quality?: Float64Array;
}

export interface HistoryMoment {
  readonly twins: readonly string[];
  /** Absent: all that there are. */
  readonly signals?: readonly string[];
  /** Unix milliseconds. */
  readonly timeMs: number;
}

/** A sample of a signal. */
export interface HistoryReading extends HistorySignal {
  readonly twin: string;
  readonly timeMs: number;
  readonly value: number;
}

/**
 * Something that happened, or that is so from a moment on: an event, the state of an alarm, the model of a twin.
 *
 * Of two facts of the same kind, twin, subject and time the later one written counts. One that says what holds already is not
 * written again. What still holds is kept however old it is.
 */
export interface HistoryFact {
  /** What kind of fact: `event`, `alarm`, `twin`, … */
  readonly kind: string;
  /** The twin's id, or `*` for what concerns the process as a whole. */
  readonly twin: string;
  /** What of the twin it is about; may be empty. */
  readonly subject: string;
  /** Unix milliseconds. */
  readonly timeMs: number;
  /** Whether it holds until the next fact of its kind, twin and subject; an event does not. */
  readonly holds: boolean;
  /** JSON. */
  readonly data: string;
}

export interface HistoryFactSpan {
  readonly kind: string;
  /** Absent: of all. */
  readonly twin?: string;
  /** Unix milliseconds, included. */
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  readonly limit: number;
}

export interface HistoryFactsAt {
  readonly kind: string;
  /** Absent: of all. */
  readonly twin?: string;
  /** Absent: all. */
  readonly subject?: string;
  /** Unix milliseconds. */
  readonly timeMs: number;
}

/**
 * The line between a fleet and one of its shards, in a worker thread or in the same one.
 *
 * Messages arrive in the order in which they were sent. Buffers in `transfer` belong to the receiver afterwards.
 * A shard that dies is told by a last message of kind `failed`.
 */
export interface ShardLink {
  send(message: ToShard, transfer?: readonly ArrayBuffer[]): void;
  /** There is one listener; messages that come before it is set are kept for it. */
  onMessage(listener: (message: FromShard) => void): void;
  /** Ends the shard, also one that no longer answers. */
  close(): Promise<void>;
}
