/** The checkpoints of a project. */

import {
  createFileCheckpoints,
  type FileCheckpointOptions,
  type FileCheckpoints,
} from '../adapters/checkpoint/index.ts';
import type { Log } from './log.ts';
import { noteTo } from './note.ts';
import type { Project } from './project.ts';

/** What a program may put between the engine and its disk, to break it on purpose; no option of a project leads here. */
export type CheckpointsAround = Pick<FileCheckpointOptions, 'files'>;

export function openCheckpoints(
  { checkpoint }: Project,
  log: Log,
  around: CheckpointsAround = {},
): FileCheckpoints {
  const { directory, archiveMs } = checkpoint;
  return createFileCheckpoints(directory, { archive: { everyMs: archiveMs }, ...around, log: noteTo(log) });
}
