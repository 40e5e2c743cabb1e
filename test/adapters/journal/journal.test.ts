/** The journal on disk: what was confirmed is there, whatever is cut short, damaged, full or killed. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { checksumOf } from '../../../src/adapters/journal/checksum.ts';
import { nodeFiles, type JournalFiles } from '../../../src/adapters/journal/files.ts';
import {
  type FileJournal,
  type FileJournalOptions,
  type JournalNote,
  openFileJournal,
} from '../../../src/adapters/journal/index.ts';

let directory = '';
let notes: JournalNote[] = [];
const opened: FileJournal[] = [];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gemel-journal-'));
  notes = [];
});
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(options: FileJournalOptions = {}): Promise<FileJournal> {
  const journal = await openFileJournal(directory, { log: (note) => notes.push(note), ...options });
  opened.push(journal);
  return journal;
}

async function reopened(): Promise<FileJournal> {
  for (const journal of opened.splice(0)) await journal.close();
  return open();
}

async function texts(journal: FileJournal, from = 1): Promise<string[]> {
  const found: string[] = [];
  for await (const { number, content } of journal.read(from)) {
    found.push(`${number} ${Buffer.from(content).toString()}`);
  }
  return found;
}

async function appendAll(journal: FileJournal, all: readonly string[]): Promise<void> {
  for (const text of all) journal.append(Buffer.from(text));
  await journal.committed();
}

/** The files of a real disk that fails when it is told to. */
function failingFiles(): JournalFiles & { full: boolean; flushes: number; partial: boolean } {
  const disk = {
    ...nodeFiles,
    full: false,
    partial: false,
    flushes: 0,
    async openAppended(file: string) {
      const real = await nodeFiles.openAppended(file);
      return {
        ...real,
        async append(bytes: Uint8Array) {
          disk.flushes++;
          if (disk.full) {
            if (disk.partial) await real.append(bytes.subarray(0, bytes.length - 3));
            throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
          }
          await real.append(bytes);
        },
      };
    },
  };
  return disk;
}

const segments = () => readdirSync(directory).toSorted();
const newest = () => path.join(directory, segments().at(-1) ?? '');

describe('records', () => {
  test('come back in order, with their numbers, after the journal was opened again', async () => {
    await appendAll(await open(), ['a', '', 'ccc']);
    const journal = await reopened();
    assert.equal(journal.last, 3);
    assert.deepEqual(await texts(journal), ['1 a', '2 ', '3 ccc']);
    await appendAll(journal, ['d']);
    assert.deepEqual(await texts(journal, 3), ['3 ccc', '4 d']);
    assert.deepEqual(notes, []);
  });

  test('that come in one turn share one flush', async () => {
    const files = failingFiles();
    const journal = await open({ files });
    for (let i = 0; i < 1000; i++) journal.append(Buffer.from(String(i)));
    await journal.committed();
    assert.equal(files.flushes, 2); // The segment's header, and the group.
  });

  test('are copied: the caller may use its buffer again', async () => {
    const journal = await open();
    const buffer = Buffer.from('one');
    journal.append(buffer);
    buffer.write('two');
    await journal.committed();
    assert.deepEqual(await texts(journal), ['1 one']);
  });

  test('can be read before they are on the disk', async () => {
    const files = failingFiles();
    const journal = await open({ files, retryMs: 5 });
    await appendAll(journal, ['a']);
    files.full = true;
    journal.append(Buffer.from('b'));
    while (journal.failure === undefined) await new Promise((resolve) => setImmediate(resolve));
    journal.append(Buffer.from('c'));
    assert.deepEqual(await texts(journal), ['1 a', '2 b', '3 c']);
    files.full = false;
    await journal.committed();
    assert.deepEqual(await texts(journal, 2), ['2 b', '3 c']);
  });

  test('never have a number that was given before, whatever the disk has lost', async () => {
    await appendAll(await open(), ['a', 'b', 'c']);
    await reopened();
    writeFileSync(newest(), readFileSync(newest()).subarray(0, -3));
    const journal = await reopened();
    assert.equal(journal.last, 2);
    assert.equal(journal.resumeAfter(3), 1);
    assert.equal(journal.resumeAfter(2), 0);
    await appendAll(journal, ['d']);
    assert.deepEqual(await texts(await reopened()), ['1 a', '2 b', '4 d']);
    const lost = notes.filter(({ code }) => code === 'JOURNAL_CORRUPT').map(({ message }) => message);
    assert.equal(lost[0], 'records 3 to 3 were confirmed and are no longer there; the next is 4');
    assert.match(lost[1] ?? '', /^records 3 to 3 cannot be read: /);
  });

  test('of more than 16 MiB are refused', async () => {
    const journal = await open();
    assert.throws(() => journal.append(Buffer.alloc(16_777_217)), { code: 'JOURNAL_RECORD_TOO_LARGE' });
  });

  test('fill segments, which go once all their records are released', async () => {
    const journal = await open({ segmentBytes: 100 });
    for (let i = 1; i <= 6; i++) await appendAll(journal, ['x'.repeat(80)]);
    assert.equal(segments().length, 6);
    assert.equal(await journal.release(4), 3);
    assert.equal((await texts(journal))[0]?.slice(0, 2), '4 ');
    assert.equal(await journal.release(100), 2); // The last one stays: it knows the next number.
    assert.equal((await reopened()).last, 6);
  });
});

