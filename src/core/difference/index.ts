/** Differences of models, in terms of physics: what `gemel models diff` shows. */

export type { BehaviourDifference, Deviation } from './behaviour.ts';
export { describeDifference, type DifferenceOptions, type ModelDifference } from './describe.ts';
export type { EquationDifference } from './equations.ts';
export type { SettingDifference } from './settings.ts';
export type { SignalDifference, SignalGroup, ValueDifference } from './signals.ts';
export { type SuggestedVersion, suggestVersion } from './suggest-version.ts';
