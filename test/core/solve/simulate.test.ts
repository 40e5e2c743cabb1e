/** Simulations against closed forms, and what is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate, startSimulation } from '../../../src/core/solve/index.ts';
import { add, div, modelOf, mul, sub } from './models.ts';

const heater = modelOf({
  inputs: { power: { min: 0, max: 1000 }, ambient: { default: 20 } },
  parameters: { loss: 5 },
  states: {
    temperature: {
      start: 20,
      max: 400,
      der: div(sub('power', mul('loss', sub('temperature', 'ambient'))), 50),
    },
  },
  outputs: { above: sub('temperature', 'ambient') },
});

/** 20 °C + (P/loss)·(1 − e^(−t/10 s)) */
const exact = (t: number, power: number): number => 20 + (power / 5) * (1 - Math.exp(-t / 10));

test('records states and outputs from the start to the end, and agrees with the closed form', () => {
  const { names, time, values, stopped, fired, units } = simulate(heater, {
    seconds: 30,
    everySeconds: 2,
    inputs: { power: 500 },
  });
  assert.deepEqual(names, ['temperature', 'above']);
  assert.equal(units.length, 2);
  assert.deepEqual(fired, []);
  assert.equal(stopped, undefined);
  assert.equal(time.length, 16);
  for (const [row, t] of time.entries()) {
    assert.ok(Math.abs(t - 2 * row) < 1e-12);
    assert.ok(Math.abs((values[0]?.[row] ?? NaN) - exact(t, 500)) < 1e-7);
    assert.equal(values[1]?.[row], (values[0]?.[row] ?? NaN) - 20);
  }
});

test('parameters, inputs and states may be given by name', () => {
  const given = { parameters: { loss: 10 }, inputs: { power: 0, ambient: 0 }, states: { temperature: 100 } };
  const { values } = simulate(heater, { seconds: 5, ...given });
  assert.equal(values[0]?.[0], 100);
  assert.ok(Math.abs((values[0]?.at(-1) ?? NaN) - 100 * Math.exp(-1)) < 1e-5);
});

test('an input may be a function of time, held over each tick', () => {
  const model = modelOf({ inputs: { u: {} }, states: { x: { start: 0, der: 'u' } }, outputs: { seen: 'u' } });
  const { values } = simulate(model, { seconds: 4, tickSeconds: 1, inputAt: (_, time) => time * time });
  const close = (values[0] ?? []).map((x) => Math.round(x * 1e9) / 1e9);
  assert.deepEqual([...close], [0, 0, 1, 5, 14]); // 0² + 1² + 2² + 3²
  assert.equal(values[1]?.[0], 0);
});

test('where the function says nothing the constant counts, then the default', () => {
  const model = modelOf({
    inputs: { a: { default: 1 }, b: { default: 10 } },
    states: { x: { start: 0, der: 0 } },
    outputs: { sum: add('a', 'b') },
  });
  const inputAt = (name: string, time: number) => (name === 'a' && time >= 1 ? 5 : undefined);
  const { values } = simulate(model, { seconds: 2, tickSeconds: 1, inputs: { b: 100 }, inputAt });
  assert.deepEqual([...(values[1] ?? [])], [101, 101, 105]);
});

test('the last tick is shorter where the time is not a whole number of ticks, and is recorded', () => {
  const { time, values } = simulate(heater, {
    seconds: 2.25,
    tickSeconds: 0.5,
    everySeconds: 1,
    inputs: { power: 100 },
  });
  assert.deepEqual([...time], [0, 1, 2, 2.25]);
  assert.ok(Math.abs((values[0]?.at(-1) ?? NaN) - exact(2.25, 100)) < 1e-7);
});

test('the times recorded are exact over long runs', () => {
  const { time } = simulate(heater, {
    seconds: 1000,
    tickSeconds: 0.1,
    everySeconds: 0.1,
    inputs: { power: 100 },
  });
  assert.equal(time.length, 10_001);
  for (const [row, t] of time.entries()) assert.ok(Math.abs(t - row / 10) < 1e-12);
});

