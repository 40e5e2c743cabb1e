/** Symbolic derivatives against closed forms, and against central differences of random formulas. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeId } from '../../../src/core/graph/index.ts';
import {
  applyBinary,
  applyUnary,
  derivatives,
  directionalDerivatives,
  Graph,
  jacobian,
} from '../../../src/core/graph/index.ts';
import { buildRecipe, recipes } from './reference.ts';

fc.configureGlobal({ seed: 20261122 });

/** Values of all nodes up to the highest root, by going through the ids. */
function evaluate(graph: Graph, roots: readonly NodeId[], slots: readonly number[]): number[] {
  const values = new Map<NodeId, number>();
  const at = (id: NodeId): number => values.get(id) ?? NaN;
  for (const id of graph.reachable(roots)) {
    const node = graph.node(id);
    if (node.kind === 'constant') values.set(id, node.value);
    if (node.kind === 'load') values.set(id, slots[node.slot] ?? NaN);
    if (node.kind === 'unary') values.set(id, applyUnary(node.operator, at(node.operand)));
    if (node.kind === 'binary') values.set(id, applyBinary(node.operator, at(node.left), at(node.right)));
    if (node.kind === 'select') values.set(id, at(node.condition) ? at(node.yes) : at(node.no));
  }
  return roots.map(at);
}

/** d root / d slot at a point; 0 where there is no entry. */
function derivative(graph: Graph, root: NodeId, slot: number, point: readonly number[]): number {
  const [entry] = jacobian(graph, [root], [slot]);
  return entry === undefined ? 0 : (evaluate(graph, [entry.node], point)[0] ?? NaN);
}

type Unary = Parameters<Graph['unary']>[0];
type Binary = Parameters<Graph['binary']>[0];

const closedForms: readonly [Unary, (x: number) => number, readonly number[]][] = [
  ['neg', () => -1, [-2, 3]],
  ['abs', (x) => (x < 0 ? -1 : 1), [-2, 3]],
  ['sqrt', (x) => 0.5 * x ** -0.5, [0.01, 4, 1e6]],
  ['exp', (x) => Math.exp(x), [-5, 0, 3]],
  ['expm1', (x) => Math.exp(x), [-40, -5, 0, 3]],
  ['log1p', (x) => 1 / (1 + x), [-0.9, 0, 7]],
  ['sinh', (x) => (Math.exp(x) + Math.exp(-x)) / 2, [-3, 0, 0.5]],
  ['cosh', (x) => (Math.exp(x) - Math.exp(-x)) / 2, [-3, 0, 0.5]],
  ['log', (x) => 1 / x, [0.1, 7]],
  ['log10', (x) => Math.LOG10E / x, [0.1, 7]],
  ['sin', (x) => Math.sin(x + Math.PI / 2), [-2, 0.3, 9]],
  ['cos', (x) => Math.cos(x + Math.PI / 2), [-2, 0.3, 9]],
  ['tan', (x) => Math.cos(x) ** -2, [-1, 0.3, 1.5]],
  ['asin', (x) => (1 - x * x) ** -0.5, [-0.9, 0, 0.5]],
  ['acos', (x) => -((1 - x * x) ** -0.5), [-0.9, 0, 0.5]],
  ['atan', (x) => Math.cos(Math.atan(x)) ** 2, [-40, 0, 2]],
  ['tanh', (x) => Math.cosh(x) ** -2, [-3, 0, 0.5]],
  ['not', () => 0, [-1, 0, 2]],
  ['sign', () => 0, [-1, 2]],
  ['floor', () => 0, [-1.5, 2.25]],
  ['trunc', () => 0, [-1.5, 2.25]],
  ['round', () => 0, [-1.25, 2.75]],
];

for (const [operator, expected, points] of closedForms) {
  test(`the derivative of ${operator} is its closed form, by the chain rule too`, () => {
    for (const x of points) {
      const graph = new Graph();
      const direct = graph.unary(operator, graph.load(0));
      // x = 3·s, so that the chain rule gives three times as much.
      const scaled = graph.unary(operator, graph.binary('mul', graph.constant(3), graph.load(0)));
      const close = (got: number, want: number): void =>
        assert.ok(Math.abs(got - want) <= 4e-15 * Math.abs(want), `${operator} at ${x}: ${got}, not ${want}`);
      close(derivative(graph, direct, 0, [x]), expected(x));
      close(derivative(graph, scaled, 0, [x / 3]), 3 * expected(x / 3 === 0 ? 0 : 3 * (x / 3)));
    }
  });
}