describe('starts', () => {
  test('do not fill the directory with small segments', async () => {
    for (let k = 1; k <= 20; k++) await appendAll(await reopened(), [`of start ${k}`, 'x'.repeat(k)]);
    assert.ok(segments().length <= 2, segments().join(' '));
    const journal = await reopened();
    assert.equal(journal.last, 40);
    const found = await texts(journal);
    assert.equal(found.length, 40);
    assert.equal(found[38], '39 of start 20');
    assert.deepEqual(notes, []);
  });

  test('leave what was put together readable, whenever they are cut short', async () => {
    await appendAll(await open(), ['a', 'b']);
    await appendAll(await reopened(), ['c', 'd']);
    for (const journal of opened.splice(0)) await journal.close();
    const stops = ['openAppended', 'rename', 'remove'] as const;
    for (const stop of stops) {
      const files: JournalFiles = { ...nodeFiles, [stop]: () => Promise.reject(new Error('cut short')) };
      const journal = await open({ files });
      assert.deepEqual(await texts(journal), ['1 a', '2 b', '3 c', '4 d'], stop);
      for (const one of opened.splice(0)) await one.close();
    }
    await appendAll(await open(), ['e']);
    assert.deepEqual(await texts(await reopened()), ['1 a', '2 b', '3 c', '4 d', '5 e']);
    assert.deepEqual(segments(), ['00000000000000000001.journal']);
  });
});

test('a checksum is that of zlib, however long the record', () => {
  const bytes = Uint8Array.from({ length: 700 }, (_, i) => (i * 7919) % 251);
  for (const number of [1, 2 ** 32 + 5, 2 ** 52]) {
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(number));
    for (const [from, to] of [
      [0, 0],
      [3, 4],
      [1, 60],
      [5, 516],
      [5, 517],
      [0, 700],
    ] as const)
      assert.equal(checksumOf(number, bytes, from, to), crc32(bytes.subarray(from, to), crc32(prefix)));
  }
});

describe('records that nobody needs', () => {
  test('are kept for as long as was asked, within a limit of bytes', async () => {
    const journal = await open({ segmentBytes: 100, keepMs: 3_600_000, keepBytes: 350 });
    for (let i = 1; i <= 6; i++) await appendAll(journal, ['x'.repeat(80)]);
    assert.equal(await journal.release(6), 3); // Six segments of 112 bytes; three are within the limit.
    const [oldest = ''] = segments();
    utimesSync(path.join(directory, oldest), 0, 0);
    assert.equal(await journal.release(6), 1);
    assert.equal(await journal.release(6), 0);
  });
});

describe('a journal that was torn or damaged', () => {
  test('is good up to the last whole record, wherever its end is cut', async () => {
    await appendAll(await open(), ['first', 'second', 'third']);
    await reopened();
    const whole = readFileSync(newest());
    const file = newest();
    const ends = [24, 24 + 13, 24 + 13 + 14, 24 + 13 + 14 + 13];
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length));
      const journal = await reopened();
      const expected = ends.findLastIndex((end) => end <= length);
      assert.equal(journal.last, Math.max(0, expected), `cut to ${length} bytes`);
      await appendAll(journal, ['next']);
      assert.equal((await texts(journal)).at(-1), `${journal.last} next`);
      await journal.close();
      for (const name of segments()) rmSync(path.join(directory, name));
      writeFileSync(file, whole);
    }
    assert.ok(notes.some(({ message }) => message.includes('was torn') && message.includes('are cut')));
  });

  test('names the records that a changed byte in an older segment costs, and keeps the others', async () => {
    const journal = await open({ segmentBytes: 50 });
    for (const text of ['one', 'two', 'three', 'four', 'five', 'six'])
      await appendAll(journal, [text.repeat(8)]);
    const older = path.join(directory, segments()[1] ?? '');
    const bytes = readFileSync(older);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(older, bytes);
    const again = await reopened();
    assert.equal(again.last, 6);
    assert.equal((await texts(again)).length, 5);
    const [note] = notes;
    assert.equal(note?.code, 'JOURNAL_CORRUPT');
    assert.match(
      note?.message ?? '',
      /^records 2 to 2 cannot be read: 0{19}2\.journal, byte 24: record 2 does not/,
    );
  });

  test('leaves files that are not its own alone', async () => {
    writeFileSync(path.join(directory, 'notes.txt'), 'hello');
    await appendAll(await open(), ['a']);
    assert.ok(segments().includes('notes.txt'));
  });
});

