/** What runs inside a worker thread: one shard on a clock of its own. */

import { parentPort, workerData } from 'node:worker_threads';
import { Shard, type ToShard } from '../../engine/index.ts';
import { createSystemClock } from './clock.ts';
import { type Pace, paceClock } from './paced-clock.ts';

if (parentPort === null) throw new Error('this file is the inside of a worker thread');
const port = parentPort;
const pace = workerData as Pace;
const shard = new Shard({
  clock: paceClock(createSystemClock(), pace),
  send: (message, transfer) => port.postMessage(message, [...transfer]),
});
port.on('message', (message: ToShard) => shard.receive(message));
