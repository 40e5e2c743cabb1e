/** Finds the checkpoints of a directory without changing anything, also while an engine writes there. */

import path from 'node:path';
import { type ArchivedCheckpoint, listArchive } from './archive.ts';
import { slots } from './file-checkpoints.ts';
import { nodeFiles } from './files.ts';

/** What the name of a file does not say stands in it. */
export type CheckpointFound = Pick<ArchivedCheckpoint, 'file'> & Partial<ArchivedCheckpoint>;

/** Those kept for replays, the oldest first, then the newest two in no order. */
export async function findCheckpoints(directory: string): Promise<readonly CheckpointFound[]> {
  const archived = await listArchive(directory, nodeFiles);
  return [...archived, ...slots.map((slot) => ({ file: path.join(directory, slot) }))];
}