describe('a disk that refuses', () => {
  test('confirms nothing; once there is room again all is there, once and in order', async () => {
    for (const partial of [false, true]) {
      const files = Object.assign(failingFiles(), { partial });
      const journal = await open({ files, retryMs: 5 });
      await appendAll(journal, ['before']);
      files.full = true;
      journal.append(Buffer.from('during'));
      let confirmed = false;
      const waiting = journal.committed().then(() => (confirmed = true));
      while (journal.failure === undefined) await new Promise((resolve) => setImmediate(resolve));
      journal.append(Buffer.from('later'));
      assert.equal(confirmed, false);
      assert.ok(journal.waitedMs > 0);
      assert.match(journal.failure, /ENOSPC/);
      assert.equal(journal.durable, journal.last - 2);
      files.full = false;
      await waiting;
      await journal.committed();
      assert.equal(journal.waitedMs, 0);
      const found = await texts(await reopened());
      assert.deepEqual(
        found.slice(-3).map((line) => line.split(' ')[1]),
        ['before', 'during', 'later'],
      );
    }
    assert.equal(notes.filter(({ code }) => code === 'JOURNAL_UNWRITABLE').length, 2);
    assert.ok(notes.some(({ message }) => message === 'the journal is written again'));
  });

  test('leaves what an unconfirmed write has put there out of the count', async () => {
    const files = Object.assign(failingFiles(), { partial: true });
    const journal = await open({ files, retryMs: 5 });
    await appendAll(journal, ['a']);
    files.full = true;
    journal.append(Buffer.from('b'));
    journal.append(Buffer.from('c'));
    while (journal.failure === undefined) await new Promise((resolve) => setImmediate(resolve));
    files.full = false;
    await journal.committed();
    assert.deepEqual(await texts(await reopened()), ['1 a', '2 b', '3 c']);
  });

  test('is waited for within a limit, beyond which records are refused', async () => {
    const files = failingFiles();
    const journal = await open({ files, waitingBytes: 100, retryMs: 5 });
    files.full = true;
    assert.equal(journal.append(Buffer.alloc(80)), 1);
    assert.equal(journal.full, false);
    assert.equal(journal.append(Buffer.alloc(80)), 2);
    assert.equal(journal.full, true);
    assert.equal(journal.append(Buffer.alloc(1)), undefined);
    files.full = false;
    await journal.committed();
    assert.equal(journal.append(Buffer.alloc(80)), 3);
  });

  test('rejects those who wait when the journal is closed, and a directory that cannot be made', async () => {
    const files = failingFiles();
    const journal = await open({ files, retryMs: 60_000 });
    files.full = true;
    journal.append(Buffer.from('a'));
    const waiting = journal.committed();
    const refused = assert.rejects(waiting, { code: 'FLEET_STOPPED' });
    while (journal.failure === undefined) await new Promise((resolve) => setImmediate(resolve));
    await journal.close();
    await refused;
    writeFileSync(path.join(directory, 'file'), '');
    await assert.rejects(openFileJournal(path.join(directory, 'file')), { code: 'JOURNAL_UNWRITABLE' });
  });
});

describe('a process that is killed', () => {
  test('has every record on the disk that it said was confirmed', async () => {
    let reached = 0;
    for (let kill = 0; kill < 3; kill++) {
      const child = spawn(process.execPath, [path.join(import.meta.dirname, 'appender.ts'), directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.length > 1000 * (kill + 1)) child.kill('SIGKILL');
      });
      await once(child, 'close');
      const confirmed = Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1));
      const found = await texts(await reopened());
      assert.ok(found.length >= confirmed, `${confirmed} confirmed, ${found.length} found`);
      for (const [index, line] of found.entries()) assert.equal(line, `${index + 1} record ${index + 1}`);
      assert.ok(confirmed > reached);
      reached = confirmed;
    }
  });
});
