/** Twins that come, go and move while the others run: nobody misses a tick, repeats one, or notices. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../../src/core/model/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import { createFleet, createLocalShard, createManualClock, type Fleet } from '../../../src/engine/index.ts';
import { bytes, kinds, memoryStore, modelOf, startFleet, startMs, state, tank, twinOf } from '../support.ts';

/** With everything that a lane has to remember: a discrete state, a timer, a `when`, and functions that round. */
const oven = modelOf(`
gemel: 1
model: oven
version: 1.0.0
units: unchecked
solver: { step: 0.05 s }
inputs:
  power: { unit: W, default: 3 }
parameters:
  loss: { unit: "1", value: 0.1 }
states:
  heat: { unit: J, start: 1, max: 40 }
  count: { unit: "1", start: 0 }
  slow: { unit: "1", start: 0, every: 0.3 s }
equations:
  der(heat): power - loss * heat * exp(-0.01 * heat)
  next(count): count + 1
  next(slow): slow + sin(heat)
when:
  hot: { condition: heat > 20, reset: { heat: 5 + 0.001 * count } }
measurements:
  reading: { equals: heat + slow, unit: J }
`);

/** The same with a belief. */
const filtered = modelOf(`
gemel: 1
model: filtered-oven
version: 1.0.0
units: unchecked
solver: { step: 0.05 s }
inputs:
  power: { unit: W, default: 3 }
parameters:
  loss: { unit: "1", value: 0.1 }
states:
  heat: { unit: J, start: 1, max: 40, noise: 0.3 J/s^0.5, uncertainty: 2 J }
  drift: { unit: J, start: 0, noise: 0.1 J/s^0.5, uncertainty: 0.5 J }
equations:
  der(heat): power - loss * heat * exp(-0.01 * heat)
  der(drift): -drift / 10
measurements:
  reading: { equals: heat + drift, unit: J, noise: 0.5 J }
`);

const seed = 20261122;

interface Seen {
  readonly tick: number;
  readonly timeMs: number;
  readonly plain: string;
}

/** Notes each snapshot that a tick tells of, by twin. */
function watch(fleet: Fleet): Map<string, Seen[]> {
  const seen = new Map<string, Seen[]>();
  fleet.onTick(({ twins }) => {
    for (const id of twins) {
      const snapshot = fleet.snapshot(id);
      if (snapshot === undefined) continue;
      const { tick, timeMs } = snapshot;
      const list = seen.get(id) ?? [];
      list.push({ tick, timeMs, plain: snapshot.plain() });
      seen.set(id, list);
    }
  });
  return seen;
}

for (const model of [oven, filtered]) {
  const name = `through any adds, removes and moves each twin makes every tick once, with the same bits: ${model.name} (seed ${seed})`;
  test(name, () => shuffle(model));
}

async function shuffle(model: Model): Promise<void> {
  const rng = new Rng(seed);
  const random = () => rng.uniform();
  const config = (i: number) =>
    twinOf(`t${i}`, model, { periodMs: i % 3 === 0 ? 500 : 1000, parameters: { loss: 0.1 + i / 100 } });
  const steady = Array.from({ length: 12 }, (_, i) => config(i));
  const moving = await startFleet(steady, { models: [model], shards: 3 });
  const still = await startFleet(steady, { models: [model] });
  const seen = watch(moving.fleet);
  const reference = watch(still.fleet);
  const guests: string[] = [];
  const changes: Promise<unknown>[] = [];
  for (let round = 0; round < 400; round++) {
    const id = `t${rng.below(steady.length)}`;
    const sample = {
      power: random() * 8,
      reading: random() * 10,
      time: Math.round(moving.clock.nowMs() - 3000 * random()),
    };
    for (const each of [moving, still]) assert.equal(each.send(id, sample).accepted, 2);
    const choice = random();
    if (choice < 0.5) {
      const twin = guests.length > 0 && random() < 0.3 ? (guests[0] ?? id) : id;
      changes.push(moving.fleet.move(twin, rng.below(3)));
    } else if (choice < 0.75 && guests.length < 20) {
      const guest = `guest-${round}`;
      guests.push(guest);
      changes.push(moving.fleet.add(twinOf(guest, model, { periodMs: random() < 0.5 ? 500 : 1000 })));
    } else {
      const [guest] = guests.splice(rng.below(guests.length), 1);
      if (guest !== undefined) changes.push(moving.fleet.remove(guest));
    }
    // Some changes are under way while ticks are due.
    const byMs = [7, 130, 500, 1000][rng.below(4)] ?? 1;
    await Promise.all([moving.clock.advance(byMs), still.clock.advance(byMs)]);
  }
  await Promise.all(changes);
  assert.ok(changes.length > 300);
  for (const { id, periodMs } of steady) {
    const ticks = seen.get(id) ?? [];
    for (const [i, { tick, timeMs }] of ticks.entries()) {
      assert.deepEqual([tick, timeMs], [i + 1, startMs + (i + 1) * periodMs], id);
    }
    assert.deepEqual(ticks, reference.get(id), `${id} has other bits than the twin that stayed`);
  }
  for (const [id, ticks] of seen) {
    for (const [i, { tick }] of ticks.entries()) assert.equal(tick, i + 1, id);
  }
  assert.equal(moving.fleet.twins().length, steady.length + guests.length);
  assert.equal(moving.fleet.statistics().missedDeadlines, 0);
  assert.ok(moving.fleet.statistics().lateSamples > 300);
  await Promise.all([moving.fleet.stop(), still.fleet.stop()]);
}

