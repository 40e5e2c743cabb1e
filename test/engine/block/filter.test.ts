/** Twins that are corrected by their samples: what they then know, what they tell, and that a restart changes nothing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../../src/core/model/index.ts';
import { createTwin } from '../../../src/engine/index.ts';
import {
  joined,
  kinds,
  leakingTank,
  memoryStore,
  modelOf,
  startFleet,
  startMs,
  state,
  twinOf,
} from '../support.ts';

/** A random walk of 1 √(l²/s), measured with a deviation of 2 l. */
const walk = modelOf(`
gemel: 1
model: walk
version: 1.0.0
units: unchecked
solver: { step: 0.25 s }
states:
  volume: { unit: l, start: 0, noise: 1 l/s^0.5, uncertainty: 3 l }
equations:
  der(volume): 0
measurements:
  level: { equals: volume, unit: l, noise: 2 l }
  second: { equals: volume, unit: l, noise: 2 l }
  exact: { equals: volume, unit: l }
`);

/** Two states, of which the flow is not measured, and everything in units. */
const tank = filteredBy('unscented');

function filteredBy(method: string): Model {
  return modelOf(`${leakingTank}
filter: { method: ${method} }
`);
}

function near(actual: number | undefined, expected: number, relative = 1e-12): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${actual} is not ${expected}`,
  );
}

test('a random walk is corrected by the gain of the closed form, each sample at its own time', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', walk)], { models: [walk] });
  send('a', { level: 4, time: startMs + 500 });
  await clock.advance(1000);
  // Variance 9 at the start, 9.5 after half a second; gain 9.5/(9.5 + 4); another half second adds 0.5.
  const gain = 9.5 / 13.5;
  const snapshot = fleet.snapshot('a');
  near(snapshot?.state('volume'), gain * 4);
  near(snapshot?.uncertainty('volume'), Math.sqrt((1 - gain) * 9.5 + 0.5));
  const { innovation, deviation, expected } = snapshot?.measurement('level') ?? {};
  assert.equal(innovation, 4);
  near(deviation, Math.sqrt(13.5));
  near(expected, gain * 4);
  const json = JSON.parse(snapshot?.toJson() ?? '');
  near(json.uncertainty.volume, Math.sqrt((1 - gain) * 9.5 + 0.5), 1e-5);
  near(json.measurements.level.deviation, Math.sqrt(13.5), 1e-5);
  // Without samples it only grows less sure.
  await clock.advance(3000);
  near(fleet.snapshot('a')?.state('volume'), gain * 4);
  near(fleet.snapshot('a')?.uncertainty('volume'), Math.sqrt((1 - gain) * 9.5 + 3.5));
  await fleet.stop();
});

test('a sensor without noise is compared only', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', walk)], { models: [walk] });
  send('a', { exact: 4, time: startMs + 500 });
  await clock.advance(1000);
  assert.equal(state(fleet, 'a', 'volume'), 0);
  assert.equal(fleet.snapshot('a')?.measurement('exact').innovation, 4);
  assert.equal(fleet.statistics().corrections, 0);
  await fleet.stop();
});

test('finds a state that no sensor measures', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)], { models: [tank] });
  // The real leak is 30 l/min at 100 l.
  let volume = 100;
  for (let second = 1; second <= 600; second++) {
    for (let i = 0; i < 100; i++) volume += (60 / 60 - (30 / 60) * Math.sqrt(volume / 100)) / 100;
    send('a', { level: volume, time: startMs + second * 1000 });
    await clock.advance(1000);
  }
  const snapshot = fleet.snapshot('a');
  const deviation = snapshot?.uncertainty('leak') ?? Number.NaN;
  assert.ok(deviation > 0.1 && deviation < 5, `${deviation}`);
  assert.ok(Math.abs((snapshot?.state('leak') ?? 0) - 30) < 0.5 * deviation);
  const { corrections, normalisedSquares, rejectedSamples } = fleet.statistics();
  assert.deepEqual([corrections, rejectedSamples], [600, 0]);
  // Samples without noise fit better than they should.
  assert.ok(normalisedSquares > 0 && normalisedSquares < 600);
  await fleet.stop();
});

test('samples of others change no bit of a twin, and its own may come at any rate', async () => {
  const sensor = (fleet: Awaited<ReturnType<typeof startFleet>>, id: string, tick: number) => {
    for (let i = 0; i < 1 + (tick % 7); i++) {
      const time = startMs + tick * 1000 + 137 * i;
      fleet.send(id, { level: 100 + 5 * Math.sin(time), time });
    }
  };
  const one = await startFleet([twinOf('a', tank)], { models: [tank] });
  const many = await startFleet(
    ['x', 'a', 'y', 'z'].map((id) => twinOf(id, tank)),
    { models: [tank], clock: one.clock },
  );
  for (let tick = 0; tick < 40; tick++) {
    sensor(one, 'a', tick);
    sensor(many, 'a', tick);
    for (const [i, id] of ['x', 'y', 'z'].entries()) if (tick % (i + 2) === 0) sensor(many, id, tick + i);
    await one.clock.advance(1000);
  }
  assert.equal(one.fleet.snapshot('a')?.toJson(), many.fleet.snapshot('a')?.toJson());
  await Promise.all([one.fleet.stop(), many.fleet.stop()]);
});

for (const method of ['unscented', 'extended', 'ensemble']) {
  test(`a restart goes on bit for bit, uncertainty and all: ${method}`, () => restart(filteredBy(method)));
}

async function restart(model: Model): Promise<void> {
  const checkpoints = memoryStore();
  const play = async (
    { clock, send }: Awaited<ReturnType<typeof startFleet>>,
    from: number,
    to: number,
  ): Promise<void> => {
    for (let second = from; second < to; second++) {
      send('a', { level: 100 + second, time: clock.nowMs() + 300 });
      await clock.advance(1000);
    }
  };
  const whole = await startFleet([twinOf('a', model)], { models: [model] });
  await play(whole, 0, 20);
  let parts = await startFleet([twinOf('a', model)], { models: [model], checkpoints });
  await play(parts, 0, 10);
  await parts.fleet.stop();
  parts = await startFleet([twinOf('a', model)], { models: [model], checkpoints, clock: parts.clock });
  assert.deepEqual(kinds(parts.fleet), ['resumed']);
  await play(parts, 10, 20);
  assert.equal(parts.fleet.snapshot('a')?.toJson(), whole.fleet.snapshot('a')?.toJson());
  await Promise.all([parts.fleet.stop(), whole.fleet.stop()]);
}

test('a checkpoint without this belief keeps the states, begins the uncertainty anew, and says so', async () => {
  const { decodeCheckpoint, encodeCheckpoint } = await import('../../../src/engine/checkpoint/checkpoint.ts');
  const checkpoints = memoryStore();
  const first = await startFleet([twinOf('a', tank)], { models: [tank], checkpoints });
  first.send('a', { level: 120, time: startMs + 300 });
  await first.clock.advance(1000);
  const volume = state(first.fleet, 'a', 'volume');
  await first.fleet.stop();
  const [part] = decodeCheckpoint(checkpoints.bytes ?? new Uint8Array()).parts;
  assert.ok(part !== undefined);
  const kept = part.columns.flatMap((name, i) => (name.startsWith('factor ') ? [] : [i]));
  const columns = kept.map((i) => part.columns[i] ?? '');
  const values = Float64Array.from(kept, (i) => part.values[i] ?? Number.NaN);
  checkpoints.bytes = joined(encodeCheckpoint({ parts: [{ ...part, columns, values }], alarms: [] }));
  const second = await startFleet([twinOf('a', tank)], { models: [tank], checkpoints, clock: first.clock });
  assert.deepEqual(kinds(second.fleet), ['afresh', 'resumed']);
  assert.equal(state(second.fleet, 'a', 'volume'), volume);
  near(second.fleet.snapshot('a')?.uncertainty('leak'), 10);
  await second.fleet.stop();
});

test('a sample that cannot be is left out, flagged, counted, and told on its edges', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', walk)], { models: [walk] });
  for (const level of [0.5, 0.2, 90, 91, 0.1]) {
    send('a', { level });
    await clock.advance(1000);
  }
  assert.ok(Math.abs(state(fleet, 'a', 'volume')) < 1);
  const { corrections, rejectedSamples } = fleet.statistics();
  assert.deepEqual([corrections, rejectedSamples], [5, 2]);
  assert.deepEqual(kinds(fleet), ['sensor-rejected', 'sensor-accepted']);
  assert.match(
    fleet.events()[1]?.message ?? '',
    /^`level` is 8\d\.\d l off what is expected, 3\d standard dev/,
  );
  send('a', { level: 95 });
  await clock.advance(1000);
  assert.equal(fleet.snapshot('a')?.measurement('level').rejected, true);
  assert.match(fleet.snapshot('a')?.toJson() ?? '', /"rejected":true/);
  await fleet.stop();
});

test('a sample that is not valid is compared, and neither corrects nor counts', async () => {
  const phased = modelOf(`
