/** What the data cannot tell, and records that can tell nothing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrate, readRecording } from '../../../src/core/calibrate/index.ts';
import { modelOf, roomModel, roomRecord, tableOf } from './models.ts';

const time = Array.from({ length: 100 }, (_, i) => i);
const u = time.map((t) => Math.sin(0.3 * t));

const parameter = (value: number, more = {}) => ({ unit: 1, value, calibrate: true, ...more });

function findings(parameters: object, equals: string, y: (u: number) => number) {
  const model = modelOf({
    units: 'unchecked',
    inputs: { u: { unit: 1 } },
    parameters,
    measurements: { y: { equals, unit: 1 } },
  });
  const noise = (i: number): number => 0.01 * Math.sin(12.9898 * i * i);
  const recording = readRecording(model, tableOf({ time, u, y: u.map((it, i) => y(it) + noise(i)) }));
  return calibrate(model, recording, { starts: 1 });
}

test('two parameters that only count as their product are not told apart', () => {
  const { findings: found, estimates } = findings(
    { a: parameter(1), b: parameter(2) },
    'a * b * u',
    (x) => 6 * x,
  );
  assert.equal(found.length, 1);
  assert.equal(found[0]?.kind, 'not-told-apart');
  assert.deepEqual(found[0]?.unknowns, ['a', 'b']);
  assert.match(found[0]?.text ?? '', /`a` and `b` apart: with `a` (up|down) by .* and `b` (up|down) by/);
  // The product is found all the same.
  assert.ok(Math.abs((estimates[0]?.value ?? 0) * (estimates[1]?.value ?? 0) - 6) < 0.01);
});

test('a parameter without influence is named, and stays as it was', () => {
  const { findings: found, estimates } = findings(
    { a: parameter(1), idle: parameter(7) },
    'a * u + 0 * idle',
    (x) => x,
  );
  assert.deepEqual(
    found.map(({ kind, unknowns }) => [kind, unknowns]),
    [['no-influence', ['idle']]],
  );
  assert.equal(estimates[1]?.value, 7);
  assert.ok((estimates[1]?.standardError ?? 0) > 1e6);
  assert.ok((estimates[0]?.standardError ?? 1) < 0.01);
});

test('a parameter that the data hardly touch is not determined', () => {
  const { findings: found } = findings(
    { a: parameter(1), faint: parameter(1) },
    'a * u + 0.001 * faint * u^2',
    (x) => x,
  );
  assert.deepEqual(
    found.map(({ kind, unknowns }) => [kind, unknowns]),
    [['undetermined', ['faint']]],
  );
});

test('a parameter that ends at a bound has no interval, and is named', () => {
  const { findings: found, estimates } = findings({ a: parameter(1, { max: 1.5 }) }, 'a * u', (x) => 2 * x);
  assert.deepEqual(
    found.map(({ kind }) => kind),
    ['at-bound'],
  );
  assert.match(found[0]?.text ?? '', /`a` ended at its upper bound/);
  assert.equal(estimates[0]?.value, 1.5);
  assert.equal(estimates[0]?.bound, 'max');
  assert.ok(Number.isNaN(estimates[0]?.low));
});

test('parameters that are told apart are not complained of', () => {
  const { findings: found, correlations } = findings(
    { a: parameter(1), b: parameter(1) },
    'a * u + b * u^2',
    (x) => x + x * x,
  );
  assert.deepEqual(found, []);
  assert.ok(Math.abs(correlations[0]?.[1] ?? 1) < 0.2);
});

const good = roomRecord({ seed: 1 });
const run = (columns: object, options = {}) =>
  calibrate(roomModel, readRecording(roomModel, tableOf({ ...good, ...columns })), options);

test('a measurement that stands still is refused', () => {
  assert.throws(() => run({ reading: good.time.map(() => 20) }), {
    code: 'RECORD_CONSTANT',
    message: 'nothing changes in what is measured: `reading`',
  });
});

test('an input that stands still is told', () => {
  const { constantInputs } = run({ heating: good.time.map(() => 500) }, { starts: 1 });
  assert.deepEqual(constantInputs, ['heating']);
});

test('no more values than unknowns are refused', () => {
  assert.throws(() => run({ reading: good.time.map((_, i) => (i < 2 ? 20 + i : '')) }), {
    code: 'RECORD_TOO_SHORT',
    message: '2 measured values cannot determine 2 unknowns',
  });
});

test('gaps in the measurement are skipped, and the answer is the same within its interval', () => {
  const holes = good.reading.map((value, i) => (i % 7 === 3 || (i > 60 && i < 90) ? '' : value));
  const { estimates, gaps, measurements } = run({ reading: holes }, { starts: 1 });
  assert.equal(gaps[0]?.signal, 'reading');
  assert.equal(measurements[0]?.train.samples, holes.filter((value) => value !== '').length);
  const [tau] = estimates;
  assert.ok(tau !== undefined && tau.low < 45 * 60 && tau.high > 45 * 60);
});

test('stretches that hold nothing are refused', () => {
  assert.throws(() => run({}, { train: '99.9%:100%' }), { code: 'RECORD_WINDOW' });
  assert.throws(() => run({}, { test: '2d:3d' }), { code: 'RECORD_WINDOW' });
});

test('a model with nothing to fit, an unknown state, too many starts are refused', () => {
  const fixed = { ...roomModel, parameters: roomModel.parameters.map((it) => ({ ...it, calibrate: false })) };
  const recording = readRecording(fixed, tableOf(good));
  assert.throws(() => calibrate(fixed, recording), { code: 'CALIBRATION_NOTHING' });
  assert.throws(() => run({}, { startOf: ['temprature'] }), {
    code: 'SIGNAL_UNKNOWN',
    hint: 'did you mean `temperature`?',
  });
  assert.throws(() => run({}, { starts: 0 }), { code: 'OPTION_RANGE' });
});

test('a simulation that leaves the finite numbers from every start fails', () => {
  const model = modelOf({
    units: 'unchecked',
    parameters: { a: parameter(5, { min: 4 }) },
    states: { x: { unit: 1, start: 1 } },
    equations: { 'der(x)': 'a * x^2' },
    measurements: { y: { equals: 'x', unit: 1 } },
  });
  const recording = readRecording(model, tableOf({ time, y: time.map((t) => 1 + 0.01 * t) }));
  assert.throws(() => calibrate(model, recording, { starts: 3 }), { code: 'CALIBRATION_FAILED' });
});

test('what has no influence stays as it was, from whichever start the best fit came', () => {
  const model = modelOf({
    units: 'unchecked',
    inputs: { u: { unit: 1 } },
    parameters: { omega: parameter(0.3, { min: 0.1, max: 3 }), idle: parameter(7, { min: 1, max: 15 }) },
    states: { s: { unit: 1, start: 0 }, c: { unit: 1, start: 1 } },
    equations: { 'der(s)': 'omega * c', 'der(c)': '-omega * s' },
    measurements: { y: { equals: 's + idle * max(u - 5, 0)', unit: 1 } },
  });
  const recording = readRecording(model, tableOf({ time, u, y: time.map((t) => Math.sin(1.1 * t)) }));
  const { estimates, starts } = calibrate(model, recording, { starts: 16 });
  assert.notEqual(starts[0]?.start, 0);
  assert.equal(estimates[1]?.value, 7);
  assert.equal(estimates[1]?.standardError, Infinity);
});
