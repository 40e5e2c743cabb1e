/**
 * Compiled libraries, kept by the content that they come from.
 *
 * | file | content |
 * | --- | --- |
 * | `KEY.c` | the C text, for whoever wants to read it |
 * | `KEY.so` | the library |
 * | `KEY.sha256` | hash of the library: a file that was cut short or changed is compiled anew |
 *
 * KEY is the hash of text, compiler, flags and processor. Files are written beside and renamed, so that what has its
 * name is whole, however many processes write it. The directory is the user's own, and nobody else can enter it: a
 * library that is loaded from it was put there by that user.
 */

import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where a compiler reads and writes. */
export interface Target {
  readonly source: string;
  readonly library: string;
}

export interface Cache {
  /** The path of the library, made by `compile` if it is not there. */
  get(content: { readonly text: string; readonly salt: string }, compile: (target: Target) => void): string;
}

/** The oldest beyond these are deleted. */
const libraryLimit = 500;

/** @throws Error if none of the directories can be had. */
export function openCache(directories: readonly string[] = defaultDirectories()): Cache {
  const directory = firstPrivate(directories);
  return {
    get({ text, salt }, compile) {
      const key = createHash('sha256').update(`${salt}\n${text}`).digest('hex').slice(0, 40);
      const library = join(directory, `${key}.so`);
      const record = join(directory, `${key}.sha256`);
      if (isWhole(library, record)) return library;
      const scratch = mkdtempSync(join(directory, 'making-'));
      try {
        const target = { source: join(scratch, 'kernel.c'), library: join(scratch, 'kernel.so') };
        writeFileSync(target.source, text, { mode: 0o600 });
        compile(target);
        chmodSync(target.library, 0o700);
        writeFileSync(join(scratch, 'sha256'), hashOf(target.library), { mode: 0o600 });
        renameSync(target.source, join(directory, `${key}.c`));
        renameSync(target.library, library);
        renameSync(join(scratch, 'sha256'), record);
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
      deleteOldest(directory);
      return library;
    },
  };
}

function defaultDirectories(): readonly string[] {
  const set = process.env['XDG_CACHE_HOME'] ?? '';
  const base = isAbsolute(set) ? set : join(homedir(), '.cache');
  return [join(base, 'gemel', 'kernels'), join(tmpdir(), `gemel-kernels-${userInfo().uid}`)];
}

function firstPrivate(directories: readonly string[]): string {
  const problems: string[] = [];
  for (const directory of directories) {
    try {
      makePrivate(directory);
      return directory;
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(`there is no place for compiled kernels: ${problems.join('; ')}`);
}

/** In a temporary directory anybody may have made it before us, as a link or open to all. */
function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { uid } = userInfo();
  const found = lstatSync(directory);
  if (!found.isDirectory()) throw new Error(`${directory} is not a directory`);
  if (uid < 0) return;
  if (found.uid !== uid) throw new Error(`${directory} belongs to somebody else`);
  if ((found.mode & 0o077) !== 0) chmodSync(directory, 0o700);
  // A directory on a full or read-only disk is none either.
  rmSync(mkdtempSync(join(directory, 'making-')), { recursive: true });
}

function isWhole(library: string, record: string): boolean {
  try {
    if (readFileSync(record, 'utf8') !== hashOf(library)) return false;
    const now = new Date(); // When it was used last, for `deleteOldest`.
    utimesSync(record, now, now);
    return true;
  } catch {
    return false;
  }
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** A library that is in use stays in memory when its file is deleted. */
function deleteOldest(directory: string): void {
  try {
    const records = readdirSync(directory).filter((name) => name.endsWith('.sha256'));
    if (records.length <= libraryLimit) return;
    const used = records.map((name) => ({ name, atMs: statSync(join(directory, name)).mtimeMs }));
    used.sort((a, b) => a.atMs - b.atMs);
    for (const { name } of used.slice(0, used.length - libraryLimit)) {
      for (const ending of ['.sha256', '.so', '.c'])
        rmSync(join(directory, name.replace('.sha256', ending)), { force: true });
    }
  } catch {
    // Another process tidies up at the same time; the next one does the rest.
  }
}
