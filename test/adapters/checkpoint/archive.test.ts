/** Checkpoints that are kept for replays: which, under which name, and for how long. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import {
  type CheckpointFiles,
  type CheckpointNote,
  createFileCheckpoints,
  findCheckpoints,
  readCheckpointFile,
} from '../../../src/adapters/checkpoint/index.ts';
import { nodeFiles } from '../../../src/adapters/checkpoint/files.ts';

const startMs = Date.UTC(2026, 10, 22, 13, 0, 0, 513);
const minuteMs = 60_000;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gemel-archive-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const bytes = (text: string) => [new TextEncoder().encode(text)];
const names = () => readdirSync(path.join(directory, 'archive')).toSorted();

/** A run of the engine that saves once a minute, each checkpoint saying its minute. */
async function run({ from, to }: { readonly from: number; readonly to: number }, more = {}) {
  const store = createFileCheckpoints(directory, { archive: { everyMs: 10 * minuteMs, ...more } });
  for (let minute = from; minute <= to; minute++) {
    await store.save(bytes(`minute ${minute}`), {
      savedMs: startMs + minute * minuteMs,
      needs: minute * 100,
    });
  }
  return store;
}

async function contents(): Promise<(string | undefined)[]> {
  const found = await findCheckpoints(directory);
  return Promise.all(
    found.map(async ({ file }) => {
      const content = await readCheckpointFile(file);
      return content && new TextDecoder().decode(content);
    }),
  );
}

test('the first of each run is kept, and then one in every so often', async () => {
  await (await run({ from: 0, to: 25 })).close();
  assert.deepEqual(names(), [
    '00000000000000000000-20261122T130000.513Z.checkpoint',
    '00000000000000001000-20261122T131000.513Z.checkpoint',
    '00000000000000002000-20261122T132000.513Z.checkpoint',
  ]);
  await (await run({ from: 27, to: 28 })).close();
  const kept = await contents();
  assert.deepEqual(kept.slice(0, 4), ['minute 0', 'minute 10', 'minute 20', 'minute 27']);
  assert.deepEqual(kept.slice(4).toSorted(), ['minute 27', 'minute 28'], 'and the newest two');
});

test('what the name says is what was saved', async () => {
  await (await run({ from: 3, to: 3 })).close();
  const [first] = await findCheckpoints(directory);
  assert.equal(first?.savedMs, startMs + 3 * minuteMs);
  assert.equal(first?.needs, 300);
});

test('one whose records are gone is deleted', async () => {
  const store = await run({ from: 0, to: 35 });
  await store.forget?.(1001);
  assert.deepEqual((await contents()).slice(0, 2), ['minute 20', 'minute 30']);
  await store.close();
});

test('beyond the limit the oldest are deleted, never the newest', async () => {
  await (await run({ from: 0, to: 35 }, { bytes: 150 })).close();
  assert.equal((await contents()).slice(0, -2).join(), 'minute 20,minute 30');
  await (await run({ from: 50, to: 50 }, { bytes: 1 })).close();
  assert.equal((await contents()).slice(0, -2).join(), 'minute 50');
});

test('after the clock was set back one is kept again', async () => {
  const store = await run({ from: 60, to: 61 });
  await store.save(bytes('earlier'), { savedMs: startMs, needs: 6200 });
  assert.deepEqual((await contents()).slice(0, 2), ['minute 60', 'earlier']);
  await store.close();
});

test('without a journal, or without an archive, none is kept', async () => {
  const store = createFileCheckpoints(directory, { archive: { everyMs: minuteMs } });
  await store.save(bytes('alone'));
  await store.close();
  await (await run({ from: 0, to: 1 }, {})).close();
  assert.equal(names().length, 1);
  rmSync(path.join(directory, 'archive'), { recursive: true });
  const plain = createFileCheckpoints(directory);
  await plain.save(bytes('again'), { savedMs: startMs, needs: 1 });
  await plain.forget?.(5);
  await plain.close();
  assert.equal((await findCheckpoints(directory)).length, 2);
});

test('an archive that cannot be written is told once, and the checkpoint is there all the same', async () => {
  const notes: CheckpointNote[] = [];
  let broken = true;
  const files: CheckpointFiles = {
    ...nodeFiles,
    async link(from, to) {
      if (broken) throw new Error('no room');
      await nodeFiles.link(from, to);
    },
  };
  const store = createFileCheckpoints(directory, {
    archive: { everyMs: minuteMs },
    files,
    log: (note) => notes.push(note),
  });
  const save = (minute: number) =>
    store.save(bytes(`minute ${minute}`), { savedMs: startMs + minute * minuteMs, needs: minute });
  await save(0);
  await save(1);
  assert.deepEqual(
    notes.map(({ message }) => message),
    ['a checkpoint could not be kept for replays: no room'],
  );
  assert.equal((await contents()).length, 2);
  broken = false;
  await save(2);
  assert.deepEqual((await contents()).slice(0, 1), ['minute 2']);
  await store.close();
});

test('with both of the two damaged or gone, the newest good one that is kept is loaded, and said', async () => {
  await (await run({ from: 0, to: 25 })).close();
  const newest = path.join(directory, 'archive', '00000000000000002000-20261122T132000.513Z.checkpoint');
  const told = async () => {
    const notes: CheckpointNote[] = [];
    const store = createFileCheckpoints(directory, { log: (note) => notes.push(note) });
    const content = await store.load();
    await store.close();
    return { content: content && new TextDecoder().decode(content), notes };
  };
  for (const slot of ['checkpoint-a', 'checkpoint-b']) writeFileSync(path.join(directory, slot), 'noise');
  const damaged = await told();
  assert.equal(damaged.content, 'minute 20');
  assert.deepEqual(
    damaged.notes.map(({ level, code }) => `${level} ${code}`),
    ['error CHECKPOINT_CORRUPT', 'error CHECKPOINT_CORRUPT'],
  );
  assert.match(
    damaged.notes[0]?.message ?? '',
    /only 5 bytes; archive\/0+2000-20261122T132000.513Z.checkpoint is used/,
  );
  for (const slot of ['checkpoint-a', 'checkpoint-b']) rmSync(path.join(directory, slot));
  const gone = await told();
  assert.equal(gone.content, 'minute 20');
  assert.match(gone.notes[0]?.message ?? '', /has neither checkpoint-a nor checkpoint-b; archive/);
  truncateSync(newest, 30);
  assert.equal((await told()).content, 'minute 10', 'a damaged one is passed over');
});

test('what is saved after that goes where the damaged ones were', async () => {
  await (await run({ from: 0, to: 5 })).close();
  for (const slot of ['checkpoint-a', 'checkpoint-b']) writeFileSync(path.join(directory, slot), 'noise');
  const store = createFileCheckpoints(directory);
  await store.load();
  await store.save(bytes('later'));
  await store.close();
  const again = createFileCheckpoints(directory);
  assert.equal(new TextDecoder().decode(await again.load()), 'later');
  await again.close();
});
