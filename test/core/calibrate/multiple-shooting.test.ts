/** Multiple shooting where a single one loses its way: swings out of step, and a trajectory that runs away. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrate, readRecording, startCalibration } from '../../../src/core/calibrate/index.ts';
import { modelOf, roomModel, roomRecord, tableOf } from './models.ts';

const wave = modelOf({
  units: 'unchecked',
  parameters: { omega: { unit: 1, value: 0.6, min: 0.1, max: 3, calibrate: true } },
  states: { s: { unit: 1, start: 0, min: -2, max: 2 }, c: { unit: 1, start: 1, min: -2, max: 2 } },
  equations: { 'der(s)': 'omega * c', 'der(c)': '-omega * s' },
  measurements: { y: { equals: 's', unit: 1 } },
});

test('swings out of step are brought into step from a single start', () => {
  const time = Array.from({ length: 200 }, (_, i) => i * 0.25);
  const recording = readRecording(wave, tableOf({ time, y: time.map((t) => Math.sin(1.1 * t)) }));
  const single = calibrate(wave, recording, { starts: 1 }).estimates[0]?.value ?? NaN;
  assert.ok(Math.abs(single - 1.1) > 0.1, `a single one finds ${single} by itself`);
  const found = calibrate(wave, recording, { starts: 1, pieces: 16 }).estimates[0]?.value ?? NaN;
  assert.ok(Math.abs(found - 1.1) < 1e-6, `${found}`);
});

/** Lorenz, Deterministic Nonperiodic Flow, J. Atmos. Sci. 20 (1963): sigma = 10, rho = 28, beta = 8/3. */
const lorenz = modelOf({
  units: 'unchecked',
  solver: { method: 'rk4', step: '10 ms' },
  parameters: {
    sigma: { unit: 1, value: 7, min: 1, max: 30, calibrate: true },
    rho: { unit: 1, value: 20, min: 1, max: 60, calibrate: true },
    beta: { unit: 1, value: 4, min: 0.1, max: 10, calibrate: true },
  },
  states: {
    x: { unit: 1, start: 1, min: -60, max: 60 },
    y: { unit: 1, start: 1, min: -60, max: 60 },
    z: { unit: 1, start: 20, min: -60, max: 90 },
  },
  equations: { 'der(x)': 'sigma * (y - x)', 'der(y)': 'x * (rho - z) - y', 'der(z)': 'x * y - beta * z' },
  measurements: { x: { equals: 'x', unit: 1 }, z: { equals: 'z', unit: 1 } },
});

/** By the classical Runge–Kutta method with steps of a millisecond, every 40 ms. */
function lorenzRecord(seconds: number): { time: number[]; x: number[]; z: number[] } {
  const h = 0.001;
  const slope = ([x = 0, y = 0, z = 0]: readonly number[]): number[] => [
    10 * (y - x),
    x * (28 - z) - y,
    x * y - (8 / 3) * z,
  ];
  const moved = (from: readonly number[], by: readonly number[], length: number): number[] =>
    from.map((value, i) => value + length * (by[i] ?? 0));
  const rows = { time: [] as number[], x: [] as number[], z: [] as number[] };
  let now = [1, 1, 20];
  for (let step = 0; step <= seconds / h; step++) {
    if (step % 40 === 0) {
      rows.time.push(step * h);
      rows.x.push(now[0] ?? NaN);
      rows.z.push(now[2] ?? NaN);
    }
    const a = slope(now);
    const b = slope(moved(now, a, h / 2));
    const c = slope(moved(now, b, h / 2));
    const d = slope(moved(now, c, h));
    const sum = a.map((value, i) => value + 2 * (b[i] ?? 0) + 2 * (c[i] ?? 0) + (d[i] ?? 0));
    now = moved(now, sum, h / 6);
  }
  return rows;
}

test('a trajectory that never comes back to where it was is followed, piece by piece', () => {
  const recording = readRecording(lorenz, tableOf(lorenzRecord(8)));
  const truth = { sigma: 10, rho: 28, beta: 8 / 3 };
  const far = (pieces: number): number => {
    const { estimates } = calibrate(lorenz, recording, { starts: 1, pieces });
    return Math.max(
      ...estimates.map(({ unknown, value }) => {
        const wanted = truth[unknown.name as keyof typeof truth];
        return Math.abs(value / wanted - 1);
      }),
    );
  };
  assert.ok(far(1) > 0.05);
  assert.ok(far(40) < 1e-3);
});

test('where a single one does, the result is the same', () => {
  const recording = readRecording(roomModel, tableOf(roomRecord({ seed: 2 })));
  const single = calibrate(roomModel, recording, { starts: 1 });
  const many = calibrate(roomModel, recording, { starts: 1, pieces: 6 });
  for (const [j, { value }] of single.estimates.entries()) {
    assert.ok(Math.abs((many.estimates[j]?.value ?? NaN) / value - 1) < 1e-6);
  }
});

test('in a hurry, the pieces are left as they are and the open loop begins', () => {
  const time = Array.from({ length: 5000 }, (_, i) => i * 0.25);
  const recording = readRecording(wave, tableOf({ time, y: time.map((t) => Math.sin(1.1 * t)) }));
  const calibration = startCalibration(wave, recording, { starts: 4, pieces: 16 });
  calibration.advance();
  assert.equal(calibration.hasResult, false);
  calibration.hurry();
  while (!calibration.hasResult) calibration.advance();
  // The pieces would have found 1.1.
  assert.ok(Math.abs((calibration.result().estimates[0]?.value ?? 1.1) - 1.1) > 0.1);
});

test('more pieces than two hundred are refused', () => {
  const recording = readRecording(roomModel, tableOf(roomRecord({ seed: 2 })));
  assert.throws(() => calibrate(roomModel, recording, { pieces: 201 }), { code: 'OPTION_RANGE' });
});
