/** The few operations on files that a journal needs, so that tests can fill a disk, cut a write short or pull a plug. */

import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';

/** A file that is only ever appended to. */
export interface AppendedFile {
  /** Resolves once all bytes are on the disk itself; a rejection says nothing of how many are. */
  append(bytes: Uint8Array): Promise<void>;
  /** Cuts what was not confirmed, as far as the disk allows it. */
  cutTo(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface JournalFiles {
  makeDirectory(directory: string): Promise<void>;
  /** Names of the files in the directory. */
  list(directory: string): Promise<readonly string[]>;
  read(file: string): Promise<Buffer>;
  /** Creates the file, or opens it to go on at its end. Durable once `syncDirectory` has resolved. */
  openAppended(file: string): Promise<AppendedFile>;
  /** How long the file is, and when it was last written. */
  describe(file: string): Promise<{ readonly bytes: number; readonly writtenMs: number }>;
  /** Puts a file in the place of another. Durable once `syncDirectory` has resolved. */
  rename(file: string, to: string): Promise<void>;
  remove(file: string): Promise<void>;
  syncDirectory(directory: string): Promise<void>;
}

/**
 * On Linux a write with O_DSYNC is a write and an fdatasync in one call: one way through the pool of threads and the event loop
 * instead of two, each of which takes milliseconds under load. On macOS the flag does not reach the disk itself, fdatasync does.
 */
const writesThrough = process.platform === 'linux';
const appending =
  constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (writesThrough ? constants.O_DSYNC : 0);

export const nodeFiles: JournalFiles = {
  async makeDirectory(directory) {
    await mkdir(directory, { recursive: true });
  },
  list: (directory) => readdir(directory),
  read: (file) => readFile(file),
  async openAppended(file) {
    const handle = await open(file, appending);
    return {
      async append(bytes) {
        for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
        // The length is part of what must survive, and fdatasync flushes it; times of access are not.
        if (!writesThrough) await handle.datasync();
      },
      async cutTo(length) {
        await handle.truncate(length);
        await handle.datasync();
      },
      close: () => handle.close(),
    };
  },
  async describe(file) {
    const { size, mtimeMs } = await stat(file);
    return { bytes: size, writtenMs: mtimeMs };
  },
  rename: (file, to) => rename(file, to),
  remove: (file) => unlink(file),
  async syncDirectory(directory) {
    let handle: FileHandle | undefined;
    try {
      handle = await open(directory, 'r');
      await handle.sync();
    } catch (error) {
      // Windows cannot open directories; there the creation itself is all there is.
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code !== 'EPERM' && code !== 'EISDIR' && code !== 'EINVAL') throw error;
    } finally {
      await handle?.close();
    }
  },
};
