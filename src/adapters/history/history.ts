/**
 * A history in a thread of its own, which nothing waits for: what is written goes there in batches, readers ask.
 *
 * At most four million samples and 100,000 facts may be on their way; beyond it the newest are dropped and counted, which happens when the
 * disk has refused for minutes, or cannot keep up at all.
 */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { GemelError } from '../../core/diagnose/index.ts';
import type { History, HistoryFact, HistorySamples } from '../../engine/index.ts';
import type { Answers, FromHistory, HistoryPlace, HistorySettings, Question, ToHistory } from './messages.ts';
import type { StoreOptions } from './open-series.ts';
import type { Batch } from './pending.ts';
import { SeriesIndex, type SeriesInfo } from './series-index.ts';

export interface HistoryNote {
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
}

export interface HistoryOptions {
  /** How long samples are kept. */
  readonly keepMs: number;
  /** How long least, most, mean and count of each block are kept. */
  readonly keepSummariesMs: number;
  readonly log?: (note: HistoryNote) => void;
  /** Default four million. */
  readonly samplesOnTheirWay?: number;
  /** Default 100,000. */
  readonly factsOnTheirWay?: number;
  /** Sizes of blocks and of what is in memory. */
  readonly store?: StoreOptions;
  /** How often old samples are looked for. Default 1,000. */
  readonly forgetEveryMs?: number;
  /** Only to be read, as it is at the first question, beside a process that writes it. Default false. */
  readonly readOnly?: boolean;
}

interface HistoryCounters {
  /** Samples kept since the start. */
  written: number;
  /** Samples and facts that found no room on the way to the store. */
  dropped: number;
  /** Samples so late that those beside them were deleted already. */
  late: number;
  /** Samples on their way. */
  waiting: number;
  /** Size of the store. */
  bytes: number;
}

/** A history that is open, to be read and written. */
export interface OpenHistory extends History {
  /** Numbers of series for `write`, made as they are met. */
  define(series: readonly SeriesInfo[]): Uint32Array;
  /** Takes samples of defined series; the arrays are handed over. */
  write(batch: Batch): void;
  /** Takes facts. */
  note(facts: readonly HistoryFact[]): void;
  counters(): Readonly<HistoryCounters>;
  /** Why nothing is written for now; undefined while it is. */
  refusal(): string | undefined;
  /** Resolves once everything is kept, unless the store refuses. */
  close(): Promise<void>;
}

const questionLimit = 1000;
/**
 * Megabytes for new objects in the history's thread. Those live for a moment; the 96 that it would take are never given back, and the
 * arrays that came with samples stay until all of them are used up.
 */
const youngMb = 3;

/**
 * Opens a history, making it if need be. A disk that refuses, or a database that is away, is told and tried again.
 */
