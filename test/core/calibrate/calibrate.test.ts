/** Whole calibrations, against certified values, closed forms and counted coverage. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrate, readRecording, startCalibration } from '../../../src/core/calibrate/index.ts';
import type { CalibrationOptions, CalibrationResult } from '../../../src/core/calibrate/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import { modelOf, roomModel, roomRecord, tableOf } from './models.ts';

function near(actual: number | undefined, expected: number, tolerance: number): void {
  const within = Math.abs((actual ?? NaN) - expected) <= tolerance * Math.abs(expected);
  assert.ok(within, `${actual} is not ${expected}`);
}

/**
 * NIST Statistical Reference Datasets, nonlinear regression, Misra1a (monomolecular adsorption): the data, and the
 * certified estimates and standard deviations.
 */
const misra = {
  time: [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0],
  y: [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.4, 75.47, 81.78],
  b1: { value: 2.3894212918e2, deviation: 2.7070075241 },
  b2: { value: 5.5015643181e-4, deviation: 7.2668688436e-6 },
  residualDeviation: 1.018787633e-1,
};

/** Its first row is at 77.6 s, and a record's time begins at 0. */
const misraModel = (method: string, step?: string) =>
  modelOf({
    units: 'unchecked',
    solver: { method, ...(step === undefined ? {} : { step }) },
    parameters: {
      b1: { unit: 1, value: 500, calibrate: true },
      b2: { unit: 1, value: 1e-4, calibrate: true },
    },
    states: { x: { unit: 's', start: 77.6 } },
    equations: { 'der(x)': 1 },
    measurements: { y: { equals: 'b1 * (1 - exp(-b2 * x))', unit: 1 } },
  });

for (const [method, digits] of [
  ['rk4', 1e-8],
  ['tsit5', 1e-5],
] as const) {
  test(`NIST's Misra1a comes out as certified, with ${method}`, () => {
    const model = misraModel(method, method === 'rk4' ? '100 s' : undefined);
    const recording = readRecording(model, tableOf({ time: misra.time, y: misra.y }));
    const { estimates, measurements, widened } = calibrate(model, recording, { starts: 1 });
    assert.equal(widened, false);
    for (const { unknown, value, standardError } of estimates) {
      const certified = unknown.name === 'b1' ? misra.b1 : misra.b2;
      near(value, certified.value, digits);
      near(standardError, certified.deviation, 100 * digits);
    }
    near((measurements[0]?.train.rmse ?? NaN) * Math.sqrt(14 / 12), misra.residualDeviation, digits);
  });
}

test('the 95 % interval is that of Student', () => {
  const model = misraModel('rk4', '100 s');
  const recording = readRecording(model, tableOf({ time: misra.time, y: misra.y }));
  const [b1] = calibrate(model, recording, { starts: 1 }).estimates;
  // Twelve degrees of freedom: t = 2.178812830 (Abramowitz & Stegun, table 26.10).
  near((b1?.high ?? NaN) - (b1?.value ?? NaN), 2.17881283 * misra.b1.deviation, 1e-5);
});

function room(record: ReturnType<typeof roomRecord>, options: CalibrationOptions = {}): CalibrationResult {
  return calibrate(roomModel, readRecording(roomModel, tableOf(record)), options);
}

const truth = { tau: 45 * 60, gain: 8e-3 };

test('the intervals hold the truth as often as they say', () => {
  let held = 0;
  let asked = 0;
  for (let seed = 1; seed <= 60; seed++) {
    for (const { unknown, low, high } of room(roomRecord({ seed }), { starts: 1 }).estimates) {
      const wanted = unknown.name === 'tau' ? truth.tau : truth.gain;
      asked += 1;
      if (wanted >= low && wanted <= high) held += 1;
    }
  }
  // Of 120 intervals 114 should; 106 to 119 are within three deviations.
  assert.equal(asked, 120);
  assert.ok(held >= 106 && held <= 119, `${held} of ${asked}`);
});

