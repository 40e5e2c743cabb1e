/** The elementary functions of the kernels: their errors as documented, and what C and IEEE 754 say at the edges. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { moderatePower } from '../../../../src/core/kernel/math/power.ts';
import { errorInUlp, exact } from './exact.ts';
import { page, rowPattern, worstError } from './measure.ts';
import type { FunctionName } from './points.ts';
import { compute, computeBy, functionNames, pointsFor } from './points.ts';

const arithmetics = ['strict', 'relaxed'] as const;

test('no function is off by more than its page says, and that is at most 2.5 ulp', () => {
  const rows = [...readFileSync(page, 'utf8').matchAll(rowPattern)];
  assert.deepEqual(
    rows.map(([, name]) => name),
    functionNames,
  );
  for (const [, text, strict, relaxed] of rows) {
    const name = functionNames.find((each) => each === text);
    assert.ok(name);
    for (const [arithmetic, documented] of [
      ['strict', Number(strict)],
      ['relaxed', Number(relaxed)],
    ] as const) {
      assert.ok(documented <= 2.5);
      const { ulp, x, y } = worstError(name, arithmetic, { count: 500, seed: 20_261_122 });
      assert.ok(ulp <= documented, `${name} ${arithmetic} is off by ${ulp} ulp at ${x}, ${y}`);
    }
  }
});

const inf = Infinity;
const [large, small] = [Number.MAX_VALUE, Number.MIN_VALUE];

/** ISO C 2018, annex F.10; for 1^∞ and 1^NaN ECMAScript 2024, 21.3.2.26. */
const edges: Partial<Record<FunctionName, readonly (readonly [x: number, value: number])[]>> = {
  exp: [
    [0, 1],
    [-0, 1],
    [inf, inf],
    [-inf, 0],
    [710, inf],
    [-746, 0],
    [large, inf],
    [-large, 0],
    [small, 1],
  ],
  expm1: [
    [0, 0],
    [-0, -0],
    [inf, inf],
    [-inf, -1],
    [710, inf],
    [-large, -1],
    [small, small],
    [-small, -small],
  ],
  log: [
    [0, -inf],
    [-0, -inf],
    [1, 0],
    [-1, NaN],
    [-inf, NaN],
    [inf, inf],
    [-small, NaN],
  ],
  log1p: [
    [0, 0],
    [-0, -0],
    [-1, -inf],
    [-1.5, NaN],
    [-inf, NaN],
    [inf, inf],
    [small, small],
    [-small, -small],
  ],
  log10: [
    [0, -inf],
    [-0, -inf],
    [1, 0],
    [-1, NaN],
    [inf, inf],
    [1000, 3],
    [1e22, 22],
    [-inf, NaN],
  ],
  sin: [
    [0, 0],
    [-0, -0],
    [inf, NaN],
    [-inf, NaN],
    [small, small],
    [-small, -small],
  ],
  cos: [
    [0, 1],
    [-0, 1],
    [inf, NaN],
    [-inf, NaN],
    [small, 1],
  ],
  tan: [
    [0, 0],
    [-0, -0],
    [inf, NaN],
    [-inf, NaN],
    [small, small],
  ],
  asin: [
    [0, 0],
    [-0, -0],
    [1, Math.PI / 2],
    [-1, -Math.PI / 2],
    [1.1, NaN],
    [-inf, NaN],
    [small, small],
  ],
  acos: [
    [1, 0],
    [-1, Math.PI],
    [0, Math.PI / 2],
    [1.1, NaN],
    [-1.1, NaN],
    [inf, NaN],
    [-inf, NaN],
  ],
  atan: [
    [0, 0],
    [-0, -0],
    [inf, Math.PI / 2],
    [-inf, -Math.PI / 2],
    [small, small],
    [1, Math.PI / 4],
  ],
  sinh: [
    [0, 0],
    [-0, -0],
    [inf, inf],
    [-inf, -inf],
    [711, inf],
    [-711, -inf],
    [small, small],
    [large, inf],
  ],
  cosh: [
    [0, 1],
    [-0, 1],
    [inf, inf],
    [-inf, inf],
    [711, inf],
    [-711, inf],
    [small, 1],
  ],
  tanh: [
    [0, 0],
    [-0, -0],
    [inf, 1],
    [-inf, -1],
    [20, 1],
    [-large, -1],
    [small, small],
    [-small, -small],
  ],
  sqrt: [
    [0, 0],
    [-0, -0],
    [inf, inf],
    [-1, NaN],
    [-inf, NaN],
    [4, 2],
  ],
};

test('functions of one argument have the values of IEEE 754 and C at the edges', () => {
  for (const arithmetic of arithmetics) {
    for (const name of functionNames) {
      const cases = [...(edges[name] ?? []), [NaN, NaN] as const];
      if (name === 'pow' || name === 'atan2') continue;
      const values = compute(
        name,
        arithmetic,
        cases.map(([x]) => [x, 1]),
      );
      for (const [i, [x, value]] of cases.entries())
        assert.ok(Object.is(values[i], value), `${name}(${x}) is ${values[i]}, not ${value}`);
    }
  }
});

