/** The door: what messages feed, and every reason for which a sample is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseUnit, type Unit } from '../../../src/core/units/index.ts';
import { type Binding, type Delivery, type Fleet, refusalReasons } from '../../../src/engine/index.ts';
import { bytes, modelOf, startFleet, startMs, state, tank, twinOf } from '../support.ts';

const oven = modelOf(`
gemel: 1
model: oven
version: 1.0.0
inputs:
  power: { unit: kW, min: 0 kW, max: 5 kW, default: 0 kW }
  ambient: { unit: degC, default: 20 }
states:
  temperature: { unit: degC, start: 20 }
equations:
  der(temperature): power / 10 [kJ/K]
measurements:
  sensor_1: { equals: temperature, unit: degC }
`);

function unit(text: string): Unit {
  const parsed = parseUnit(text);
  assert.ok('unit' in parsed, text);
  return parsed.unit;
}

function binding(signal: string, topic: string, more: Partial<Binding> = {}): Binding {
  return { signal, topic, unit: unit('kW'), timeFormat: 'auto', ...more };
}

function deliver(fleet: Fleet, topic: string, payload: string | Uint8Array, receivedMs = startMs): Delivery {
  return fleet.deliver({
    topic,
    payload: typeof payload === 'string' ? bytes(payload) : payload,
    receivedMs,
  });
}

const ovens = { models: [oven, tank] };

test('telemetry takes numbers in the own unit of a signal, or with a unit', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', oven)], ovens);
  const { accepted, refused } = send('a', {
    power: { value: 1500, unit: 'W' },
    ambient: { value: 300, unit: 'K' },
    sensor_1: { value: 68 },
  });
  assert.deepEqual([accepted, refused], [3, []]);
  await clock.advance(1000);
  const snapshot = fleet.snapshot('a');
  assert.deepEqual([snapshot?.input('power'), snapshot?.measurement('sensor_1').measured], [1.5, 68]);
  assert.ok(Math.abs((snapshot?.input('ambient') ?? 0) - 26.85) < 1e-9);
  await fleet.stop();
});

test('bindings pick a field, its time and its unit out of any JSON', async () => {
  const bindings = [
    binding('power', 'plant/line1', { field: ['values', 1, 'kw'], timeField: ['at'], timeFormat: 's' }),
    binding('ambient', 'plant/weather', { unit: unit('degF') }),
  ];
  const { fleet, clock } = await startFleet(
    [twinOf('a', oven, { bindings }), twinOf('b', oven, { bindings })],
    ovens,
  );
  const payload = `{"at":${startMs / 1000 - 1},"values":[{},{"kw":2}]}`;
  assert.deepEqual(deliver(fleet, 'plant/line1', payload), { accepted: 2, refused: [] });
  assert.equal(deliver(fleet, 'plant/weather', ' 212\n').accepted, 2);
  await clock.advance(1000);
  for (const id of ['a', 'b']) {
    assert.equal(fleet.snapshot(id)?.input('power'), 2);
    assert.equal(fleet.snapshot(id)?.inputTimeMs('power'), startMs - 1000);
    assert.ok(Math.abs((fleet.snapshot(id)?.input('ambient') ?? 0) - 100) < 1e-9);
  }
  await fleet.stop();
});

test('subscribes to the telemetry of all twins by one filter, and to every other topic once', async () => {
  const bindings = [
    binding('power', 'plant/line1'),
    binding('ambient', 'plant/line1', { unit: unit('degC') }),
  ];
  const twins = [
    twinOf('a', oven, { bindings }),
    twinOf('b', oven, { bindings, telemetryTopic: 'site/b/values' }),
  ];
  const { fleet } = await startFleet(twins, ovens);
  assert.deepEqual(fleet.topics(), ['gemel/+/telemetry', 'plant/line1', 'site/b/values']);
  assert.equal(deliver(fleet, 'site/b/values', '{"power":1}').accepted, 1);
  assert.deepEqual(deliver(fleet, 'gemel/a/state', '{}'), { accepted: 0, refused: [] });
  assert.equal(fleet.statistics().ignoredMessages, 1);
  await fleet.stop();
});

test('refuses each kind of bad data with its reason, and counts it', async () => {
  const bindings = [binding('power', 'p', { field: ['v'], timeField: ['t'], timeFormat: 'ms' })];
  const { fleet } = await startFleet([twinOf('a', oven, { bindings })], ovens);
  const telemetry = 'gemel/a/telemetry';
  const cases: readonly (readonly [keyof typeof refusalReasons, string, string | Uint8Array])[] = [
    ['empty', telemetry, ''],
    ['too-large', telemetry, new Uint8Array(300_000)],
    ['not-utf8', telemetry, Uint8Array.of(0xff)],
    ['not-json', telemetry, '{power:1}'],
    ['too-deep', telemetry, '['.repeat(40)],
    ['not-an-object', telemetry, '21.5'],
    ['not-an-object', telemetry, '[{"power":1}]'],
    ['missing-field', telemetry, '{}'],
    ['missing-field', telemetry, `{"time":${startMs}}`],
    ['missing-field', 'p', '{"t":1}'],
    ['missing-field', 'p', '{"v":1}'],
    ['not-a-number', telemetry, '{"power":"1.5"}'],
    ['not-a-number', telemetry, '{"power":true}'],
    ['not-a-number', telemetry, '{"power":null}'],
    ['not-a-number', telemetry, '{"power":[1]}'],
    ['not-a-number', telemetry, '{"power":{"unit":"W"}}'],
    ['not-a-number', telemetry, '{"power":{"value":"1","unit":"W"}}'],
    ['not-finite', telemetry, '{"power":1e999}'],
    ['not-finite', telemetry, '{"power":NaN}'],
    ['not-finite', telemetry, '{"power":{"value":1e308,"unit":"GW"}}'],
    ['out-of-bounds', telemetry, '{"power":5.1}'],
    ['out-of-bounds', telemetry, '{"power":-0.001}'],
    ['unknown-twin', 'gemel/nobody/telemetry', '{"power":1}'],
    ['unknown-signal', telemetry, '{"powr":1}'],
    ['unknown-signal', telemetry, '{"__proto__":1}'],
    ['unknown-signal', telemetry, '{"temperature":1}'],
    ['bad-unit', telemetry, '{"power":{"value":1,"unit":"bar"}}'],
    ['bad-unit', telemetry, '{"power":{"value":1,"unit":"wat"}}'],
    ['bad-unit', telemetry, '{"power":{"value":1,"unit":7}}'],
    ['bad-time', telemetry, '{"time":"soon","power":1}'],
    ['bad-time', telemetry, '{"time":null,"power":1}'],
    ['bad-time', 'p', '{"v":1,"t":-5}'],
    ['too-late', telemetry, `{"time":${startMs - 10_001},"power":1}`],
    ['too-late', telemetry, '{"time":0,"power":1}'],
    ['too-new', telemetry, `{"time":${startMs + 5001},"power":1}`],
  ];
  const expected = Object.fromEntries(Object.keys(refusalReasons).map((reason) => [reason, 0]));
  for (const [reason, topic, payload] of cases) {
    const { accepted, refused } = deliver(fleet, topic, payload);
    assert.deepEqual(
      [accepted, refused.map((one) => one.reason)],
      [0, [reason]],
      `${reason}: ${String(payload).slice(0, 60)}`,
    );
    expected[reason] = (expected[reason] ?? 0) + 1;
  }
  assert.deepEqual(fleet.statistics().refusedSamples, expected);
  assert.equal(fleet.statistics().acceptedSamples, 0);
  assert.equal(fleet.refusals().length, cases.length);
  assert.equal(fleet.refusals()[0]?.reason, 'too-new');
  await fleet.stop();
});

test('the limits of time themselves are within', async () => {
  const { fleet, send } = await startFleet([twinOf('a', oven)], ovens);
  assert.equal(send('a', { power: 1, time: startMs - 10_000 }).accepted, 1);
  assert.equal(send('a', { power: 1, time: startMs + 5000 }).accepted, 1);
  await fleet.stop();
});

test('what a message has of good samples is taken, with a hint for the rest', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('pump-1', oven)], ovens);
  const { accepted, refused } = send('pump-1', { power: 2, sensor1: 20, ambient: '20' });
  assert.equal(accepted, 1);
  assert.deepEqual(
    refused.map(({ reason, twin, signal, topic, hint }) => ({ reason, twin, signal, topic, hint })),
    [
      {
        reason: 'unknown-signal',
        twin: 'pump-1',
        signal: 'sensor1',
        topic: 'gemel/pump-1/telemetry',
        hint: 'did you mean `sensor_1`?',
      },
      {
        reason: 'not-a-number',
        twin: 'pump-1',
        signal: 'ambient',
        topic: 'gemel/pump-1/telemetry',
        hint: 'send it without quotes',
      },
    ],
  );
  assert.equal(send('pump-l', { power: 1 }).refused[0]?.hint, 'did you mean `pump-1`?');
  await clock.advance(1000);
  assert.equal(fleet.snapshot('pump-1')?.input('power'), 2);
  await fleet.stop();
});

test('a model without checked units takes its numbers as they stand', async () => {
  const { fleet, send } = await startFleet([twinOf('a', tank)]);
  assert.equal(send('a', { flow: { value: 2, unit: 'l/s' } }).accepted, 1);
  assert.equal(send('a', { flow: { value: 2, unit: 'm3/h' } }).refused[0]?.reason, 'bad-unit');
  await fleet.stop();
});

test('setInputs is telemetry with names of its own', async () => {
  const { fleet, clock } = await startFleet([twinOf('a', oven)], ovens);
  assert.equal(fleet.setInputs('a', { power: 1, ambient: { value: 293.15, unit: 'K' } }).accepted, 2);
  assert.equal(fleet.setInputs('a', { power: 1 }, startMs - 60_000).refused[0]?.reason, 'too-late');
  assert.equal(fleet.setInputs('a', { power: 1 }, Number.NaN).refused[0]?.reason, 'bad-time');
  assert.equal(fleet.setInputs('b', { power: 1 }).refused[0]?.reason, 'unknown-twin');
  await clock.advance(1000);
  assert.equal(state(fleet, 'a', 'temperature').toFixed(9), '20.100000000');
  await fleet.stop();
});

test('one message is not answered with more than 64 refusals, but each is counted', async () => {
  const { fleet, send } = await startFleet([twinOf('a', oven)], ovens);
  const strangers = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`x${i}`, i]));
  assert.equal(send('a', strangers).refused.length, 64);
  assert.equal(fleet.statistics().refusedSamples['unknown-signal'], 500);
  await fleet.stop();
});

test('takes any bytes and any JSON on any topic without throwing', async () => {
  const bindings = [binding('power', 'p', { field: ['a', 0], timeField: ['t'] }), binding('ambient', 'q')];
  const { fleet } = await startFleet([twinOf('a', oven, { bindings: bindings.slice(0, 1) })], ovens);
  const topic = fc.constantFrom(
    'gemel/a/telemetry',
    'gemel/b/telemetry',
    'gemel/+/telemetry',
    'p',
    '',
    'gemel//telemetry',
  );
  const name = fc.constantFrom(
    'power',
    'ambient',
    'sensor_1',
    'time',
    'a',
    't',
    'value',
    'unit',
    '__proto__',
    'constructor',
  );
  const json = fc.dictionary(name, fc.oneof(fc.jsonValue(), fc.dictionary(name, fc.jsonValue())));
  const payload = fc.oneof(
    fc.uint8Array(),
    json.map((value) => bytes(JSON.stringify(value))),
  );
  fc.assert(
    fc.property(topic, payload, (to, what) => {
      const { accepted, refused } = deliver(fleet, to, what);
      return accepted >= 0 && refused.every(({ reason }) => reason in refusalReasons);
    }),
    { seed: 4, numRuns: 500 },
  );
  await fleet.stop();
});

test('who listens hears of each sample that was taken, and of those that came too late for their twin', async () => {
  const { fleet, send } = await startFleet([twinOf('a', oven)], ovens);
  const heard: unknown[] = [];
  const leave = fleet.onSample((sample) => heard.push(sample));
  send('a', { power: { value: 1500, unit: 'W' }, sensor_1: 20, ambient: 'warm' });
  send('a', { time: new Date(startMs - 3_600_000).toISOString(), sensor_1: 10 });
  send('a', { time: new Date(startMs + 3_600_000).toISOString(), sensor_1: 11 });
  assert.deepEqual(heard, [
    { twin: 'a', signal: 'power', timeMs: startMs, value: 1500 },
    { twin: 'a', signal: 'sensor_1', timeMs: startMs, value: 293.15 },
    { twin: 'a', signal: 'sensor_1', timeMs: startMs - 3_600_000, value: 283.15 },
  ]);
  leave();
  send('a', { power: 1 });
  assert.equal(heard.length, 3);
  await fleet.stop();
});
