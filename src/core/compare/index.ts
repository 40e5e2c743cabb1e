/** Two versions of a model on the same samples: which is better, and how sure that is. */

export type {
  AheadContrast,
  Comparison,
  ComparisonResult,
  ComparisonSettings,
  ConsistencyIntervals,
  Contrast,
  MeasurementContrast,
  PairedError,
  PairedSample,
  SavedComparison,
} from './comparison.ts';
export { createComparison } from './comparison.ts';
export type { Interval } from './interval.ts';
export { isSavedComparison } from './saved.ts';
export type { Consistency, VersionSample } from './series.ts';
export type { Verdict } from './verdict.ts';
