/** Fits by likelihood against the closed form of an autoregression, and against the truth where the machine wanders. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrate, readRecording } from '../../../src/core/calibrate/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import { modelOf, roomModel, roomRecord, tableOf } from './models.ts';

const byLikelihood = { method: 'maximum-likelihood', starts: 1 } as const;

test('the coefficient of an autoregression is that of its closed form, and so is its standard error', () => {
  const model = modelOf({
    units: 'unchecked',
    parameters: { a: { unit: 1, value: 0.5, min: -1, max: 1, calibrate: true } },
    states: { x: { unit: 1, start: 2, noise: '0.3', uncertainty: 1e-9 } },
    equations: { 'next(x)': 'a * x' },
    measurements: { y: { equals: 'x', unit: 1, noise: 1e-6 } },
  });
  const rng = new Rng(4);
  const x = [2];
  for (let k = 0; k < 400; k++) x.push(0.8 * (x[k] ?? 0) + 0.3 * rng.normal());
  const recording = readRecording(model, tableOf({ time: x.map((_, k) => k), y: x }));
  const { estimates, measurements, widened } = calibrate(model, recording, byLikelihood);
  // Given what is measured exactly: a = Σ x_k x_{k+1} / Σ x_k², with the variance q / Σ x_k².
  let cross = 0;
  let squares = 0;
  for (let k = 0; k < 400; k++) {
    cross += (x[k] ?? 0) * (x[k + 1] ?? 0);
    squares += (x[k] ?? 0) ** 2;
  }
  const [a] = estimates;
  assert.ok(a !== undefined && Math.abs(a.value - cross / squares) < 1e-6, `${a?.value}`);
  assert.ok(Math.abs(a.standardError - 0.3 / Math.sqrt(squares)) < 1e-6);
  assert.equal(widened, false);
  assert.equal(measurements[0]?.whiteness?.isWhite, true);
});

test('where the machine wanders, the likelihood finds what an open loop takes for the machine', () => {
  // A tank that leaks by chance: its level wanders, and in open loop every parameter bends to follow.
  const model = modelOf({
    units: 'unchecked',
    inputs: { u: { unit: 1 } },
    parameters: {
      rate: { unit: 1, value: 0.03, min: 0.001, max: 1, calibrate: true },
      gain: { unit: 1, value: 1, min: 0.1, max: 10, calibrate: true },
    },
    states: { x: { unit: 1, start: 0, noise: '0.05 1/s^0.5', uncertainty: 0.1 } },
    equations: { 'der(x)': 'gain * u - rate * x' },
    measurements: { y: { equals: 'x', unit: 1, noise: 0.02 } },
  });
  const rng = new Rng(11);
  const time = Array.from({ length: 500 }, (_, k) => k);
  const u = time.map((k) => (Math.floor(k / 40) % 2 === 0 ? 0.1 : 0));
  const y: number[] = [];
  let x = 0;
  for (const k of time) {
    y.push(x + 0.02 * rng.normal());
    const end = (2 * (u[k] ?? 0)) / 0.1;
    x = end + (x - end) * Math.exp(-0.1) + 0.05 * rng.normal();
  }
  const recording = readRecording(model, tableOf({ time, u, y }));
  const { estimates } = calibrate(model, recording, byLikelihood);
  for (const { unknown, low, high, value } of estimates) {
    const truth = unknown.name === 'rate' ? 0.1 : 2;
    assert.ok(low < truth && truth < high, `${unknown.name} = ${value}`);
    assert.ok(high - low < truth / 2);
  }
});

test('a model whose measurements have no noise has no likelihood', () => {
  const recording = readRecording(roomModel, tableOf(roomRecord({ seed: 1 })));
  assert.throws(() => calibrate(roomModel, recording, byLikelihood), { code: 'FILTER_MISSING' });
});
