/** A journal read page by page: all that counts, in order, and no more of it than is asked for. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { openFileJournal, readPages } from '../../../src/adapters/journal/index.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gemel-pages-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Records whose content is their number. */
async function write(records: number, segmentBytes: number): Promise<void> {
  const journal = await openFileJournal(directory, { segmentBytes });
  for (let number = 1; number <= records; number++) {
    journal.append(Buffer.from(`${number}`));
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

test('gives every record once, over pages and segments', async () => {
  await write(20_000, 150_000);
  assert.ok(readdirSync(directory).length > 1, 'several segments');
  const { numbers, pages } = await read(1);
  assert.deepEqual(numbers, upTo(20_000));
  assert.ok(pages > 2);
  const behind = await read(15_000);
  assert.ok((behind.numbers[0] ?? 0) > 1, 'it leaves out the segments of before');
  assert.deepEqual(behind.numbers, upTo(20_000).slice((behind.numbers[0] ?? 0) - 1));
});

test('passes over damage, also in the middle of a page', async () => {
  await write(10_000, 10_000_000);
  const [name = ''] = readdirSync(directory);
  const file = path.join(directory, name);
  const bytes = readFileSync(file);
  const at = bytes.indexOf('9000');
  bytes[at] = 0x58;
  writeFileSync(file, bytes);
  assert.deepEqual(
    (await read(1)).numbers,
    upTo(10_000).filter((number) => number !== 9000),
  );
});
