/** What a fleet and its shards say to each other, as plain data. */

export type { CheckpointPart, SavedVersion } from './checkpoint-part.ts';
export type {
  HistoryCopy,
  LaneCopy,
  LaneNumbers,
  LateTarget,
  SampleRows,
  SideCopy,
  Told,
} from './lane-copy.ts';
export {
  type AheadError,
  type BlockInfo,
  type FromShard,
  type JournalPosition,
  type LaneAhead,
  type ShardCounters,
  type ShardEvent,
  type ShardReason,
  shardReasons,
  type ShardRefusal,
  type ShardReport,
  type ShardStart,
  type ShardTwin,
  type StepProblem,
  type ToShard,
} from './messages.ts';
export { putSample, type Sample, sampleAt, sampleColumns, sampleScratch } from './sample-rows.ts';
export { Reporter, sumCounters, withoutGauges } from './reporter.ts';