const partials: readonly (readonly [Binary, readonly [number, number], readonly [number, number]])[] = [
  ['add', [2, 5], [1, 1]],
  ['sub', [2, 5], [1, -1]],
  ['mul', [2, 5], [5, 2]],
  ['div', [2, 5], [0.2, -0.08]],
  ['pow', [2, 5], [80, 32 * Math.LN2]],
  ['pow', [0, 5], [0, 0]],
  ['pow', [4, 0.5], [0.25, 2 * Math.log(4)]],
  ['min', [2, 5], [1, 0]],
  ['min', [5, 2], [0, 1]],
  ['max', [2, 5], [0, 1]],
  ['max', [5, 2], [1, 0]],
  ['atan2', [3, 4], [4 / 25, -3 / 25]],
  ['atan2', [-3, -4], [-4 / 25, 3 / 25]],
  ...(['lt', 'le', 'gt', 'ge', 'eq', 'ne', 'and', 'or'] as const).map(
    (operator) => [operator, [2, 5], [0, 0]] as const,
  ),
];

for (const [operator, point, [byFirst, bySecond]] of partials) {
  test(`the partial derivatives of ${operator} at ${point.join(', ')}`, () => {
    const graph = new Graph();
    const root = graph.binary(operator, graph.load(0), graph.load(1));
    for (const [slot, want] of [byFirst, bySecond].entries()) {
      const got = derivative(graph, root, slot, point);
      assert.ok(Math.abs(got - want) <= 4e-15 * Math.abs(want), `by operand ${slot}: ${got}, not ${want}`);
    }
  });
}

test('if has the derivative of the branch that is taken', () => {
  const graph = new Graph();
  const x = graph.load(0);
  const root = graph.select(graph.binary('lt', x, graph.constant(1)), graph.binary('mul', x, x), x);
  assert.equal(derivative(graph, root, 0, [0.25]), 0.5);
  assert.equal(derivative(graph, root, 0, [3]), 1);
});

test('by nodes, each counts as computed from nothing', () => {
  const graph = new Graph();
  const x = graph.load(0);
  const square = graph.binary('mul', x, x);
  const root = graph.binary('mul', square, graph.binary('add', x, square));
  // root = s·(x + s) at x = 3, s = 9: by x alone s, by s alone x + 2s.
  const entries = derivatives(graph, [root, square], [x, square]);
  assert.deepEqual(
    entries.map(({ row, column, node }) => [row, column, ...evaluate(graph, [node], [3])]),
    [
      [0, 0, 9],
      [0, 1, 21],
      [1, 1, 1],
    ],
  );
});

test('a power with a constant exponent has its slope from the power itself', () => {
  const graph = new Graph();
  const slope = (exponent: number, x: number) => {
    const root = graph.binary('pow', graph.load(0), graph.constant(exponent));
    return derivative(graph, root, 0, [x]);
  };
  for (const exponent of [0.8, 1.3, -0.7, 2.2]) {
    for (const x of [1e-9, 0.3, 7, 1e12]) {
      const expected = exponent * x ** (exponent - 1);
      assert.ok(Math.abs(slope(exponent, x) - expected) <= 1e-15 * 4 * Math.abs(expected));
    }
  }
  assert.deepEqual([slope(1.3, 0), slope(0.8, 0), slope(-0.7, 0)], [0, Infinity, -Infinity]);
});

test('only what depends by structure has an entry', () => {
  const graph = new Graph();
  const [a, b, c] = [graph.load(0), graph.load(1), graph.load(2)];
  const roots = [
    graph.binary('mul', a, b),
    c,
    graph.constant(4),
    graph.binary('add', c, graph.unary('floor', a)),
  ];
  const places = jacobian(graph, roots, [0, 1, 2, 7]).map(({ row, column }) => [row, column]);
  assert.deepEqual(places, [
    [0, 0],
    [0, 1],
    [1, 2],
    [3, 2],
  ]);
});

