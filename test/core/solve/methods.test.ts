/** Trial steps: order of convergence of the step, of its error estimate and of its dense output, on closed forms. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorise, solveFactorised } from '../../../src/core/solve/lu.ts';
import { createRodas5p } from '../../../src/core/solve/rodas5p.ts';
import type { System, Trial } from '../../../src/core/solve/system.ts';
import { createTsit5 } from '../../../src/core/solve/tsit5.ts';

/** x′ = x·cos t − y, y′ = x + y·cos t: a rotation and a swing, x = e^(sin t) cos t, y = e^(sin t) sin t. */
const swing: System = {
  size: 2,
  slopes(t, [x = 0, y = 0], out) {
    out[0] = x * Math.cos(t) - y;
    out[1] = x + y * Math.cos(t);
  },
  jacobian(t, [x = 0, y = 0], byState, byTime) {
    byState.set([Math.cos(t), -1, 1, Math.cos(t)]);
    byTime.set([-x * Math.sin(t), -y * Math.sin(t)]);
  },
};
const swingAt = (t: number): number[] => [
  Math.exp(Math.sin(t)) * Math.cos(t),
  Math.exp(Math.sin(t)) * Math.sin(t),
];

/** x′ = −x²·(1 + t): x = 1 / (1 + t + t²/2), not linear. */
const curved: System = {
  size: 1,
  slopes(t, [x = 0], out) {
    out[0] = -x * x * (1 + t);
  },
  jacobian(t, [x = 0], byState, byTime) {
    byState[0] = -2 * x * (1 + t);
    byTime[0] = -x * x;
  },
};
const curvedAt = (t: number): number[] => [1 / (1 + t + (t * t) / 2)];

const distance = (a: ArrayLike<number>, b: readonly number[]): number =>
  Math.max(...b.map((value, i) => Math.abs((a[i] ?? NaN) - value)));

/** The error at t = 1 after `steps` equal steps. */
function errorAtOne(create: (system: System) => Trial, [system, at]: Case, steps: number): number {
  const trial = create(system);
  const x = Float64Array.from(at(0));
  const slope = new Float64Array(system.size);
  for (let i = 0; i < steps; i++) {
    system.slopes(i / steps, x, slope);
    trial.attempt(i / steps, x, slope, 1 / steps);
    x.set(trial.next);
  }
  return distance(x, at(1));
}

/** Largest error within one step of length h from t = 0.3, and its own estimate of the error at its end. */
function oneStep(create: (system: System) => Trial, [system, at]: Case, h: number) {
  const trial = create(system);
  const x = Float64Array.from(at(0.3));
  const slope = new Float64Array(system.size);
  system.slopes(0.3, x, slope);
  trial.attempt(0.3, x, slope, h);
  const out = new Float64Array(system.size);
  let dense = 0;
  for (const theta of [0.1, 0.35, 0.5, 0.8]) {
    trial.interpolate(theta, out);
    dense = Math.max(dense, distance(out, at(0.3 + theta * h)));
  }
  return { dense, estimate: Math.max(...trial.error.map(Math.abs)), trial };
}

type Case = readonly [System, (t: number) => number[]];

const cases: readonly Case[] = [
  [swing, swingAt],
  [curved, curvedAt],
];

for (const [name, create] of [
  ['tsit5', createTsit5],
  ['rodas5p', createRodas5p],
] as const) {
  test(`${name} converges with order 5`, () => {
    for (const problem of cases) {
      const order = Math.log2(errorAtOne(create, problem, 10) / errorAtOne(create, problem, 20));
      assert.ok(order > 4.6 && order < 6.5, `order ${order}`);
    }
  });

  test(`the error estimate of ${name} shrinks with the fifth power of the step, its dense output too`, () => {
    for (const problem of cases) {
      const [coarse, fine] = [oneStep(create, problem, 0.2), oneStep(create, problem, 0.1)];
      const estimate = Math.log2(coarse.estimate / fine.estimate);
      const dense = Math.log2(coarse.dense / fine.dense);
      assert.ok(estimate > 4.4 && estimate < 6.6, `estimate ${estimate}`);
      assert.ok(dense > 4.4 && dense < 6.6, `dense ${dense}`);
    }
  });

  test(`the dense output of ${name} begins and ends where the step does`, () => {
    const { trial } = oneStep(create, [swing, swingAt], 0.3);
    const out = new Float64Array(2);
    trial.interpolate(0, out);
    assert.ok(distance(out, swingAt(0.3)) < 1e-15);
    trial.interpolate(1, out);
    assert.ok(distance(out, [...trial.next]) < 1e-14);
  });
}

test('rodas5p takes steps a million times longer than the fastest decay', () => {
  const rate = 1e8;
  const stiff: System = {
    size: 1,
    slopes(t, [x = 0], out) {
      out[0] = -rate * (x - Math.cos(t)) - Math.sin(t);
    },
    jacobian(t, _x, byState, byTime) {
      byState[0] = -rate;
      byTime[0] = -rate * Math.sin(t) - Math.cos(t);
    },
  };
  assert.ok(errorAtOne(createRodas5p, [stiff, (t) => [Math.cos(t)]], 50) < 1e-7);
});

test('linear equations with a zero on the diagonal are solved', () => {
  const matrix = Float64Array.of(0, 2, 1, 1, -1, 0, 4, 0, 3);
  const [x, y, z] = [3, -1, 2];
  const b = Float64Array.of(2 * y + z, x - y, 4 * x + 3 * z);
  const pivots = new Int32Array(3);
  assert.ok(factorise(matrix, pivots));
  solveFactorised(matrix, pivots, b);
  assert.ok(distance(b, [x, y, z]) < 1e-15);
});

test('a singular matrix and one that is not finite are told', () => {
  assert.equal(factorise(Float64Array.of(1, 2, 2, 4), new Int32Array(2)), false);
  assert.equal(factorise(Float64Array.of(NaN, 2, 2, 4), new Int32Array(2)), false);
});
