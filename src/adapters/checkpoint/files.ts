/** The few operations on files that checkpoints need, so that tests can fill a disk or pull a plug. */

import {
  copyFile,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
} from 'node:fs/promises';

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
  /** Gives a file that is never written again a second name. */
  link(from: string, to: string): Promise<void>;
  size(file: string): Promise<number>;
  /** Says nothing if it is gone already. */
  remove(file: string): Promise<void>;
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
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  async list(directory) {
    try {
      return await readdir(directory);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
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
      const code = codeOf(error);
      if (code !== 'EPERM' && code !== 'EISDIR' && code !== 'EINVAL') throw error;
    }
  },
  async link(from, to) {
    await link(from, to).catch((error: unknown) => {
      if (codeOf(error) === 'EEXIST') return;
      // Some file systems know no second names.
      return copyFile(from, to);
    });
  },
  size: async (file) => (await stat(file)).size,
  remove: (file) => rm(file, { force: true }),
  async touch(file) {
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
  },
};

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : '';
}

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
