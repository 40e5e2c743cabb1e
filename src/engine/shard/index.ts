/** A shard: its blocks in step with the clock, and messages in and out. */

export { Shard, type ShardOptions } from './shard.ts';
