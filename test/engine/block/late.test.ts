/** Late samples: a twin ends up as if they had come in time, to the last bit. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../../src/core/model/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import { kinds, modelOf, startFleet, startMs, state, tank, twinOf } from '../support.ts';

/** All that a lane has to go back to: timers, a discrete state, a `when`, a bound. */
const oven = modelOf(`
gemel: 1
model: oven
version: 1.0.0
units: unchecked
solver: { step: 0.05 s }
inputs:
  power: { unit: W }
  draught: { unit: "1", default: 0.1 }
states:
  heat: { unit: J, start: 1, max: 30 }
  count: { unit: "1", start: 0 }
  slow: { unit: "1", start: 0, every: 0.3 s }
equations:
  der(heat): power - draught * heat * exp(-0.01 * heat)
  next(count): count + 1 + tanh(heat)
  next(slow): slow + sin(heat)
when:
  hot: { condition: heat > 20, raise: too hot, reset: { heat: 5 + 0.001 * count } }
measurements:
  reading: { equals: heat + slow, unit: J }
  other: { equals: 2 * heat, unit: J }
`);

/** The same with a belief: of a state that is measured, one that is not, and a sensor without noise. */
const filtered = filteredBy('unscented');

function filteredBy(method: string): Model {
  return modelOf(`
gemel: 1
model: ${method}
filter: { method: ${method}, members: 12 }
version: 1.0.0
units: unchecked
solver: { step: 0.05 s }
inputs:
  power: { unit: W }
states:
  heat: { unit: J, start: 1, noise: 0.3 J/s^0.5, uncertainty: 2 }
  loss: { unit: "1", start: 0.1, min: 0.01, max: 1, noise: 0.01 1/s^0.5, uncertainty: 0.05 }
  count: { unit: "1", start: 0 }
equations:
  der(heat): power - loss * heat * exp(-0.01 * heat)
  der(loss): 0
  next(count): count + 1
measurements:
  reading: { equals: heat, unit: J, noise: 0.5 }
  squared: { equals: heat ^ 2 / 10, unit: J, noise: 0.8 }
  exact: { equals: heat, unit: J }
`);
}

interface Sent {
  readonly twin: string;
  readonly timeMs: number;
  readonly arrivalMs: number;
  readonly values: Record<string, number>;
}

/** Samples of some seconds, in groups and alone, each perhaps late by anything within the lateness. */
function samplesOf(model: Model, twins: readonly string[], random: () => number): Sent[] {
  const names = [...model.inputs, ...model.measurements].map(({ name }) => name);
  return Array.from({ length: 150 }, () => {
    const timeMs = startMs + Math.floor(random() * 12_000);
    const delayMs = random() < 0.4 ? Math.floor(random() * 9000) : 0;
    const values: Record<string, number> = {};
    for (const name of names) {
      if (random() < 0.4) values[name] = name === 'draught' ? 0.1 + random() / 10 : 3 + 4 * random();
    }
    values['power'] ??= 2 + 3 * random();
    const twin = twins[Math.floor(random() * twins.length)] ?? '';
    return { twin, timeMs, arrivalMs: timeMs + delayMs, values };
  });
}

async function playAll(model: Model, sent: readonly Sent[], periodMs: number): Promise<string[]> {
  const twins = ['a', 'b', 'c'];
  const { fleet, clock, send } = await startFleet(
    twins.map((id) => twinOf(id, model, { periodMs })),
    { models: [model] },
  );
  for (const { twin, timeMs, arrivalMs, values } of sent.toSorted((a, b) => a.arrivalMs - b.arrivalMs)) {
    await clock.advance(Math.max(0, arrivalMs - clock.nowMs()));
    const { refused } = send(twin, { ...values, time: timeMs });
    assert.deepEqual(refused, []);
  }
  await clock.advance(startMs + 25_000 - clock.nowMs());
  const { refusedSamples, lateSamples } = fleet.statistics();
  assert.deepEqual([refusedSamples['out-of-order'], refusedSamples['too-late']], [0, 0]);
  assert.equal(
    lateSamples > 50,
    sent.some(({ timeMs, arrivalMs }) => arrivalMs > timeMs),
  );
  const seen = twins.map(
    (id) =>
      fleet
        .snapshot(id)
        ?.toJson()
        .replace(/,"silent":\[[^\]]*\]/, '') ?? '',
  );
  await fleet.stop();
  return seen;
}

