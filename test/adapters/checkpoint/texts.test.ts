/** Small texts on the disk: in which order they come there, and what an interruption leaves. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createFileTexts } from '../../../src/adapters/checkpoint/index.ts';
import { nodeFiles } from '../../../src/adapters/checkpoint/files.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gemel-texts-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

test('a text is flushed before it has its name, and its directory, if new, in the one above', async () => {
  const directory = join(scratch, 'models');
  const done: string[] = [];
  const short = (path: string) => path.slice(scratch.length) || '/';
  const texts = createFileTexts(directory, {
    ...nodeFiles,
    async writeDurably(file, parts) {
      await nodeFiles.writeDurably(file, parts);
      done.push(`write ${short(file)}`);
    },
    async rename(from, to) {
      await nodeFiles.rename(from, to);
      done.push(`rename ${short(to)}`);
    },
    async syncDirectory(path) {
      await nodeFiles.syncDirectory(path);
      done.push(`sync ${short(path)}`);
    },
  });
  await Promise.all([texts.save('a.yaml', 'one'), texts.save('b.yaml', 'two')]);
  const each = (name: string) => [`write /models/${name}-new`, `rename /models/${name}`, 'sync /models'];
  assert.deepEqual(done, ['sync /', ...each('a.yaml'), ...each('b.yaml')]);
  assert.deepEqual([await texts.list(), await texts.load('b.yaml')], [['a.yaml', 'b.yaml'], 'two']);
});

test('what an interruption left half written is no text', async () => {
  const directory = mkdtempSync(join(scratch, 'half-'));
  writeFileSync(join(directory, 'a.yaml-new'), 'hal');
  const texts = createFileTexts(directory);
  assert.deepEqual([await texts.list(), await texts.load('a.yaml')], [[], undefined]);
  assert.deepEqual(await createFileTexts(join(directory, 'nowhere')).list(), []);
});
