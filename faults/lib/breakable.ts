/**
 * Files of journal and checkpoints that can be broken at every step, with writing and flushing apart.
 *
 * Segments that are deleted go into an attic, so that in the end it can be counted what the journal has ever had.
 */

import { ftruncateSync, mkdirSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { nodeFiles as checkpointFiles, type CheckpointFiles } from '../../src/adapters/checkpoint/files.ts';
import { nodeFiles, type JournalFiles } from '../../src/adapters/journal/files.ts';
import type { FileJournal } from '../../src/adapters/journal/index.ts';
import type { Control } from './control.ts';

export function atticOf(journal: string): string {
  return path.join(journal, '..', 'attic');
}

export function breakableJournal(control: Control): JournalFiles {
  return {
    ...nodeFiles,
    async openAppended(file) {
      control.pass('segment.open');
      await control.hinder('journal');
      const handle = await open(file, 'a');
      let isNew = true;
      let length = (await handle.stat()).size;
      return {
        async append(bytes) {
          if (isNew) {
            isNew = false;
            await handle.writeFile(bytes);
            await handle.datasync();
            length += bytes.length;
            control.pass('segment.header');
            return;
          }
          control.pass('journal.write');
          await control.hinder('journal');
          const half = bytes.length >> 1;
          await handle.writeFile(bytes.subarray(0, half));
          control.pass('journal.half');
          await handle.writeFile(bytes.subarray(half));
          control.pass('journal.flush');
          control.pass('journal.power', (fraction) =>
            ftruncateSync(handle.fd, length + Math.floor(fraction * bytes.length)),
          );
          await control.hinder('journal-flush');
          await handle.datasync();
          length += bytes.length;
          control.pass('journal.flushed');
        },
        async cutTo(to) {
          await handle.truncate(to);
          await handle.datasync();
          length = to;
        },
        close: () => handle.close(),
      };
    },
    async syncDirectory(directory) {
      await nodeFiles.syncDirectory(directory);
      control.pass('segment.made');
    },
    async remove(file) {
      control.pass('release.before');
      const attic = atticOf(path.dirname(file));
      mkdirSync(attic, { recursive: true });
      renameSync(file, path.join(attic, path.basename(file)));
      control.pass('release.after');
    },
  };
}

export function breakableCheckpoints(control: Control): CheckpointFiles {
  return {
    ...checkpointFiles,
    async writeDurably(file, parts) {
      control.pass('checkpoint.write');
      await control.hinder('checkpoint');
      const handle = await open(file, 'w');
      try {
        const bytes = Buffer.concat(parts);
        await handle.writeFile(bytes.subarray(0, bytes.length >> 1));
        control.pass('checkpoint.half');
        await handle.writeFile(bytes.subarray(bytes.length >> 1));
        control.pass('checkpoint.flush');
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    async rename(from, to) {
      control.pass('checkpoint.rename');
      await checkpointFiles.rename(from, to);
      control.pass('checkpoint.renamed');
    },
  };
}

/** A journal that can be stopped between the disk and whoever waits for it. */
export function watchJournal(journal: FileJournal, control: Control): FileJournal {
  const told = new WeakMap<Promise<void>, Promise<void>>();
  const committed = (): Promise<void> => {
    const durable = journal.committed();
    const known = told.get(durable) ?? durable.then(() => control.pass('acknowledge'));
    told.set(durable, known);
    return known;
  };
  const append = (content: Uint8Array): number | undefined => {
    const number = journal.append(content);
    control.pass('journal.append');
    return number;
  };
  return new Proxy(journal, {
    get(target, key) {
      if (key === 'committed') return committed;
      if (key === 'append') return append;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** The history has a thread of its own: what is handed to it is written a moment later. */
export function watchHistory(control: Control): void {
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (this: Worker, message: { readonly kind?: string }, more) {
    Reflect.apply(post, this, [message, more]);
    if (message.kind === 'write') setTimeout(() => control.pass('history.write'), Math.random() * 5);
  };
}
