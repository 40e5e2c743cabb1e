/** What of a fleet goes into a history: the numbers that readers see, each under its signal, unit and time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OpenHistory, recordFleet, type Recording } from '../../../src/adapters/history/index.ts';
import {
  alarmOf,
  conditionOf,
  configOf,
  eventOf,
  factOfTwin,
  type Fleet,
  type HistoryFact,
  modelOf as modelOfFact,
  twinOf as twinFactOf,
} from '../../../src/engine/index.ts';
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

const boiler = modelOf(`
gemel: 1
model: boiler
version: 1.0.0
inputs:
  pressure: { unit: bar, default: 1 }
states:
  seen: { unit: bar, start: 1 }
equations:
  der(seen): 0
when:
  high: { condition: "pressure > 2 [bar]", raise: the pressure is high, severity: critical }
`);

type Sample = readonly [timeMs: number, value: number];

/** What a history is asked for at the beginning. */
let recordedBefore: readonly HistoryFact[] = [];

/** Records into lists by series: `twin signal unit`. */
function recordInto(
  lists: Map<string, Sample[]>,
  fleet: Fleet,
  everyMs = 0,
): Recording & { readonly batches: number[]; readonly facts: HistoryFact[] } {
  const names: string[] = [];
  const batches: number[] = [];
  const facts: HistoryFact[] = [];
  const history: Pick<OpenHistory, 'define' | 'write' | 'note' | 'factsAt'> = {
    note: (some) => facts.push(...some),
    factsAt: async () => recordedBefore,
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
  return { ...recording, batches, facts };
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
  assert.deepEqual(recording.batches, [50 * 10 * 3]);
  t.mock.timers.tick(500);
  assert.equal(recording.batches.length, 1, 'nothing came meanwhile');
  await clock.advance(66_000);
  assert.equal(recording.batches[1], 65_536);
  recording.stop();
  assert.equal(recording.batches.at(-1), 50 * 660 * 3 - 65_536);
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

test('innovations are recorded with their deviation, each at the time of its sample, and healths', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', oven)], { models: [oven] });
  const lists = new Map<string, Sample[]>();
  const recording = recordInto(lists, fleet);
  send('a', { power: 1 });
  await clock.advance(1000);
  send('a', { time: startMs + 1400, sensor: 72 });
  await clock.advance(3000);
  const { innovation, deviation } = fleet.snapshot('a')?.measurement('sensor') ?? {};
  recording.stop();
  const only = (name: string) => lists.get(`a ${name} degC`) ?? [];
  assert.equal(only('innovation sensor').length, 1, 'a sample is told once');
  const [timeMs = 0, value = 0] = only('innovation sensor')[0] ?? [];
  assert.equal(timeMs, startMs + 1400);
  assert.ok(Math.abs(value / (innovation ?? 0) - 1) < 1e-5 && value > 0.5);
  const [ofMs, sigma = 0] = only('uncertainty innovation sensor')[0] ?? [];
  assert.equal(ofMs, timeMs);
  assert.ok(Math.abs(sigma / (deviation ?? 0) - 1) < 1e-5);
  assert.deepEqual(lists.get('a tick number 1')?.at(-1), [startMs + 4000, 4]);
  await fleet.stop();
});

test('what ran, how it was and what happened is told as facts, and again only when it changes', async () => {
  recordedBefore = [
    factOfTwin('gone', startMs - 1000, { model: oven.id, periodMs: 1000, resolutionMs: 5000 }),
  ];
  const { fleet, clock, send } = await startFleet([twinOf('a', oven)], { models: [oven, colder] });
  const recording = recordInto(new Map(), fleet, 2000);
  await clock.advance(3000);
  send('a', { power: 1 });
  await clock.advance(3000);
  await fleet.remove('a');
  await fleet.add(twinOf('a', colder));
  await clock.advance(2000);
  recording.stop();
  recordedBefore = [];
  const told = (kind: string) =>
    recording.facts
      .filter((fact) => fact.kind === kind)
      .map((fact) => [fact.twin, (fact.timeMs - startMs) / 1000, fact] as const);
  assert.deepEqual(
    told('twin').map(([twin, second, fact]) => [
      twin,
      second,
      twinFactOf(fact)?.model,
      twinFactOf(fact)?.resolutionMs,
    ]),
    [
      ['gone', 0, undefined, undefined],
      ['a', 0, 'oven@1.0.0', 2000],
      ['a', 6, undefined, undefined],
      ['a', 7, 'oven@1.1.0', 2000],
    ],
  );
  assert.deepEqual(
    told('condition').map(([, second, fact]) => [second, conditionOf(fact)?.status]),
    [
      [0, 'waiting'],
      [4, 'running'],
      [7, 'running'],
    ],
  );
  const config = told('config').map(([, , fact]) => configOf(fact));
  assert.deepEqual(config, [twinOf('a', oven), twinOf('a', colder)]);
  assert.deepEqual(
    told('model').map(([, , fact]) => modelOfFact(fact)?.document),
    [oven.document, colder.document],
  );
  const events = told('event').map(([, , fact]) => eventOf(fact));
  assert.deepEqual(events, fleet.events().toReversed());
  assert.ok(events.some((event) => event?.kind === 'removed'));
  await fleet.stop();
});

test('alarms are told with every change, and those from before the recording too', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', boiler)], { models: [boiler] });
  send('a', { pressure: 3 });
  await clock.advance(1000);
  const recording = recordInto(new Map(), fleet);
  const [before] = fleet.alarms.list();
  await clock.advance(1000);
  fleet.alarms.acknowledge(before?.id ?? '', { by: 'Ann' });
  send('a', { pressure: 1 });
  await clock.advance(1000);
  recording.stop();
  const alarms = recording.facts.filter(({ kind }) => kind === 'alarm');
  assert.deepEqual(
    alarms.map((fact) => [(fact.timeMs - startMs) / 1000, fact.holds, alarmOf(fact)?.state]),
    [
      [1, true, 'unacknowledged'],
      [2, true, 'acknowledged'],
      [3, false, 'normal'],
    ],
  );
  assert.deepEqual(alarms.map(alarmOf)[0], before);
  await fleet.stop();
});
