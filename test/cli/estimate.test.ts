/** `gemel estimate` on a record made by a closed form: what it prints and writes, and its mistakes. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { directoryWith, gemel } from './run.ts';

const model = `gemel: 1
model: room
version: 1.0.0
title: A room
solver: { step: 1 s }
inputs:
  ambient: { unit: degC }
states:
  temperature: { unit: degC, start: 60, uncertainty: 5 K }
  heating: { unit: K/min, start: 0, uncertainty: 20 }   # hidden
equations:
  der(temperature): (ambient - temperature) / 50 [s] + heating
  der(heating): 0
measurements:
  reading: { equals: temperature, unit: degC, noise: 0.05 K }
`;

/** Decay from 65 degC towards 20 degC + 50 s · 0.1 K/s, read to a hundredth. */
const rows = Array.from({ length: 200 }, (_, t) => `${t},20,${(25 + 40 * Math.exp(-t / 50)).toFixed(2)}`);
const directory = directoryWith({
  'room.yaml': model,
  'log.csv': `seconds,outside,T1\n${rows.join('\n')}\n`,
  'open.yaml': model.replace(', noise: 0.05 K', ''),
  'off.yaml': model.replace('solver:', 'filter: { method: none }\nsolver:'),
});
const map = ['--map', 'seconds=time[s]', '--map', 'outside=ambient[degC]', '--map', 'T1=reading[degC]'];
const estimate = (...args: string[]) =>
  gemel(['estimate', 'room.yaml', 'log.csv', ...map, ...args], directory);

test('a hidden state is told with its deviation, as JSON in the units of the model', async () => {
  const { code, stdout, stderr } = await estimate('--json');
  assert.deepEqual([code, stderr], [0, '']);
  const found = JSON.parse(stdout);
  const { heating, temperature } = found.states;
  assert.equal(heating.unit, 'K/min');
  assert.ok(Math.abs(heating.value - 6) < 0.05, `${heating.value}`);
  assert.ok(heating.deviation > 0 && heating.deviation < 0.05);
  assert.ok(Math.abs(temperature.value - (25 + 40 * Math.exp(-199 / 50))) < 0.05);
  assert.equal(found.rows, 200);
  assert.equal(found.rejected, 0);
  assert.equal(found.measurements.reading.samples, 200);
  // Rounded to a hundredth: much surer than the noise says.
  assert.ok(found.measurements.reading.spread < 0.5);
  assert.ok(Number.isFinite(found.logLikelihood));
});

test('smoothed, the start is known from what came after', async () => {
  const columns = async (...args: string[]) => {
    const { stdout } = await estimate('--csv', '-', ...args);
    const [header = '', first = '', ...rest] = stdout.trim().split('\n');
    assert.equal(
      header,
      'time [s],temperature [degC],sd(temperature) [K],heating [K/min],sd(heating) [K/min],innovation(reading) [K],sd(innovation(reading)) [K]',
    );
    assert.equal(rest.length, 199);
    return first.split(',').map(Number);
  };
  const filtered = await columns();
  const smoothed = await columns('--smooth');
  assert.ok(Math.abs((filtered[3] ?? NaN) - 6) > 1);
  assert.ok(Math.abs((smoothed[3] ?? NaN) - 6) < 0.05, `${smoothed[3]}`);
  assert.ok((smoothed[4] ?? NaN) < 0.1 * (filtered[4] ?? NaN));
});

test('the summary tells states, sensors and likelihood; a plot can be drawn or written', async () => {
  const { stdout } = await estimate('--plot', 'states.svg', '--csv', 'states.csv');
  assert.match(stdout, /^A room \(room@1\.0\.0\): 200 rows, 199 s\n/);
  assert.match(stdout, /\nheating +0\S* ± 20 +\S+ ± \S+ +K\/min\n/);
  assert.match(stdout, /\nreading +200 +0 +\S+ +0\.\d+\n/);
  assert.match(stdout, /200 samples, 0 left out by the gate; log-likelihood \S+\n/);
  assert.match(readFileSync(join(directory, 'states.svg'), 'utf8'), /heating \+ 2 sd/);
  assert.match(readFileSync(join(directory, 'states.csv'), 'utf8'), /^time \[s\],temperature/);
  const drawn = await estimate('--plot', '--smooth');
  assert.match(drawn.stdout, /smoothed/);
});

test('a model whose states no sample can correct is refused, with why', async () => {
  const open = await gemel(['estimate', 'open.yaml', 'log.csv', ...map], directory);
  assert.equal(open.code, 1);
  assert.match(
    open.stderr,
    /no sample can correct a state of room@1\.0\.0[\s\S]*`noise: …`[\s\S]*FILTER_MISSING/,
  );
  const off = await gemel(['estimate', 'off.yaml', 'log.csv', ...map], directory);
  assert.match(off.stderr, /its `filter` says `method: none`/);
});

test('a record that does not fit is refused', async () => {
  const { code, stderr } = await gemel(['estimate', 'room.yaml', 'log.csv'], directory);
  assert.equal(code, 1);
  assert.match(stderr, /RECORD_INVALID/);
  assert.equal((await gemel(['estimate'], directory)).code, 2);
});
