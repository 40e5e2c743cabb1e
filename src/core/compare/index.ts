/** Two versions of a model on the same samples: which is better, and how sure that is. */

export type { Comparison, ComparisonResult, PairedSample, SavedComparison } from './comparison.ts';
export { createComparison } from './comparison.ts';
export { isSavedComparison } from './saved.ts';
export type { Verdict } from './verdict.ts';
