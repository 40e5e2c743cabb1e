/**
 * Checkpoints that are kept for replays: the first of each run and one every so often, as long as the journal has the records
 * that it needs.
 *
 * An archived checkpoint is a second name (a hard link) of a file that was written anyway, so it costs no write. The name says
 * from which record on it needs the journal, and when it was made: `00000000000000000042-20261122T130000.513Z.checkpoint`.
 */

import path from 'node:path';
import type { CheckpointFiles } from './files.ts';

export interface ArchivedCheckpoint {
  readonly file: string;
  /** Number of the first record of the journal that a start from it reads. */
  readonly needs: number;
  readonly savedMs: number;
}

export interface ArchiveOptions {
  readonly everyMs: number;
  /** So much is kept at most; the oldest go first. Default 4 GiB. */
  readonly bytes?: number;
}

export interface Archive {
  /** Keeps a checkpoint that was just written, if it is time for one. */
  keep(file: string, made: Omit<ArchivedCheckpoint, 'file'>): Promise<void>;
  /** Deletes those that need records before this one. */
  forget(before: number): Promise<void>;
}

const suffix = '.checkpoint';

/** @param directory - that of the checkpoints; the archive lies below it. */
export function createArchive(
  directory: string,
  files: CheckpointFiles,
  { everyMs, bytes = 4 * 2 ** 30 }: ArchiveOptions,
): Archive {
  const below = path.join(directory, 'archive');
  let keptMs: number | undefined;
  let forgotten = 0;
  return {
    async keep(file, { needs, savedMs }) {
      // Also after the clock was set back.
      if (keptMs !== undefined && Math.abs(savedMs - keptMs) < everyMs) return;
      await files.makeDirectory(below);
      await files.link(file, path.join(below, nameOf(needs, savedMs)));
      await files.syncDirectory(below);
      keptMs = savedMs;
      await shrink();
    },
    async forget(before) {
      if (before === forgotten) return;
      for (const { file, needs } of await listArchive(directory, files)) {
        if (needs < before) await files.remove(file);
      }
      forgotten = before;
    },
  };

  async function shrink(): Promise<void> {
    const all = await listArchive(directory, files);
    const sizes = await Promise.all(all.map(({ file }) => files.size(file)));
    let total = sizes.reduce((sum, size) => sum + size, 0);
    for (const [index, { file }] of all.slice(0, -1).entries()) {
      if (total <= bytes) return;
      await files.remove(file);
      total -= sizes[index] ?? 0;
    }
  }
}

/** The oldest first. Other files are left alone. */
export async function listArchive(
  directory: string,
  files: CheckpointFiles,
): Promise<readonly ArchivedCheckpoint[]> {
  const below = path.join(directory, 'archive');
  const found = (await files.list(below)).flatMap((name) => {
    const [, needs, date, time] = /^(\d{20})-(\d{8})T(\d{6}\.\d{3})Z\.checkpoint$/.exec(name) ?? [];
    if (needs === undefined || date === undefined || time === undefined) return [];
    const spread = `${date.replace(/(\d{4})(\d\d)/, '$1-$2-')}T${time.replace(/(\d\d)(\d\d)/, '$1:$2:')}Z`;
    return [{ file: path.join(below, name), needs: Number(needs), savedMs: Date.parse(spread) }];
  });
  return found.toSorted((a, b) => a.needs - b.needs || a.savedMs - b.savedMs);
}

function nameOf(needs: number, savedMs: number): string {
  const time = new Date(savedMs).toISOString().replaceAll(/[-:]/g, '');
  return `${String(needs).padStart(20, '0')}-${time}${suffix}`;
}
