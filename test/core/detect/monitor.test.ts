/** A monitor without a model, on simulated signals. The recorded ones are in prove/temperature.ts. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMonitor, trainMonitor } from '../../../src/core/detect/index.ts';
import type { MonitorOptions, MonitorRow } from '../../../src/core/detect/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';

const hour = 3600;
const day = 24 * hour;

/** A warm machine: a daily cycle, weather that wanders, noise; every half hour. */
function temperatures(days: number, seed: number, fault: (time: number) => number = () => 0): MonitorRow[] {
  const rng = new Rng(seed);
  let weather = 0;
  return Array.from({ length: days * 48 }, (_, i) => {
    const time = (i * hour) / 2;
    weather = 0.98 * weather + 0.2 * rng.normal();
    const cycle = 5 * Math.sin((2 * Math.PI * time) / day);
    return { time, values: [60 + cycle + weather + 0.5 * rng.normal() + fault(time)] };
  });
}

/** Begins of the alarms after `training` days, in days. */
function alarms(
  rows: readonly MonitorRow[],
  training: number,
  options: Partial<MonitorOptions> = {},
): number[] {
  const healthy = rows.filter(({ time }) => time < training * day);
  const monitor = startMonitor(trainMonitor(healthy, { signals: ['casing'], ...options }));
  const begun = rows.flatMap((row) => {
    const since = monitor.update(row)?.finding?.since;
    return since === undefined || row.time < training * day ? [] : [since / day];
  });
  return [...new Set(begun)];
}

test('a lone temperature: 4 K more are found within a day, in words', () => {
  const rows = temperatures(60, 31, (time) => (time > 50 * day ? 4 : 0));
  const [first = NaN] = alarms(rows, 30).filter((since) => since >= 50);
  assert.ok(first - 50 < 1, `${first}`);
  const monitor = startMonitor(trainMonitor(rows.slice(0, 30 * 48), { signals: ['casing'] }));
  const finding = rows.map((row) => monitor.update(row)?.finding).at(51 * 48);
  assert.equal(finding?.words, 'unlike its healthy period: casing is higher than usual');
  assert.equal(finding?.subject, 'casing');
  assert.ok((finding?.confidence ?? 0) > 0.9);
});

test('with a window of six hours, the hour of the day is no fault', () => {
  assert.deepEqual(
    alarms(temperatures(60, 32), 30, { windowSeconds: 6 * hour, falseAlarmSeconds: 3000 * day }),
    [],
  );
});

test('false alarms are about as rare as stated', () => {
  let count = 0;
  for (let seed = 0; seed < 8; seed++)
    count += alarms(temperatures(120, 40 + seed), 60, { falseAlarmSeconds: 30 * day }).length;
  // 8 · 60 days: 16 are stated; following the middle takes some away.
  assert.ok(count >= 3 && count <= 24, `${count}`);
});

test('a season is followed, a step is not swallowed', () => {
  // A kelvin in 30 days.
  const season = temperatures(240, 33, (time) => time / (30 * day));
  const inAlarm = (options: Partial<MonitorOptions>) => {
    const monitor = startMonitor(trainMonitor(season.slice(0, 40 * 48), { signals: ['casing'], ...options }));
    return season.filter((row) => monitor.update(row)?.finding !== undefined).length / season.length;
  };
  assert.ok(inAlarm({}) < 0.25, `${inAlarm({})}`);
  assert.ok(inAlarm({ followSeconds: Infinity }) > 0.4);
});

test('an alarm is one until it is over', () => {
  const rows = temperatures(60, 34, (time) => (time > 40 * day && time < 43 * day ? 6 : 0));
  assert.equal(alarms(rows, 30).filter((since) => since > 39.9 && since < 45).length, 1);
});

test('slope and spread can be looked at too', () => {
  const rng = new Rng(35);
  const rows = temperatures(60, 35, (time) => (time > 50 * day ? 6 * rng.normal() : 0));
  const options = { features: ['level', 'slope', 'spread'], windowSeconds: 6 * hour } as const;
  assert.ok(alarms(rows, 40, options).some((since) => since >= 50 && since < 51));
});

test('what is learnt and remembered survives JSON, and a copy goes on alike', () => {
  const rows = temperatures(40, 36);
  const model = trainMonitor(rows.slice(0, 20 * 48), { signals: ['casing'], followSeconds: Infinity });
  assert.deepEqual(JSON.parse(JSON.stringify(model)), model);
  const monitor = startMonitor(model);
  for (const row of rows.slice(0, 30 * 48)) monitor.update(row);
  const copy = startMonitor(JSON.parse(JSON.stringify(model)), JSON.parse(JSON.stringify(monitor.save())));
  for (const row of rows.slice(30 * 48)) assert.deepEqual(copy.update(row), monitor.update(row));
});

test('a value that is missing is passed over', () => {
  const rows = temperatures(20, 37).map((row, i) => (i % 7 === 0 ? { ...row, values: [NaN] } : row));
  const monitor = startMonitor(trainMonitor(rows.slice(0, 14 * 48), { signals: ['casing'] }));
  for (const row of rows) assert.ok(!Number.isNaN(monitor.update(row)?.t2));
});

test('rows that are too few or of the wrong width are refused', () => {
  const signals = ['casing'];
  assert.throws(() => trainMonitor(temperatures(1, 38), { signals }), { code: 'SHAPE_MISMATCH' });
  assert.throws(() => trainMonitor([], { signals }), { code: 'SHAPE_MISMATCH' });
  assert.throws(() => trainMonitor([{ time: 0, values: [1, 2] }], { signals }), { code: 'SHAPE_MISMATCH' });
});
