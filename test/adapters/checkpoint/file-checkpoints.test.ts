/** Checkpoints on disk: whole or not at all, whatever is cut short, damaged, full, locked or read-only. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import {
  type CheckpointFiles,
  type CheckpointNote,
  createFileCheckpoints,
  type FileCheckpointOptions,
  type FileCheckpoints,
} from '../../../src/adapters/checkpoint/index.ts';
import { nodeFiles } from '../../../src/adapters/checkpoint/files.ts';

let directory = '';
let notes: CheckpointNote[] = [];
const open: FileCheckpoints[] = [];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gemel-checkpoints-'));
  notes = [];
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function create(options: FileCheckpointOptions = {}, where = directory): FileCheckpoints {
  const store = createFileCheckpoints(where, { log: (note) => notes.push(note), ...options });
  open.push(store);
  return store;
}

const bytes = (text: string) => [new TextEncoder().encode(text)];
const text = (content: Uint8Array | undefined) => content && new TextDecoder().decode(content);

async function reopened(): Promise<string | undefined> {
  for (const store of open.splice(0)) await store.close();
  return text(await create().load());
}

describe('checkpoints on disk', () => {
  test('an empty directory has none, and is made if need be', async () => {
    const store = create({}, path.join(directory, 'a', 'b'));
    assert.equal(await store.load(), undefined);
    assert.deepEqual(notes, []);
  });

  test('the newest comes back, also an empty one and one of a megabyte', async () => {
    for (const content of ['', 'one', 'x'.repeat(1_000_000), 'two']) {
      const store = create();
      await store.save(bytes(content));
      assert.equal(await reopened(), content);
      await open.pop()?.close();
    }
  });

  test('a save without a load before it does not overwrite the newest', async () => {
    const first = create();
    await first.save(bytes('1'));
    await first.save(bytes('2'));
    await first.close();
    const second = create();
    await second.save(bytes('3'));
    assert.equal(await reopened(), '3');
  });

  test('the newest cut short at any length: the one before it, with a warning', async () => {
    const store = create();
    await store.save(bytes('before'));
    await store.save(bytes('the newest'));
    await store.close();
    const newest = path.join(directory, 'checkpoint-b');
    const whole = readFileSync(newest);
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(newest, whole.subarray(0, length));
      notes = [];
      assert.equal(await reopened(), 'before', `cut to ${length} bytes`);
      assert.deepEqual(
        notes.map(({ code }) => code),
        ['CHECKPOINT_CORRUPT'],
      );
    }
    writeFileSync(newest, whole);
    assert.equal(await reopened(), 'the newest');
  });

  test('any bit turned over in the newest: the one before it', async () => {
    const store = create();
    await store.save(bytes('before'));
    await store.save(bytes('the newest'));
    await store.close();
    const newest = path.join(directory, 'checkpoint-b');
    const whole = readFileSync(newest);
    for (let index = 0; index < whole.length; index += 1) {
      const damaged = Buffer.from(whole);
      damaged[index] = (damaged[index] ?? 0) ^ (1 << (index % 8));
      writeFileSync(newest, damaged);
      assert.equal(await reopened(), 'before', `byte ${index}`);
    }
  });

  test('after a damaged newest, the next save leaves the good one alone', async () => {
    const store = create();
    await store.save(bytes('before'));
    await store.save(bytes('the newest'));
    await store.close();
    truncateSync(path.join(directory, 'checkpoint-b'), 10);
    const full = create({ files: failingAt('writeDurably', 'ENOSPC') });
    await full.load();
    await assert.rejects(full.save(bytes('lost')));
    await full.close();
    assert.equal(await reopened(), 'before');
    await open.at(-1)?.save(bytes('after'));
    assert.equal(await reopened(), 'after');
  });

  test('both damaged: none, with two warnings that say so', async () => {
    const store = create();
    await store.save(bytes('1'));
    await store.save(bytes('2'));
    await store.close();
    for (const name of ['checkpoint-a', 'checkpoint-b']) truncateSync(path.join(directory, name), 3);
    assert.equal(await reopened(), undefined);
    assert.equal(notes.length, 2);
    assert.match(notes[0]?.message ?? '', /start afresh/);
  });

  test('a power cut at any operation of a save leaves the old or the new', async () => {
    for (const operation of ['writeDurably', 'rename', 'syncDirectory', 'touch'] as const) {
      const store = create();
      await store.save(bytes('old'));
      await store.close();
      const cut = create({ files: failingAt(operation, 'EIO') });
      await cut.load();
      await cut.save(bytes('new')).catch(() => undefined);
      await cut.close();
      const found = await reopened();
      assert.ok(found === 'old' || found === 'new', `${operation}: ${found}`);
      if (operation === 'writeDurably' || operation === 'rename') assert.equal(found, 'old');
      await open.pop()?.close();
    }
  });

  test('saves come one after the other, and of those that wait only the newest is written', async () => {
    let writes = 0;
    const store = create({
      files: {
        ...nodeFiles,
        async writeDurably(...parameters) {
          writes += 1;
          await nodeFiles.writeDurably(...parameters);
        },
      },
    });
    const saves: Promise<void>[] = [];
    for (let index = 0; index < 10; index += 1) saves.push(store.save(bytes(String(index))));
    await Promise.all(saves);
    assert.equal(writes, 2);
    assert.equal(await reopened(), '9');
  });
});

describe('a disk that does not take checkpoints', () => {
  for (const [code, words] of [
    ['ENOSPC', /disk is full/],
    ['EROFS', /read-only/],
    ['EACCES', /permission denied/],
  ] as const) {
    test(`${code}: the save fails with a reason, it is said once, and works again later`, async () => {
      let broken = true;
      const files: CheckpointFiles = {
        ...nodeFiles,
        async writeDurably(...parameters) {
          if (broken) throw systemError(code);
          await nodeFiles.writeDurably(...parameters);
        },
      };
      const store = create({ files });
      for (let index = 0; index < 3; index += 1) {
        await assert.rejects(store.save(bytes('x')), (error: Error & { code?: string }) => {
          assert.equal(error.code, 'CHECKPOINT_UNWRITABLE');
          assert.match(error.message, words);
          return true;
        });
      }
      assert.equal(notes.length, 1);
      broken = false;
      await store.save(bytes('y'));
      assert.match(notes[1]?.message ?? '', /again/);
      assert.equal(await reopened(), 'y');
    });
  }

  test('a really full disk leaves the one before', {
    skip: !existsSync('/dev/full') && 'no /dev/full here',
  }, async () => {
    const store = create();
    await store.save(bytes('old'));
    await store.close();
    const full = create({
      files: { ...nodeFiles, writeDurably: (_file, parts) => nodeFiles.writeDurably('/dev/full', parts) },
    });
    await assert.rejects(full.save(bytes('new')), /disk is full/);
    await full.close();
    assert.equal(await reopened(), 'old');
  });

  test('a file where the directory should be is noted, and neither load nor save crashes', async () => {
    const file = path.join(directory, 'file');
    writeFileSync(file, '');
    const store = create({}, path.join(file, 'checkpoints'));
    assert.equal(await store.load(), undefined);
    await assert.rejects(store.save(bytes('x')), { code: 'CHECKPOINT_UNWRITABLE' });
    assert.equal(notes.length, 1);
  });
});

describe('the lock of a checkpoint directory', () => {
  const lockFile = () => path.join(directory, 'lock');

  test('a second use is refused with the number of the process', () => {
    create();
    assert.throws(
      () => create(),
      (error: Error & { code?: string; hint?: string }) => {
        assert.equal(error.code, 'CHECKPOINT_LOCKED');
        assert.match(error.message, new RegExp(`process ${process.pid}$`));
        assert.match(error.hint ?? '', /lock/);
        return true;
      },
    );
  });

  test('closing lets the next one in and leaves no lock behind', async () => {
    await create().close();
    assert.deepEqual(readdirSync(directory), []);
    create();
  });

  test('a living process holds it, and loses it when it is killed', async () => {
    const other = spawn(process.execPath, ['-e', holdScript(directory)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');
    assert.throws(() => create(), { code: 'CHECKPOINT_LOCKED', message: new RegExp(`process ${other.pid}`) });
    other.kill('SIGKILL');
    await once(other, 'exit');
    create();
    assert.match(notes[0]?.message ?? '', /taken over/);
  });

  for (const [what, content] of [
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), began: '1' })],
    [
      'another process with the same number',
      JSON.stringify({ pid: process.ppid, host: hostname(), began: '1' }),
    ],
    [
      'an earlier run with our own number',
      JSON.stringify({ pid: process.pid, host: hostname(), began: '1' }),
    ],
    ['nobody can tell', '{"pid":'],
  ] as const) {
    test(`left by ${what}: taken over`, () => {
      writeFileSync(lockFile(), content);
      create();
      assert.ok(readFileSync(lockFile(), 'utf8').includes(`"pid":${process.pid},`));
      assert.deepEqual(readdirSync(directory), ['lock']);
    });
  }

  test('of another computer it counts as long as it shows signs of life', () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: 1, host: 'elsewhere', began: '1' }));
    assert.throws(() => create(), { code: 'CHECKPOINT_LOCKED', message: /process 1 on elsewhere/ });
    const past = new Date(Date.now() - 120_000);
    utimesSync(lockFile(), past, past);
    create();
  });
});

function failingAt(operation: keyof CheckpointFiles, code: string): CheckpointFiles {
  return { ...nodeFiles, [operation]: () => Promise.reject(systemError(code)) };
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: it failed`), { code });
}

function holdScript(where: string): string {
  const module = new URL('../../../src/adapters/checkpoint/index.ts', import.meta.url);
  return `import(${JSON.stringify(module.href)}).then(({ createFileCheckpoints }) => {
    createFileCheckpoints(${JSON.stringify(where)});
    console.log('held');
    setInterval(() => {}, 1000);
  });`;
}
