/** Twins whose sensors break and whose health changes: what is told of them, once, also over a restart. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src/core/statistics/index.ts';
import type { TwinEvent } from '../../../src/engine/index.ts';
import { record, tanks } from '../../core/detect/tanks.ts';
import { memoryStore, modelOf, startFleet, startMs, twinOf } from '../support.ts';

/** A heated body with two thermometers; its loss to the air is its health, and hidden. */
const text = `
gemel: 1
model: heater
version: 1.0.0
solver: { step: 1 s }
detect: { mean_time_between_false_alarms: 30 d, learn: 100 }
inputs:
  power: { unit: W, default: 500 }
states:
  body: { unit: degC, start: 70, noise: 0.02 K/s^0.5, uncertainty: 1 K }
  loss: { unit: W/K, start: 10, noise: 0.02 W/K/s^0.5, uncertainty: 0.3 }
equations:
  der(body): (power - loss * (body - 20 [degC])) / 2 [kJ/K]
  der(loss): 0
measurements:
  inside: { equals: body, unit: degC, noise: 0.2 K }
  outside: { equals: body, unit: degC, noise: 0.2 K }
`;
const heater = modelOf(text);

interface Trouble {
  readonly offset?: number;
  readonly scatter?: number;
  readonly stuck?: boolean;
  readonly loss?: number;
}

/** A machine by Euler's method, in trouble from a time on. */
function createMachine(seed: number, trouble: Trouble, fromSeconds: number) {
  const rng = new Rng(seed);
  let body = 70;
  let held: number | undefined;
  return (second: number) => {
    const ill = second >= fromSeconds;
    const loss = ill ? (trouble.loss ?? 10) : 10;
    body += (500 - loss * (body - 20)) / 2000 + 0.02 * rng.normal();
    const inside = body + 0.2 * rng.normal();
    let outside =
      body + 0.2 * rng.normal() * (ill ? (trouble.scatter ?? 1) : 1) + (ill ? (trouble.offset ?? 0) : 0);
    if (ill && trouble.stuck) outside = held ??= outside;
    const round = (value: number) => Math.round(value * 100) / 100;
    return { inside: round(inside), outside: round(outside) };
  };
}

const told = ['sensor-suspected', 'sensor-cleared', 'health-changed', 'health-settled'];

async function run(
  trouble: Trouble,
  { model = heater, seconds = 600, seed = 1 } = {},
): Promise<readonly TwinEvent[]> {
  const { fleet, clock, send } = await startFleet([twinOf('a', model)], { models: [model] });
  const machine = createMachine(seed, trouble, 300);
  for (let second = 0; second < seconds; second++) {
    send('a', { ...machine(second), time: clock.nowMs() + 500 });
    await clock.advance(1000);
  }
  await fleet.stop();
  const suspected = fleet.alarms.list().filter(({ kind }) => kind === 'sensor-suspected');
  const events = fleet.events().filter(({ kind }) => kind === 'sensor-suspected');
  assert.deepEqual(
    new Set(suspected.map(({ subject }) => subject)),
    new Set(events.map(({ subject }) => subject)),
    'what is suspected is an alarm',
  );
  return fleet
    .events()
    .filter(({ kind }) => told.includes(kind))
    .reverse();
}

function secondOf(event: TwinEvent | undefined): number {
  return ((event?.timeMs ?? NaN) - startMs) / 1000;
}

test('nothing is told of a machine that does what it should', async () => {
  assert.deepEqual(await run({}, { seconds: 1500 }), []);
});

test('a sensor that scatters is told once, with its unit and since when', async () => {
  const events = await run({ scatter: 4 });
  const [event] = events;
  assert.equal(event?.kind, 'sensor-suspected');
  assert.equal(event.subject, 'outside');
  assert.equal(event.severity, 'warning');
  assert.ok(secondOf(event) >= 300 && secondOf(event) < 330, `${secondOf(event)}`);
  assert.match(
    event.message,
    /^`outside` scatters more than its noise says.*scatter by [\d.]+ degC, since about 2026-11-22T13:0[45]:\d\dZ \(9\d % sure\)$/,
  );
  assert.equal(events.filter(({ subject }) => subject === 'outside').length, 1);
});

test('a sensor that is off by little is suspected', async () => {
  const [event] = await run({ offset: 0.5 });
  assert.equal(event?.kind, 'sensor-suspected');
  assert.match(event.message, /have moved apart: the sensor or the machine has changed: by -?0\.\d+ degC/);
  assert.ok(secondOf(event) < 400, `${secondOf(event)}`);
});

test('a sensor that stands still is told as that', async () => {
  const events = await run({ stuck: true });
  const last = events.findLast(({ subject }) => subject === 'outside');
  assert.match(last?.message ?? '', /^`outside` repeats one value .*stands at \d+\.?\d* degC/);
});

test('a health that changes at once is told, with its size', async () => {
  const events = await run({ loss: 12 }, { seconds: 1500 });
  const health = events.find(({ kind }) => kind === 'health-changed');
  assert.equal(health?.subject, 'loss');
  assert.match(health.message, /^`loss` has changed by more than its usual wandering: by \d\.?\d* W\/K/);
});

test('detection can be turned off', async () => {
  const model = modelOf(text.replace('30 d', 'off'));
  assert.deepEqual(await run({ scatter: 4, offset: 3 }, { model }), []);
});