test('so they do where errors follow each other', () => {
  let held = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const record = roomRecord({ seed, noise: 0, rows: 600 });
    const rng = new Rng(1000 + seed);
    let drift = 0;
    const reading = record.reading.map((value) => {
      drift = 0.9 * drift + 0.09 * rng.normal();
      return value + drift;
    });
    const { estimates, widened } = room({ ...record, reading }, { starts: 1 });
    assert.equal(widened, true);
    for (const { unknown, low, high } of estimates) {
      const wanted = unknown.name === 'tau' ? truth.tau : truth.gain;
      if (wanted >= low && wanted <= high) held += 1;
    }
  }
  // As above. Taken for independent, they would hold it some 40 times.
  assert.ok(held >= 106 && held <= 119, `${held} of 120`);
});

test('residuals that follow each other widen the intervals', () => {
  const record = roomRecord({ seed: 3, noise: 0 });
  let drift = 0;
  const wandering = {
    ...record,
    reading: record.reading.map((value, i) => {
      drift = 0.95 * drift + 0.05 * Math.sin(7.1 * i * i);
      return value + drift;
    }),
  };
  const white = room(roomRecord({ seed: 3 }), { starts: 1 });
  const coloured = room(wandering, { starts: 1 });
  assert.equal(white.widened, false);
  assert.equal(white.measurements[0]?.whiteness?.isWhite, true);
  assert.equal(coloured.widened, true);
  assert.equal(coloured.measurements[0]?.whiteness?.isWhite, false);
  assert.ok((coloured.measurements[0]?.whiteness?.autocorrelation[1] ?? 0) > 0.8);
});

test('the error on the test stretch is that of an open loop from the beginning', () => {
  const record = roomRecord({ seed: 5, rows: 400 });
  const { measurements, times } = room(record, { train: '0:60%', test: '60%:100%' });
  const [reading] = measurements;
  assert.equal(times.length, 400);
  assert.equal(reading?.train.samples, 240);
  assert.equal(reading?.test?.samples, 160);
  near(reading?.train.rmse, 0.1, 0.15);
  near(reading?.test?.rmse, 0.1, 0.15);
  assert.ok((reading?.test?.fitPercent ?? 0) > 90);
});

test('what is tested may come before what is fitted', () => {
  const { measurements, split } = room(roomRecord({ seed: 5, rows: 400 }), { train: '50%:', test: ':40%' });
  assert.deepEqual([split.first, split.train.first, split.last], [0, 200, 399]);
  near(measurements[0]?.train.rmse, 0.1, 0.15);
  near(measurements[0]?.test?.rmse, 0.1, 0.15);
});

test('an unknown start is fitted where asked', () => {
  const record = roomRecord({ seed: 6, start: 22 });
  const wrong = room(record, { starts: 1 });
  const right = room(record, { starts: 1, startOf: ['temperature'] });
  assert.ok((wrong.measurements[0]?.train.rmse ?? 0) > 0.5);
  const start = right.estimates.find(({ unknown }) => unknown.of === 'start');
  assert.ok(start !== undefined && 273.15 + 22 >= start.low && 273.15 + 22 <= start.high);
});

test('the same seed gives the same bits, whatever the pieces', () => {
  const recording = readRecording(roomModel, tableOf(roomRecord({ seed: 8 })));
  const once = calibrate(roomModel, recording, { starts: 4, seed: 7 });
  const again = startCalibration(roomModel, recording, { starts: 4, seed: 7 });
  while (!again.done) again.advance();
  assert.deepEqual(
    again.result().estimates.map(({ value, low }) => [value, low]),
    once.estimates.map(({ value, low }) => [value, low]),
  );
});

test('several starts find a valley that the first does not', () => {
  const wave = modelOf({
    units: 'unchecked',
    parameters: { omega: { unit: 1, value: 0.3, min: 0.1, max: 3, calibrate: true } },
    states: { s: { unit: 1, start: 0 }, c: { unit: 1, start: 1 } },
    equations: { 'der(s)': 'omega * c', 'der(c)': '-omega * s' },
    measurements: { y: { equals: 's', unit: 1 } },
  });
  const time = Array.from({ length: 200 }, (_, i) => i * 0.25);
  const recording = readRecording(wave, tableOf({ time, y: time.map((t) => Math.sin(1.1 * t)) }));
  const [alone] = calibrate(wave, recording, { starts: 1 }).estimates;
  assert.ok(Math.abs((alone?.value ?? 0) - 1.1) > 0.1);
  const { estimates, starts } = calibrate(wave, recording, { starts: 16 });
  near(estimates[0]?.value, 1.1, 1e-6);
  assert.equal(starts.length, 16);
});

