/** What readers are shown of a twin: a block's frame in numbers, snapshots made from it, and events. */

export { type Digest, digestOf, formatDigest } from './digest.ts';
export { severities, type Severity, type TwinEvent, type TwinEventKind } from './event.ts';
export { type Frame, type FrameLayout, frameLayoutOf, statusCodes } from './frame.ts';
export {
  type HealthColumn,
  healthColumnsOf,
  healthIn,
  type HealthLevel,
  type HealthReading,
  shownPercent,
} from './health.ts';
export { hasListened } from './silence.ts';
export type { MeasurementReading, Snapshot, TwinStatus } from './snapshot.ts';
export { createSnapshot, createSnapshotView, type SnapshotView } from './view.ts';