test('stops at the first value that is not finite, and says when and which', () => {
  const model = modelOf({
    step: 0.01,
    states: { fine: { start: 0, der: 1 }, x: { start: 1, der: mul('x', mul('x', 'x')) } },
  });
  const { time, values, stopped } = simulate(model, { seconds: 10, tickSeconds: 0.1 }); // x = 1/√(1 − 2t)
  assert.equal(stopped?.state, 'x');
  assert.ok(stopped.atSeconds > 0.5 && stopped.atSeconds < 0.56, `${stopped.atSeconds}`);
  assert.equal(values[1]?.length, time.length);
  assert.ok(values[1]?.every(Number.isFinite));
});

test('unknown names are refused with the nearest one', () => {
  assert.throws(() => simulate(heater, { seconds: 1, inputs: { pwoer: 1 } }), {
    code: 'SIGNAL_UNKNOWN',
    message: 'test@1.0.0 has no input `pwoer`',
    hint: 'did you mean `power`?',
  });
  assert.throws(() => simulate(heater, { seconds: 1, states: { zzz: 1 } }), { code: 'SIGNAL_UNKNOWN' });
  assert.throws(() => simulate(heater, { seconds: 1, parameters: { toString: 1 } }), {
    code: 'SIGNAL_UNKNOWN',
  });
});

test('an input without value and default is refused', () => {
  assert.throws(() => simulate(heater, { seconds: 1 }), { code: 'INPUT_MISSING', message: /`power`/ });
});

test('values that are not finite or outside the bounds are refused, at the start and under way', () => {
  const refused = { code: 'VALUE_OUT_OF_BOUNDS' };
  assert.throws(() => simulate(heater, { seconds: 1, inputs: { power: 2000 } }), refused);
  assert.throws(() => simulate(heater, { seconds: 1, inputs: { power: NaN } }), refused);
  assert.throws(
    () => simulate(heater, { seconds: 1, inputs: { power: 1 }, states: { temperature: 401 } }),
    refused,
  );
  assert.throws(() => simulate(heater, { seconds: 9, inputAt: (_, time) => (time < 5 ? 1 : -1) }), refused);
});

test('times that are not positive or do not fit each other are refused', () => {
  const inputs = { power: 1 };
  for (const times of [
    { seconds: 0 },
    { seconds: NaN },
    { seconds: Infinity },
    { seconds: 1, tickSeconds: -1 },
    { seconds: 1, everySeconds: 0 },
    { seconds: 10, tickSeconds: 1, everySeconds: 1.5 },
    { seconds: 10, tickSeconds: 1, everySeconds: 0.5 },
  ]) {
    assert.throws(
      () => simulate(heater, { ...times, inputs }),
      { code: 'DURATION_RANGE' },
      JSON.stringify(times),
    );
  }
});

test('more than five million values are refused with what to do', () => {
  assert.throws(() => simulate(heater, { seconds: 1e7, tickSeconds: 1, inputs: { power: 1 } }), {
    code: 'SIMULATION_TOO_LARGE',
    hint: /everySeconds.*factor of 7/,
  });
});

test('progress is told up to the end', () => {
  const told: number[] = [];
  const options = { seconds: 100, inputs: { power: 1 } };
  simulate(heater, {
    ...options,
    onProgress: ({ timeSeconds, seconds }) => told.push(timeSeconds / seconds),
  });
  assert.equal(told.length, 100);
  assert.ok(told.every((part, i) => i === 0 || part > (told[i - 1] ?? NaN)));
  assert.ok(Math.abs((told.at(-1) ?? NaN) - 1) < 1e-12);
});

test('a simulation in pieces gives the bits of one in one piece, and can be looked at in between', () => {
  const options = { seconds: 20, everySeconds: 1, inputs: { power: 300 } };
  const simulation = startSimulation(heater, options);
  simulation.advance(7.2);
  assert.equal(simulation.trajectory().time.at(-1), 7);
  assert.ok(simulation.timeSeconds >= 7.2 && simulation.timeSeconds < 7.71);
  simulation.advance(7.2);
  simulation.advance(Infinity);
  assert.ok(simulation.done);
  assert.deepEqual(simulation.trajectory(), simulate(heater, options));
});
