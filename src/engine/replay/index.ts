/** The past run again from its record, and compared with what it was. */

export type { Compared, Difference } from './compare-checkpoints.ts';
export type { OwnBlock } from './own-blocks.ts';
export type { Picture } from './picture.ts';
export { isAsRecorded } from './picture.ts';
export type { ReplayTrialResult } from './replay-trial.ts';
export { settingsOf, type TwinSettings } from './replay-twins.ts';
export { Replayer } from './replayer.ts';
export type { ShownTwin } from './shown-twins.ts';