test('a new twin has its snapshot at once, is found by its topic, and ticks in the beat of the others', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)]);
  const changes: string[] = [];
  fleet.onChange(({ kind, twin }) => changes.push(`${kind} ${twin.config.id}`));
  fleet.onEvent(({ kind, twin }) => changes.push(`told of ${twin}: ${kind}`));
  await clock.advance(2300);
  const info = await fleet.add(twinOf('b', tank, { inputs: { flow: 2 } }));
  assert.equal(info.model, tank);
  assert.deepEqual([fleet.snapshot('b')?.tick, fleet.snapshot('b')?.timeMs], [0, startMs + 2000]);
  assert.equal(send('b', { level: 0 }).accepted, 1);
  await clock.advance(1700);
  assert.deepEqual([state(fleet, 'a', 'volume'), state(fleet, 'b', 'volume')], [4, 4]);
  await fleet.remove('b');
  assert.equal(fleet.snapshot('b'), undefined);
  assert.equal(send('b', { level: 0 }).refused[0]?.reason, 'unknown-twin');
  await clock.advance(2000);
  assert.equal(state(fleet, 'a', 'volume'), 6);
  assert.deepEqual(changes, ['added b', 'told of b: added', 'told of b: removed', 'removed b']);
  assert.deepEqual(kinds(fleet), ['added', 'removed']);
  await fleet.stop();
});

test('a fleet may begin without twins, and end without', async () => {
  const { fleet, clock } = await startFleet([]);
  await clock.advance(5000);
  await fleet.add(twinOf('a', tank));
  await clock.advance(2000);
  assert.equal(state(fleet, 'a', 'volume'), 2);
  await fleet.remove('a');
  await clock.advance(2000);
  assert.equal(fleet.statistics().ticks, 2);
  await fleet.stop();
});

test('refuses a twin that runs already, that does not fit its model, or that is not there', async () => {
  const { fleet } = await startFleet([twinOf('a', tank)]);
  await assert.rejects(fleet.add(twinOf('a', tank)), { code: 'TWIN_DUPLICATE' });
  await assert.rejects(fleet.add(twinOf('b', oven)), { code: 'MODEL_UNKNOWN' });
  await assert.rejects(fleet.add(twinOf('b', tank, { inputs: { flaw: 1 } })), { code: 'SIGNAL_UNKNOWN' });
  await assert.rejects(fleet.remove('b'), { code: 'TWIN_UNKNOWN' });
  await assert.rejects(fleet.move('b', 0), { code: 'TWIN_UNKNOWN' });
  await assert.rejects(fleet.move('a', 7), { code: 'WORKER_FAILED' });
  await fleet.stop();
  await assert.rejects(fleet.add(twinOf('b', tank)), { code: 'FLEET_STOPPED' });
});

test('samples that still waited for a twin that ends are refused, so that none is lost without a count', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank), twinOf('b', tank)]);
  send('b', { flow: 2, level: 3 });
  await clock.advance(10);
  send('b', { flow: 3 });
  await fleet.remove('b');
  await clock.advance(1000);
  const { acceptedSamples, appliedSamples, refusedSamples, queueDepth } = fleet.statistics();
  assert.deepEqual(
    [acceptedSamples, appliedSamples, refusedSamples['unknown-twin'], queueDepth],
    [3, 0, 3, 0],
  );
  await fleet.stop();
});

test('a twin that moves at the moment of a checkpoint is in it once', async () => {
  const store = memoryStore();
  const { fleet, clock } = await startFleet([twinOf('a', tank), twinOf('b', tank)], {
    shards: 2,
    checkpoints: store,
  });
  for (let round = 0; round < 20; round++) {
    const move = fleet.move('a', round % 2);
    await Promise.all([move, clock.advance(2500)]);
  }
  await fleet.stop();
  const { decodeCheckpoint } = await import('../../../src/engine/checkpoint/checkpoint.ts');
  const twins = decodeCheckpoint(store.bytes ?? new Uint8Array()).parts.flatMap((part) => part.twins);
  assert.deepEqual(twins.toSorted(), ['a', 'b']);
});

test('says which kernels compute, and tells if a checkpoint was made by others', async () => {
  const { javascriptBackend } = await import('../../../src/core/kernel/index.ts');
  const checkpoints = memoryStore();
  const clock = createManualClock(startMs);
  const start = (backend?: typeof javascriptBackend) =>
    createFleet({
      models: [tank],
      twins: [twinOf('a', tank)],
      clock,
      shards: [createLocalShard(clock, backend)],
      checkpoints,
    });
  const first = await start();
  assert.equal(first.kernel, 'wasm strict');
  await first.stop();
  const second = await start(javascriptBackend);
  assert.equal(second.kernel, 'javascript strict');
  assert.deepEqual(kinds(second), ['resumed', 'kernel-changed']);
  assert.match(second.events()[0]?.message ?? '', /wasm strict until now, from here on javascript strict/);
  await second.stop();
  const third = await start(javascriptBackend);
  assert.deepEqual(kinds(third), ['resumed']);
  assert.equal(third.deliver({ topic: 'x', payload: bytes('1'), receivedMs: 0 }).accepted, 0);
  await third.stop();
});
