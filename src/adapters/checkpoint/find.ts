/** Finds the checkpoints of a directory without changing anything, also while an engine writes there. */

import path from 'node:path';
import { type ArchivedCheckpoint, listArchive } from './archive.ts';
import { slots } from './file-checkpoints.ts';
import { decodeCheckpoint } from './file-format.ts';
import { nodeFiles } from './files.ts';

/** What the name of a file does not say stands in it. */
export type CheckpointFound = Pick<ArchivedCheckpoint, 'file'> & Partial<ArchivedCheckpoint>;

/** Those kept for replays, the oldest first, then the newest two in no order. */
export async function findCheckpoints(directory: string): Promise<readonly CheckpointFound[]> {
  const archived = await listArchive(directory, nodeFiles);
  return [...archived, ...slots.map((slot) => ({ file: path.join(directory, slot) }))];
}

/** The content of a checkpoint; undefined if it is damaged, or gone meanwhile. */
export async function readCheckpointFile(file: string): Promise<Uint8Array | undefined> {
  const bytes = await nodeFiles.read(file);
  if (bytes === undefined) return undefined;
  const decoded = decodeCheckpoint(bytes);
  return 'problem' in decoded ? undefined : decoded.content;
}
