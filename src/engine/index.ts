/** The engine's public surface. */

export {
  type Alarm,
  AlarmBook,
  type AlarmChange,
  alarmDefaults,
  type Alarms,
  type AlarmSettings,
  type AlarmState,
  type AlarmView,
  alarmView,
  countAlarms,
  listAlarms,
} from './alarms/index.ts';
export type { StopSignal } from './basics/index.ts';
export { type Checkpoint, decodeCheckpoint, lookUp, neededBy } from './checkpoint/index.ts';
export {
  createFleet,
  type Fleet,
  type FleetChange,
  type FleetStatistics,
  type TickReport,
} from './fleet/index.ts';
export {
  type Delivery,
  readEventTime,
  refusalReasons,
  type Refused,
  type SeenSample,
} from './ingest/index.ts';
export {
  decodeCommand,
  decodeFleet,
  decodeRecord,
  decodeSamples,
  type JournalRecord,
  RecordedBlocks,
  type RecordedModel,
  type RecordedSample,
  type SampleNumbers,
  SamplesReader,
} from './journal/index.ts';
export {
  type Correction,
  createLocalShard,
  createManualClock,
  createTwin,
  type LocalTwin,
  type LocalTwinOptions,
  type ManualClock,
} from './local/index.ts';
export type { StepOptions } from './members/index.ts';
export {
  alarmOf,
  type CompleteFact,
  completeOf,
  conditionOf,
  configOf,
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
  modelOf,
  pastSnapshot,
  didYouMeanSeries,
  seriesNames,
  twinOf,
} from './past/index.ts';
export type {
  CheckpointMade,
  CheckpointStore,
  Clock,
  History,
  HistoryBuckets,
  HistoryExtract,
  HistoryFact,
  HistoryFactsAt,
  HistoryFactSpan,
  HistoryFile,
  HistoryFileProblem,
  HistoryFiles,
  HistoryMoment,
  HistoryPartLengths,
  HistoryPoints,
  HistoryReading,
  HistorySamples,
  HistorySeries,
  HistorySignal,
  HistorySpan,
  HistoryTaken,
  HistoryTakenSeries,
  Journal,
  JournalPage,
  ShardLink,
} from './ports/index.ts';
export type { FromShard, ToShard } from './protocol/index.ts';
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
export {
  type Rollout,
  type RolloutFindings,
  type RolloutRequest,
  Rollouts,
  type RolloutService,
  type RolloutStore,
  type TrialFleet,
} from './rollout/index.ts';
export { Shard, ShardModels } from './shard/index.ts';
export {
  createSnapshot,
  createSnapshotView,
  formatDigest,
  type HealthReading,
  type MeasurementReading,
  type Snapshot,
  type SnapshotView,
  type TwinEvent,
  type TwinStatus,
} from './snapshot/index.ts';
export type { ShadowTick } from './trials/index.ts';
export {
  type Binding,
  defaultTelemetryTopic,
  isName,
  isSameDocument,
  type TwinConfig,
  twinDefaults,
  type TwinInfo,
} from './twin/index.ts';
