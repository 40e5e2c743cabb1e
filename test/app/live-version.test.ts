/** Another version goes live under everything that stands on a fleet: history, MQTT and alarms go on with it from the next tick. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordFleet } from '../../src/adapters/history/index.ts';
import { connectFleet, type MqttTransport } from '../../src/adapters/mqtt/index.ts';
import { modelOf, startFleet, startMs, twinOf } from '../engine/support.ts';

const first = modelOf(`
gemel: 1
model: tank
version: 1.0.0
solver: { step: 0.125 s }
states:
  volume: { unit: l, start: 0 }
  age: { unit: s, start: 0 }
equations:
  der(volume): 1 [l/s]
  der(age): 1 [s/s]
when:
  full: { condition: "volume > 1.5 [l]", raise: full, severity: warning }
  old: { condition: "age > 1.5 [s]", raise: old, severity: warning }
measurements:
  level: { equals: volume, unit: l }
`);

const second = modelOf(`
gemel: 1
model: tank
version: 2.0.0
solver: { step: 0.125 s }
migrates:
  states: { content: volume }
states:
  content: { unit: cm^3, start: 0 }
equations:
  volume: content
  der(content): 2 [l/s]
when:
  full: { condition: "content > 1.5 [l]", raise: full, severity: warning }
outputs:
  volume: { unit: m^3 }
measurements:
  level: { equals: content, unit: m^3 }
`);

test('history, state topic and alarms go on with the version that is live', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', first)], { models: [first, second] });
  const names: string[] = [];
  const recorded: string[] = [];
  const recording = recordFleet(
    fleet,
    {
      note: () => undefined,
      factsAt: async () => [],
      define: (series) =>
        Uint32Array.from(series, ({ twin, signal, unit }) => names.push(`${twin} ${signal} ${unit}`) - 1),
      write({ series, timesMs, values }) {
        for (const [i, number] of series.entries())
          recorded.push(`${((timesMs[i] ?? 0) - startMs) / 1000} ${names[number]} ${values[i]}`);
      },
    },
    { everyMs: 0 },
  );
  const sent: string[] = [];
  const transport: MqttTransport = {
    start: async () => undefined,
    stop: async () => undefined,
    publish: (topic, payload) => {
      if (topic === 'state') sent.push(String(payload));
    },
    subscribe: () => undefined,
    isRead: () => true,
    onMessage: () => () => undefined,
    status: () => assert.fail('not asked for'),
    onStatus: () => () => undefined,
  };
  const connection = connectFleet({
    fleet,
    transport,
    clock,
    publications: [{ twin: 'a', state: 'state', as: 'plain', retain: false }],
  });
  const active = () =>
    fleet.alarms
      .list()
      .filter((alarm) => alarm.active)
      .map(({ subject }) => subject)
      .toSorted();
  await clock.advance(2000);
  assert.deepEqual(active(), ['full', 'old']);
  await fleet.beginShadow('a', second.id);
  send('a', { level: 2, time: startMs + 2500 });
  await clock.advance(1000);
  await fleet.swapShadow('a');
  assert.deepEqual(active(), ['full'], 'what only the old version raises is over, what both do stands');
  send('a', { level: 0.004, time: startMs + 3500 });
  await clock.advance(1000);
  await fleet.swapShadow('a');
  await clock.advance(1000);
  assert.deepEqual(active(), ['full', 'old']);
  assert.deepEqual(sent, [
    '{"volume":1,"age":1}',
    '{"volume":2,"age":2}',
    '{"volume":3,"age":3}',
    '{"content":6000}',
    '{"volume":5,"age":5}',
  ]);
  recording.stop();
  const own = (of: string) =>
    recorded.filter((line) => line.includes(of)).map((line) => line.replace(of, ''));
  assert.deepEqual(own('a volume l '), ['1 1', '2 2', '3 3', '5 5']);
  assert.deepEqual(own('a content cm^3 '), ['4 6000']);
  assert.deepEqual(
    recorded.filter((line) => line.includes('measured')),
    ['2.5 a measured level l 2', '3.5 a measured level m^3 0.004'],
  );
  connection.stop();
  await fleet.stop();
});
