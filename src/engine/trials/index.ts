/** Two versions of a model on the same samples, of which one is live: begun, exchanged, ended, restored. */

export { FleetTrials } from './fleet-trials.ts';
export { configUnder } from './plan.ts';
export type { FleetVersions, ShadowTick } from './versions.ts';
