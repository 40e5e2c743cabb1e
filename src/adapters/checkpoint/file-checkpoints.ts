/**
 * Checkpoints in a directory: the newest and the one before it, each whole or not at all.
 *
 * There are two files, `checkpoint-a` and `checkpoint-b`. A new checkpoint is written beside them, flushed to the
 * disk, and renamed over the older of the two; the newer is never touched. At no moment, whenever the power fails,
 * is there less than one good checkpoint once there was one. Should a disk have spoiled both, those that are kept for replays are
 * left, the newest first.
 */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { GemelError } from '../../core/diagnose/index.ts';
import type { CheckpointMade, CheckpointStore } from '../../engine/index.ts';
import { type ArchiveOptions, createArchive, listArchive } from './archive.ts';
import { type CheckpointFile, decodeCheckpoint, headerOf, readCheckpointFile } from './file-format.ts';
import { type CheckpointFiles, nodeFiles } from './files.ts';
import { type Lock, lockDirectory } from './lock.ts';

export interface CheckpointNote {
  readonly level: 'info' | 'warning' | 'error';
  readonly code?: 'CHECKPOINT_CORRUPT' | 'CHECKPOINT_UNWRITABLE';
  readonly message: string;
}

export interface FileCheckpointOptions {
  readonly log?: (note: CheckpointNote) => void;
  /** Which checkpoints are kept for replays; absent: none. */
  readonly archive?: ArchiveOptions;
  /** For tests. */
  readonly files?: CheckpointFiles;
}

export interface FileCheckpoints extends CheckpointStore {
  /** Lets another process have the directory, after the save that is under way. */
  close(): Promise<void>;
}

/** The two files. */
export const slots = ['checkpoint-a', 'checkpoint-b'] as const;
type Slot = (typeof slots)[number];

