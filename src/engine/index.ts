/** The engine's public surface. */

export { isSameDocument } from './add-model.ts';
export { readEventTime } from './event-time.ts';
export type {
  HistoryExtract,
  HistoryFile,
  HistoryFileProblem,
  HistoryFiles,
  HistoryTaken,
  HistoryTakenSeries,
} from './history-files.ts';
export {
  type Alarm,
  AlarmBook,
  type AlarmChange,
  type AlarmCounts,
  alarmDefaults,
  type AlarmFilter,
  type Alarms,
  type AlarmSettings,
  type AlarmSeverity,
  type AlarmState,
  type AlarmStatistics,
  type AlarmView,
  alarmView,
  type Raise,
} from './alarms/index.ts';
export { isName } from './check-twins.ts';
export { type Checkpoint, decodeCheckpoint } from './checkpoint.ts';
export { createFleet, type FleetOptions } from './create-fleet.ts';
export { formatDigest } from './digest.ts';
export type { Severity, TwinEvent, TwinEventKind } from './event.ts';
export type {
  Fleet,
  FleetChange,
  FleetStatistics,
  IncomingMessage,
  TickReport,
} from './fleet.ts';
export type { HealthReading } from './health.ts';
export type { SeenSample } from './ingest.ts';
export { createLocalShard } from './local-shard.ts';
export { type Correction, createTwin, type LocalTwin, type LocalTwinOptions } from './local-twin.ts';
export { createManualClock, type ManualClock } from './manual-clock.ts';
export {
  alarmOf,
  type CompleteFact,
  completeOf,
  type Condition,
  conditionOf,
  configOf,
  countAlarms,
  eventOf,
  factKinds,
  factOfAlarm,
  factOfComplete,
  factOfCondition,
  factOfConfig,
  factOfEvent,
  factOfModel,
  factOfRemoval,
  factOfTwin,
  isDifference,
  listAlarms,
  modelOf,
  pastSnapshot,
  seriesNames,
  type TwinFact,
  twinOf,
} from './past/index.ts';
export type { AheadError, FromShard, ShardTwin, ToShard } from './messages.ts';
export type { StopSignal } from './platform.ts';
export type {
  CheckpointMade,
  CheckpointStore,
  Clock,
  History,
  HistoryBuckets,
  HistoryFact,
  HistoryFactsAt,
  HistoryFactSpan,
  HistoryMoment,
  HistoryPartLengths,
  HistoryPoints,
  HistoryReading,
  HistorySignal,
  HistorySamples,
  HistorySeries,
  HistorySpan,
  Journal,
  JournalPage,
  ShardLink,
} from './ports.ts';
export { type Delivery, type Refused, type RefusalReason, refusalReasons } from './refusal.ts';
export { decodeRecord, type JournalRecord } from './record.ts';
export { RecordedBlocks } from './recorded-blocks.ts';
export {
  type RollbackRule,
  type Rollout,
  type RolloutFindings,
  type RolloutPart,
  type RolloutRequest,
  Rollouts,
  type RolloutService,
  type RolloutStore,
  type RolloutTwin,
  type TrialFleet,
} from './rollout/index.ts';
export { decodeFleet, type FleetRecord, type RecordedModel } from './fleet-record.ts';
export { decodeCommand } from './command-record.ts';
export { type SampleNumbers, SamplesReader } from './samples-reader.ts';
export { decodeSamples, type RecordedSample } from './samples-record.ts';
export {
  type Compared,
  type Difference,
  isAsRecorded,
  type OwnBlock,
  type Picture,
  Replayer,
  type ReplayTrialResult,
  settingsOf,
  type ShownTwin,
  type TwinSettings,
} from './replay/index.ts';
export { Shard, type ShardOptions } from './shard.ts';
export type { HeldState, MeasurementReading, Snapshot, TwinStatus } from './snapshot.ts';
export type { StepOptions } from './stepping.ts';
export type { FleetVersions, ShadowTick, TrialReading, TrialTick } from './versions.ts';
export { createSnapshot, createSnapshotView, type SnapshotView } from './snapshot-view.ts';
export {
  type Binding,
  defaultTelemetryTopic,
  type FieldPath,
  type TimeFormat,
  type TwinConfig,
  twinDefaults,
  type TwinInfo,
} from './twin-config.ts';