gemel: 1
model: phased
version: 1.0.0
units: unchecked
inputs:
  open: { unit: "1", default: 1 }
states:
  volume: { unit: l, start: 0, noise: 1 l/s^0.5, uncertainty: 3 l }
equations:
  der(volume): 0
measurements:
  level: { equals: volume, unit: l, noise: 2 l, valid: open > 0.5 }
`);
  const { fleet, clock, send } = await startFleet([twinOf('a', phased)], { models: [phased] });
  const give = async (open: number, level: number): Promise<void> => {
    send('a', { open, level });
    await clock.advance(1000);
  };
  await give(0, 50);
  const { innovation, deviation, rejected } = fleet.snapshot('a')?.measurement('level') ?? {};
  assert.deepEqual(
    [state(fleet, 'a', 'volume'), innovation, deviation, rejected],
    [0, 50, undefined, undefined],
  );
  assert.doesNotMatch(fleet.snapshot('a')?.toJson() ?? '', /deviation/);
  for (const level of [0.5, 90]) await give(1, level);
  // What is not valid does not say that the sensor is well again, nor end the run of samples left out.
  await give(0, 0.5);
  const { corrections, rejectedSamples, normalisedSquares } = fleet.statistics();
  assert.deepEqual([corrections, rejectedSamples], [2, 1]);
  assert.ok(Number.isFinite(normalisedSquares));
  assert.deepEqual(kinds(fleet), ['sensor-rejected']);
  await give(1, 0.5);
  assert.deepEqual(kinds(fleet), ['sensor-rejected', 'sensor-accepted']);
  await fleet.stop();
});

test('a sensor that falls silent is told after five of its intervals, and when it is back', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', walk), twinOf('b', walk)], { models: [walk] });
  for (let i = 0; i < 10; i++) {
    send('a', { level: 0, second: 0 });
    await clock.advance(2000);
  }
  for (let i = 0; i < 4; i++) {
    send('a', { level: 0 });
    await clock.advance(2000);
  }
  assert.deepEqual(kinds(fleet), []);
  for (let i = 0; i < 3; i++) {
    send('a', { level: 0 });
    await clock.advance(2000);
  }
  assert.deepEqual(kinds(fleet), ['sensor-silent']);
  assert.deepEqual(fleet.snapshot('a')?.silent, ['second']);
  assert.equal(fleet.statistics().silentSensors, 1);
  const [event] = fleet.events();
  assert.deepEqual([event?.twin, event?.subject], ['a', 'second']);
  assert.match(event?.message ?? '', /has said nothing for 1\d s; usually it does every 2 s/);
  send('a', { second: 0 });
  await clock.advance(2000);
  assert.deepEqual(kinds(fleet), ['sensor-silent', 'sensor-back']);
  assert.deepEqual(fleet.snapshot('a')?.silent, []);
  await fleet.stop();
});

test('a belief that its sensor contradicts follows it after three samples, and says so', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)], { models: [tank] });
  for (let i = 0; i < 60; i++) {
    send('a', { level: 100, time: clock.nowMs() + 500 });
    await clock.advance(1000);
  }
  const sure = fleet.snapshot('a')?.uncertainty('volume') ?? Number.NaN;
  assert.ok(sure < 0.6);
  // Somebody has filled 20 l into it: more than the belief can be wrong.
  for (let i = 0; i < 60; i++) {
    send('a', { level: 120, time: clock.nowMs() + 500 });
    await clock.advance(1000);
    if (i === 2) assert.ok(Math.abs(state(fleet, 'a', 'volume') - 100) < 1.5);
    if (i === 3) assert.ok(Math.abs(state(fleet, 'a', 'volume') - 120) < 2);
  }
  assert.deepEqual(kinds(fleet), ['sensor-rejected', 'widened', 'sensor-accepted']);
  assert.equal(fleet.statistics().divergences, 0);
  assert.ok(Math.abs(state(fleet, 'a', 'volume') - 120) < 1.5, `${state(fleet, 'a', 'volume')}`);
  await fleet.stop();
});

test('a belief that leaves the finite numbers begins anew; a model that does again is quarantined', async () => {
  const steep = modelOf(`
