/** The expression graph: one node for one expression, exact folding, no reassociation. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applyBinary,
  applyUnary,
  binaryOperators,
  Graph,
  roundHalfAway,
  unaryOperators,
} from '../../../src/core/graph/index.ts';
import { anyDouble, buildRecipe, edges, recipes, referenceBinary, referenceUnary } from './reference.ts';

fc.configureGlobal({ seed: 20261122 });

function same(actual: number, expected: number, what: string): void {
  assert.ok(Object.is(actual, expected), `${what}: ${actual} is not ${expected}`);
}

/** The value of a node that has folded. */
function folded(graph: Graph, id: number): number {
  const node = graph.node(id);
  assert.equal(node.kind, 'constant');
  return node.kind === 'constant' ? node.value : NaN;
}

test('every operator agrees with its definition at the edges of the doubles', () => {
  for (const operator of unaryOperators) {
    for (const x of edges) same(applyUnary(operator, x), referenceUnary(operator, x), `${operator}(${x})`);
  }
  for (const operator of binaryOperators) {
    for (const x of edges) {
      for (const y of edges) {
        same(applyBinary(operator, x, y), referenceBinary(operator, x, y), `${operator}(${x}, ${y})`);
      }
    }
  }
});

test('round takes halves away from zero, and is exact where x + 0.5 is not', () => {
  const cases: [number, number][] = [
    [2.5, 3],
    [-2.5, -3],
    [0.5, 1],
    [-0.5, -1],
    [0.49999999999999994, 0],
    [-0.3, -0],
    [4503599627370497, 4503599627370497],
    [Infinity, Infinity],
    [NaN, NaN],
  ];
  for (const [x, expected] of cases) same(roundHalfAway(x), expected, `round(${x})`);
});

test('a comparison with NaN is 0, and NaN goes through min, max, floor and sign', () => {
  for (const operator of ['lt', 'le', 'gt', 'ge', 'eq', 'ne'] as const) {
    assert.equal(applyBinary(operator, NaN, NaN), 0);
    assert.equal(applyBinary(operator, NaN, 1), 0);
  }
  assert.ok(Number.isNaN(applyBinary('min', 1, NaN)));
  assert.ok(Number.isNaN(applyBinary('max', NaN, 1)));
  assert.ok(Number.isNaN(applyUnary('floor', NaN)));
  assert.ok(Number.isNaN(applyUnary('sign', NaN)));
});

test('the same expression is the same node', () => {
  const graph = new Graph();
  const build = () => graph.binary('mul', graph.load(3), graph.unary('sin', graph.load(4)));
  const first = build();
  const size = graph.size;
  assert.equal(build(), first);
  assert.equal(graph.size, size);
  assert.notEqual(graph.constant(0), graph.constant(-0));
  assert.equal(graph.constant(NaN), graph.constant(0 / 0));
  assert.equal(
    graph.binary('add', graph.load(3), graph.load(4)),
    graph.binary('add', graph.load(4), graph.load(3)),
  );
});

test('constants fold to what the operator gives', () => {
  fc.assert(
    fc.property(fc.constantFrom(...binaryOperators), anyDouble, anyDouble, (operator, x, y) => {
      const graph = new Graph();
      const id = graph.binary(operator, graph.constant(x), graph.constant(y));
      same(folded(graph, id), referenceBinary(operator, x, y), operator);
    }),
  );
});

test('operations that change nothing disappear, and those that only seem to do not', () => {
  const graph = new Graph();
  const x = graph.load(0);
  const c = (value: number) => graph.constant(value);
  assert.equal(graph.binary('mul', x, c(1)), x);
  assert.equal(graph.binary('mul', c(1), x), x);
  assert.equal(graph.binary('div', x, c(1)), x);
  assert.equal(graph.binary('sub', x, c(0)), x);
  assert.equal(graph.binary('add', x, c(-0)), x);
  assert.equal(graph.binary('pow', x, c(1)), x);
  assert.equal(graph.unary('neg', graph.unary('neg', x)), x);
  assert.equal(graph.select(c(0), c(1), x), x);
  assert.equal(graph.select(c(NaN), c(1), x), x);
  assert.equal(graph.select(x, c(5), c(5)), c(5));
  assert.notEqual(graph.binary('add', x, c(0)), x); // −0 + 0 is 0
  assert.notEqual(graph.binary('mul', x, c(0)), c(0)); // x may be infinite
  assert.notEqual(graph.binary('sub', x, x), c(0));
  assert.notEqual(graph.binary('div', c(1), x), x);
  assert.notEqual(graph.binary('sub', c(0), x), x);
  assert.notEqual(graph.unary('not', graph.unary('not', x)), x); // x may be 5
});

test('operands stand before what is computed from them', () => {
  fc.assert(
    fc.property(recipes(4, 40), (recipe) => {
      const graph = new Graph();
      const roots = buildRecipe(graph, recipe);
      const order = graph.reachable(roots);
      const unsorted = [...order].sort((a, b) => a - b);
      assert.deepEqual(order, unsorted);
      for (const root of roots) assert.ok(order.includes(root));
    }),
  );
});

test('substituting constants for loads folds to the value of the formula', () => {
  const graph = new Graph();
  const formula = graph.binary(
    'add',
    graph.unary('exp', graph.load(0)),
    graph.binary('mul', graph.load(1), graph.load(0)),
  );
  const [value] = graph.adopt(
    graph,
    [formula],
    new Map([
      [0, graph.constant(0.3)],
      [1, graph.constant(-7)],
    ]),
  );
  assert.equal(folded(graph, value ?? -1), Math.exp(0.3) + -7 * 0.3);
});

test('substitution leaves other loads alone, and reads the old loads only', () => {
  const graph = new Graph();
  const [a, b] = [graph.load(0), graph.load(1)];
  const difference = graph.binary('sub', a, b);
  const swapped = new Map([
    [0, b],
    [1, a],
  ]);
  assert.deepEqual(graph.adopt(graph, [difference], swapped), [graph.binary('sub', b, a)]);
  assert.deepEqual(graph.adopt(graph, [difference], new Map()), [difference]);
});

test('a formula adopted by another graph is the formula built there', () => {
  fc.assert(
    fc.property(recipes(4, 40), (recipe) => {
      const [source, target] = [new Graph(), new Graph()];
      const adopted = target.adopt(source, buildRecipe(source, recipe), new Map());
      assert.deepEqual(buildRecipe(target, recipe), adopted);
    }),
  );
});

test('a chain of a hundred thousand operations is no deeper than any other', () => {
  const graph = new Graph();
  let node = graph.load(0);
  for (let i = 0; i < 100_000; i++) node = graph.unary(i % 2 ? 'sin' : 'cos', node);
  const [moved] = graph.adopt(graph, [node], new Map([[0, graph.load(1)]]));
  assert.ok(moved !== undefined && moved !== node);
});

test('a node of another graph, and a slot that is none, are faults', () => {
  const graph = new Graph();
  assert.throws(() => graph.node(0), /broken invariant/);
  assert.throws(() => graph.load(-1), /broken invariant/);
  assert.throws(() => graph.load(0.5), /broken invariant/);
});
