/** Random programs as WebAssembly beside the same as JavaScript. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BinaryOperator, UnaryOperator } from '../../../../src/core/graph/index.ts';
import { Graph } from '../../../../src/core/graph/index.ts';
import type { Backend } from '../../../../src/core/kernel/index.ts';
import { javascriptBackend, webAssemblyBackend } from '../../../../src/core/kernel/index.ts';
import type { Operation } from '../../graph/reference.ts';
import { anyDouble, buildRecipe, edges, recipes } from '../../graph/reference.ts';

fc.configureGlobal({ seed: 20261122 });

const inputs = 4;
const lanes = 9;
const strict = webAssemblyBackend('strict');
const relaxed = webAssemblyBackend('relaxed');

/** The results of a recipe in every lane; the first input goes from lane to lane. */
function run(backend: Backend, recipe: readonly Operation[], values: readonly number[]): Float64Array {
  const graph = new Graph();
  const nodes = buildRecipe(graph, recipe);
  const kernel = backend({ graph, writes: nodes.map((node, i) => ({ slot: inputs + i, node })) });
  const memory = backend.allocate((inputs + nodes.length) * lanes);
  for (let lane = 0; lane < lanes; lane++) {
    for (let slot = 0; slot < inputs; slot++) {
      memory[slot * lanes + lane] = values[(slot + lane) % values.length] ?? NaN;
    }
  }
  kernel({ memory, capacity: lanes, from: 0, to: lanes });
  return memory.slice(inputs * lanes);
}

const elementary: ReadonlySet<string> = new Set<UnaryOperator | BinaryOperator>([
  'exp',
  'expm1',
  'log',
  'log1p',
  'log10',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'pow',
  'atan2',
]);

const isElementary = (o: Operation): boolean =>
  (o.kind === 'unary' || o.kind === 'binary') && elementary.has(o.operator);
const manyValues = fc.array(anyDouble, { minLength: lanes, maxLength: lanes });

test('without elementary functions, strict WebAssembly gives the bits of JavaScript', () => {
  const plain = recipes(inputs, 60).map((recipe) => recipe.filter((operation) => !isElementary(operation)));
  fc.assert(
    fc.property(plain, manyValues, (recipe, values) => {
      assert.deepEqual([...run(strict, recipe, values)], [...run(javascriptBackend, recipe, values)]);
    }),
    { numRuns: 400 },
  );
});

test('every operator, at the edges of the doubles, gives what JavaScript gives, within ulps if elementary', () => {
  const near = (actual: number, wanted: number, text: string): void => {
    const ulp = Math.max(2 ** (Math.floor(Math.log2(Math.abs(wanted))) - 52), 2 ** -1074);
    const isClose = wanted !== 0 && Math.abs(actual - wanted) <= 3 * ulp && actual * wanted >= 0;
    assert.ok(Object.is(actual, wanted) || isClose, `${text}: ${actual}, not ${wanted}`);
  };
  const values = [...edges, 20, -20, 709, -709, 710, -745.1, -746, 2 ** 21, -1e300, 1e-160, 1e160];
  for (const backend of [strict, relaxed]) {
    for (const operator of [...elementary, 'round', 'sign', 'min', 'max', 'ne', 'floor', 'not', 'and']) {
      const isUnary = ['not', 'round', 'sign', 'floor'].includes(operator) || isFunctionOfOne(operator);
      const recipe = [
        { kind: 'load', slot: 0 },
        { kind: 'load', slot: 1 },
        isUnary ? { kind: 'unary', operator, a: 0 } : { kind: 'binary', operator, a: 0, b: 1 },
      ] as Operation[];
      for (let i = 0; i < values.length; i++) {
        for (let j = 0; j < (isUnary ? 1 : values.length); j += 3) {
          const some = [...values.slice(j), ...values.slice(0, j)]
            .slice(0, lanes)
            .map((y, k) => (k % 2 ? y : (values[i] ?? 0)));
          const [actual, wanted] = [run(backend, recipe, some), run(javascriptBackend, recipe, some)];
          for (let lane = 0; lane < lanes; lane++) {
            near(
              actual[2 * lanes + lane] ?? 0,
              wanted[2 * lanes + lane] ?? 0,
              `${operator} ${some[lane]} ${some[lane + 1]}`,
            );
          }
        }
      }
    }
  }
});