gemel: 1
model: steep
version: 1.0.0
units: unchecked
solver: { step: 0.25 s }
inputs: { push: { unit: "1", default: 0 } }
states:
  x: { unit: "1", start: 1, noise: 0.1 1/s^0.5, uncertainty: 0.1 }
equations: { der(x): push * exp(exp(x * 5)) }
measurements: { seen: { equals: x, unit: "1", noise: 0.1 } }
`);
  const { fleet, clock, send } = await startFleet([twinOf('a', steep)], { models: [steep] });
  await clock.advance(2000);
  send('a', { push: 5, time: startMs + 2500 });
  await clock.advance(3000);
  assert.deepEqual(kinds(fleet), ['diverged', 'quarantined']);
  assert.equal(fleet.snapshot('a')?.status, 'quarantined');
  send('a', { push: 0 });
  await clock.advance(1000);
  assert.equal(fleet.snapshot('a')?.status, 'running');
  assert.ok(Number.isFinite(fleet.snapshot('a')?.uncertainty('x')));
  assert.deepEqual(
    fleet.alarms.list().map(({ id, state: stands }) => [id, stands]),
    [
      ['a~quarantined', 'returned'],
      ['a~diverged', 'returned'],
    ],
  );
  await fleet.stop();
});

test('a twin in a program of its own is corrected by `update`', () => {
  const twin = createTwin(walk);
  twin.step(0.5);
  const corrections = twin.update({ level: 4, exact: 7 });
  const gain = 9.5 / 13.5;
  near(twin.state('volume'), gain * 4);
  near(twin.deviation('volume'), Math.sqrt((1 - gain) * 9.5));
  assert.equal(corrections['level']?.innovation, 4);
  near(corrections['level']?.deviation, Math.sqrt(13.5));
  assert.equal(corrections['level']?.rejected, false);
  near(corrections['exact']?.innovation, 7 - gain * 4);
  assert.equal(twin.update({ second: 1000 })['second']?.rejected, true);
  assert.equal(twin.snapshot().measurement('second').rejected, true);
  near(twin.state('volume'), gain * 4);
  assert.throws(() => twin.update({ levle: 1 }), { code: 'SIGNAL_UNKNOWN' });
});

test('a jump that the gate leaves out is followed once patience ends, and told; late samples change nothing of it', async () => {
  const drift = modelOf(`