const pi = Math.PI;

const edgesOfTwo: Readonly<Record<'pow' | 'atan2', readonly (readonly [number, number, number])[]>> = {
  pow: [
    [0, -3, inf],
    [-0, -3, -inf],
    [0, -2, inf],
    [-0, -2, inf],
    [-0, -0.5, inf],
    [0, -inf, inf],
    [-0, -inf, inf],
    [0, 3, 0],
    [-0, 3, -0],
    [0, 2.5, 0],
    [-0, 2, 0],
    [-0, inf, 0],
    [-1, inf, NaN],
    [-1, -inf, NaN],
    [1, inf, NaN],
    [1, NaN, NaN],
    [1, 5.5, 1],
    [NaN, 0, 1],
    [inf, 0, 1],
    [0, -0, 1],
    [-2, 0.5, NaN],
    [-inf, 0.5, inf],
    [0.5, -inf, inf],
    [1.5, -inf, 0],
    [0.5, inf, 0],
    [1.5, inf, inf],
    [-inf, -3, -0],
    [-inf, -2, 0],
    [-inf, -2.5, 0],
    [-inf, 3, -inf],
    [-inf, 2, inf],
    [-inf, 2.5, inf],
    [inf, -1, 0],
    [inf, 1e-300, inf],
    [NaN, 1, NaN],
    [2, NaN, NaN],
    [2, 1024, inf],
    [2, -1074, small],
    [2, -1076, 0],
    [-2, 1025, -inf],
    [-2, -1077, -0],
    [-8, 3, -512],
    [10, 308, 1e308],
    [2 ** 53, 3, 2 ** 159],
    [large, 1, large],
    [small, 1, small],
    [-1, 2 ** 53, 1],
    [-1, 2 ** 53 - 1, -1],
    [0.9, 1e300, 0],
  ],
  atan2: [
    [0, -0, pi],
    [-0, -0, -pi],
    [0, 0, 0],
    [-0, 0, -0],
    [0, -1, pi],
    [-0, -1, -pi],
    [0, 1, 0],
    [-0, 1, -0],
    [-1, 0, -pi / 2],
    [1, -0, pi / 2],
    [1, -inf, pi],
    [-1, -inf, -pi],
    [1, inf, 0],
    [-1, inf, -0],
    [inf, 5, pi / 2],
    [-inf, -5, -pi / 2],
    [inf, -inf, 0.75 * pi],
    [-inf, -inf, -0.75 * pi],
    [inf, inf, pi / 4],
    [-inf, inf, -pi / 4],
    [NaN, 1, NaN],
    [1, NaN, NaN],
    [0, NaN, NaN],
    [small, 1, small],
    [small, small, pi / 4],
    [large, large, pi / 4],
    [small, large, 0],
    [large, small, pi / 2],
    [-small, -large, -pi],
  ],
};

test('pow and atan2 have the values of IEEE 754, C and ECMAScript at the edges', () => {
  for (const arithmetic of arithmetics) {
    for (const name of ['pow', 'atan2'] as const) {
      const cases = edgesOfTwo[name];
      const values = compute(
        name,
        arithmetic,
        cases.map(([x, y]) => [x, y]),
      );
      for (const [i, [x, y, value]] of cases.entries())
        assert.ok(Object.is(values[i], value), `${name}(${x}, ${y}) is ${values[i]}, not ${value}`);
    }
  }
});

/** As in laws of friction, heat transfer and weirs, and near the end of the range. */
const exponents = [0.8, 1.852, -0.2, 1 / 3, 0.25, -0.75, 1.2, 1, -1, 1.9999, -2, 0.001];

test('a power with a constant exponent from -2 to 2 is as exact as any', () => {
  for (const exponent of exponents) {
    const isFinite = ([x]: readonly [number, number]): boolean => Math.abs(exponent * Math.log2(x)) < 1020;
    const points = pointsFor('log', 500, 20_261_122).filter(isFinite);
    const values = computeBy((v, x) => moderatePower(v, x, exponent) ?? x, 'relaxed', points);
    for (const [i, [x]] of points.entries()) {
      const ulp = errorInUlp(values[i] ?? NaN, exact.pow(x, exponent));
      assert.ok(ulp <= 1.8, `${x} to the power of ${exponent} is off by ${ulp} ulp`);
    }
  }
});

test('a power with a constant exponent has the values of any power at the edges', () => {
  const xs = [0, -0, 1, -1, inf, -inf, NaN, small, -small, large, -large, -2.5, 2 ** -1040];
  for (const exponent of exponents) {
    const points = xs.map((x): [number, number] => [x, exponent]);
    const values = computeBy((v, x) => moderatePower(v, x, exponent) ?? x, 'relaxed', points);
    const expected = compute('pow', 'relaxed', points);
    for (const [i, x] of xs.entries()) {
      const apart = Math.abs((values[i] ?? NaN) / (expected[i] ?? NaN) - 1);
      assert.ok(Object.is(values[i], expected[i]) || apart < 1e-15, `${x} to the power of ${exponent}`);
    }
  }
});
