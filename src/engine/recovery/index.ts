/** What a fleet survives by: checkpoints that are saved, a journal that is read again, shards that are started again. */

export { completed, describeRecovery, recover, recoverAlone, type RecoveryContext } from './recovery.ts';
export { Revivals } from './revivals.ts';
export { Saving } from './saving.ts';
