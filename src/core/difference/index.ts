/** Differences of models, in terms of physics: what `gemel models diff` shows. */

export type { BehaviourDifference } from './behaviour.ts';
export { describeDifference, type ModelDifference } from './describe.ts';
export type { EquationDifference } from './equations.ts';
export type { SignalDifference, ValueDifference } from './signals.ts';
export { type SuggestedVersion, suggestVersion } from './suggest-version.ts';
