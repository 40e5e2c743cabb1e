/** A journal read page by page: all that counts, in order, and no more of it than is asked for. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { openFileJournal, readExtent, readPages } from '../../../src/adapters/journal/index.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gemel-pages-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Records whose content is their number, and blanks. */
async function write(
  records: number,
  { segmentBytes = 100_000_000, bytesOf = (_: number): number => 200 } = {},
): Promise<void> {
  const journal = await openFileJournal(directory, { segmentBytes });
  for (let number = 1; number <= records; number++) {
    journal.append(Buffer.from(`${number}`.padEnd(bytesOf(number))));
    if (number % 1000 === 0) await journal.committed();
  }
  await journal.close();
}

async function read(from: number): Promise<{ readonly numbers: number[]; readonly pages: number }> {
  const numbers: number[] = [];
  let pages = 0;
  for await (const { first, count, bytes, spans } of readPages(directory, from)) {
    pages++;
    for (let i = 0; i < count; i++) {
      const number = Number(bytes.toString('latin1', spans[2 * i], spans[2 * i + 1]));
      assert.equal(number, first + i);
      numbers.push(number);
    }
  }
  return { numbers, pages };
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

function damage(record: number): void {
  const [name = ''] = readdirSync(directory);
  const file = path.join(directory, name);
  const bytes = readFileSync(file);
  bytes[bytes.indexOf(`${record} `)] = 0x58;
  writeFileSync(file, bytes);
}

test('gives every record once, over pages and segments', async () => {
  await write(20_000, { segmentBytes: 2_500_000 });
  assert.ok(readdirSync(directory).length > 1, 'several segments');
  const { numbers, pages } = await read(1);
  assert.deepEqual(numbers, upTo(20_000));
  assert.ok(pages > readdirSync(directory).length, `${pages} pages`);
  const behind = await read(15_000);
  assert.ok((behind.numbers[0] ?? 0) > 1, 'it leaves out the segments of before');
  assert.deepEqual(behind.numbers, upTo(20_000).slice((behind.numbers[0] ?? 0) - 1));
});

test('gives records that are longer than a page', async () => {
  await write(12, { bytesOf: (number) => (number % 3 === 0 ? 3_000_000 : 600_000) });
  assert.deepEqual((await read(1)).numbers, upTo(12));
});

test('passes over damage, also in the middle of a page, and behind a long record', async () => {
  await write(10_000, { bytesOf: (number) => (number === 9500 ? 3_000_000 : 200) });
  const lost = [1, 5000, 9000, 9600];
  for (const record of lost) damage(record);
  assert.deepEqual(
    (await read(1)).numbers,
    upTo(10_000).filter((number) => !lost.includes(number)),
  );
});

test('of the last segment with records all is shown, and both ends of the journal are told', async () => {
  await write(20_000, { segmentBytes: 2_500_000 });
  const names = readdirSync(directory).toSorted();
  let next = Number((names.at(-1) ?? '').slice(0, 20));
  writeFileSync(path.join(directory, `${'20001'.padStart(20, '0')}.journal`), '');
  const extent = await readExtent(directory, ({ first, count }) => {
    assert.equal(first, next);
    next += count;
  });
  assert.deepEqual(extent, { first: 1, last: 20_000 });
  assert.equal(next, 20_001);
});
