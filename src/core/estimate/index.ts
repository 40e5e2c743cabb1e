/** Filters: what samples say of a machine's states, and how surely. */

export type { BeliefLayout } from './belief.ts';
export { isFiltered, placeInFactor } from './belief.ts';
export type { Estimator } from './estimator.ts';
export { createEstimator } from './estimator.ts';
export type { Migration } from './migrate.ts';
export { createMigration } from './migrate.ts';
export type { Selection } from './selection.ts';
export type { Observability } from './observability.ts';
export { checkObservability } from './observability.ts';
export type { RecordEstimate, SampleRecord, StateEstimate } from './record.ts';
export { runRecord } from './record.ts';
