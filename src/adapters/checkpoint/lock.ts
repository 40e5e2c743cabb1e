/**
 * Keeps two processes from sharing a directory.
 *
 * The lock is a file that says who holds it, created whole by a hard link, which fails if it is there already. A
 * process that was killed leaves its lock behind: one whose process is gone is taken over.
 */

import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { GemelError } from '../../core/diagnose/index.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as the system counts it: tells it from a later one with the same number. */
  readonly began: string;
}

export interface Lock {
  readonly file: string;
  /** Whether the lock of a process that is gone was taken over. */
  readonly recovered: boolean;
  release(): void;
}

/** A holder on another computer cannot be asked whether it lives: without a sign for so long it does not. */
const silentMs = 60_000;

/** Directories locked by this process: its own number in a lock file means nothing else. */
const own = new Set<string>();

/**
 * @throws GemelError `CHECKPOINT_LOCKED`; an error of the file system if the lock cannot be written.
 */
export function lockDirectory(directory: string): Lock {
  const file = path.join(directory, 'lock');
  const me = `${JSON.stringify({ pid: process.pid, host: hostname(), began: beganAt(process.pid) })}\n`;
  const mine = path.join(directory, `lock.${process.pid}`);
  let recovered = false;
  writeFileSync(mine, me);
  try {
    for (;;) {
      try {
        linkSync(mine, file);
        break;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      takeOver(file, directory);
      recovered = true;
    }
  } finally {
    rmSync(mine, { force: true });
  }
  own.add(file);
  return {
    file,
    recovered,
    release() {
      if (!own.delete(file)) return;
      if (read(file) === me) rmSync(file, { force: true });
    },
  };
}

/** Removes the lock of a process that is gone. @throws GemelError `CHECKPOINT_LOCKED` if it is not. */
function takeOver(file: string, directory: string): void {
  const found = read(file);
  if (found === undefined) return;
  const holder = parse(found);
  if (holder !== undefined && isAlive(holder, file)) {
    const who =
      holder.host === hostname() ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;
    throw new GemelError('CHECKPOINT_LOCKED', `${directory} is in use by ${who}`, {
      hint: `stop that process, give this project a directory of its own, or, if it is gone, delete ${file}`,
    });
  }
  const aside = `${file}.gone.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // Another process was quicker; what it did is seen in the next round.
  }
  // Between reading and renaming another process may have taken over: then its lock is put back.
  if (read(aside) !== found) {
    try {
      linkSync(aside, file);
    } catch {
      // A third process holds it now.
    }
  }
  rmSync(aside, { force: true });
}

function isAlive(holder: Holder, file: string): boolean {
  if (holder.host !== hostname()) {
    const sign = statSync(file, { throwIfNoEntry: false });
    return sign !== undefined && Date.now() - sign.mtimeMs < silentMs;
  }
  // In a container the number of every run may be the same.
  if (holder.pid === process.pid) return own.has(file);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const began = beganAt(holder.pid);
  return began === '' || holder.began === '' || began === holder.began;
}

/** The 22nd field of /proc/PID/stat (proc(5)); empty where there is no such thing. */
function beganAt(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is a name in parentheses, which may itself hold spaces and parentheses.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function parse(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, host, began } = value as Partial<Holder>;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return { pid, host: String(host), began: String(began ?? '') };
  } catch {
    return undefined;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
