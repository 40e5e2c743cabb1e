/** The JavaScript backend against a direct evaluation of the graph, bit for bit. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeId } from '../../../src/core/graph/index.ts';
import { binaryOperators, Graph, unaryOperators } from '../../../src/core/graph/index.ts';
import { javascriptBackend } from '../../../src/core/kernel/index.ts';
import type { Operation } from '../graph/reference.ts';
import {
  anyDouble,
  buildRecipe,
  computeRecipe,
  edges,
  recipes,
  referenceBinary,
  referenceUnary,
} from '../graph/reference.ts';
import { heapGrowth, nextToNothing } from './heap.ts';

fc.configureGlobal({ seed: 20261122 });

const inputs = 4;

/** Runs a recipe as a kernel that writes every result behind the inputs, in one lane. */
function run(recipe: readonly Operation[], slots: readonly number[]): number[] {
  const graph = new Graph();
  const nodes = buildRecipe(graph, recipe);
  const kernel = javascriptBackend({ graph, writes: nodes.map((node, i) => ({ slot: inputs + i, node })) });
  const memory = new Float64Array(inputs + nodes.length);
  memory.set(slots);
  kernel({ memory, capacity: 1, from: 0, to: 1 });
  return [...memory.subarray(inputs)];
}

test('every operator, at the edges of the doubles, gives the reference bit for bit', () => {
  for (const operator of unaryOperators) {
    const recipe: Operation[] = [
      { kind: 'load', slot: 0 },
      { kind: 'unary', operator, a: 0 },
    ];
    for (const x of edges)
      assert.ok(Object.is(run(recipe, [x])[1], referenceUnary(operator, x)), `${operator} ${x}`);
  }
  for (const operator of binaryOperators) {
    const recipe: Operation[] = [
      { kind: 'load', slot: 0 },
      { kind: 'load', slot: 1 },
      { kind: 'binary', operator, a: 0, b: 1 },
    ];
    for (const x of edges) {
      for (const y of edges) {
        assert.ok(
          Object.is(run(recipe, [x, y])[2], referenceBinary(operator, x, y)),
          `${operator} ${x} ${y}`,
        );
      }
    }
  }
});

test('random programs give what their formulas give, bit for bit', () => {
  const slots = fc.array(anyDouble, { minLength: inputs, maxLength: inputs });
  fc.assert(
    fc.property(recipes(inputs, 60), slots, (recipe, values) => {
      assert.deepEqual(run(recipe, values), computeRecipe(recipe, values));
    }),
    { numRuns: 1000 },
  );
});

test('random programs give the same once V8 has optimised them', () => {
  const slots = fc.array(anyDouble, { minLength: inputs, maxLength: inputs });
  fc.assert(
    fc.property(recipes(inputs, 40), slots, (recipe, values) => {
      const graph = new Graph();
      const nodes = buildRecipe(graph, recipe);
      const kernel = javascriptBackend({
        graph,
        writes: nodes.map((node, i) => ({ slot: inputs + i, node })),
      });
      const capacity = 2000;
      const memory = new Float64Array((inputs + nodes.length) * capacity);
      for (const [slot, value] of values.entries())
        memory.fill(value, slot * capacity, (slot + 1) * capacity);
      for (let i = 0; i < 10; i++) kernel({ memory, capacity, from: 0, to: capacity });
      const last = nodes.map((_, i) => memory[(inputs + i) * capacity + capacity - 1]);
      assert.deepEqual(last, computeRecipe(recipe, values));
    }),
    { numRuns: 30 },
  );
});

test('all reads come before all writes', () => {
  const graph = new Graph();
  const [a, b] = [graph.load(0), graph.load(1)];
  const swap = javascriptBackend({
    graph,
    writes: [
      { slot: 0, node: b },
      { slot: 1, node: a },
    ],
  });
  const memory = Float64Array.of(1, 2);
  swap({ memory, capacity: 1, from: 0, to: 1 });
  assert.deepEqual([...memory], [2, 1]);
});

