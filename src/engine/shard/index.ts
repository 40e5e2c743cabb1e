/** A shard: its blocks in step with the clock, and messages in and out. */

export { ShardModels } from './models.ts';
export type { ShownBlock } from './rerun.ts';
export { Shard } from './shard.ts';
