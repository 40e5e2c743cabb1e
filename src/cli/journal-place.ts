/** Where the journal is that somebody means who names a project, its file, or a directory in it. */

import { readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { checkpointDirectoryOf, displayName, isDirectory, projectFileName, reasonOf } from '../app/index.ts';
import { GemelError } from '../core/diagnose/index.ts';

/** @throws GemelError `FILE_UNREADABLE`, `JOURNAL_MISSING`. */
export function findJournal(named: string): string {
  const directory = directoryOf(resolve(named), named);
  const kept = checkpointDirectoryOf(directory);
  const candidates = new Set([
    ...(kept === undefined ? [] : [join(kept, 'journal')]),
    join(directory, '.gemel', 'journal'),
    join(directory, 'journal'),
    directory,
  ]);
  const found = [...candidates].find((candidate) => isDirectory(candidate) && hasSegments(candidate));
  if (found !== undefined) return found;
  throw new GemelError('JOURNAL_MISSING', `there is no journal in ${displayName(directory)}`, {
    hint: 'name the directory of a project that has run, or of its journal',
  });
}

/** @throws GemelError `FILE_UNREADABLE`. */
function directoryOf(path: string, named: string): string {
  const found = attempt(path, () => statSync(path));
  if (found.isDirectory()) return path;
  if (path.endsWith(`/${projectFileName}`)) return dirname(path);
  throw new GemelError('FILE_UNREADABLE', `${named} is a file`, {
    hint: 'name the directory of a project, or of its journal',
  });
}

function hasSegments(directory: string): boolean {
  return attempt(directory, () => readdirSync(directory)).some((name) => /^\d{20}\.journal$/.test(name));
}

function attempt<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (cause) {
    const message = `${displayName(path)} cannot be read: ${reasonOf(cause)}`;
    throw new GemelError('FILE_UNREADABLE', message, { cause });
  }
}
