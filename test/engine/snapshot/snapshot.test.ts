/** Snapshots: immutable, in the document's units, and JSON that any reader understands. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelOf, startFleet, startMs, tank, twinOf } from '../support.ts';

const unit = modelOf(`
gemel: 1
model: hydraulic-unit
version: 2.1.0
inputs:
  ambient: { unit: degC, default: 21.6 }
  power: { unit: kW, default: 0 kW }
states:
  temperature: { unit: degC, start: 71.2 }
  cooler: { unit: W/K, start: 100, min: 0, max: 100 }
equations:
  cooling: cooler * (temperature - ambient)
  der(temperature): 0 * (power - cooling) / 1 [kJ/K]
  der(cooler): 0
measurements:
  temperature_1: { equals: temperature, unit: degC }
  missing: { equals: temperature, unit: degF }
`);

test('says everything of a twin in JSON, in the units of its document', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('unit-1', unit, { periodMs: 500 })], {
    models: [unit],
  });
  send('unit-1', { power: { value: 1234, unit: 'W' }, temperature_1: 71, time: '2026-11-22T13:00:00.125Z' });
  await clock.advance(500);
  const snapshot = fleet.snapshot('unit-1');
  assert.deepEqual(JSON.parse(snapshot?.toJson() ?? ''), {
    twin: 'unit-1',
    model: 'hydraulic-unit@2.1.0',
    time: '2026-11-22T13:00:00.500Z',
    tick: 1,
    status: 'running',
    states: { temperature: 71.2, cooler: 100 },
    outputs: { cooling: 100 * (71.2 + 273.15 - (21.6 + 273.15)) },
    inputs: { ambient: 21.6, power: 1.234 },
    measurements: {
      temperature_1: { measured: 71, expected: 71.2, innovation: -0.2, time: '2026-11-22T13:00:00.125Z' },
      missing: { expected: 160.16 },
    },
    times: { power: '2026-11-22T13:00:00.125Z' },
  });
  assert.equal(snapshot?.plain(), '{"temperature":71.2,"cooler":100}');
  await fleet.stop();
});

test('an earlier snapshot stays what it was', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)]);
  await clock.advance(1000);
  const early = fleet.snapshot('a');
  const unread = fleet.snapshot('a');
  assert.equal(early, unread, 'the same until the next tick');
  await fleet.step('a', { seconds: 5 });
  send('a', { flow: 9, level: 3 });
  await clock.advance(3000);
  assert.deepEqual(
    [early?.state('volume'), early?.tick, early?.timeMs, early?.input('flow')],
    [1, 1, startMs + 1000, 1],
  );
  assert.equal(JSON.parse(early?.toJson() ?? '').states.volume, 1);
  assert.notEqual(fleet.snapshot('a'), early);
  await fleet.stop();
});

test('its JSON is made once', async () => {
  const { fleet } = await startFleet([twinOf('a', tank)]);
  const snapshot = fleet.snapshot('a');
  assert.equal(snapshot?.toJson(), snapshot?.toJson());
  await fleet.stop();
});

test('keeps every bit of a model that computes with its numbers as they stand', async () => {
  const { fleet } = await startFleet([twinOf('a', tank, { start: { volume: 0.1 + 0.2 } })]);
  assert.equal(fleet.snapshot('a')?.plain(), '{"volume":0.30000000000000004}');
  await fleet.stop();
});

test('refuses names that the model does not have', async () => {
  const { fleet } = await startFleet([twinOf('a', tank)]);
  const snapshot = fleet.snapshot('a');
  assert.throws(() => snapshot?.state('volme'), { code: 'SIGNAL_UNKNOWN', hint: 'did you mean `volume`?' });
  assert.throws(() => snapshot?.output('toString'), { code: 'SIGNAL_UNKNOWN' });
  assert.throws(() => snapshot?.measurement('x'), { code: 'SIGNAL_UNKNOWN' });
  assert.equal(fleet.snapshot('b'), undefined);
  await fleet.stop();
});
