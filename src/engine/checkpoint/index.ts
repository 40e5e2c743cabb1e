/** All that twins are at one moment: a block to a part and back, parts to bytes and back. */

export { buffersOf, restoreBlock, saveBlock } from './block-checkpoint.ts';
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint, neededBy } from './checkpoint.ts';
export { lookUp } from './look-up.ts';
export { describeKernels, describeParts } from './resumption.ts';
export { type SavedLane, savedLanes, type SavedLanes } from './saved-lanes.ts';