function isFunctionOfOne(operator: string): boolean {
  return elementary.has(operator) && operator !== 'pow' && operator !== 'atan2';
}

/** Well-conditioned programs of smooth functions: sums of products of numbers near 1, and bounded functions of them. */
const gentle = fc.array(
  fc.record({
    kind: fc.constantFrom('add', 'mul', 'div', 'sin', 'tanh', 'exp', 'log', 'pow', 'atan2', 'sqrt'),
    a: fc.nat(1000),
    b: fc.nat(1000),
  }),
  { minLength: 5, maxLength: 30 },
);

test('strict and relaxed programs of smooth functions stay within 1e-12 of JavaScript', () => {
  const values = fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), {
    minLength: lanes,
    maxLength: lanes,
  });
  fc.assert(
    fc.property(gentle, values, (steps, start) => {
      const recipe: Operation[] = [0, 1, 2, 3].map((slot) => ({ kind: 'load', slot }));
      const push = (operation: Operation): number => recipe.push(operation) - 1;
      const made = [0, 1, 2, 3];
      for (const { kind, a, b } of steps) {
        const [x, y] = [made[a % made.length] ?? 0, made[b % made.length] ?? 0];
        const raw = ['add', 'mul', 'div', 'pow', 'atan2'].includes(kind)
          ? push({ kind: 'binary', operator: kind as BinaryOperator, a: x, b: y })
          : push({ kind: 'unary', operator: kind as UnaryOperator, a: x });
        // Back to between 1 and 2, where nothing is amplified: 1.5 + tanh(raw)/2.
        const squashed = push({ kind: 'unary', operator: 'tanh', a: raw });
        const half = push({ kind: 'constant', value: 0.5 });
        const scaled = push({ kind: 'binary', operator: 'mul', a: squashed, b: half });
        const offset = push({ kind: 'constant', value: 1.5 });
        made.push(push({ kind: 'binary', operator: 'add', a: scaled, b: offset }));
      }
      const wanted = run(javascriptBackend, recipe, start);
      for (const backend of [strict, relaxed]) {
        for (const [i, value] of run(backend, recipe, start).entries()) {
          const size = Math.max(1, Math.abs(wanted[i] ?? NaN));
          assert.ok(Math.abs(value - (wanted[i] ?? NaN)) <= 1e-12 * size, `${value} is not ${wanted[i]}`);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('a lane has the same bits whatever is in the lanes beside it', () => {
  fc.assert(
    fc.property(recipes(inputs, 40), manyValues, (recipe, values) => {
      for (const backend of [strict, relaxed]) {
        const together = run(backend, recipe, values);
        // The same lane with eight times itself.
        for (const lane of [0, 3, 8]) {
          const alone = runUniform(
            backend,
            recipe,
            [0, 1, 2, 3].map((slot) => values[(slot + lane) % lanes] ?? NaN),
          );
          const column = alone.map((_, i) => together[i * lanes + lane] ?? NaN);
          assert.deepEqual(column, alone);
        }
      }
    }),
    { numRuns: 100 },
  );
});

function runUniform(backend: Backend, recipe: readonly Operation[], values: readonly number[]): number[] {
  const graph = new Graph();
  const nodes = buildRecipe(graph, recipe);
  const kernel = backend({ graph, writes: nodes.map((node, i) => ({ slot: inputs + i, node })) });
  const memory = backend.allocate((inputs + nodes.length) * 8);
  for (const [slot, value] of values.entries()) memory.fill(value, slot * 8, slot * 8 + 8);
  kernel({ memory, capacity: 8, from: 0, to: 8 });
  return nodes.map((_, i) => memory[(inputs + i) * 8 + 5] ?? NaN);
}
