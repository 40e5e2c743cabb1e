/** The ensemble: what it is at the start, that it keeps its shape, and models with many states. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import { checkObservability, createEstimator } from '../../../src/core/estimate/index.ts';
import { javascriptBackend, webAssemblyBackend } from '../../../src/core/kernel/index.ts';
import { compiled, Filtered } from './filter.ts';
import { near } from './near.ts';

/** The members of a filter, one an estimated state: mean + S·W. */
function members(filter: Filtered, row: number): number[] {
  const { layout } = filter.estimator;
  const n = layout.estimated.length;
  const mean = filter.mean[layout.estimated[row] ?? -1] ?? NaN;
  return Array.from({ length: layout.memberCount }, (_, m) => {
    let value = mean;
    for (let j = 0; j <= row; j++) {
      value += filter.factor(row, j) * (filter.memory[layout.members + m * n + j] ?? NaN);
    }
    return value;
  });
}

function moments(values: readonly number[]): { mean: number; variance: number; skewness: number } {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const power = (k: number): number => values.reduce((sum, value) => sum + (value - mean) ** k, 0);
  const variance = power(2) / (values.length - 1);
  return { mean, variance, skewness: power(3) / values.length / variance ** 1.5 };
}

test('the members have just the mean and the covariance of the belief', () => {
  const filter = new Filtered(
    compiled(`
filter: { method: ensemble, members: 20 }
states:
  a: { unit: "1", start: 3, uncertainty: 2 }
  b: { unit: "1", start: -1, uncertainty: 0.5, noise: "0.1" }
equations:
  der(a): 0.1 * b * a
  der(b): -b
measurements: { a: { equals: a * b, unit: "1", noise: 1 } }
`),
  );
  for (let k = 0; k < 20; k++) {
    for (const row of [0, 1]) {
      const state = filter.estimator.layout.estimated[row] ?? -1;
      const { mean, variance } = moments(members(filter, row));
      near(mean, filter.mean[state], 1e-12);
      near(variance, filter.covariance[state]?.[state], 1e-12);
    }
    filter.tick(0.2, [Math.sin(k)]);
  }
});

test('members remember that they came a crooked way', () => {
  // x′ = x²/10 stretches what is above the mean; with members drawn anew each tick, the skewness would be lost.
  const filter = new Filtered(
    compiled(`
filter: { method: ensemble, members: 200 }
states: { x: { unit: "1", start: 1, uncertainty: 0.3 } }
equations: { der(x): 0.1 * x^2 }
measurements: { x: { equals: x, unit: "1", noise: 1 } }
`),
  );
  const before = moments(members(filter, 0)).skewness;
  for (let k = 0; k < 40; k++) filter.tick(0.1, [NaN]);
  // Each member is where it would have gone alone: x(t) = x₀/(1 − x₀·t/10).
  const start = members(new Filtered(filter.model), 0);
  const alone = start.map((x) => x / (1 - 0.4 * x));
  const now = moments(members(filter, 0));
  near(now.mean, moments(alone).mean, 1e-6);
  near(now.variance, moments(alone).variance, 1e-6);
  near(now.skewness, moments(alone).skewness, 1e-5);
  assert.ok(now.skewness > before + 0.3, `${now.skewness}`);
});

test('a rod of sixty cells is estimated from three sensors', () => {
  const cells = Array.from({ length: 60 }, (_, i) => i);
  const flow = (i: number): string => (i < 0 || i > 59 ? `u${i < 0 ? 0 : 59}` : `u${i}`);
  const model = compiled(`
solver: { step: 100 ms }
filter: { method: ensemble, members: 120, gate: 1e6 }
states:
${cells.map((i) => `  u${i}: { unit: "1", start: 0, uncertainty: 1, noise: "0.01" }`).join('\n')}
equations:
${cells.map((i) => `  der(u${i}): 2 * (${flow(i - 1)} - 2 * u${i} + ${flow(i + 1)})`).join('\n')}
measurements:
  left: { equals: u5, unit: "1", noise: 0.05 }
  middle: { equals: u30, unit: "1", noise: 0.05 }
  right: { equals: u54, unit: "1", noise: 0.05 }
`);
  const filter = new Filtered(model, webAssemblyBackend('strict'));
  for (let k = 0; k < 60; k++) filter.tick(1, [1, 2, 1]);
  assert.ok(filter.mean.every(Number.isFinite));
  near(filter.mean[30], 2, 0.1);
  assert.ok((filter.mean[17] ?? NaN) > 1 && (filter.mean[17] ?? NaN) < 2, `${filter.mean[17]}`);
  for (let row = 0; row < 60; row++) assert.ok(filter.factor(row, row) > 0);
});

test('a filter that is too large to unroll points to the ensemble; what its sensors can tell is told all the same', () => {
  const cells = Array.from({ length: 70 }, (_, i) => i);
  const model = compiled(`
solver: { step: 1 s }
states:
${cells.map((i) => `  u${i}: { unit: "1", start: 0, uncertainty: 1, noise: "0.01" }`).join('\n')}
equations:
${cells.map((i) => `  der(u${i}): 0.3 * (u${Math.max(i - 1, 0)} - u${i})`).join('\n')}
measurements: { last: { equals: u69, unit: "1", noise: 0.1 } }
`);
  assert.throws(
    () => createEstimator(model, { backend: javascriptBackend }),
    (error: unknown) => {
      assert.ok(error instanceof GemelError);
      assert.equal(error.code, 'MODEL_TOO_LARGE');
      assert.match(error.hint ?? '', /method: ensemble/);
      return true;
    },
  );
  const { states } = checkObservability(model, { backend: javascriptBackend });
  assert.equal(states.length, 70);
  assert.equal(states[69]?.verdict, 'told');
});

test('an ensemble that cannot span the uncertain states is refused', () => {
  const states = Array.from({ length: 5 }, (_, i) => `  x${i}: { unit: "1", start: 0, uncertainty: 1 }`);
  const equations = Array.from({ length: 5 }, (_, i) => `  der(x${i}): 0`);
  assert.throws(
    () =>
      compiled(`
filter: { method: ensemble, members: 5 }
states:
${states.join('\n')}
equations:
${equations.join('\n')}
measurements: { x: { equals: x0, unit: "1", noise: 1 } }
`),
    /5 members cannot span 5 uncertain states/,
  );
});
