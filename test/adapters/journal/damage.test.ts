/** Damage in the middle of a journal costs what is damaged, and nothing that stands behind it. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { findBehind } from '../../../src/adapters/journal/behind.ts';
import { checksumOf, numberOf } from '../../../src/adapters/journal/checksum.ts';
import { encodeRecord, encodeSegmentHeader } from '../../../src/adapters/journal/format.ts';
import { inspectJournal, type JournalNote, openFileJournal } from '../../../src/adapters/journal/index.ts';

let directory = '';
let notes: JournalNote[] = [];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gemel-damage-'));
  notes = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const first = 7;
const contents = Array.from({ length: 5 }, (_, i) =>
  Buffer.from(`content of ${first + i} ${'x'.repeat(7 * i)}`),
);
const name = '00000000000000000007.journal';

/** A segment with the records, as format.ts has it; and where each begins. */
function segment(): { bytes: Buffer; begins: number[] } {
  const begins: number[] = [];
  let bytes = encodeSegmentHeader(first);
  for (const [i, content] of contents.entries()) {
    begins.push(bytes.length);
    const record = Buffer.alloc(8 + content.length);
    encodeRecord(record, 0, { number: first + i, content });
    bytes = Buffer.concat([bytes, record]);
  }
  return { bytes, begins };
}

/** Opens it as it would be after a crash, and adds a record. */
async function opened(bytes: Buffer): Promise<{ readonly last: number; readonly found: number[] }> {
  for (const file of readdirSync(directory)) rmSync(path.join(directory, file));
  writeFileSync(path.join(directory, name), bytes);
  notes = [];
  const journal = await openFileJournal(directory, { log: (note) => notes.push(note) });
  const { last } = journal;
  journal.append(Buffer.from('new'));
  await journal.committed();
  const found: number[] = [];
  for await (const { number, content } of journal.read(1)) {
    found.push(number);
    const expected = number > last ? 'new' : contents[number - first]?.toString();
    assert.equal(Buffer.from(content).toString(), expected);
  }
  await journal.close();
  return { last, found };
}

const numbers = (...missing: number[]) => [7, 8, 9, 10, 11, 12].filter((number) => !missing.includes(number));

test('any changed byte of the newest segment costs the record in which it is, and no other', async () => {
  const { bytes, begins } = segment();
  for (let at = 0; at < bytes.length; at++) {
    // Of another format nothing is read: see below.
    if (at >= 8 && at < 12) continue;
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    const { last, found } = await opened(damaged);
    const index = begins.findLastIndex((begin) => begin <= at);
    if (index === contents.length - 1) {
      // The newest: nobody can tell whether it was ever confirmed. Its number is given again.
      assert.deepEqual([last, found], [10, [7, 8, 9, 10, 11]], `byte ${at}`);
      assert.match(notes[0]?.message ?? '', /was torn .* without a whole record are cut/);
      continue;
    }
    assert.equal(last, 11, `byte ${at}`);
    assert.deepEqual(found, index < 0 ? numbers() : numbers(first + index), `byte ${at}`);
    if (index >= 0)
      assert.match(
        notes[0]?.message ?? '',
        new RegExp(`^records ${first + index} to ${first + index} cannot be read`),
      );
  }
});

test('several records that are lost together are told together, and so are two places', async () => {
  const { bytes, begins } = segment();
  const together = Buffer.from(bytes).fill(0, begins[1], begins[3]);
  assert.deepEqual((await opened(together)).found, numbers(8, 9));
  assert.match(
    notes[0]?.message ?? '',
    /^records 8 to 9 cannot be read: 0+7\.journal, byte \d+: record 8 does not/,
  );
  const apart = Buffer.from(bytes);
  for (const index of [0, 2]) apart.fill(0xff, begins[index], (begins[index] ?? 0) + 8);
  assert.deepEqual((await opened(apart)).found, numbers(7, 9));
  const [report] = await inspectJournal(directory);
  assert.equal(report?.state, 'damaged');
  assert.equal(report?.records, 3);
  assert.match(report?.problem ?? '', /^record 7 is lost: byte 24: .*; record 9 is lost: byte \d+: /);
});

test('what is behind damage stays also when the end is torn, and after more starts', async () => {
  const { bytes, begins } = segment();
  const torn = Buffer.from(bytes.subarray(0, bytes.length - 3)).fill(1, begins[0], (begins[0] ?? 0) + 12);
  assert.deepEqual((await opened(torn)).found, [8, 9, 10, 11]);
  for (let start = 0; start < 3; start++) {
    const again = await openFileJournal(directory);
    again.append(Buffer.from('more'));
    await again.committed();
    await again.close();
  }
  const reports = await inspectJournal(directory);
  assert.equal(
    reports.reduce((sum, { records }) => sum + records, 0),
    7,
  );
  assert.deepEqual(reports.map(({ state }) => state).slice(0, 1), ['damaged']);
});

test('a segment of another format, or of another place, is put aside and not deleted', async () => {
  const { bytes } = segment();
  const newer = Buffer.from(bytes);
  newer.writeUInt32LE(2, 8);
  assert.deepEqual((await opened(newer)).found, [1]);
  assert.deepEqual(readFileSync(path.join(directory, `${name}.unreadable`)), newer);
  assert.equal(notes[0]?.code, 'JOURNAL_CORRUPT');
  assert.match(
    notes[0]?.message ?? '',
    /it has format 2, this program reads 1; it is left as 0+7\.journal\.unreadable$/,
  );
  const misplaced = Buffer.concat([encodeSegmentHeader(70), bytes.subarray(24)]);
  await opened(misplaced);
  assert.match(notes[0]?.message ?? '', /it begins with record 70; it is left as/);
});

test('noise is not taken for records, and a megabyte of it is passed over at once', () => {
  const noise = Buffer.alloc(1_500_000);
  let state = 1;
  for (let at = 0; at < noise.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    noise[at] = state >>> 24;
  }
  assert.equal(findBehind(noise, { at: 0, after: 6, before: Number.POSITIVE_INFINITY }), undefined);
  const whole = Buffer.concat([noise.subarray(0, 30_000), segment().bytes.subarray(24)]);
  assert.deepEqual(findBehind(whole, { at: 0, after: 2, before: Number.POSITIVE_INFINITY }), {
    at: 30_000,
    number: 7,
  });
});

test('the number of a record follows from its content and checksum', () => {
  const bytes = Uint8Array.from({ length: 700 }, (_, i) => (i * 7919) % 251);
  for (const number of [1, 4_294_967_295, 2 ** 32 + 5, 2 ** 52 + 3])
    for (const [from, to] of [
      [0, 0],
      [3, 4],
      [1, 60],
      [0, 700],
    ] as const) {
      const sum = checksumOf(number, bytes, from, to);
      assert.equal(numberOf(sum, bytes, { from, to }, Math.floor(number / 2 ** 32)), number);
    }
});
