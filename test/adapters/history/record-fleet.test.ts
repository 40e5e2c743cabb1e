/** What of a fleet goes into a history: the numbers that readers see, each under its signal, unit and time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OpenHistory, recordFleet, type Recording } from '../../../src/adapters/history/index.ts';
import type { Fleet } from '../../../src/engine/index.ts';
import { modelOf, startFleet, startMs, twinOf } from '../../engine/support.ts';

const oven = modelOf(`
gemel: 1
model: oven
version: 1.0.0
inputs:
  power: { unit: kW }
states:
  temperature: { unit: degC, start: 71.2, noise: 0.02 K/s^0.5 }
equations:
  loss: 0.02 [kW/K] * (temperature - 20 [degC])
  der(temperature): (power - loss) / 10 [kJ/K]
outputs:
  loss: { unit: kW }
measurements:
  sensor: { equals: temperature, unit: degC, noise: 0.1 K }
`);

/** The same in other units, and without a filter. */
const colder = modelOf(`
gemel: 1
model: oven
version: 1.1.0
filter: { method: none }
inputs:
  power: { unit: W, default: 0 }
states:
  temperature: { unit: K, start: 300 }
equations:
  der(temperature): power / 10 [kJ/K]
`);

type Sample = readonly [timeMs: number, value: number];

/** Records into lists by series: `twin signal unit`. */
function recordInto(
  lists: Map<string, Sample[]>,
  fleet: Fleet,
  everyMs = 0,
): Recording & { readonly batches: number[] } {
  const names: string[] = [];
  const batches: number[] = [];
  const history: Pick<OpenHistory, 'define' | 'write'> = {
    define: (series) =>
      Uint32Array.from(series, ({ twin, signal, unit }) => {
        const name = `${twin} ${signal} ${unit}`;
        if (!names.includes(name)) names.push(name);
        return names.indexOf(name);
      }),
    write({ series, timesMs, values }) {
      batches.push(series.length);
      for (const [i, number] of series.entries()) {
        const name = names[number] ?? '';
        lists.set(name, [...(lists.get(name) ?? []), [timesMs[i] ?? 0, values[i] ?? 0]]);
      }
    },
  };
  const recording = recordFleet(fleet, history, { everyMs });
  return { ...recording, batches };
}

test('each tick is recorded as its snapshot shows it, and what has no value yet is left out', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', oven)], { models: [oven] });
  const lists = new Map<string, Sample[]>();
  const recording = recordInto(lists, fleet);
  await clock.advance(2000);
  send('a', { power: 1.5 });
  await clock.advance(1000);
  const snapshot = JSON.parse(fleet.snapshot('a')?.toJson() ?? '') as {
    states: { temperature: number };
    outputs: { loss: number };
    measurements: { sensor: { expected: number } };
    uncertainty: { temperature: number };
  };
  recording.stop();
  const newest = (name: string) => lists.get(name)?.at(-1);
  assert.deepEqual(newest('a power kW'), [startMs + 3000, 1.5]);
  assert.deepEqual(newest('a temperature degC'), [startMs + 3000, snapshot.states.temperature]);
  assert.deepEqual(newest('a loss kW'), [startMs + 3000, snapshot.outputs.loss]);
  assert.deepEqual(newest('a expected sensor degC'), [startMs + 3000, snapshot.measurements.sensor.expected]);
  assert.deepEqual(newest('a uncertainty temperature degC'), [
    startMs + 3000,
    snapshot.uncertainty.temperature,
  ]);
  assert.ok(snapshot.uncertainty.temperature > 0);
  assert.equal(lists.get('a power kW')?.length, 1, 'before its first sample an input has no value');
  assert.equal(lists.has('a measured sensor degC'), false);
  await clock.advance(1000);
  assert.deepEqual(newest('a power kW'), [startMs + 3000, 1.5], 'nothing is recorded after the end');
  await fleet.stop();
});

test('every sample of a sensor is recorded at its own time, several a tick, and those too late for the twin', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', oven)], { models: [oven] });
  const lists = new Map<string, Sample[]>();
  const recording = recordInto(lists, fleet);
  await clock.advance(1000);
  const samples: Sample[] = [
    [startMs + 700, 71.2],
    [startMs + 800, 71.3],
    [startMs + 900, 71.25],
    [startMs - 3_600_000, 60.1],
  ];
  for (const [timeMs, value] of samples) send('a', { time: timeMs, sensor: { value, unit: 'degC' } });
  recording.stop();
  assert.deepEqual(lists.get('a measured sensor degC'), samples);
  await fleet.stop();
});

test('a twin that goes and comes again goes on in its series, in those of other units if its model has changed', async () => {
  const { fleet, clock } = await startFleet([twinOf('a', oven, { inputs: { power: 1000 } })], {
    models: [oven, colder],
  });
  const lists = new Map<string, Sample[]>();
  const recording = recordInto(lists, fleet);
  await clock.advance(1000);
  await fleet.remove('a');
  await clock.advance(1000);
  await fleet.add(twinOf('a', oven, { inputs: { power: 1000 } }));
  await clock.advance(1000);
  await fleet.remove('a');
  await fleet.add(twinOf('a', colder));
  await clock.advance(1000);
  recording.stop();
  const times = (name: string) => lists.get(name)?.map(([timeMs]) => (timeMs - startMs) / 1000);
  assert.deepEqual(times('a temperature degC'), [1, 3]);
  assert.deepEqual(lists.get('a temperature K'), [[startMs + 4000, 300]]);
  assert.equal(lists.has('a uncertainty temperature K'), false, 'a model that is not filtered has none');
  await fleet.stop();
});

test('what is gathered leaves every half second, and sooner when it is much', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const twins = Array.from({ length: 50 }, (_, i) => twinOf(`oven-${i}`, colder, { periodMs: 100 }));
  const { fleet, clock } = await startFleet(twins, { models: [colder] });
  const recording = recordInto(new Map(), fleet);
  await clock.advance(1000);
  assert.deepEqual(recording.batches, []);
  t.mock.timers.tick(500);
  assert.deepEqual(recording.batches, [50 * 10 * 2]);
  t.mock.timers.tick(500);
  assert.equal(recording.batches.length, 1, 'nothing came meanwhile');
  await clock.advance(66_000);
  assert.equal(recording.batches[1], 65_536);
  recording.stop();
  assert.equal(recording.batches.at(-1), 50 * 660 * 2 - 65_536);
  await fleet.stop();
});

test('what is computed is recorded at most so often, each twin at a moment of its own; samples all the same', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', oven), twinOf('b', oven)], { models: [oven] });
  const lists = new Map<string, Sample[]>();
  const recording = recordInto(lists, fleet, 5000);
  send('a', { power: 1 });
  send('b', { power: 1 });
  for (let second = 0; second < 30; second++) {
    send('a', { sensor: 70 + second / 100 });
    await clock.advance(1000);
  }
  recording.stop();
  const times = (name: string) => (lists.get(name) ?? []).map(([timeMs]) => timeMs);
  const [ofA, ofB] = [times('a temperature degC'), times('b temperature degC')];
  for (const list of [ofA, ofB]) {
    assert.ok(list.length >= 6 && list.length <= 8, `${list.length}`);
    for (let i = 2; i < list.length; i++) assert.equal((list[i] ?? 0) - (list[i - 1] ?? 0), 5000);
  }
  assert.notEqual((ofA.at(-1) ?? 0) % 5000, (ofB.at(-1) ?? 0) % 5000);
  assert.equal(times('a measured sensor degC').length, 30);
});
