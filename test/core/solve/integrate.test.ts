/** The integrators: order of convergence against closed forms. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../../src/core/model/index.ts';
import { simulate } from '../../../src/core/solve/index.ts';
import type { Sketch } from './models.ts';
import { mul, modelOf, sub, un } from './models.ts';

/** The last value of a state after `seconds`. */
function endOf(model: Model, state: string, seconds: number): number {
  const { names, values } = simulate(model, { seconds, tickSeconds: seconds });
  return values[names.indexOf(state)]?.at(-1) ?? NaN;
}

/** Observed order: log₂ of how much the error shrinks when the step is halved. */
function order(sketch: Sketch, state: string, exact: number, steps: number): number {
  const error = (n: number): number => Math.abs(endOf(modelOf({ ...sketch, step: 1 / n }), state, 1) - exact);
  return Math.log2(error(steps) / error(2 * steps));
}

const decay: Sketch = { states: { x: { start: 1, der: sub(0, 'x') } } };
const oscillator: Sketch = {
  parameters: { omega: 3 },
  states: { x: { start: 1, der: 'v' }, v: { start: 0, der: sub(0, mul(mul('omega', 'omega'), 'x')) } },
};

test('Runge–Kutta converges with order 4 on a decay, an oscillator and a pure function of time', () => {
  const driven: Sketch = { states: { x: { start: 0, der: un('cos', mul(2, 'time')) } } };
  assert.ok(Math.abs(order(decay, 'x', Math.exp(-1), 10) - 4) < 0.1);
  // Not x: at ωt = 3 its phase error nearly vanishes, and the amplitude error is of order 5.
  assert.ok(Math.abs(order(oscillator, 'v', -3 * Math.sin(3), 20) - 4) < 0.1);
  assert.ok(Math.abs(order(driven, 'x', Math.sin(2) / 2, 10) - 4) < 0.1);
});

test('Euler converges with order 1', () => {
  assert.ok(Math.abs(order({ ...decay, method: 'euler' }, 'x', Math.exp(-1), 100) - 1) < 0.05);
  assert.ok(Math.abs(order({ ...oscillator, method: 'euler' }, 'x', Math.cos(3), 1000) - 1) < 0.05);
});

test('one step is what the method says', () => {
  const h = 0.1;
  const taylor = 1 - h + h ** 2 / 2 - h ** 3 / 6 + h ** 4 / 24; // RK4 on x' = −x
  assert.ok(Math.abs(endOf(modelOf(decay), 'x', h) - taylor) <= 2 ** -53);
  assert.equal(endOf(modelOf({ ...decay, method: 'euler' }), 'x', h), 0.9);
});

test('a state with derivative 0 keeps every bit', () => {
  const model = modelOf({ states: { x: { start: -0, der: 0 }, y: { start: 0.1, der: 0 } } });
  assert.ok(Object.is(endOf(model, 'x', 10), -0));
  assert.equal(endOf(model, 'y', 10), 0.1);
});

test('a tank that runs empty within a step keeps its square root in the bounds', () => {
  const tank = { start: 1, min: 0, der: mul(-0.5, un('sqrt', 'level')) };
  const model = modelOf({ step: 0.3, states: { level: tank } });
  const { time, values, stopped } = simulate(model, { seconds: 9, tickSeconds: 0.3 });
  assert.equal(stopped, undefined);
  for (const [row, t] of time.entries()) {
    const exact = Math.max(0, 1 - t / 4) ** 2; // Torricelli: √level falls linearly
    assert.ok(Math.abs((values[0]?.[row] ?? NaN) - exact) < 3e-3, `at ${t} s`);
  }
  assert.equal(values[0]?.at(-1), 0);
});

test('parameters and inputs reach every stage', () => {
  const model = modelOf({
    inputs: { u: { default: 2 } },
    parameters: { k: 0.5 },
    states: { x: { start: 0, der: mul('k', sub('u', 'x')) } },
  });
  assert.ok(Math.abs(endOf(model, 'x', 3) - 2 * (1 - Math.exp(-1.5))) < 1e-7);
});