gemel: 1
model: drift
version: 1.0.0
units: unchecked
states:
  wear: { unit: "1", start: 0, uncertainty: 0.01, noise: 0.001 1/s^0.5 }
equations:
  der(wear): 0
filter: { patience: 2 }
measurements:
  vibration: { equals: 1 + 4 * wear, unit: "1", noise: 0.1 }
`);
  const wearAfter = async (order: readonly number[]): Promise<number> => {
    const { fleet, clock, send } = await startFleet([twinOf('a', drift)], { models: [drift] });
    for (const [place, second] of order.entries()) {
      send('a', { vibration: second < 5 ? 1 : 4, time: startMs + second * 1000 });
      if (place % 2 === 1) await clock.advance(2000);
    }
    await clock.advance(2000);
    assert.equal(kinds(fleet).filter((kind) => kind === 'widened').length, 1);
    const { message, subject } = fleet.events().find(({ kind }) => kind === 'widened') ?? {};
    assert.match(message ?? '', /^2 samples of `vibration` in a row were too far off to be true/);
    assert.equal(subject, 'vibration');
    return state(fleet, 'a', 'wear');
  };
  const inOrder = await wearAfter([1, 2, 3, 4, 5, 6, 7, 8]);
  near(inOrder, 0.75, 0.01);
  assert.equal(await wearAfter([2, 1, 4, 3, 6, 5, 8, 7]), inOrder);
});
