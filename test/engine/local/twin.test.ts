/** A twin inside a program: against the closed form of cooling, exp(−t/τ). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineModel } from '../../../src/core/model/index.ts';
import { createTwin } from '../../../src/engine/index.ts';

const cup = defineModel({
  gemel: 1,
  model: 'cup',
  version: '1.0.0',
  inputs: { ambient: { unit: 'degC', min: -40, max: 60 } },
  parameters: { tau: { unit: 'min', value: 10 } },
  states: { temperature: { unit: 'degC', start: 90, max: 100 } },
  equations: { excess: 'temperature - ambient', 'der(temperature)': '-excess / tau' },
  measurements: { probe: { equals: 'temperature', unit: 'degF' } },
  when: { drinkable: { condition: 'temperature < 60 [degC]', raise: 'ready', severity: 'info' } },
});

function near(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

test('cools as the closed form says', () => {
  const twin = createTwin(cup, { parameters: { tau: 5 }, inputs: { ambient: 20 } });
  for (let i = 0; i < 10; i++) twin.step(30);
  near(twin.state('temperature'), 20 + 70 * Math.exp(-1));
  near(twin.output('excess'), 70 * Math.exp(-1));
  near(twin.elapsedSeconds, 300);
  near(twin.expected('probe'), (20 + 70 * Math.exp(-1)) * 1.8 + 32);
  near(twin.compare('probe', twin.expected('probe') + 3), 3);
  assert.equal(twin.snapshot().tick, 10);
  near(twin.snapshot().measurement('probe').innovation ?? 0, 3);
});

test('says which `when` clauses fired in the last step', () => {
  const twin = createTwin(cup, { inputs: { ambient: 20 }, start: { temperature: 61 } });
  const fired = Array.from({ length: 4 }, () => {
    twin.step(10);
    return twin.fired.map(({ name }) => name);
  });
  // 41·exp(−t/600) falls below 40 at 600·ln(41/40) = 14.8 s.
  assert.deepEqual(fired, [[], ['drinkable'], [], []]);
});

test('an input can be changed at any time, and is seen at once', () => {
  const twin = createTwin(cup, { inputs: { ambient: 20 } });
  twin.set('ambient', 30);
  near(twin.output('excess'), 60);
});

test('throws on misuse and is then as before', () => {
  const twin = createTwin(cup);
  assert.throws(() => twin.step(1), { code: 'TWIN_WAITING' });
  assert.throws(() => twin.set('ambient', 61), { code: 'VALUE_OUT_OF_BOUNDS' });
  assert.throws(() => twin.set('ambient', Number.NaN), { code: 'VALUE_OUT_OF_BOUNDS' });
  twin.set('ambient', 20);
  for (const seconds of [0, -1, Number.NaN, 1e12])
    assert.throws(() => twin.step(seconds), { code: 'DURATION_RANGE' });
  // @ts-expect-error: the compiler knows the names.
  assert.throws(() => twin.set('ambeint', 1), { code: 'SIGNAL_UNKNOWN', hint: 'did you mean `ambient`?' });
  // @ts-expect-error: here, too.
  assert.throws(() => createTwin(cup, { parameters: { taw: 1 } }), { code: 'SIGNAL_UNKNOWN' });
  assert.throws(() => createTwin(cup, { start: { temperature: 101 } }), { code: 'VALUE_OUT_OF_BOUNDS' });
  near(twin.state('temperature'), 90);
});

test('a step that would leave the finite numbers is not taken', () => {
  const runaway = defineModel({
    gemel: 1,
    model: 'runaway',
    version: '1.0.0',
    units: 'unchecked',
    inputs: { by: { unit: '1', default: 2 } },
    states: { x: { unit: '1', start: 1 } },
    equations: { 'next(x)': 'x / by' },
  });
  const twin = createTwin(runaway);
  twin.step(1);
  twin.set('by', 0);
  assert.throws(() => twin.step(1), { code: 'STEP_NOT_FINITE', message: /`x` would leave/ });
  assert.equal(twin.state('x'), 0.5);
  twin.set('by', 2);
  twin.step(1);
  assert.equal(twin.state('x'), 0.25);
});
