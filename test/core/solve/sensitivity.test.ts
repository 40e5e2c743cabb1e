/** Derivatives of a tick against closed forms, and against differences of the tick itself. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultBackend, javascriptBackend } from '../../../src/core/kernel/index.ts';
import type { Model } from '../../../src/core/model/index.ts';
import type { Direction } from '../../../src/core/solve/index.ts';
import { createSensitivityStepper } from '../../../src/core/solve/index.ts';
import { add, div, le, lt, modelOf, mul, sub, un } from './models.ts';

/** x' = −x/tau + gain·u, seen through y = x². */
const decay = modelOf({
  step: 0.25,
  inputs: { u: { default: 1 } },
  parameters: { tau: 2, gain: 3 },
  states: { x: { start: 5, der: add(un('neg', div('x', 'tau')), mul('gain', 'u')) } },
  measurements: { y: mul('x', 'x') },
});

/** A ball on a table, with a counter: bounds, resets and discrete updates. */
const ball = modelOf({
  step: 0.05,
  parameters: { g: 9.81, bounce: 0.77, step: 0.3 },
  states: {
    height: { start: 1.137, min: 0, der: 'speed' },
    speed: { start: 0, der: un('neg', 'g') },
    slow: { start: 2, next: add('slow', mul('step', sub('height', 'slow'))) },
    fast: { start: 1, next: mul('fast', 'bounce'), every: 0.1 },
  },
  measurements: { seen: add('slow', mul('fast', 'height')) },
  whens: [
    {
      condition: lt('height', 0),
      resets: { speed: mul(un('neg', 'bounce'), 'speed') },
    },
    { condition: le('fast', 0.5), resets: { fast: mul('bounce', 2) } },
  ],
});

interface Run {
  readonly states: readonly number[];
  readonly predictions: readonly number[];
  /** Column by column. */
  readonly byState: readonly number[];
  readonly byPrediction: readonly number[];
}

function run(
  model: Model,
  directions: readonly Direction[],
  { ticks = 8, backend = javascriptBackend, moved = [] as readonly [Direction, number][] } = {},
): Run {
  const stepper = createSensitivityStepper(model, { backend, directions });
  const { layout } = stepper;
  const capacity = 3;
  const lane = 1;
  const memory = stepper.allocate(capacity);
  const parameters = Float64Array.from(model.parameters, ({ value }) => value);
  const states = Float64Array.from(model.states, ({ start }) => start);
  for (const [{ of, index }, by] of moved) {
    const group = of === 'parameter' ? parameters : states;
    group[index] = (group[index] ?? 0) + by;
  }
  const inputs = Float64Array.from(model.inputs, (input) => input.default ?? 0);
  stepper.initialise(memory, capacity, lane, { parameters, inputs, states });
  const lanes = { memory, capacity, from: lane, to: lane + 1 };
  for (let tick = 0; tick < ticks; tick++) {
    const substeps = stepper.substeps(0.5);
    memory[layout.tickSeconds * capacity + lane] = 0.5;
    memory[layout.stepSeconds * capacity + lane] = 0.5 / substeps;
    stepper.beginTick(lanes);
    stepper.substep(lanes, substeps);
    stepper.endTick(lanes);
    stepper.observe(lanes);
  }
  const read = (from: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => memory[(from + i) * capacity + lane] ?? NaN);
  const q = directions.length;
  return {
    states: read(layout.states, model.states.length),
    predictions: read(layout.predictions, model.measurements.length),
    byState: read(layout.sensitivities, model.states.length * q),
    byPrediction: read(layout.predictionSensitivities, model.measurements.length * q),
  };
}

const everyDirection = (model: Model): Direction[] => [
  ...model.parameters.map((_, index) => ({ of: 'parameter', index }) as const),
  ...model.states.map((_, index) => ({ of: 'start', index }) as const),
];

test('the derivatives of a first-order decay are those of its closed form', () => {
  const { states, byState, byPrediction } = run(decay, everyDirection(decay), { ticks: 8 });
  const [t, tau, gain, start] = [4, 2, 3, 5];
  const fading = Math.exp(-t / tau);
  // x(t) = gain·tau + (start − gain·tau)·exp(−t/tau)
  const byTau = gain - gain * fading + ((start - gain * tau) * fading * t) / tau ** 2;
  const expected = [byTau, tau * (1 - fading), fading];
  for (const [column, value] of expected.entries()) {
    assert.ok(Math.abs((byState[column] ?? NaN) - value) < 2e-5, `column ${column}: ${byState[column]}`);
    const chained = 2 * (states[0] ?? NaN) * (byState[column] ?? NaN);
    assert.ok(Math.abs((byPrediction[column] ?? NaN) - chained) < 1e-12);
  }
});

test('with bounds, resets and discrete updates they are those of the step as it is computed', () => {
  const directions = everyDirection(ball);
  const { byState, byPrediction } = run(ball, directions, { ticks: 6 });
  const h = 1e-6;
  for (const [column, direction] of directions.entries()) {
    const high = run(ball, [], { ticks: 6, moved: [[direction, h]] });
    const low = run(ball, [], { ticks: 6, moved: [[direction, -h]] });
    const expected = [...high.states.keys()].map(
      (i) => ((high.states[i] ?? NaN) - (low.states[i] ?? NaN)) / (2 * h),
    );
    for (const [i, value] of expected.entries()) {
      const got = byState[column * ball.states.length + i] ?? NaN;
      assert.ok(
        Math.abs(got - value) < 1e-7 * (1 + Math.abs(value)),
        `${column}, ${i}: ${got}, not ${value}`,
      );
    }
    const seen = ((high.predictions[0] ?? NaN) - (low.predictions[0] ?? NaN)) / (2 * h);
    assert.ok(Math.abs((byPrediction[column] ?? NaN) - seen) < 1e-7 * (1 + Math.abs(seen)));
  }
});

test('the states are bit for bit those of the step without derivatives', () => {
  assert.deepEqual(run(ball, everyDirection(ball)).states, run(ball, []).states);
});

test('every backend gives the same bits', () => {
  const directions = everyDirection(ball);
  assert.deepEqual(run(ball, directions, { backend: defaultBackend() }), run(ball, directions));
});

test('more columns than one kernel takes go into several, with the same result', () => {
  const many: Direction[] = Array.from({ length: 400 }, (_, i) => ({ of: 'parameter', index: i % 3 }));
  const wide = run(ball, many, { ticks: 2 });
  const narrow = run(ball, many.slice(0, 3), { ticks: 2 });
  assert.deepEqual(wide.states, narrow.states);
  const n = ball.states.length;
  for (let column = 0; column < 400; column++) {
    const from = (column % 3) * n;
    assert.deepEqual(wide.byState.slice(column * n, column * n + n), narrow.byState.slice(from, from + n));
  }
});

test('a method that chooses its steps is refused', () => {
  const adaptive = { ...decay, method: 'tsit5', stepSeconds: Infinity } as const;
  const make = () => createSensitivityStepper(adaptive, { backend: javascriptBackend, directions: [] });
  assert.throws(make, { code: 'METHOD_UNSUITABLE' });
});
