/** How sure a belief is of a health: the closed forms of linear and nonlinear quantities, correlation included. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultBackend, javascriptBackend } from '../../../src/core/kernel/index.ts';
import { compiled, Filtered } from './filter.ts';

const model = compiled(`
states:
  a: { unit: "1", start: 2, uncertainty: 3 }
  b: { unit: "1", start: 5, uncertainty: 4 }
  known: { unit: "1", start: 7 }
equations:
  der(a): 0
  der(b): 0
  next(known): known + 1
  sum: a + b
  product: a * b
  scaled: known * b
measurements:
  seen: { equals: a + b, unit: "1", noise: 1 }
health:
  of_state: { of: a, nominal: 10, fails: below 0 }
  of_sum: { of: sum, nominal: 10, fails: below 0 }
  of_product: { of: product, nominal: 100, fails: below 0 }
  of_scaled: { of: scaled, nominal: 100, fails: below 0 }
  of_known: { of: known, nominal: 0, fails: above 100 }
`);

const deviations = ({ memory, estimator: { layout } }: Filtered): number[] =>
  model.health.map((_, index) => memory[layout.healthDeviations + index] ?? NaN);

function near(actual: readonly number[], expected: readonly number[]): void {
  for (const [index, value] of expected.entries()) {
    assert.ok(
      Math.abs((actual[index] ?? NaN) - value) < 1e-12 * Math.max(1, value),
      `${index}: ${actual[index]}, not ${value}`,
    );
  }
}

test('is not known before anything was looked at', () => {
  assert.ok(deviations(new Filtered(model)).every(Number.isNaN));
});

for (const backend of [javascriptBackend, defaultBackend()]) {
  test(`follows from the covariance by the chain rule, with ${backend.arithmetic}`, () => {
    const twin = new Filtered(model, backend);
    // √(3² + 4²); the gradient of a·b at (2, 5) is (5, 2): √(15² + 8²); known is 7, then 8 at the end of the tick.
    near(deviations(twin.correct([])), [3, 5, 17, 28, 0]);
    twin.tick(1);
    near(deviations(twin), [3, 5, 17, 32, 0]);
    // A sample of a + b with noise 1 as expected: its variance 25 becomes 25/26, that of a 9 − 81/26; a and b are then correlated.
    twin.correct([7]);
    const covariance = -(9 * 16) / 26;
    const [varA, varB] = [9 - 81 / 26, 16 - 256 / 26];
    near(deviations(twin), [
      Math.sqrt(varA),
      Math.sqrt(25 / 26),
      Math.sqrt(25 * varA + 4 * varB + 20 * covariance),
      8 * Math.sqrt(varB),
      0,
    ]);
  });
}
