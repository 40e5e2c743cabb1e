/** Rollouts: versions of models brought to twins, watched, and taken back. */

export type { RolloutStore, TrialFleet } from './port.ts';
export type {
  RollbackRule,
  Rollout,
  RolloutFindings,
  RolloutPart,
  RolloutRequest,
  RolloutService,
  RolloutTwin,
} from './rollout.ts';
export { Rollouts } from './rollouts.ts';