for (const model of [oven, filtered, filteredBy('extended'), filteredBy('ensemble')]) {
  for (const [seed, periodMs] of [
    [1, 1000],
    [2, 1000],
    [3, 250],
    [4, 700],
  ] as const) {
    test(`any order of arrival within the lateness gives the bits of the order of event times: ${model.name}, ticks of ${periodMs} ms (seed ${seed})`, async () => {
      const rng = new Rng(seed);
      const random = () => rng.uniform();
      const late = samplesOf(model, ['a', 'b', 'c'], random);
      const timely = late.map((one) => ({ ...one, arrivalMs: one.timeMs }));
      const [asCame, inTime] = [await playAll(model, late, periodMs), await playAll(model, timely, periodMs)];
      assert.deepEqual(asCame, inTime);
      assert.ok(asCame.every((json) => json.includes('"status":"running"')));
    });
  }
}

test('what is older than the lateness is refused and counted, at the door and behind it', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank, { latenessMs: 2000 })]);
  await clock.advance(20_000);
  send('a', { flow: 9, time: clock.nowMs() - 2001 });
  assert.equal(send('a', { flow: 3, time: clock.nowMs() - 1900 }).accepted, 1);
  await clock.advance(1000);
  // 18.1 s is nearest to the boundary at 18.125 s.
  assert.equal(state(fleet, 'a', 'volume'), 18.125 + 3 * 2.875);
  assert.equal(fleet.statistics().refusedSamples['too-late'], 1);
  await fleet.stop();
});

test('a late sample that makes a `when` fire is told, and what was told before is not told again', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', oven, { inputs: { power: 4 } })], {
    models: [oven],
  });
  const raised = () => kinds(fleet).filter((kind) => kind === 'raised').length;
  await clock.advance(8000);
  assert.equal(raised(), 1);
  // It goes back to the copy at 7 s or before: to a time at which the first was, or was not, yet raised.
  send('a', { power: 30, time: startMs + 7500 });
  await clock.advance(500);
  send('a', { level: 0, reading: 3, time: startMs + 5500 });
  await clock.advance(500);
  assert.equal(raised(), 3);
  await fleet.stop();
});

test('a late sample takes back nobody else, and moves with its twin', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank), twinOf('b', tank)], { shards: 2 });
  await clock.advance(4000);
  send('a', { flow: 5, time: startMs + 1000 });
  const move = fleet.move('a', 1);
  await clock.advance(1000);
  await move;
  assert.deepEqual([state(fleet, 'a', 'volume'), state(fleet, 'b', 'volume')], [1 + 4 * 5, 5]);
  send('a', { flow: 0, time: startMs + 2000 });
  await clock.advance(1000);
  assert.deepEqual([state(fleet, 'a', 'volume'), state(fleet, 'b', 'volume')], [6, 6]);
  await fleet.stop();
});

test('a quarantined twin is set right by the sample that explains it, even if that is late', async () => {
  const bomb = modelOf(`
gemel: 1
model: bomb
version: 1.0.0
units: unchecked
solver: { step: 0.1 s }
inputs: { x: { unit: "1", default: 1 } }
states: { y: { unit: "1", start: 0 } }
equations: { der(y): sqrt(x) }
`);
  const { fleet, clock, send } = await startFleet([twinOf('a', bomb)], { models: [bomb] });
  send('a', { x: -1, time: startMs + 1500 });
  await clock.advance(3000);
  assert.equal(fleet.snapshot('a')?.status, 'quarantined');
  send('a', { x: 4, time: startMs + 1500 });
  await clock.advance(1000);
  assert.equal(fleet.snapshot('a')?.status, 'running');
  assert.ok(Math.abs(state(fleet, 'a', 'y') - (1.5 + 2 * 2.5)) < 1e-12);
  assert.deepEqual(kinds(fleet), ['quarantined', 'recovered']);
  await fleet.stop();
});
