/** Reading files that people name, with errors that say what to do. */

import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { GemelError } from '../core/diagnose/index.ts';

export const projectFileName = 'gemel.yaml';

/** A path as it is shown: relative where it is below the current directory. */
export function displayName(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? path : near;
}

/**
 * The text of a file that must be there.
 *
 * @throws GemelError `FILE_UNREADABLE`.
 */
export function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new GemelError('FILE_UNREADABLE', `${displayName(path)} cannot be read: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * The project file of a directory, or the path itself if it is a file.
 *
 * @throws GemelError `PROJECT_MISSING`.
 */
export function findProject(path: string): string {
  const file = isDirectory(path) ? join(path, projectFileName) : path;
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new GemelError('PROJECT_MISSING', `there is no project here: ${displayName(file)} does not exist`, {
      hint: 'name the directory of a project, or make one with `gemel init`',
    });
  }
  return file;
}

export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Why the system refused, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const words: Record<string, string> = {
    ENOENT: 'it does not exist',
    EACCES: 'permission is denied',
    EPERM: 'permission is denied',
    EISDIR: 'it is a directory',
    ENOTDIR: 'a part of its path is not a directory',
    ENOSPC: 'the disk is full',
    EROFS: 'the file system is read-only',
  };
  return words[code] ?? (error instanceof Error ? error.message : String(error));
}
