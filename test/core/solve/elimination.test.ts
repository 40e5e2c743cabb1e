/** Sparse elimination as expressions: right solutions, and nothing computed where there is nothing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeId } from '../../../src/core/graph/index.ts';
import { Graph } from '../../../src/core/graph/index.ts';
import { javascriptBackend } from '../../../src/core/kernel/index.ts';
import { createStepper, simulate } from '../../../src/core/solve/index.ts';
import { factorise } from '../../../src/core/solve/elimination.ts';
import type { Term } from './models.ts';
import { add, modelOf, mul, sub } from './models.ts';

type Places = readonly (readonly [row: number, column: number])[];

/** Solves A·x = b with the entries at these places, and counts the operations. */
function solve(
  n: number,
  places: Places,
  { entries, b }: { entries: readonly number[]; b: readonly number[] },
) {
  const graph = new Graph();
  const rows = Array.from({ length: n }, () => new Map<number, NodeId>());
  for (const [index, [row, column]] of places.entries()) rows[row]?.set(column, graph.load(index));
  const right = b.map((_, i) => graph.load(places.length + i));
  const solution = factorise(graph, rows).solve(right);
  const first = places.length + n;
  const kernel = javascriptBackend({ graph, writes: solution.map((node, i) => ({ slot: first + i, node })) });
  const memory = new Float64Array(first + n);
  memory.set(entries);
  memory.set(b, places.length);
  kernel({ memory, capacity: 1, from: 0, to: 1 });
  const operations = graph.reachable(solution).filter((id) => graph.node(id).kind === 'binary').length;
  return { x: [...memory.subarray(first)], operations };
}

/** b = A·x. */
function times(
  n: number,
  places: Places,
  { entries, x }: { entries: readonly number[]; x: readonly number[] },
) {
  const b = Array.from({ length: n }, () => 0);
  for (const [index, [row, column]] of places.entries()) {
    b[row] = (b[row] ?? 0) + (entries[index] ?? NaN) * (x[column] ?? NaN);
  }
  return b;
}

test('a matrix with fill-in gives the solution that it was made from', () => {
  const places: Places = [0, 1, 2, 3, 4].flatMap(
    (i): Places => [
      [i, i],
      [i, (i + 1) % 5],
      [i, (i + 3) % 5],
    ],
  );
  const entries = places.map(([row, column], index) => (row === column ? 10 : 0) + Math.sin(index + 1));
  const x = [3, -1, 2, 0.5, -7];
  const found = solve(5, places, { entries, b: times(5, places, { entries, x }) }).x;
  for (const [i, value] of x.entries()) assert.ok(Math.abs((found[i] ?? NaN) - value) < 1e-14);
});

test('an arrow is eliminated from its head, and a band along itself: the cost grows with n, not with its cube', () => {
  const arrow = (n: number): Places =>
    Array.from({ length: n }, (_, i) => i).flatMap(
      (i): Places =>
        i === 0
          ? [[0, 0]]
          : [
              [i, i],
              [0, i],
              [i, 0],
            ],
    );
  const band = (n: number): Places =>
    Array.from({ length: n }, (_, i) => i).flatMap(
      (i): Places =>
        i === 0
          ? [[0, 0]]
          : [
              [i, i],
              [i - 1, i],
              [i, i - 1],
            ],
    );
  for (const places of [arrow, band]) {
    const count = (n: number): number => {
      const all = places(n);
      const entries = all.map(([row, column]) => (row === column ? 4 : 1));
      return solve(n, all, { entries, b: entries.slice(0, n) }).operations;
    };
    // An inverse and a product a pivot; a multiplier and its product and difference; as much for each of L and U.
    assert.ok(count(40) <= 10 * 40, `${count(40)}`);
  }
});

test('a pivot that is 0 or tiny has the step rejected and a shorter one taken', () => {
  // x′ = 5x − y, y′ = x: at 1/(γh) = 5, a step of 0.9437 s, the first pivot is 0. The solution is a sum of growths.
  const model = modelOf({
    method: 'rodas5p',
    tolerance: 1e-3,
    states: { x: { start: 1, der: sub(mul(5, 'x'), 'y') }, y: { start: 1, der: 'x' } },
  });
  const { values, stopped } = simulate(model, { seconds: 4, tickSeconds: 4 });
  assert.equal(stopped, undefined);
  const root = Math.sqrt(21);
  const [fast, slow] = [(5 + root) / 2, (5 - root) / 2];
  // x = a·e^(fast t) + b·e^(slow t) with x(0) = 1 and x′(0) = 4.
  const a = (4 - slow) / (fast - slow);
  const exact = a * Math.exp(fast * 4) + (1 - a) * Math.exp(slow * 4);
  assert.ok(Math.abs((values[0]?.at(-1) ?? NaN) / exact - 1) < 2e-3, `${values[0]?.at(-1)}, not ${exact}`);
});

test('a matrix too full to unroll is refused at once, and auto stays with its explicit method', () => {
  // Each of 70 states is moved by all the others: two thirds of 70³ operations for the elimination alone.
  const names = Array.from({ length: 70 }, (_, i) => `x${i}`);
  const size = names.reduce<Term>((sum, name) => add(sum, mul(name, name)), 0);
  const states = Object.fromEntries(
    names.map((name, i) => [name, { start: 1, der: sub(mul(i / 1000, size), mul(1e5, name)) }]),
  );
  const model = (method: 'auto' | 'rodas5p') => modelOf({ method, tolerance: 1e-3, states });
  assert.throws(() => createStepper(model('rodas5p'), { backend: javascriptBackend }), {
    code: 'MODEL_TOO_LARGE',
  });
  const options = { seconds: 1e-3, tickSeconds: 1e-3, backend: javascriptBackend };
  assert.equal(simulate(model('auto'), options).stopped, undefined);
});
