/** What every backend holds to: order of reads and writes, ranges of lanes, repetitions, memory, refusals. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Backend } from '../../../src/core/kernel/index.ts';
import { fastestArithmetic, javascriptBackend, webAssemblyBackend } from '../../../src/core/kernel/index.ts';
import { Graph } from '../../../src/core/graph/index.ts';
import { heapGrowth, nextToNothing } from './heap.ts';

const backends: Readonly<Record<string, Backend>> = {
  javascript: javascriptBackend,
  'webassembly, strict': webAssemblyBackend('strict'),
  'webassembly, relaxed': webAssemblyBackend('relaxed'),
};

/** x0 ← x0 + x1, x1 ← x0, x2 ← log x0: a sum, a copy of what is overwritten, and what needs care where x0 ≤ 0. */
function example(): Parameters<Backend>[0] {
  const graph = new Graph();
  const [a, b] = [graph.load(0), graph.load(1)];
  return {
    graph,
    writes: [
      { slot: 1, node: a },
      { slot: 0, node: graph.binary('add', a, b) },
      { slot: 2, node: graph.unary('log', a) },
    ],
  };
}

/** A lane of the example, after some repetitions. */
function expected([a = NaN, b = NaN, c = NaN]: readonly number[], repetitions: number): number[] {
  if (repetitions === 0) return [a, b, c];
  return expected([a + b, a, Math.log(a)], repetitions - 1);
}

for (const [name, backend] of Object.entries(backends)) {
  test(`${name}: every range of lanes, in its own memory and in others, and nothing beside it`, () => {
    const kernel = backend(example());
    for (const capacity of [1, 2, 7, 8, 9, 16, 25]) {
      for (const memory of [
        backend.allocate(3 * capacity + 1),
        new Float64Array(3 * capacity + 1),
        backend.allocate(3 * capacity + 5).subarray(3, 3 * capacity + 4),
      ]) {
        for (let from = 0; from < Math.min(capacity, 4); from++) {
          for (let to = from; to <= capacity; to += to < capacity - 3 ? 3 : 1) {
            // Some lanes need care: their a is negative or zero.
            const before = Float64Array.from({ length: memory.length }, (_, i) => ((i * 37) % 23) - 2);
            memory.set(before);
            kernel({ memory, capacity, from, to }, 3);
            for (let lane = 0; lane < capacity; lane++) {
              const at = (numbers: Float64Array): number[] =>
                [0, 1, 2].map((slot) => numbers[slot * capacity + lane] ?? NaN);
              const want = expected(at(before), lane >= from && lane < to ? 3 : 0);
              for (const [slot, value] of at(memory).entries()) {
                const [wanted = NaN] = [want[slot]];
                const near = Math.abs(wanted) * 4e-16;
                const isSame = Object.is(value, wanted) || (slot === 2 && Math.abs(value - wanted) <= near);
                assert.ok(isSame, `${capacity} ${from}–${to}, lane ${lane}: ${value} is not ${wanted}`);
              }
            }
            assert.equal(memory[3 * capacity], before[3 * capacity]);
          }
        }
      }
    }
  });

  test(`${name}: memory is zero at first, and as long as was asked`, () => {
    const memory = backend.allocate(100_003);
    assert.equal(memory.length, 100_003);
    assert.ok(memory.every((value) => value === 0));
    assert.equal(backend.allocate(0).length, 0);
    const many = Array.from({ length: 20_000 }, (_, i) => backend.allocate(5).fill(i));
    for (const [i, numbers] of many.entries())
      assert.ok(numbers.length === 5 && numbers[0] === i && numbers[4] === i);
  });

  test(`${name}: memory that no machine has is refused`, () => {
    assert.throws(() => backend.allocate(2 ** 50), { code: 'MEMORY_EXHAUSTED' });
  });

  test(`${name}: no lanes, no repetitions and no writes are nothing to do`, () => {
    const kernel = backend(example());
    const memory = backend.allocate(3).fill(5);
    kernel({ memory, capacity: 1, from: 1, to: 1 });
    kernel({ memory, capacity: 1, from: 0, to: 1 }, 0);
    backend({ graph: new Graph(), writes: [] })({ memory, capacity: 1, from: 0, to: 1 });
    assert.deepEqual([...memory], [5, 5, 5]);
  });

  test(`${name}: lanes or slots outside the memory are refused`, () => {
    const kernel = backend(example());
    const memory = backend.allocate(5);
    assert.throws(() => kernel({ memory, capacity: 2, from: 0, to: 1 }), { code: 'SHAPE_MISMATCH' });
    assert.throws(() => kernel({ memory, capacity: 1, from: 0, to: 2 }), { code: 'SHAPE_MISMATCH' });
    assert.throws(() => kernel({ memory, capacity: 1, from: NaN, to: 1 }), { code: 'SHAPE_MISMATCH' });
  });

  test(`${name}: a program that writes one slot twice is a fault`, () => {
    const graph = new Graph();
    const write = { slot: 0, node: graph.load(0) };
    assert.throws(() => backend({ graph, writes: [write, write] }), /broken invariant/);
  });

  test(`${name}: a chain too long is refused with its size, one within the limit is computed`, () => {
    const chain = (length: number): Parameters<Backend>[0] => {
      const graph = new Graph();
      let node = graph.load(0);
      for (let i = 0; i < length; i++) node = graph.binary('add', node, graph.load(1 + (i % 3)));
      return { graph, writes: [{ slot: 0, node }] };
    };
    assert.throws(() => backend(chain(250_000)), { code: 'MODEL_TOO_LARGE', message: /\d{6} operations/ });
    const memory = backend.allocate(4 * 9).fill(1);
    backend(chain(30_000))({ memory, capacity: 9, from: 0, to: 9 });
    assert.ok(memory.subarray(0, 9).every((value) => value === 30_001));
  });

  test(`${name}: a kernel allocates nothing once it is warm`, () => {
    const kernel = backend(example());
    const memory = backend.allocate(3 * 21).fill(1.5);
    const lanes = { memory, capacity: 21, from: 0, to: 21 };
    const bytes = heapGrowth(() => kernel(lanes));
    assert.ok(bytes < nextToNothing, `${bytes} bytes`);
  });
}

test('many repetitions in one call are as many calls', () => {
  for (const backend of Object.values(backends)) {
    const graph = new Graph();
    const kernel = backend({
      graph,
      writes: [{ slot: 0, node: graph.binary('add', graph.load(0), graph.constant(0.1)) }],
    });
    const [once, oneByOne] = [backend.allocate(19), backend.allocate(19)];
    kernel({ memory: once, capacity: 19, from: 0, to: 19 }, 10_007);
    for (let i = 0; i < 10_007; i++) kernel({ memory: oneByOne, capacity: 19, from: 0, to: 19 });
    assert.deepEqual(once, oneByOne);
  }
});

test('this machine says what arithmetic it is fastest in', () => {
  assert.ok(['strict', 'relaxed'].includes(fastestArithmetic() ?? ''));
});
