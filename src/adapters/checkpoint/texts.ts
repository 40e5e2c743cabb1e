/** Small texts beside the checkpoints, each replaced as a whole: at no moment is there half of one. */

import path from 'node:path';
import { GemelError } from '../../core/diagnose/index.ts';
import { type CheckpointFiles, nodeFiles } from './files.ts';

export interface FileTexts {
  /** The names there are, sorted. */
  list(): Promise<readonly string[]>;
  /** Undefined if there is none of this name. */
  load(name: string): Promise<string | undefined>;
  /** Resolves once the text would survive a power cut. Rejects with GemelError `CHECKPOINT_UNWRITABLE`. */
  save(name: string, text: string): Promise<void>;
}

/** The directory is that of `createFileCheckpoints`, which locks it. Saves are made one after another. */
export function createFileTexts(directory: string, files: CheckpointFiles = nodeFiles): FileTexts {
  let saving: Promise<void> = Promise.resolve();
  let isThere = false;

  async function write(name: string, text: string): Promise<void> {
    const file = path.join(directory, name);
    try {
      await files.makeDirectory(directory);
      // A new directory is an entry of the one above, which a power cut may take with all that is in it.
      if (!isThere) await files.syncDirectory(path.dirname(directory));
      isThere = true;
      await files.writeDurably(`${file}-new`, [new TextEncoder().encode(text)]);
      await files.rename(`${file}-new`, file);
      await files.syncDirectory(directory);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new GemelError('CHECKPOINT_UNWRITABLE', `${file} cannot be written: ${why}`, { cause });
    }
  }

  return {
    async list() {
      const names = await files.list(directory);
      return names.filter((name) => !name.endsWith('-new')).toSorted();
    },
    async load(name) {
      const bytes = await files.read(path.join(directory, name));
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    },
    save(name, text) {
      const saved = saving.then(() => write(name, text));
      saving = saved.catch(() => undefined);
      return saved;
    },
  };
}
