/** Normalised innovations squared against χ², and values that stand still with and without a reason. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addToNis,
  createSensorMonitor,
  instantProbability,
  judgeNis,
  nisWidth,
  suspicions,
} from '../../../src/core/detect/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';

test('the innovations of an instant are judged together', () => {
  assert.ok(Math.abs(instantProbability(9.487729036781154, 4) - 0.05) < 1e-12); // the usual table of χ²
  assert.equal(instantProbability(0, 3), 1);
});

test('a window of one weight has the limits of the table', () => {
  const memory = new Float64Array(nisWidth);
  for (let i = 0; i < 100; i++)
    addToNis(memory, 0, { time: 7, normalised: i % 2 === 0 ? 1 : -1, forget: 60 });
  const { mean, degrees, low, high } = judgeNis(memory, 0, 0.05);
  assert.equal(mean, 1);
  assert.equal(degrees, 100);
  // Bar-Shalom, Li & Kirubarajan (2001), example 5.4.2-1: the 95 % region of χ²(100) is [74.2, 129.6].
  assert.ok(Math.abs(low - 0.742) < 5e-4 && Math.abs(high - 1.296) < 5e-4, `${low} … ${high}`);
});

test('a window that forgets has its mean within the limits as often as stated', () => {
  const rng = new Rng(8);
  let outside = 0;
  const windows = 2000;
  for (let window = 0; window < windows; window++) {
    const memory = new Float64Array(nisWidth);
    for (let time = 0; time < 60; time++) addToNis(memory, 0, { time, normalised: rng.normal(), forget: 12 });
    const { mean, low, high } = judgeNis(memory, 0, 0.1);
    if (mean < low || mean > high) outside += 1;
  }
  assert.ok(Math.abs(outside / windows - 0.1) < 3 * Math.sqrt(0.09 / windows), `${outside / windows}`);
});

test('a coarse sensor at rest is not stuck; one that stands while the machine moves is', () => {
  const monitor = createSensorMonitor({ falseAlarmSeconds: 30 * 86_400, learnSamples: 100 });
  const rng = new Rng(9);
  const memory = new Float64Array(monitor.width);
  const noise = 0.1;
  let bits = 0;
  const sample = (time: number, machine: number, value: number) => {
    const fields = { deviation: 0.3, noise, rejected: false };
    return monitor.update(memory, 0, { time, value, innovation: value - machine, ...fields });
  };
  // It shows halves; its noise rarely moves it.
  for (let time = 0; time < 2000; time++) {
    const machine = 20 + 2 * Math.sin(time / 20);
    bits |= sample(time, machine, Math.round(2 * (machine + noise * rng.normal())) / 2);
  }
  for (let time = 2000; time < 4000; time++)
    bits |= sample(time, 20.02, Math.round(2 * (20.02 + noise * rng.normal())) / 2);
  assert.equal(bits & suspicions.stuck, 0);
  for (let time = 4000; time < 4100; time++) bits |= sample(time, 20 + 2 * Math.sin(time / 20), 20);
  assert.equal(bits & suspicions.stuck, suspicions.stuck);
});

test('a gateway that repeats the last value is not stuck', () => {
  const monitor = createSensorMonitor({ falseAlarmSeconds: 30 * 86_400, learnSamples: 300 });
  const rng = new Rng(10);
  const memory = new Float64Array(monitor.width);
  let value = 0;
  let bits = 0;
  for (let time = 0; time < 3000; time++) {
    if (time % 15 === 0) value = Math.round(1000 * rng.normal()) / 1000;
    bits |= monitor.update(memory, 0, {
      time,
      value,
      innovation: value,
      deviation: 1,
      noise: 1,
      rejected: false,
    });
  }
  assert.equal(bits & suspicions.stuck, 0);
});