test('a long chain needs no recursion', () => {
  const graph = new Graph();
  let root = graph.load(0);
  for (let i = 0; i < 50_000; i++) root = graph.unary('sin', graph.binary('add', root, graph.constant(i)));
  assert.ok(Math.abs(derivative(graph, root, 0, [0.5])) < 1);
});

test('the derivative of a random formula is what central differences say', () => {
  let compared = 0;
  // Off the grid by a little: a point within 1e-4 of a jump would be on both its sides.
  const coordinate = fc.integer({ min: -3000, max: 3000 }).map((k) => k / 1000 + 0.000371);
  const anyPoint = fc.array(coordinate, { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(recipes(3, 12), anyPoint, fc.nat(2), (recipe, point, slot) => {
      const graph = new Graph();
      const root = buildRecipe(graph, recipe).at(-1) ?? 0;
      const got = derivative(graph, root, slot, point);
      const valueAt = (shift: number): number =>
        evaluate(
          graph,
          [root],
          point.map((x, i) => (i === slot ? x + shift : x)),
        )[0] ?? NaN;
      const slopes = [1e-4, 5e-5].map((h) => (valueAt(h) - valueAt(-h)) / (2 * h));
      const [coarse = NaN, fine = NaN] = slopes;
      // Where the two steps disagree there is a kink, a jump or a pole nearby, or no digits are left.
      const size = Math.max(1, Math.abs(fine));
      const smooth = Math.abs(coarse - fine) <= 1e-7 * size && Math.abs(valueAt(0)) < 1e4 * size;
      const sides = Math.abs(valueAt(1e-4) - 2 * valueAt(0) + valueAt(-1e-4)) <= 1e-6 * size;
      if (!smooth || !sides || !Number.isFinite(got)) return;
      compared++;
      assert.ok(Math.abs(got - fine) <= 1e-5 * size, `${got} against ${fine}`);
    }),
    { numRuns: 4000 },
  );
  assert.ok(compared > 1500, `only ${compared} points were smooth`);
});

test('a directional derivative is the Jacobian times the direction', () => {
  const graph = new Graph();
  const [a, b, c] = [graph.load(0), graph.load(1), graph.load(2)];
  const product = graph.binary('mul', a, graph.unary('sin', b));
  const power = graph.binary('pow', b, c);
  // Seeds may be any expressions, such as the derivatives carried along by a solver.
  const seeds = new Map([
    [0, graph.load(10)],
    [1, graph.load(11)],
  ]);
  const roots = [product, power, c].map((root, i) => directionalDerivatives(graph, [root], seeds)[0] ?? i);
  const point = [1.5, 0.7, 2.5, 0, 0, 0, 0, 0, 0, 0, 3, -2];
  const [byProduct, byPower] = evaluate(graph, roots.slice(0, 2), point);
  assert.ok(Math.abs((byProduct ?? NaN) - (Math.sin(0.7) * 3 + 1.5 * Math.cos(0.7) * -2)) < 1e-15);
  assert.ok(Math.abs((byPower ?? NaN) - 2.5 * 0.7 ** 1.5 * -2) < 1e-15);
  assert.equal(directionalDerivatives(graph, [c], seeds)[0], undefined);
});

test('in a direction, what does not change has no derivative where slopes are infinite', () => {
  for (const make of [
    (graph: Graph, x: NodeId) => graph.unary('sqrt', x),
    (graph: Graph, x: NodeId) => graph.binary('pow', x, graph.constant(0.8)),
    (graph: Graph, x: NodeId) => graph.unary('asin', graph.binary('sub', graph.constant(1), x)),
  ]) {
    const graph = new Graph();
    const root = make(graph, graph.load(0));
    const [tangent] = directionalDerivatives(graph, [root], new Map([[0, graph.load(1)]]));
    assert.ok(tangent !== undefined);
    assert.deepEqual(evaluate(graph, [tangent], [0, 0]), [0]);
    assert.ok(!Number.isFinite(evaluate(graph, [tangent], [0, 1])[0]));
  }
});
