/** Linear models: the filter is the Kalman filter, to the last digits. */

import assert from 'node:assert/strict';
import test from 'node:test';
import type { Matrix } from './filter.ts';
import { compiled, Filtered, product, rungeKuttaStep, Textbook } from './filter.ts';
import { near } from './near.ts';

/** A mass on a spring, its position measured, the pull unknown: 3 states, one at rest. */
const oscillator = (method: string, solver: string) =>
  compiled(`
solver: { ${solver} }
filter: { method: ${method}, gate: 1e6 }
states:
  position: { unit: m, start: 1, uncertainty: 0.3 }
  speed: { unit: m/s, start: 0, uncertainty: 0.5, noise: "0.2" }
  pull: { unit: m/s2, start: 0.1, uncertainty: 0.4, noise: "0.01" }
equations:
  der(position): speed
  der(speed): pull - 2 * position - 0.3 * speed
  der(pull): 0
measurements:
  position: { equals: position + 0.1 * pull, unit: m, noise: 0.05 }
  speed: { equals: speed - 0.5, unit: m/s, noise: 0.4 }
`);
const dynamics: Matrix = [
  [0, 1, 0],
  [-2, -0.3, 1],
  [0, 0, 0],
];
const start = { x: [1, 0, 0.1], p: diagonal([0.09, 0.25, 0.16]) };

function diagonal(values: readonly number[]): number[][] {
  return values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));
}

/** Any numbers that could be samples. */
function sample(k: number, measurement: number): number {
  return Math.cos(1.3 * k + measurement) + 0.2 * Math.sin(7.1 * k * (measurement + 1));
}

function agree(filter: Filtered, reference: Textbook, tolerance: number): void {
  for (const [i, value] of reference.x.entries()) near(filter.mean[i], value, tolerance, `mean ${i}`);
  for (const [i, row] of filter.covariance.entries()) {
    for (const [j, value] of row.entries()) {
      const size = Math.sqrt((reference.p[i]?.[i] ?? 0) * (reference.p[j]?.[j] ?? 0));
      near(value / size, (reference.p[i]?.[j] ?? NaN) / size, tolerance, `covariance ${i}, ${j}`);
    }
  }
}

/** 200 ticks of 0.2 s beside the textbook; the second sensor is read every third time. */
function runBeside(filter: Filtered, f: Matrix, tolerance: number): void {
  const reference = new Textbook(start.x, start.p);
  const q = diagonal([0, 0.04 * 0.2, 1e-4 * 0.2]);
  for (let k = 1; k <= 200; k++) {
    reference.predict(f, q);
    const [position, speed] = [sample(k, 0), k % 3 === 0 ? sample(k, 1) : NaN];
    filter.tick(0.2, [position, speed]);
    const { y, s } = reference.correct([1, 0, 0.1], 0.05 ** 2, position);
    if (k % 3 === 0) reference.correct([0, 1, 0], 0.4 ** 2, speed + 0.5);
    agree(filter, reference, tolerance);
    near(filter.innovation(0).value, y, tolerance);
    near(filter.innovation(0).deviation, Math.sqrt(s), tolerance);
  }
}

const methods = ['unscented', 'extended', 'ensemble'];

for (const method of methods) {
  test(`${method}: with fixed steps a linear model gives the Kalman filter of its discrete steps`, () => {
    const step = rungeKuttaStep(dynamics, 0.05);
    const f = product(product(step, step), product(step, step));
    runBeside(new Filtered(oscillator(method, 'step: 50 ms')), f, 1e-10);
  });

  test(`${method}: with Euler steps too`, () => {
    const step = dynamics.map((row, i) => row.map((value, j) => (i === j ? 1 : 0) + 0.1 * value));
    runBeside(new Filtered(oscillator(method, 'method: euler, step: 100 ms')), product(step, step), 1e-10);
  });

  test(`${method}: solvers with steps of their own give the Kalman filter of the exact motion, to their tolerance`, () => {
    // Exact to 1e-13: 32 steps of order 4 in 0.2 s.
    let f = rungeKuttaStep(dynamics, 0.2 / 32);
    for (let doubled = 0; doubled < 5; doubled++) f = product(f, f);
    for (const solver of ['tsit5', 'rodas5p', 'auto']) {
      runBeside(new Filtered(oscillator(method, `method: ${solver}, tolerance: 1e-10`)), f, 1e-7);
    }
  });

  test(`${method}: discrete states with a period of their own get their noise as often as they are updated`, () => {
    const model = compiled(`
solver: { step: 100 ms }
filter: { method: ${method} }
states:
  slow: { unit: "1", start: 1, every: 500 ms, noise: "0.3", uncertainty: 0.2 }
  fast: { unit: "1", start: 2, every: 100 ms, noise: "0.1", uncertainty: 0.4 }
equations:
  next(slow): 0.9 * slow + 0.2 * fast
  next(fast): 0.7 * fast
measurements:
  both: { equals: slow + fast, unit: "1", noise: 0.5 }
`);
    const filter = new Filtered(model);
    const reference = new Textbook([1, 2], diagonal([0.04, 0.16]));
    for (let k = 1; k <= 60; k++) {
      filter.tick(0.1, [NaN]);
      const isDue = k % 5 === 0;
      const f = [isDue ? [0.9, 0.2] : [1, 0], [0, 0.7]];
      reference.predict(f, diagonal([isDue ? 0.09 : 0, 0.01]));
      if (k % 4 === 0) {
        filter.correct([Math.sin(k)]);
        reference.correct([1, 1], 0.25, Math.sin(k));
      }
      agree(filter, reference, 1e-10);
    }
  });

  test(`${method}: discrete states are updated with their noise once a tick`, () => {
    const model = compiled(`
filter: { method: ${method} }
inputs: { drive: { unit: "1", default: 0.3 } }
states:
  a: { unit: "1", start: 1, noise: "0.3", uncertainty: 0.2 }
  b: { unit: "1", start: 0, uncertainty: 1, noise: "0.001" }
equations:
  next(a): 0.9 * a + b + drive
  next(b): 0.5 * b
measurements:
  a: { equals: 2 * a, unit: "1", noise: 0.5 }
`);
    const filter = new Filtered(model);
    const reference = new Textbook([1, 0], diagonal([0.04, 1]));
    for (let k = 1; k <= 50; k++) {
      filter.tick(1, [Math.cos(k)]);
      reference.predict(
        [
          [0.9, 1],
          [0, 0.5],
        ],
        diagonal([0.09, 1e-6]),
        [0.3, 0],
      );
      reference.correct([2, 0], 0.25, Math.cos(k));
      agree(filter, reference, 1e-10);
    }
  });
}

test('what is known exactly and has no noise stays out of the covariance', () => {
  const model = compiled(`
states:
  known: { unit: "1", start: 1 }
  driven: { unit: "1", start: 0 }
  unknown: { unit: "1", start: 0, uncertainty: 1 }
  counter: { unit: "1", start: 0 }
equations:
  der(known): -known
  der(driven): unknown - driven
  der(unknown): 0
  next(counter): counter + 1
measurements:
  driven: { equals: driven, unit: "1", noise: 0.1 }
`);
  const filter = new Filtered(model);
  // States at rest come first.
  assert.deepEqual(filter.estimator.layout.estimated, [2, 1]);
  for (let k = 1; k <= 20; k++) filter.tick(0.5, [1 - Math.exp(-0.5 * k)]);
  near(filter.mean[0], Math.exp(-10), 1e-6);
  near(filter.mean[1], 1, 1e-3);
  near(filter.mean[2], 1, 0.05);
  assert.equal(filter.mean[3], 20);
});
