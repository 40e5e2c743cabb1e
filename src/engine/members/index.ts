/** The twins of a fleet on the readers' side: which there are, the line to the shard of each, steps by hand. */

export { type Entry, forward, show, snapshotOf } from './entry.ts';
export { addRequest, Membership, problemOf, shardTwin } from './membership.ts';
export { ShardClient } from './shard-client.ts';
export {
  numberInputs,
  refuseIfStale,
  showStepped,
  stepByHand,
  type StepOptions,
  stepShadow,
} from './stepping.ts';
export {
  isPublished,
  isTold,
  routesOf,
  samplesOf,
  type Shown,
  type Trial,
  type TrialRoutes,
} from './trial.ts';
