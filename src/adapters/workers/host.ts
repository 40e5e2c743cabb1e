/** What runs inside a worker thread: one shard on a clock of its own. */

import { parentPort, workerData } from 'node:worker_threads';
import type { Backend } from '../../core/kernel/index.ts';
import { Shard, ShardModels, type ToShard } from '../../engine/index.ts';
import { createSystemClock } from './clock.ts';
import { paceClock } from './paced-clock.ts';
import type { Note, WorkerSettings } from './settings.ts';

/** Makes the backend of that name; `tell` takes what people should know, such as why another one was taken. */
export type BackendMaker = (kernel: string, tell: (text: string) => void) => Promise<Backend>;

/**
 * Runs a shard in this thread, from its first message to its last. Messages that come before there is a backend wait.
 *
 * @param createBackend - Default: the engine's own choice.
 */
export async function hostShard(createBackend?: BackendMaker): Promise<void> {
  if (parentPort === null) throw new Error('this is for the inside of a worker thread');
  const port = parentPort;
  const { pace, kernel = '' } = workerData as WorkerSettings;
  const tell = (text: string) => port.postMessage({ kind: 'note', text } satisfies Note);
  const models = new ShardModels(await createBackend?.(kernel, tell));
  const shard = new Shard({
    clock: paceClock(createSystemClock(), pace),
    models,
    send: (message, transfer) => port.postMessage(message, [...transfer]),
  });
  port.on('message', (message: ToShard) => shard.receive(message));
}