test('what is known beforehand pulls as strongly as its uncertainty says', () => {
  const line = (uncertainty: string) =>
    modelOf({
      parameters: { level: { unit: 'V', value: 3, calibrate: true, uncertainty } },
      measurements: { y: { equals: 'level', unit: 'V' } },
    });
  const y = [5.1, 4.9, 5.05, 4.95, 5.1, 4.9, 5, 5];
  const fit = (uncertainty: string): number => {
    const model = line(uncertainty);
    const recording = readRecording(model, tableOf({ time: y.map((_, i) => i), y }));
    return calibrate(model, recording, { starts: 1 }).estimates[0]?.value ?? NaN;
  };
  near(fit('100 V'), 5, 1e-5);
  near(fit('1 mV'), 3, 1e-2);
  // The fixed point of: mean weighed by n/σ² and 1/u², and σ² the mean square of what is left.
  const u = 0.1;
  let level = 5;
  for (let i = 0; i < 200; i++) {
    const square = y.reduce((sum, value) => sum + (value - level) ** 2, 0) / y.length;
    level = ((y.length * 5) / square + 3 / u ** 2) / (y.length / square + 1 / u ** 2);
  }
  near(fit('0.1 V'), level, 2e-3);
});

test('against it, errors that follow each other count as the few that they are worth', () => {
  const u = 0.1;
  const model = modelOf({
    parameters: { level: { unit: 'V', value: 3, calibrate: true, uncertainty: `${u} V` } },
    measurements: { y: { equals: 'level', unit: 'V' } },
  });
  const rng = new Rng(5);
  let drift = 0;
  const y = Array.from({ length: 400 }, () => {
    drift = 0.8 * drift + 0.3 * rng.normal();
    return 3.3 + drift;
  });
  const recording = readRecording(model, tableOf({ time: y.map((_, i) => i), y }));
  const [level] = calibrate(model, recording, { starts: 1 }).estimates;
  // The fixed point, with n(1 − ρ)/(1 + ρ) samples in place of n.
  const n = y.length;
  let mode = 3.3;
  let weight = 0;
  for (let i = 0; i < 200; i++) {
    const rest = y.map((value) => value - mode);
    const square = rest.reduce((sum, e) => sum + e * e, 0);
    const rho = rest.reduce((sum, e, k) => sum + e * (rest[k - 1] ?? 0), 0) / square;
    weight = (n * (1 - rho)) / (1 + rho) / (square / n);
    const mean = y.reduce((sum, value) => sum + value, 0) / n;
    mode = (weight * mean + 3 / u ** 2) / (weight + 1 / u ** 2);
  }
  near(level?.value, mode, 1e-4);
  near(level?.standardError, 1 / Math.sqrt(weight + 1 / u ** 2), 0.02);
});

test('interrupted, it has the best so far', () => {
  const recording = readRecording(roomModel, tableOf(roomRecord({ seed: 9, rows: 2000 })));
  const calibration = startCalibration(roomModel, recording, { starts: 4 });
  assert.throws(() => calibration.result(), { code: 'CALIBRATION_FAILED' });
  assert.deepEqual(calibration.progress.errors, []);
  while (calibration.progress.errors.length === 0) calibration.advance();
  assert.equal(calibration.done, false);
  const early = calibration.result();
  assert.equal(early.interrupted, true);
  while (!calibration.done) calibration.advance();
  const late = calibration.result();
  assert.equal(late.interrupted, false);
  assert.ok((late.measurements[0]?.train.rmse ?? NaN) < (early.measurements[0]?.train.rmse ?? NaN));
  assert.equal(calibration.progress.fraction, 1);
});
