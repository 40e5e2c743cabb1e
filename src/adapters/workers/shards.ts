/**
 * Shards in worker threads, so that computing never waits for an API, nor an API for computing.
 *
 * A worker that throws, runs out of memory or exits without having been asked sends a last message, `failed`: its
 * twins stand still, and the fleet says so.
 */

import { Worker } from 'node:worker_threads';
import type { FromShard, ShardLink } from '../../engine/index.ts';
import { type Pace, realTime } from './paced-clock.ts';
import type { Note, WorkerSettings } from './settings.ts';

/**
 * Megabytes for new objects in a shard's thread. Those live for a moment; the 96 that a thread would take are never given back, and
 * arrays that came in messages stay until all of them are used up.
 */
const youngMb = 24;

export interface WorkerOptions {
  /** Default: real time. */
  readonly pace?: Pace;
  /**
   * Kernels other than those in JavaScript: their name, and the file where a thread begins that can make them, by calling
   * `hostShard`. A function could not be sent to it.
   */
  readonly kernel?: { readonly name: string; readonly entry: URL };
  /** Takes what people should know; each worker may say the same. */
  readonly onNote?: (text: string) => void;
}

/** Starts `count` workers, each an empty shard. `ShardLink.close` ends its worker. */
export function createWorkerShards(count: number, options: WorkerOptions = {}): ShardLink[] {
  return Array.from({ length: count }, (_, index) => createWorkerShard(index, options));
}

/** Starts the worker of one shard, counted from 0: also in the place of one that died. */
export function createWorkerShard(shard: number, options: WorkerOptions = {}): ShardLink {
  return startWorker(`gemel-shard-${shard + 1}`, options);
}

function startWorker(name: string, { pace = realTime, kernel, onNote }: WorkerOptions): ShardLink {
  // Beside this file lies the worker's: as source while developing, compiled in the package.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const workerData: WorkerSettings = { pace, ...(kernel && { kernel: kernel.name }) };
  const entry = kernel?.entry ?? new URL(`./start.${extension}`, import.meta.url);
  const resourceLimits = { maxYoungGenerationSizeMb: youngMb };
  const worker = new Worker(entry, { name, workerData, resourceLimits });
  // Until it has work, a thread is no reason for the process to stay: the fleet may never have come to be.
  worker.unref();
  let listener: ((message: FromShard) => void) | undefined;
  const early: FromShard[] = [];
  let ended = false;

  const tell = (message: FromShard): void => {
    if (ended) return;
    if (message.kind === 'failed') ended = true;
    if (listener === undefined) early.push(message);
    else listener(message);
  };
  worker.on('message', (message: FromShard | Note) => {
    if (message.kind === 'note') onNote?.(message.text);
    else tell(message);
  });
  worker.on('messageerror', (error) =>
    tell({ kind: 'failed', message: `a message could not be read: ${error.message}` }),
  );
  worker.on('error', (error) => tell({ kind: 'failed', message: messageOf(error) }));
  worker.on('exit', (code) =>
    tell({ kind: 'failed', message: `the thread ${name} exited with code ${code}` }),
  );

  return {
    send(message, transfer = []) {
      worker.ref();
      worker.postMessage(message, [...transfer]);
    },
    onMessage(next) {
      listener = next;
      for (const message of early.splice(0)) next(message);
    },
    async close() {
      ended = true;
      await worker.terminate();
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
