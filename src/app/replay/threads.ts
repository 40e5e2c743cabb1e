/**
 * The threads of a replay. They take as long to load their code as it takes to find out what they are to do, so they are started
 * first.
 */

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { GemelError } from '../../core/diagnose/index.ts';
import { Feed, type Past } from './feed.ts';
import type { Outcome } from './outcome.ts';
import type { FromReplay, ReplayStart, ReplayWork, ToFed, ToReplay } from './work.ts';

interface Thread {
  readonly worker: Worker;
  readonly feed: MessagePort;
  /** Rejects if the thread cannot go on. */
  readonly failing: Promise<never>;
}

export class Threads {
  readonly #threads: Thread[] = [];

  /** Starts those that are missing to so many. */
  upTo(count: number): void {
    while (this.#threads.length < count) this.#threads.push(start(this.#threads.length + 1));
  }

  /** Gives a thread each its work, and all of them the past. Resolves once all are done; rejects if one cannot go on. */
  async run(works: readonly ReplayWork[], past: Past, outcome: Outcome): Promise<void> {
    this.upTo(works.length);
    const threads = this.#threads.slice(0, works.length);
    const done = threads.map(({ worker, failing }, thread) => {
      const ended = new Promise<void>((resolve) => {
        worker.on('message', (message: FromReplay) => {
          const looked = outcome.hear(message, thread);
          if (message.kind === 'done') resolve();
          if (message.kind === 'ticks')
            void looked.then(() => worker.postMessage({ kind: 'taken' } satisfies ToReplay));
        });
      });
      return Promise.race([ended, failing]);
    });
    for (const [thread, work] of works.entries())
      threads[thread]?.feed.postMessage({ kind: 'begin', work } satisfies ToFed);
    const feed = new Feed(
      threads.map((thread) => thread.feed),
      outcome,
    );
    try {
      await Promise.all([feed.tell(past), ...done]);
      await outcome.end();
    } finally {
      feed.stop();
      await this.end();
    }
  }

  /** Ends all. */
  async end(): Promise<void> {
    const threads = this.#threads.splice(0);
    for (const { feed } of threads) feed.close();
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }
}

function start(number: number): Thread {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const entry = new URL(`./worker.${extension}`, import.meta.url);
  const { port1: feed, port2: theirs } = new MessageChannel();
  const worker = new Worker(entry, {
    name: `gemel-replay-${number}`,
    workerData: { feed: theirs } satisfies ReplayStart,
    transferList: [theirs],
  });
  const { promise: failing, reject } = Promise.withResolvers<never>();
  // It may fail before anybody waits for it.
  failing.catch(() => undefined);
  worker.on('error', (error) => reject(failed(error instanceof Error ? error.message : String(error))));
  worker.on('exit', () => reject(failed('its thread ended')));
  return { worker, feed, failing };
}

function failed(why: string): GemelError {
  return new GemelError('WORKER_FAILED', `the replay cannot go on: ${why}`);
}
