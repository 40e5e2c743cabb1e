/** Health: percent of life left in either direction, its interval, and what snapshots show of it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Health } from '../../../src/core/model/index.ts';
import { dimensionless } from '../../../src/core/units/index.ts';
import { healthLevel, healthReading } from '../../../src/engine/snapshot/health.ts';
import { modelOf, startFleet, twinOf } from '../support.ts';

const cooler: Health = { name: 'cooler', of: 'cooler', nominal: 135, limit: 50, failsWhen: 'below' };
const bearing: Health = { name: 'bearing', of: 'vibration', nominal: 2, limit: 10, failsWhen: 'above' };

test('is 100 % when new and 0 % at the limit, linear between, in either direction', () => {
  for (const [health, value, percent] of [
    [cooler, 135, 100],
    [cooler, 50, 0],
    [cooler, 92.5, 50],
    [bearing, 2, 100],
    [bearing, 10, 0],
    [bearing, 8, 25],
    [bearing, 12, -25],
  ] as const) {
    assert.equal(healthLevel(health, value, Number.NaN).percent, percent);
  }
});

test('has the 95 % interval of a normal quantity, the better end high in either direction', () => {
  // scipy.stats.norm.interval(0.95, loc=92.5, scale=8.5) = (75.84030614, 109.15969386); in percent of 85: (30.40, 69.60).
  const wearing = healthLevel(cooler, 92.5, 8.5);
  assert.ok(Math.abs(wearing.low - (100 * (75.84030614 - 50)) / 85) < 1e-6);
  assert.ok(Math.abs(wearing.high - (100 * (109.15969386 - 50)) / 85) < 1e-6);
  // scipy.stats.norm.interval(0.95, loc=8, scale=0.5) = (7.02001801, 8.97998199).
  const shaking = healthLevel(bearing, 8, 0.5);
  assert.ok(Math.abs(shaking.low - (100 * (10 - 8.97998199)) / 8) < 1e-6);
  assert.ok(Math.abs(shaking.high - (100 * (10 - 7.02001801)) / 8) < 1e-6);
});

test('is shown from 0 to 100, and without an interval where none is estimated', () => {
  const shown = (value: number, deviation: number) =>
    healthReading(healthLevel(bearing, value, deviation), dimensionless);
  assert.deepEqual(shown(12, 1), { value: 12, percent: 0, low: 0, high: 0, deviation: 1 });
  assert.deepEqual(shown(1, 1), { value: 1, percent: 100, low: 88, high: 100, deviation: 1 });
  assert.deepEqual(shown(8, Number.NaN), { value: 8, percent: 25 });
});

const unit = modelOf(`
gemel: 1
model: unit
version: 1.0.0
inputs:
  power: { unit: kW, default: 2 }
  load: { unit: "1" }
states:
  oil: { unit: degC, start: 50 }
  cooler: { unit: W/K, start: 92.5 }
equations:
  spread: (oil - 20 [degC]) * load
  der(oil): 0 * power / 40 [kJ/K]
  der(cooler): 0
health:
  cooler: { of: cooler, nominal: 135 W/K, fails: below 0.05 kW/K }
  fouling: { of: spread, nominal: 10 K, fails: above 50 K }
  heat: { of: oil, nominal: 104 degF, fails: above 60 degC }
`);

const filtered = modelOf(`
gemel: 1
model: filtered
version: 1.0.0
units: unchecked
states:
  wall: { unit: mm, start: 3.5, uncertainty: 0.5 }
  hours: { unit: h, start: 0 }
equations:
  thin: 2 * wall
  der(wall): 0
  next(hours): hours
measurements:
  gauge: { equals: wall, unit: mm, noise: 0.1 }
health:
  shell: { of: wall, nominal: 10, fails: below 2 }
  half: { of: thin, nominal: 20, fails: below 4 }
  seals: { of: hours, nominal: 0, fails: above 100 }
`);

test('has the interval of the belief where the model is filtered, and alarms by its upper end', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('f', filtered)], { models: [filtered] });
  await clock.advance(1000);
  // 18.75 % ± 1.959964 · 0.5 of 8 mm: from 6.50 to 31.00. Not surely below 20, so there is no alarm.
  const wide = { percent: 18.75, low: 6.5, high: 31 };
  assert.deepEqual(fleet.snapshot('f')?.health('shell'), { value: 3.5, ...wide, deviation: 0.5 });
  assert.deepEqual(fleet.snapshot('f')?.health('half'), { value: 7, ...wide, deviation: 1 });
  assert.deepEqual(fleet.snapshot('f')?.health('seals'), { value: 0, percent: 100 }, 'known exactly');
  assert.deepEqual(fleet.alarms.list(), []);
  send('f', { gauge: 3.5 });
  await clock.advance(1000);
  // The gauge leaves 0.5·0.1/√(0.5² + 0.1²) = 0.0980581: ± 2.40 %.
  const sure = { percent: 18.75, low: 16.35, high: 21.15 };
  const { deviation = 0, ...shell } = fleet.snapshot('f')?.health('shell') ?? {};
  assert.deepEqual(shell, { value: 3.5, ...sure });
  assert.ok(Math.abs(deviation - 0.0980581) < 1e-7);
  assert.deepEqual(fleet.alarms.list(), []);
  send('f', { gauge: 3.4 });
  await clock.advance(1000);
  const [alarm] = fleet.alarms.list();
  assert.deepEqual(
    [alarm?.id, alarm?.severity, alarm?.message],
    ['f~health~half', 'warning', 'half: 18 % of its life left (16–20)'],
  );
  await fleet.stop();
});

test('stands in snapshots in the units of the document, and is null where there is no value', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('u', unit)], { models: [unit] });
  assert.deepEqual(JSON.parse(fleet.snapshot('u')?.toJson() ?? '').health, {
    cooler: { value: 92.5, percent: 50 },
    fouling: { value: null, percent: null },
    heat: { value: 50, percent: 50 },
  });
  send('u', { load: 1 });
  await clock.advance(1000);
  assert.deepEqual(fleet.snapshot('u')?.health('fouling'), { value: 30, percent: 50 });
  await fleet.stop();
});