test('a restart neither forgets what was learnt nor tells it again', async () => {
  const checkpoints = memoryStore();
  let { fleet, clock, send } = await startFleet([twinOf('a', heater)], { models: [heater], checkpoints });
  const machine = createMachine(1, { scatter: 4 }, 300);
  const events: TwinEvent[] = [];
  for (let second = 0; second < 500; second++) {
    if (second === 200 || second === 400) {
      await fleet.stop();
      events.push(...fleet.events());
      ({ fleet, clock, send } = await startFleet([twinOf('a', heater)], {
        models: [heater],
        checkpoints,
        clock,
      }));
    }
    send('a', { ...machine(second), time: clock.nowMs() + 500 });
    await clock.advance(1000);
  }
  await fleet.stop();
  events.push(...fleet.events());
  const suspected = events.filter(
    ({ kind, subject }) => kind === 'sensor-suspected' && subject === 'outside',
  );
  assert.equal(suspected.length, 1);
  assert.deepEqual(suspected[0]?.message, (await run({ scatter: 4 }, { seconds: 500 }))[0]?.message);
});

test('a late sample is worked in and not judged twice', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', heater)], { models: [heater] });
  const machine = createMachine(2, { scatter: 4 }, 300);
  const waiting: unknown[] = [];
  for (let second = 0; second < 500; second++) {
    const sample = { ...machine(second), time: clock.nowMs() + 500 };
    // Every third sample comes three seconds late.
    if (second % 3 === 0) waiting.push(sample);
    else send('a', sample);
    await clock.advance(1000);
    if (second % 3 === 2) send('a', waiting.shift());
  }
  await fleet.stop();
  assert.ok(fleet.statistics().lateSamples > 100);
  const events = fleet.events().filter(({ subject, kind }) => subject === 'outside' && told.includes(kind));
  // Not more than twice: what it looks like may change as evidence comes in.
  assert.ok(events.length >= 1 && events.length <= 2);
  assert.ok(events.every(({ kind }) => kind === 'sensor-suspected'));
});

/** What is told of the tanks of core's tests, whose troubles begin after 100 s, by kind of event. */
async function tell(trouble: Parameters<typeof record>[0], seed: number): Promise<readonly TwinEvent[]> {
  const { fleet, clock, send } = await startFleet([twinOf('t', tanks)], { models: [tanks] });
  const seconds = Map.groupBy(record(trouble, seed).samples, ({ kind, time }) =>
    kind === 'input' ? time + 1 : time,
  );
  for (const [second, samples] of [...seconds].toSorted(([a], [b]) => a - b)) {
    for (const { kind, index, value, time } of samples) {
      const signal = (kind === 'input' ? tanks.inputs : tanks.measurements)[index];
      send('t', { [signal?.name ?? '']: value, time: startMs + 1000 * time });
    }
    await clock.advance(startMs + 1000 * second - clock.nowMs());
  }
  await fleet.stop();
  return fleet.events().toReversed();
}

for (const [words, trouble] of [
  [
    /^`lower` reads beside the value .* by 0\.0[34]\d* 1, since about 2026-11-22T13:01:[3-5]/,
    { sensor: 1, fault: 'offset' },
  ],
  [/^`between` scatters more than its noise says/, { sensor: 2, fault: 'noisy' }],
  [
    /^the machine no longer does what its model says; no single sensor explains it, since about/,
    { leak: 0.1 },
  ],
  [/^`valve` has changed by more than its usual wandering: by -0\.0[4-9]\d* 1/, { valve: 0.93 }],
] as const) {
  test(`by the other sensors it is told that ${words.source.slice(1, 40)}…`, async () => {
    for (const seed of [1, 2]) {
      const events = await tell(trouble, seed);
      const diagnosed = events.filter(({ kind }) => kind === 'diagnosed');
      assert.deepEqual(
        diagnosed.map(({ message }) => words.test(message)),
        [true],
        JSON.stringify(
          events.map(({ kind, message, timeMs }) => [kind, message, (timeMs - startMs) / 1000]),
          null,
          1,
        ),
      );
    }
  });
}

test('a diagnosis is over when nothing is suspected any more, and is not told again after a restart', async () => {
  const checkpoints = memoryStore();
  let { fleet, clock, send } = await startFleet([twinOf('a', heater)], { models: [heater], checkpoints });
  const machine = createMachine(1, { scatter: 4 }, 300);
  const healthy = createMachine(2, {}, 300);
  const events: TwinEvent[] = [];
  for (let second = 0; second < 2000; second++) {
    if (second === 450) {
      await fleet.stop();
      events.push(...fleet.events().toReversed());
      ({ fleet, clock, send } = await startFleet([twinOf('a', heater)], {
        models: [heater],
        checkpoints,
        clock,
      }));
    }
    send('a', { ...(second < 600 ? machine : healthy)(second), time: clock.nowMs() + 500 });
    await clock.advance(1000);
  }
  await fleet.stop();
  events.push(...fleet.events().toReversed());
  const about = events.filter(({ kind }) => kind === 'diagnosed' || kind === 'diagnosis-over');
  assert.deepEqual(
    about.map(({ kind, subject }) => [kind, subject]),
    [
      ['diagnosed', 'outside'],
      ['diagnosis-over', 'outside'],
    ],
    JSON.stringify(
      events.map(({ kind, message, timeMs }) => [kind, message, (timeMs - startMs) / 1000]),
      null,
      1,
    ),
  );
});
