/** What runs inside a worker thread: one shard on the real clock. */

import { parentPort } from 'node:worker_threads';
import { Shard, type ToShard } from '../../engine/index.ts';
import { createSystemClock } from './clock.ts';

if (parentPort === null) throw new Error('this file is the inside of a worker thread');
const port = parentPort;
const shard = new Shard({
  clock: createSystemClock(),
  send: (message, transfer) => port.postMessage(message, [...transfer]),
});
port.on('message', (message: ToShard) => shard.receive(message));
