/** A belief made less sure, after a sensor was left out that was right. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { compiled, Filtered } from './filter.ts';
import { near } from './near.ts';

/** Two constants of which the sensor sees the sum, and a third that it does not. */
const constants = compiled(`
states:
  a: { unit: "1", start: 1, uncertainty: 0.3 }
  b: { unit: "1", start: 2, uncertainty: 0.4 }
  c: { unit: "1", start: 3, uncertainty: 0.5 }
equations: { der(a): 0, der(b): 0, der(c): 0 }
measurements:
  sum: { equals: a + b, unit: "1", noise: 0.1 }
`);

test('makes the sample that was left out two deviations away, whatever the covariances were', () => {
  const filtered = new Filtered(constants);
  const { estimator, memory, selection } = filtered;
  const { layout } = estimator;
  filtered.correct([13]);
  assert.equal(memory[layout.rejected], 1);
  const before = filtered.covariance;
  estimator.widen(selection, 0);
  // λ²·(0.3² + 0.4²) + 0.1² = (10/2)².
  const scale = (25 - 0.01) / 0.25;
  for (const [i, row] of filtered.covariance.entries()) {
    for (const [j, value] of row.entries()) near(value, scale * (before[i]?.[j] ?? NaN), 1e-12);
  }
  filtered.correct([13]);
  assert.equal(memory[layout.rejected], 0);
  near(memory[layout.innovationDeviations] ?? NaN, 5, 1e-12);
  // The gain of a is λ²·0.3²/s², of b λ²·0.4²/s².
  const [a = NaN, b = NaN, c = NaN] = filtered.mean;
  near(a, 1 + (10 * scale * 0.09) / 25, 1e-12);
  near(b, 2 + (10 * scale * 0.16) / 25, 1e-12);
  assert.equal(c, 3);
});

test('leaves a belief to the last bit whose last sample was taken, or that the sensor knows nothing of', () => {
  const taken = new Filtered(constants).correct([3.2]);
  const before = taken.memory.slice();
  taken.estimator.widen(taken.selection, 0);
  assert.deepEqual(taken.memory, before);

  const exact = new Filtered(
    compiled(`
states:
  a: { unit: "1", start: 1 }
  b: { unit: "1", start: 1, uncertainty: 1 }
equations: { der(a): 0, der(b): 0 }
measurements:
  a: { equals: a, unit: "1", noise: 0.1 }
  b: { equals: b, unit: "1", noise: 0.1 }
`),
  ).correct([5, NaN]);
  assert.equal(exact.memory[exact.estimator.layout.rejected], 1);
  const known = exact.memory.slice();
  exact.estimator.widen(exact.selection, 0);
  assert.deepEqual(exact.memory, known);
});

test('lets a twin follow a jump that its noise did not foresee, where the gate alone would never', () => {
  const drift = compiled(`
states:
  wear: { unit: "1", start: 0, uncertainty: 0.01, noise: "0.001" }
equations: { der(wear): 0 }
measurements:
  vibration: { equals: 1 + 4 * wear, unit: mm/s, noise: 0.1 }
`);
  const shut = new Filtered(drift);
  const open = new Filtered(drift);
  for (let k = 0; k < 60; k++) {
    for (const filtered of [shut, open]) filtered.tick(1, [k < 20 ? 1 : 4]);
    if (k === 25) {
      open.estimator.widen(open.selection, 0);
      open.correct([4]);
    }
  }
  near(shut.mean[0] ?? NaN, 0, 0.01);
  near(open.mean[0] ?? NaN, 0.75, 0.01);
});
