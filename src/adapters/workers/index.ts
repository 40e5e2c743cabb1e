/** Shards in worker threads, and the real clock. */

export { createSystemClock, systemTime } from './clock.ts';
export { type Pace, paceClock } from './paced-clock.ts';
export { hostShard } from './host.ts';
export { createWorkerShard, createWorkerShards, type WorkerOptions } from './shards.ts';
