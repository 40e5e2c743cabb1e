/**
 * What a shard has to tell beside its numbers: counters, events and refused samples, gathered until the next
 * message leaves.
 *
 * Events of one kind about one twin may come in a burst of ten, and then one in ten seconds; the rest is counted. A
 * state that chatters at its bound must not drown the others.
 */

import { severities, type TwinEventKind } from '../snapshot/index.ts';
import {
  type ShardCounters,
  type ShardEvent,
  shardReasons,
  type ShardRefusal,
  type ShardReport,
} from './messages.ts';

const limits = { events: 20_000, refused: 1000, burst: 10, refillMs: 10_000 } as const;

interface Bucket {
  tokens: number;
  atMs: number;
  suppressed: number;
}

export class Reporter {
  readonly counters: ShardCounters = {
    running: 0,
    waiting: 0,
    quarantined: 0,
    queueDepth: 0,
    behindSeconds: 0,
    appliedSamples: 0,
    refusedSamples: {
      'out-of-order': 0,
      repeated: 0,
      replaced: 0,
      'too-late': 0,
      'queue-full': 0,
      'unknown-twin': 0,
    },
    ticks: 0,
    missedDeadlines: 0,
    skippedTicks: 0,
    unpublishedTicks: 0,
    lateSamples: 0,
    repeatedTicks: 0,
    corrections: 0,
    rejectedSamples: 0,
    normalisedSquares: 0,
    divergences: 0,
    silentSensors: 0,
    quarantines: 0,
    heldBounds: 0,
    raised: 0,
    steps: 0,
    suppressedEvents: 0,
  };
  /** After a restart: since when somebody listens to the sensors. */
  listensFromMs = Number.NEGATIVE_INFINITY;
  readonly #buckets = new Map<string, Bucket>();
  #events: ShardEvent[] = [];
  #refused: ShardRefusal[] = [];
  readonly #refillMs: number;

  /** `speed` of the clock that events are timed by: what is told is limited in real time. */
  constructor(speed: number) {
    this.#refillMs = limits.refillMs * speed;
  }

  event(event: ShardEvent): void {
    const bucket = this.#bucket(event.twin, event.kind, event.timeMs);
    if (bucket.tokens < 1 || this.#events.length >= limits.events) {
      bucket.suppressed++;
      this.counters.suppressedEvents++;
      return;
    }
    bucket.tokens--;
    const { suppressed } = bucket;
    bucket.suppressed = 0;
    this.#events.push(
      suppressed === 0
        ? event
        : { ...event, message: `${event.message} (and ${suppressed} more before, not told)` },
    );
  }

  /** A twin is gone, and nothing needs to be known of what it told. */
  forget(twin: number): void {
    for (const kind of Object.keys(severities)) this.#buckets.delete(`${twin} ${kind}`);
  }

  refuse(refusal: ShardRefusal): void {
    this.counters.refusedSamples[refusal.reason]++;
    if (this.#refused.length < limits.refused) this.#refused.push(refusal);
  }

  /** Hands out what has gathered. */
  take(): ShardReport {
    const refusedSamples = { ...this.counters.refusedSamples };
    const report = {
      counters: { ...this.counters, refusedSamples },
      events: this.#events,
      refused: this.#refused,
    };
    this.#events = [];
    this.#refused = [];
    return report;
  }

  #bucket(twin: number, kind: TwinEventKind, nowMs: number): Bucket {
    const key = `${twin} ${kind}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { tokens: limits.burst, atMs: nowMs, suppressed: 0 };
      this.#buckets.set(key, bucket);
    }
    const refill = Math.floor((nowMs - bucket.atMs) / this.#refillMs);
    if (refill > 0) {
      bucket.tokens = Math.min(limits.burst, bucket.tokens + refill);
      bucket.atMs += refill * this.#refillMs;
    }
    return bucket;
  }
}

/** What counts on of a shard that has ended. */
export function withoutGauges(counters: ShardCounters): ShardCounters {
  return {
    ...counters,
    running: 0,
    waiting: 0,
    quarantined: 0,
    queueDepth: 0,
    behindSeconds: 0,
    silentSensors: 0,
  };
}

/** Sums the counters of several shards. */
export function sumCounters(all: readonly ShardCounters[]): ShardCounters {
  const total = new Reporter(1).counters;
  for (const counters of all) {
    for (const key of counterNames) {
      if (key === 'behindSeconds') total[key] = Math.max(total[key], counters[key]);
      else total[key] += counters[key];
    }
    for (const reason of shardReasons) total.refusedSamples[reason] += counters.refusedSamples[reason];
  }
  return total;
}

const counterNames = [
  'running',
  'waiting',
  'quarantined',
  'queueDepth',
  'behindSeconds',
  'appliedSamples',
  'ticks',
  'missedDeadlines',
  'skippedTicks',
  'unpublishedTicks',
  'lateSamples',
  'repeatedTicks',
  'corrections',
  'rejectedSamples',
  'normalisedSquares',
  'divergences',
  'silentSensors',
  'quarantines',
  'heldBounds',
  'raised',
  'steps',
  'suppressedEvents',
] as const satisfies readonly (keyof ShardCounters)[];
