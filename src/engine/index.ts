/** The engine's public surface. */

export type { Severity, TwinEvent, TwinEventKind } from './event.ts';
export type {
  Fleet,
  FleetStatistics,
  IncomingMessage,
  StepOptions,
  TickReport,
  TwinInfo,
} from './fleet.ts';
export type { FromShard, ToShard } from './messages.ts';
export type { StopSignal } from './platform.ts';
export type { CheckpointStore, Clock, ShardLink } from './ports.ts';
export { type Delivery, type Refused, type RefusalReason, refusalReasons } from './refusal.ts';
export type { HeldState, MeasurementReading, Snapshot, TwinStatus } from './snapshot.ts';
export {
  type Binding,
  defaultTelemetryFilter,
  defaultTelemetryTopic,
  type FieldPath,
  type TimeFormat,
  type TwinConfig,
  twinDefaults,
} from './twin-config.ts';