interface Waiting {
  pieces: readonly Uint8Array[];
  made: CheckpointMade | undefined;
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens the directory, making it if need be, and locks it. A directory that cannot be written is noted: what is in
 * it is still loaded, and each save fails.
 *
 * `save` rejects with GemelError `CHECKPOINT_UNWRITABLE` and leaves what was there. Saves are made one after the other;
 * of those that wait only the newest is written.
 *
 * @throws GemelError `CHECKPOINT_LOCKED` if another process uses the directory.
 */
export function createFileCheckpoints(
  directory: string,
  options: FileCheckpointOptions = {},
): FileCheckpoints {
  const log = options.log ?? (() => undefined);
  const files = options.files ?? nodeFiles;
  const archive = options.archive && createArchive(directory, files, options.archive);
  let lock: Lock | undefined;
  let newest: { readonly slot: Slot; readonly sequence: number } | undefined;
  let looked = false;
  let failing = false;
  let archiving = true;
  let running: Promise<void> | undefined;
  let waiting: Waiting | undefined;

  try {
    mkdirSync(directory, { recursive: true });
    lock = lockDirectory(directory);
    if (lock.recovered) {
      log({ level: 'info', message: `${directory} was left locked by a process that is gone: taken over` });
    }
  } catch (error) {
    if (error instanceof GemelError) throw error;
    failed(error);
  }

  return {
    load,
    save(pieces, made) {
      if (running === undefined) {
        running = write(pieces, made).finally(next);
        return running;
      }
      if (waiting !== undefined) {
        waiting.pieces = pieces;
        waiting.made = made;
        return waiting.promise;
      }
      waiting = { pieces, made, ...Promise.withResolvers<void>() };
      return waiting.promise;
    },
    async forget(before) {
      await archive?.forget(before).catch(notArchived);
    },
    async close() {
      while (running !== undefined) await running.catch(() => undefined);
      lock?.release();
      lock = undefined;
    },
  };

  async function load(): Promise<Uint8Array | undefined> {
    const good: { slot: Slot; file: CheckpointFile }[] = [];
    const bad: string[] = [];
    for (const slot of slots) {
      const file = path.join(directory, slot);
      try {
        const bytes = await files.read(file);
        if (bytes === undefined) continue;
        const decoded = decodeCheckpoint(bytes);
        if ('problem' in decoded) bad.push(`${file} is damaged: ${decoded.problem}`);
        else good.push({ slot, file: decoded });
      } catch (error) {
        if (isAbsence(error)) continue;
        bad.push(`${file} cannot be read: ${reasonOf(error)}`);
      }
    }
    const [best] = good.toSorted((a, b) => b.file.sequence - a.file.sequence);
    newest = best && { slot: best.slot, sequence: best.file.sequence };
    looked = true;
    const kept = best === undefined ? await loadArchived() : undefined;
    const instead = best?.slot ?? kept?.name;
    for (const problem of bad) {
      const then =
        instead === undefined ? 'there is no other: the twins start afresh' : `${instead} is used instead`;
      const level = best === undefined ? 'error' : 'warning';
      log({ level, code: 'CHECKPOINT_CORRUPT', message: `${problem}; ${then}` });
    }
    if (kept !== undefined && bad.length === 0) {
      const message = `${directory} has neither ${slots.join(' nor ')}; ${kept.name} is used instead`;
      log({ level: 'error', code: 'CHECKPOINT_CORRUPT', message });
    }
    return best?.file.content ?? kept?.content;
  }

  /** The newest good one of those kept for replays: what came since stands in the journal. */
  async function loadArchived(): Promise<
    { readonly name: string; readonly content: Uint8Array } | undefined
  > {
    // A damaged one was told of as one of the two: it is another name of that file, or of as little use.
    const all = await listArchive(directory, files).catch(() => []);
    for (const { file } of all.toReversed()) {
      const content = await readCheckpointFile(file, files).catch(() => undefined);
      if (content !== undefined) return { name: path.relative(directory, file), content };
    }
    return undefined;
  }

  async function write(pieces: readonly Uint8Array[], made: CheckpointMade | undefined): Promise<void> {
    try {
      // Without having looked it is not known which of the two may be overwritten.
      if (!looked) await load();
      await files.makeDirectory(directory);
      const slot = newest?.slot === 'checkpoint-a' ? 'checkpoint-b' : 'checkpoint-a';
      const sequence = (newest?.sequence ?? 0) + 1;
      const beside = path.join(directory, 'checkpoint-new');
      await files.writeDurably(beside, [await headerOf(sequence, pieces), ...pieces]);
      await files.rename(beside, path.join(directory, slot));
      // From here on the file is in its place, also if the flush of the directory should fail.
      newest = { slot, sequence };
      await files.syncDirectory(directory);
      if (lock !== undefined) await files.touch(lock.file);
      if (made !== undefined)
        await archive?.keep(path.join(directory, slot), made).then(archived, notArchived);
    } catch (error) {
      throw failed(error);
    }
    if (failing) log({ level: 'info', message: `checkpoints are written to ${directory} again` });
    failing = false;
  }

  function next(): void {
    running = undefined;
    if (waiting === undefined) return;
    const { pieces, made, resolve, reject } = waiting;
    waiting = undefined;
    running = write(pieces, made).then(resolve, reject).finally(next);
  }

  function archived(): void {
    archiving = true;
  }

  /** The checkpoint itself is there: only replays cannot begin with it. Said once until it works again. */
  function notArchived(cause: unknown): void {
    const message = `a checkpoint could not be kept for replays: ${reasonOf(cause)}`;
    if (archiving) log({ level: 'warning', code: 'CHECKPOINT_UNWRITABLE', message });
    archiving = false;
  }

  /** Says it once until it works again: the same would otherwise stand in the log every few seconds. */
  function failed(cause: unknown): GemelError {
    const message = `checkpoints cannot be written to ${directory}: ${reasonOf(cause)}`;
    if (!failing) log({ level: 'error', code: 'CHECKPOINT_UNWRITABLE', message });
    failing = true;
    return new GemelError('CHECKPOINT_UNWRITABLE', message, {
      hint: 'free some space, or let the user who runs Gemel write there; the twins run on without',
      cause,
    });
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** Says in words what the usual codes mean. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch ('code' in error ? error.code : '') {
    case 'ENOSPC':
      return 'the disk is full (ENOSPC)';
    case 'EDQUOT':
      return 'the quota of the user is used up (EDQUOT)';
    case 'EROFS':
      return 'the file system is read-only (EROFS)';
    case 'EACCES':
    case 'EPERM':
      return `permission denied (${String('code' in error ? error.code : '')})`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `there is a file where a directory should be (${String('code' in error ? error.code : '')})`;
    default:
      return error.message;
  }
}