/** x ← sin(x + k) many times, with a look back at a far earlier value every so often; and a rotation of all slots. */
function longProgram(length: number): { graph: Graph; writes: { slot: number; node: NodeId }[] } {
  const graph = new Graph();
  const nodes = [graph.load(0)];
  for (let i = 1; i <= length; i++) {
    const sum = graph.binary('add', nodes[i - 1] ?? 0, graph.constant(i));
    const back = nodes[Math.floor(i / 3)] ?? 0;
    const above = graph.binary('gt', back, graph.constant(0));
    nodes.push(
      i % 7 === 0 ? graph.select(above, graph.binary('sub', sum, above), back) : graph.unary('sin', sum),
    );
  }
  const writes = [{ slot: 2999, node: nodes[length] ?? 0 }];
  for (let slot = 0; slot < 2999; slot++) writes.push({ slot, node: graph.load((slot + 1) % 2999) });
  return { graph, writes };
}

test('a program too long for one function gives the same bits', () => {
  const length = 6000;
  const capacity = 3;
  const memory = Float64Array.from({ length: 3000 * capacity }, (_, i) => Math.cos(i));
  const before = memory.slice();
  javascriptBackend(longProgram(length))({ memory, capacity, from: 0, to: 2 });
  for (const lane of [0, 1]) {
    const values = [before[lane] ?? NaN];
    for (let i = 1; i <= length; i++) {
      const sum = (values[i - 1] ?? NaN) + i;
      const back = values[Math.floor(i / 3)] ?? NaN;
      values.push(i % 7 === 0 ? (back > 0 ? sum - 1 : back) : Math.sin(sum));
    }
    assert.equal(memory[2999 * capacity + lane], values[length]);
    for (let slot = 0; slot < 2999; slot++) {
      assert.equal(memory[slot * capacity + lane], before[((slot + 1) % 2999) * capacity + lane]);
    }
  }
  for (let slot = 0; slot < 3000; slot++) {
    assert.equal(memory[slot * capacity + 2], before[slot * capacity + 2]);
  }
});

test('a program beyond the limit is refused with its size', () => {
  const graph = new Graph();
  let node = graph.load(0);
  for (let i = 0; i < 200_001; i++) node = graph.unary(i % 2 ? 'sin' : 'cos', node);
  assert.throws(() => javascriptBackend({ graph, writes: [{ slot: 0, node }] }), {
    code: 'MODEL_TOO_LARGE',
    message: /200002 operations/,
  });
});

test('lanes outside the range keep every bit', () => {
  const graph = new Graph();
  const x = graph.load(0);
  const kernel = javascriptBackend({
    graph,
    writes: [{ slot: 0, node: graph.binary('add', x, graph.load(1)) }],
  });
  const memory = Float64Array.from({ length: 10 }, (_, i) => i);
  kernel({ memory, capacity: 5, from: 1, to: 4 });
  assert.deepEqual([...memory], [0, 1 + 6, 2 + 7, 3 + 8, 4, 5, 6, 7, 8, 9]);
});

test('lanes or slots outside the memory are refused', () => {
  const graph = new Graph();
  const kernel = javascriptBackend({ graph, writes: [{ slot: 2, node: graph.load(0) }] });
  const memory = new Float64Array(5);
  assert.throws(() => kernel({ memory, capacity: 2, from: 0, to: 1 }), { code: 'SHAPE_MISMATCH' });
  assert.throws(() => kernel({ memory, capacity: 1, from: 0, to: 2 }), { code: 'SHAPE_MISMATCH' });
  assert.throws(() => kernel({ memory, capacity: 1, from: NaN, to: 1 }), { code: 'SHAPE_MISMATCH' });
});

test('a program that writes one slot twice is a fault', () => {
  const graph = new Graph();
  const write = { slot: 0, node: graph.load(0) };
  assert.throws(() => javascriptBackend({ graph, writes: [write, write] }), /broken invariant/);
});

test('a kernel allocates nothing once it is warm', () => {
  const graph = new Graph();
  let node = graph.load(0);
  for (let i = 0; i < 30; i++) {
    const next = graph.binary('add', graph.unary('sin', node), graph.load(1));
    node = graph.select(graph.binary('gt', node, graph.constant(0.5)), graph.unary('neg', next), next);
  }
  const kernel = javascriptBackend({ graph, writes: [{ slot: 0, node }] });
  const lanes = { memory: new Float64Array(20).fill(0.1), capacity: 10, from: 0, to: 10 };
  const bytes = heapGrowth(() => kernel(lanes));
  assert.ok(bytes < nextToNothing, `${bytes} bytes`);
});
