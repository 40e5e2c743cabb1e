/** Rollouts: versions of models brought to twins, watched, and taken back. */

export type { RolloutStore, TrialFleet } from './port.ts';
export type { Rollout, RolloutFindings, RolloutRequest, RolloutService } from './rollout.ts';
export { Rollouts } from './rollouts.ts';
