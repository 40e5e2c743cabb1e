/**
 * A history in a thread of its own, which nothing waits for: what is written goes there in batches, readers ask.
 *
 * At most four million samples may be on their way; beyond it the newest are dropped and counted, which happens when the
 * disk has refused for minutes, or cannot keep up at all.
 */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { GemelError } from '../../core/diagnose/index.ts';
import type { History } from '../../engine/index.ts';
import type { Answers, FromHistory, HistorySettings, Question, ToHistory } from './messages.ts';
import type { Batch } from './pending.ts';
import type { SeriesInfo } from './store.ts';

export interface HistoryNote {
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
}

export interface FileHistoryOptions {
  /** How long samples are kept. */
  readonly keepMs: number;
  /** How long least, most, mean and count of each block are kept. */
  readonly keepSummariesMs: number;
  readonly log?: (note: HistoryNote) => void;
  /** Default four million. */
  readonly samplesOnTheirWay?: number;
}

export interface HistoryCounters {
  /** Samples on the disk since the start. */
  written: number;
  /** Samples that found no room on the way to the disk. */
  dropped: number;
  /** Samples so late that those beside them were deleted already. */
  late: number;
  /** Samples on their way. */
  waiting: number;
  /** Size of the file. */
  bytes: number;
}

export interface FileHistory extends History {
  /** Numbers of series for `write`, made as they are met. */
  define(series: readonly SeriesInfo[]): Uint32Array;
  /** Takes samples of defined series; the arrays are handed over. */
  write(batch: Batch): void;
  counters(): Readonly<HistoryCounters>;
  /** Resolves once everything is on the disk, unless the disk refuses. */
  close(): Promise<void>;
}

const questionLimit = 1000;

/** Opens the history of a directory, making it if need be. A disk that refuses is told and tried again. */
export function openFileHistory(file: string, options: FileHistoryOptions): FileHistory {
  const { keepMs, keepSummariesMs, log = () => undefined, samplesOnTheirWay = 4_000_000 } = options;
  mkdirSync(path.dirname(file), { recursive: true });
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    name: 'gemel-history',
    workerData: { file, keepMs, keepSummariesMs } satisfies HistorySettings,
  });
  worker.unref();
  const counters: HistoryCounters = { written: 0, dropped: 0, late: 0, waiting: 0, bytes: 0 };
  const numbers = new Map<string, number>();
  const asked = new Map<number, PromiseWithResolvers<Answers[keyof Answers]>>();
  const ended = Promise.withResolvers<void>();
  let questions = 0;
  let failure: string | undefined;

  worker.on('message', (message: FromHistory) => {
    switch (message.kind) {
      case 'written':
        counters.written += message.samples;
        counters.waiting -= message.samples;
        counters.late += message.lost;
        counters.bytes = message.bytes;
        break;
      case 'answer':
        asked.get(message.number)?.resolve(message.answer);
        asked.delete(message.number);
        break;
      case 'problem':
        asked.get(message.number)?.reject(unavailable(message.message));
        asked.delete(message.number);
        break;
      case 'refused':
        log(
          message.why === undefined
            ? { level: 'info', message: 'the history is written again' }
            : { level: 'error', message: `the history cannot be written and waits: ${message.why}` },
        );
        break;
      case 'ended':
        ended.resolve();
    }
  });
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => fail('its thread has ended'));

  return {
    define(series) {
      const fresh = series.filter((one) => !numbers.has(keyOf(one)));
      for (const one of fresh) numbers.set(keyOf(one), numbers.size);
      if (fresh.length > 0) send({ kind: 'define', series: fresh });
      return Uint32Array.from(series, (one) => numbers.get(keyOf(one)) ?? 0);
    },
    write(batch) {
      const count = batch.series.length;
      if (failure !== undefined || counters.waiting + count > samplesOnTheirWay) {
        counters.dropped += count;
        return;
      }
      counters.waiting += count;
      const { series, timesMs, values } = batch;
      send({ kind: 'write', batch }, [series.buffer, timesMs.buffer, values.buffer]);
    },
    signals: (twin) => ask({ ask: 'signals', twin }),
    points: (span, limit) => ask({ ask: 'points', span, limit }),
    buckets: (span, everyMs) => ask({ ask: 'buckets', span, everyMs }),
    valuesAt: (span, everyMs) => ask({ ask: 'valuesAt', span, everyMs }),
    counters: () => ({ ...counters }),
    async close() {
      if (failure !== undefined) return;
      send({ kind: 'end' });
      await ended.promise;
      failure = 'it was closed';
      if (counters.waiting > 0) {
        log({ level: 'error', message: `the disk did not take ${counters.waiting} samples of the history` });
      }
      await worker.terminate();
    },
  };

  function send(message: ToHistory, transfer: ArrayBufferLike[] = []): void {
    worker.postMessage(message, transfer as ArrayBuffer[]);
  }

  function ask<K extends Question['ask']>(question: Extract<Question, { ask: K }>): Promise<Answers[K]> {
    if (failure !== undefined) return Promise.reject(unavailable(failure));
    if (asked.size >= questionLimit) return Promise.reject(unavailable('too many readers ask at once'));
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
    for (const { reject } of asked.values()) reject(unavailable(why));
    asked.clear();
    ended.resolve();
  }
}

function unavailable(why: string): GemelError {
  return new GemelError('HISTORY_UNAVAILABLE', `the history cannot be read: ${why}`);
}

function keyOf({ twin, signal, unit }: SeriesInfo): string {
  return `${twin}\n${signal}\n${unit}`;
}
