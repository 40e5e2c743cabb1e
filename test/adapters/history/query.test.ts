/** Tables of a history: they are right, and open no more blocks than they need. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BlockSummary, summarise } from '../../../src/adapters/history/block-points.ts';
import { valuesAt } from '../../../src/adapters/history/query.ts';

/** Blocks of these samples, `size` in each, that count how many were opened. */
function blocksOf(timesMs: readonly number[], size: number) {
  const opened = { count: 0 };
  const blocks: BlockSummary[] = [];
  for (let from = 0; from < timesMs.length; from += size) {
    const times = Float64Array.from(timesMs.slice(from, from + size));
    const points = { timesMs: times, values: times.map((timeMs) => timeMs * 2) };
    blocks.push({
      ...summarise(points),
      points() {
        opened.count++;
        return points;
      },
    });
  }
  return { blocks, opened };
}

test('a table has at each time the last sample before, however blocks, samples and times lie', () => {
  const times = fc.uniqueArray(fc.integer({ min: -50, max: 200 }), { maxLength: 60 });
  const grid = fc.tuple(
    fc.integer({ min: -60, max: 100 }),
    fc.integer({ min: 1, max: 120 }),
    fc.integer({ min: 1, max: 40 }),
  );
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 9 }), grid, (written, size, [fromMs, lengthMs, everyMs]) => {
      const sorted = written.toSorted((a, b) => a - b);
      const values = valuesAt(blocksOf(sorted, size).blocks, { fromMs, toMs: fromMs + lengthMs }, everyMs);
      const expected = Array.from({ length: Math.ceil(lengthMs / everyMs) }, (_, row) => {
        const last = sorted.findLast((timeMs) => timeMs <= fromMs + row * everyMs);
        return last === undefined ? Number.NaN : last * 2;
      });
      assert.deepEqual([...values], expected);
    }),
    { seed: 7, numRuns: 500 },
  );
});

test('a coarse table of many samples opens a block a row at the most', () => {
  const { blocks, opened } = blocksOf(
    Array.from({ length: 100_000 }, (_, i) => i),
    100,
  );
  const values = valuesAt(blocks, { fromMs: 0, toMs: 100_000 }, 20_000);
  assert.deepEqual([...values], [0, 40_000, 80_000, 120_000, 160_000]);
  assert.equal(opened.count, 5);
});

test('a time whose block lost its samples has no value', () => {
  const { blocks } = blocksOf([0, 1, 10, 11, 20, 21], 2);
  const gone = blocks.map((block, i) => (i === 1 ? { ...block, points: () => undefined } : block));
  assert.deepEqual([...valuesAt(gone, { fromMs: 0, toMs: 25 }, 5)], [0, 2, Number.NaN, Number.NaN, 40]);
});
