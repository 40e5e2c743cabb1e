/** What is told of a model before it runs, against models whose modes and structure are known. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { javascriptBackend } from '../../../src/core/kernel/index.ts';
import type { Model } from '../../../src/core/model/index.ts';
import { compileModelDocument } from '../../../src/core/model/index.ts';
import { explainModel, simulate } from '../../../src/core/solve/index.ts';
import { modelOf, mul, sub } from './models.ts';

const explain = (model: Model) => explainModel(model, { backend: javascriptBackend });

const near = (got: number | null | undefined, want: number, within: number): void =>
  assert.ok(Math.abs((got ?? NaN) - want) <= within, `${got}, not ${want}`);

test('equations come in the order in which they are computed', () => {
  const { model } = compileModelDocument({
    gemel: 1,
    model: 'chain',
    version: '1.0.0',
    units: 'unchecked',
    states: { x: { unit: '1', start: 1 } },
    equations: { 'der(x)': 'c', c: 'b + 1', a: '2 * x', b: 'a - 3' },
  });
  assert.ok(model !== undefined);
  const { equations, operations } = explain(model);
  assert.deepEqual(
    equations.map(({ target }) => target),
    ['a', 'b', 'c', 'der(x)'],
  );
  assert.equal(operations.derivatives, 3);
  assert.ok((operations.substep ?? 0) > 12);
});

test('the structure of the Jacobian leaves out what does not depend, and states that rest', () => {
  const { jacobian } = explain(
    modelOf({
      states: {
        a: { start: 1, der: mul('b', 'b') },
        rest: { start: 1, der: 0 },
        b: { start: 1, der: sub(0, 'b') },
        count: { start: 0, next: 'count' },
      },
    }),
  );
  assert.deepEqual(jacobian.states, ['a', 'b']);
  assert.deepEqual(jacobian.places, [
    [0, 1],
    [1, 1],
  ]);
});

test('modes and stable steps of a fast and a slow decay are those of the theory', () => {
  const { start, largestStableStep, method } = explain(
    modelOf({
      method: 'auto',
      states: { fast: { start: 1, der: mul(-5000, 'fast') }, slow: { start: 1, der: mul(-0.5, 'slow') } },
    }),
  );
  assert.deepEqual(start.eigenvalues, [
    { re: -5000, im: 0 },
    { re: -0.5, im: 0 },
  ]);
  near((start.fastest ?? 0) / (start.slowest ?? 1), 10_000, 1e-6);
  near(largestStableStep.euler, 2 / 5000, 1e-9);
  near(largestStableStep.rk4, 2.785293563405282 / 5000, 1e-9); // the real root of |R| = 1, Hairer & Wanner II, IV.2
  assert.equal(method.taken, 'tsit5, then rodas5p');
  assert.match(method.why, /10000 times as fast/);
});

test('an undamped swing is stable for no step of Euler, and up to √8 for Runge–Kutta', () => {
  const { largestStableStep, start } = explain(
    modelOf({ states: { x: { start: 1, der: mul(2, 'v') }, v: { start: 0, der: mul(-2, 'x') } } }),
  );
  near(start.eigenvalues?.[0]?.im, 2, 1e-12);
  assert.equal(largestStableStep.euler, 0);
  near(largestStableStep.rk4, Math.sqrt(8) / 2, 1e-6);
});

test('the largest stable step is just that: a little more grows, a little less decays', () => {
  const chain = {
    a: { start: 1, der: sub(mul(-3, 'a'), mul(40, 'b')) },
    b: { start: 0, der: sub(mul(30, 'a'), mul(4, 'b')) },
  };
  for (const method of ['euler', 'rk4'] as const) {
    const step = explain(modelOf({ states: chain })).largestStableStep[method] ?? NaN;
    const sizeAfter = (factor: number): number => {
      const model = modelOf({ method, step: step * factor * (1 + 1e-12), states: chain });
      const seconds = step * factor * 10_000;
      return Math.abs(simulate(model, { seconds, tickSeconds: step * factor }).values[0]?.at(-1) ?? NaN);
    };
    assert.ok(sizeAfter(0.98) < 0.1, `${method} decays`);
    assert.ok(!(sizeAfter(1.02) < 10), `${method} grows`);
  }
});

test('a step that is unstable for its method is told with the largest that is not', () => {
  const { method } = explain(modelOf({ step: 0.1, states: { x: { start: 1, der: mul(-100, 'x') } } }));
  assert.match(method.why, /its step of 0\.1 s is unstable at the start: at most 0\.0279 s is stable/);
});

test('nothing limits the step of what only grows or only ticks', () => {
  const grows = explain(modelOf({ states: { x: { start: 1, der: 'x' } } }));
  assert.deepEqual(grows.largestStableStep, { euler: null, rk4: null, tsit5: null });
  const ticks = explain(modelOf({ states: { n: { start: 0, next: 'n' } } }));
  assert.deepEqual(ticks.start.eigenvalues, []);
});

test('inputs without a default are named', () => {
  const model = modelOf({
    inputs: { u: { min: 2 }, w: { default: 3 } },
    states: { x: { start: 1, der: mul('u', mul('w', sub(0, 'x'))) } },
  });
  const { start } = explain(model);
  assert.deepEqual(start.guessedInputs, ['u']);
  near(start.fastest, 6, 1e-12);
});
