/** The few operations on files that checkpoints need, so that tests can fill a disk or pull a plug. */

import { type FileHandle, mkdir, open, readdir, readFile, rename, utimes } from 'node:fs/promises';

export interface CheckpointFiles {
  makeDirectory(directory: string): Promise<void>;
  /** Undefined if there is no such file. */
  read(file: string): Promise<Uint8Array | undefined>;
  /** Names in a directory; none if it is not there. */
  list(directory: string): Promise<readonly string[]>;
  /** Resolves once the bytes are on the disk itself. */
  writeDurably(file: string, parts: readonly Uint8Array[]): Promise<void>;
  /** Replaces `to` in one step. Durable only after `syncDirectory`. */
  rename(from: string, to: string): Promise<void>;
  syncDirectory(directory: string): Promise<void>;
  /** Sets the time of the file to now; says nothing if it cannot. */
  touch(file: string): Promise<void>;
}

export const nodeFiles: CheckpointFiles = {
  async makeDirectory(directory) {
    await mkdir(directory, { recursive: true });
  },
  async read(file) {
    try {
      return await readFile(file);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  },
  async list(directory) {
    try {
      return await readdir(directory);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  },
  async writeDurably(file, parts) {
    await withFile(file, 'w', async (handle) => {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    });
  },
  rename,
  async syncDirectory(directory) {
    try {
      await withFile(directory, 'r', (handle) => handle.sync());
    } catch (error) {
      // Windows cannot open directories; there the rename itself is all there is.
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code !== 'EPERM' && code !== 'EISDIR' && code !== 'EINVAL') throw error;
    }
  },
  async touch(file) {
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
  },
};

async function withFile(
  file: string,
  flags: string,
  use: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const handle = await open(file, flags);
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}
