/**
 * Shards in worker threads, so that computing never waits for an API, nor an API for computing.
 *
 * A worker that throws, runs out of memory or exits without having been asked sends a last message, `failed`: its
 * twins stand still, and the fleet says so.
 */

import { Worker } from 'node:worker_threads';
import type { FromShard, ShardLink } from '../../engine/index.ts';
import { type Pace, realTime } from './paced-clock.ts';

/** Starts `count` workers, each an empty shard. `ShardLink.close` ends its worker. */
export function createWorkerShards(count: number, pace: Pace = realTime): ShardLink[] {
  return Array.from({ length: count }, (_, index) => startWorker(`gemel-shard-${index + 1}`, pace));
}

function startWorker(name: string, pace: Pace): ShardLink {
  // Beside this file lies the worker's: as source while developing, compiled in the package.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./start.${extension}`, import.meta.url), { name, workerData: pace });
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
  worker.on('message', tell);
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
