/** Rows of numbers, each once, in the order in which they came. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Interner } from '../../../src/core/graph/interner.ts';
import { Rng } from '../../../src/core/statistics/index.ts';

test('a row is found under the number that it got, as a map with keys of text says (seed 20261122)', () => {
  const random = new Rng(20_261_122);
  const interner = new Interner();
  const expected = new Map<string, number>();
  const edges = [0, -1, 2 ** 31 - 1, -(2 ** 31)];
  const number = (): number => (random.uniform() < 0.1 ? (edges[random.below(4)] ?? 0) : random.below(20));
  for (let i = 0; i < 20_000; i++) {
    const row = [number(), number(), number(), number()] as const;
    const known = expected.get(row.join()) ?? -1;
    assert.equal(interner.find(...row), known);
    if (known >= 0) continue;
    assert.equal(interner.add(...row), expected.size);
    expected.set(row.join(), expected.size);
  }
  assert.equal(interner.size, expected.size);
  for (const [row, id] of expected) {
    const [operation = 0, a = 0, b = 0, c = 0] = row.split(',').map(Number);
    assert.equal(interner.find(operation, a, b, c), id);
  }
});