export function openHistory(place: HistoryPlace, options: HistoryOptions): OpenHistory {
  if ('file' in place && options.readOnly !== true) mkdirSync(path.dirname(place.file), { recursive: true });
  const { keepMs, keepSummariesMs, log = () => undefined } = options;
  const { samplesOnTheirWay = 4_000_000, factsOnTheirWay = 100_000 } = options;
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    name: 'gemel-history',
    resourceLimits: { maxYoungGenerationSizeMb: youngMb },
    workerData: {
      place,
      keepMs,
      keepSummariesMs,
      // A little at a time: deleting much at once would hold up what comes in.
      forgetEveryMs: options.forgetEveryMs ?? 1000,
      store: { ...options.store, readOnly: options.readOnly ?? false },
    } satisfies HistorySettings,
  });
  worker.unref();
  const counters: HistoryCounters = { written: 0, dropped: 0, late: 0, waiting: 0, bytes: 0 };
  const known = new SeriesIndex();
  const asked = new Map<number, PromiseWithResolvers<Answers[keyof Answers]>>();
  /** Writes that somebody waits for. */
  const inserted = new Map<number, PromiseWithResolvers<{ late: number }>>();
  const ended = Promise.withResolvers<void>();
  let questions = 0;
  let writes = 0;
  let factsWaiting = 0;
  let failure: string | undefined;
  /** Why the store takes nothing for now. */
  let refusing: string | undefined;

  worker.on('message', (message: FromHistory) => {
    switch (message.kind) {
      case 'written':
        counters.written += message.samples;
        counters.waiting -= message.samples;
        counters.late += message.lost;
        counters.bytes = message.bytes;
        inserted.get(message.number)?.resolve({ late: message.lost });
        inserted.delete(message.number);
        break;
      case 'noted':
        factsWaiting -= message.facts;
        break;
      case 'answer':
        asked.get(message.number)?.resolve(message.answer);
        asked.delete(message.number);
        break;
      case 'problem':
        asked.get(message.number)?.reject(unavailable('read', message.message));
        asked.delete(message.number);
        break;
      case 'refused':
        refusing = message.why;
        log(
          message.why === undefined
            ? { level: 'info', message: 'the history is written again' }
            : { level: 'error', message: `the history cannot be written and waits: ${message.why}` },
        );
        // What was taken is written later all the same; to send it again does no harm.
        if (message.why !== undefined) rejectAll(inserted, unavailable('written', message.why));
        break;
      case 'ended':
        // At once: the end of the thread may be heard in the same turn.
        failure ??= 'it was closed';
        ended.resolve();
    }
  });
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => fail(`its thread has ended with code ${code}`));

  return {
    define,
    write(batch) {
      if (hasRoom(batch)) post(batch);
      else counters.dropped += batch.series.length;
    },
    note(facts) {
      const room = failure === undefined ? factsOnTheirWay - factsWaiting : 0;
      const taken = facts.length > room ? facts.slice(0, room) : facts;
      counters.dropped += facts.length - taken.length;
      factsWaiting += taken.length;
      if (taken.length > 0) send({ kind: 'note', facts: taken });
    },
    async insert(samples) {
      const why = refusal();
      if (why !== undefined) throw unavailable('written', why);
      const batch = batchOf(samples, define(samples.map(({ series }) => series)));
      if (!hasRoom(batch)) throw unavailable('written', 'too many samples are on their way to it');
      const kept = Promise.withResolvers<{ late: number }>();
      inserted.set(post(batch), kept);
      return kept.promise;
    },
    twins: () => ask({ ask: 'twins' }),
    signals: (twin) => ask({ ask: 'signals', twin }),
    points: (span, limit) => ask({ ask: 'points', span, limit }),
    buckets: (span, lengths) => ask({ ask: 'buckets', span, lengths }),
    valuesAt: (span, everyMs) => ask({ ask: 'valuesAt', span, everyMs }),
    lastValues: (moment) => ask({ ask: 'lastValues', moment }),
    facts: (facts) => ask({ ask: 'facts', facts }),
    factsAt: (facts) => ask({ ask: 'factsAt', facts }),
    begin: () => ask({ ask: 'begin' }),
    counters: () => ({ ...counters }),
    refusal,
    async close() {
      if (failure !== undefined) return;
      send({ kind: 'end' });
      await ended.promise;
      if (counters.waiting > 0) {
        const who = 'file' in place ? 'disk' : 'database';
        log({
          level: 'error',
          message: `the ${who} did not take ${counters.waiting} samples of the history`,
        });
      }
      await worker.terminate();
    },
  };

  function refusal(): string | undefined {
    return failure ?? refusing;
  }

  function define(series: readonly SeriesInfo[]): Uint32Array {
    const fresh: SeriesInfo[] = [];
    const numbers = Uint32Array.from(series, (one) => {
      const number = known.numberOf(one);
      if (number !== undefined) return number;
      fresh.push(one);
      return known.add(one);
    });
    if (fresh.length > 0) send({ kind: 'define', series: fresh });
    return numbers;
  }

  function hasRoom({ series }: Batch): boolean {
    return failure === undefined && counters.waiting + series.length <= samplesOnTheirWay;
  }

  /** Number of the write. */
  function post(batch: Batch): number {
    const number = writes++;
    counters.waiting += batch.series.length;
    const { series, timesMs, values } = batch;
    send({ kind: 'write', batch, number }, [series.buffer, timesMs.buffer, values.buffer]);
    return number;
  }

  function send(message: ToHistory, transfer: ArrayBufferLike[] = []): void {
    worker.postMessage(message, transfer as ArrayBuffer[]);
  }

  function ask<K extends Question['ask']>(question: Extract<Question, { ask: K }>): Promise<Answers[K]> {
    if (failure !== undefined) return Promise.reject(unavailable('read', failure));
    if (asked.size >= questionLimit)
      return Promise.reject(unavailable('read', 'too many readers ask at once'));
    const number = questions++;
    const answer = Promise.withResolvers<Answers[keyof Answers]>();
    asked.set(number, answer);
    send({ kind: 'question', number, question });
    // The thread answers what it was asked.
    return answer.promise as Promise<Answers[K]>;
  }

  function fail(why: string): void {
    if (failure !== undefined) return;
    failure = why;
    log({ level: 'error', message: `the history has failed, and nothing more is written to it: ${why}` });
    rejectAll(asked, unavailable('read', why));
    rejectAll(inserted, unavailable('written', why));
    ended.resolve();
  }
}

function batchOf(samples: readonly HistorySamples[], numbers: Uint32Array): Batch {
  const count = samples.reduce((sum, { points }) => sum + points.timesMs.length, 0);
  const batch = {
    series: new Uint32Array(count),
    timesMs: new Float64Array(count),
    values: new Float64Array(count),
  };
  let at = 0;
  for (const [i, { points }] of samples.entries()) {
    batch.series.fill(numbers[i] ?? 0, at, at + points.timesMs.length);
    batch.timesMs.set(points.timesMs, at);
    batch.values.set(points.values, at);
    at += points.timesMs.length;
  }
  return batch;
}

function rejectAll<T>(waiting: Map<number, PromiseWithResolvers<T>>, why: GemelError): void {
  for (const { reject } of waiting.values()) reject(why);
  waiting.clear();
}

function unavailable(doing: 'read' | 'written', why: string): GemelError {
  return new GemelError('HISTORY_UNAVAILABLE', `the history cannot be ${doing}: ${why}`);
}
