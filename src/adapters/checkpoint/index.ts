/** Checkpoints on disk, so that a restart goes on from where it was. */

export { readCheckpointFile } from './file-format.ts';
export { type CheckpointFound, findCheckpoints } from './find.ts';
export {
  type CheckpointNote,
  createFileCheckpoints,
  type FileCheckpointOptions,
  type FileCheckpoints,
} from './file-checkpoints.ts';
export type { CheckpointFiles } from './files.ts';
export { createFileTexts, type FileTexts } from './texts.ts';
