/** Parts of the engine in somebody's own program: a twin without a fleet, a shard without a thread, a clock moved by hand. */

export { createManualClock, type ManualClock } from './manual-clock.ts';
export { createLocalShard } from './shard.ts';
export { type Correction, createTwin, type LocalTwin, type LocalTwinOptions } from './twin.ts';
