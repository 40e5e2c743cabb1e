/** The journal of a project, in the directory of the checkpoints, which is locked by then. */

import { type FileJournal, type FileJournalOptions, openFileJournal } from '../adapters/journal/index.ts';
import type { Log } from './log.ts';
import { noteTo } from './note.ts';
import type { Project } from './project.ts';

/** What a program may put between the engine and its disk, to break it on purpose; no option of a project leads here. */
export interface JournalAround extends Pick<FileJournalOptions, 'files' | 'segmentBytes' | 'waitingBytes'> {
  /** What the engine gets instead of the journal. */
  readonly wrap?: (journal: FileJournal) => FileJournal;
}

/** Undefined for a project without a journal. @throws GemelError `JOURNAL_UNWRITABLE`. */
export async function openJournal(
  { journal }: Project,
  log: Log,
  { wrap = (opened) => opened, ...around }: JournalAround = {},
): Promise<FileJournal | undefined> {
  if (journal === undefined) return undefined;
  return wrap(
    await openFileJournal(journal.directory, { ...around, keepMs: journal.keepMs, log: noteTo(log) }),
  );
}
