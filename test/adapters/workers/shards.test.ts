/** Shards in real worker threads, on the real clock. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createSystemClock, createWorkerShards } from '../../../src/adapters/workers/index.ts';
import {
  type CheckpointStore,
  createFleet,
  type Fleet,
  type ShardLink,
  type TwinConfig,
} from '../../../src/engine/index.ts';
import { bytes, memoryStore, modelOf, tank, twinOf } from '../../engine/support.ts';

const clock = createSystemClock();

/** A fleet that ends with its test, however that ends: a thread left over would keep the process alive. */
async function start(
  t: TestContext,
  twins: readonly TwinConfig[],
  shards: readonly ShardLink[],
  more: { readonly checkpoints?: CheckpointStore } = {},
): Promise<Fleet> {
  const fleet = await createFleet({ models: [tank], twins, shards, clock, ...more });
  t.after(() => fleet.stop());
  return fleet;
}

/** Resolves when the fleet has published something for which `done` holds. */
function published(fleet: Fleet, done: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const leave = fleet.onTick(() => {
      if (!done()) return;
      leave();
      resolve();
    });
  });
}

test('two workers run a fleet: ticks, samples, steps, checkpoints, a clean stop', async (t) => {
  const twins = Array.from({ length: 40 }, (_, i) => twinOf(`t-${i}`, tank, { periodMs: 20 }));
  const checkpoints = memoryStore();
  const fleet = await start(t, twins, createWorkerShards(2), { checkpoints });
  assert.ok(fleet.snapshot('t-39') !== undefined, 'every twin has a snapshot from the start');
  for (const { id } of twins) {
    const payload = bytes('{"flow":0,"level":1}');
    assert.equal(
      fleet.deliver({ topic: `gemel/${id}/telemetry`, payload, receivedMs: clock.nowMs() }).accepted,
      2,
    );
  }
  await published(fleet, () => fleet.statistics().appliedSamples === 80);
  const { acceptedSamples, inFlight } = fleet.statistics();
  assert.deepEqual([acceptedSamples, inFlight], [80, 0]);
  const before = fleet.snapshot('t-7')?.state('volume') ?? Number.NaN;
  const stepped = await fleet.step('t-7', { seconds: 2, inputs: { flow: 3 } });
  assert.ok(
    Math.abs(stepped.state('volume') - (before + 6)) < 1e-9,
    `${stepped.state('volume')} after ${before}`,
  );
  await assert.rejects(fleet.step('t-7', { seconds: 1e9 }), { code: 'STEP_INVALID' });
  await fleet.stop();
  assert.ok(checkpoints.bytes !== undefined && checkpoints.bytes.length > 1000);
  assert.deepEqual(fleet.failures(), []);

  const again = await start(t, twins, createWorkerShards(1), { checkpoints });
  assert.equal(again.snapshot('t-7')?.state('volume'), fleet.snapshot('t-7')?.state('volume'));
  await again.stop();
});

test('roles change between two ticks of worker threads, and each tick is seen once', async (t) => {
  const next = modelOf(JSON.stringify({ ...tank.document, version: '2.0.0' }));
  const twins = Array.from({ length: 20 }, (_, i) => twinOf(`t-${i}`, tank, { periodMs: 20 }));
  const fleet = await createFleet({ models: [tank, next], twins, shards: createWorkerShards(2), clock });
  t.after(() => fleet.stop());
  const dues = new Map<string, number[]>();
  fleet.onTick((tick) => {
    for (const id of tick.twins) dues.set(id, [...(dues.get(id) ?? []), tick.dueMs]);
  });
  await Promise.all(twins.map(({ id }) => fleet.beginShadow(id, next.id)));
  for (let round = 1; round <= 25; round++) {
    await Promise.all(twins.map(({ id }) => fleet.swapShadow(id)));
    assert.equal(fleet.twin('t-7')?.model, round % 2 === 1 ? next : tank);
    const seen = dues.get('t-7')?.length ?? 0;
    await published(fleet, () => (dues.get('t-7')?.length ?? 0) > seen);
  }
  const { unpublishedTicks, skippedTicks } = fleet.statistics();
  for (const [id, times] of dues) {
    const gaps = times.slice(1).map((dueMs, i) => dueMs - (times[i] ?? 0));
    assert.ok(
      gaps.every((gap) => gap > 0),
      `${id} goes on`,
    );
    // A loaded machine publishes less often, and counts it.
    if (unpublishedTicks + skippedTicks === 0)
      assert.ok(
        gaps.every((gap) => gap === 20),
        `${id} misses none`,
      );
    // Between the frames of the two versions one is a tick ahead.
    await published(fleet, () => fleet.snapshot(id)?.tick === fleet.shadowSnapshot(id)?.tick);
    assert.equal(fleet.snapshot(id)?.state('volume'), fleet.shadowSnapshot(id)?.state('volume'));
  }
  await fleet.stop();
});

test('a worker that dies is told: an event, a failure, rejected steps, refused samples', async (t) => {
  const shards = createWorkerShards(2);
  const checkpoints = memoryStore();
  const fleet = await start(
    t,
    [twinOf('a', tank, { periodMs: 50 }), twinOf('b', tank, { periodMs: 50 })],
    shards,
    { checkpoints },
  );
  const died = new Promise<string>((resolve) =>
    fleet.onEvent(({ kind, message }) => kind === 'worker-failed' && resolve(message)),
  );
  // A message of nonsense is the one way to hurt a shard from here. The step comes too late for it.
  shards[0]?.send({
    kind: 'start',
    models: [],
    twins: Reflect.get({}, 'nothing'),
    restore: [],
    recover: false,
  });
  await assert.rejects(fleet.step('a', { seconds: 1 }), { code: 'WORKER_FAILED' });
  assert.match(await died, /^the worker of 1 twins has failed, and they stand still: /);
  assert.equal(fleet.failures().length, 1);
  assert.equal(fleet.statistics().failedWorkers, 1);
  await assert.rejects(fleet.step('a', { seconds: 1 }), { code: 'WORKER_FAILED' });
  assert.equal(fleet.setInputs('a', { flow: 1 }).refused[0]?.reason, 'unavailable');
  // The other worker does not care.
  const tick = fleet.snapshot('b')?.tick ?? 0;
  await published(fleet, () => (fleet.snapshot('b')?.tick ?? 0) > tick);
  assert.equal(fleet.setInputs('b', { flow: 1 }).accepted, 1);
  // What the dead one gave last is saved with what the living one gives now.
  await fleet.stop();
  const again = await start(t, [twinOf('a', tank), twinOf('b', tank)], createWorkerShards(1), {
    checkpoints,
  });
  assert.deepEqual(
    again
      .events()
      .map(({ kind, twin }) => `${kind} ${twin}`)
      .sort(),
    ['resumed a', 'resumed b'],
  );
  await fleet.stop();
});

test('a thread that ends on its own is told as well', async (t) => {
  const [link] = createWorkerShards(1);
  assert.ok(link !== undefined);
  t.after(() => link.close());
  const failed = new Promise<string>((resolve) =>
    link.onMessage((message) => message.kind === 'failed' && resolve(message.message)),
  );
  // What cannot be read as a message makes the thread throw.
  link.send(Reflect.get(new Map(), 'nothing'));
  assert.match(await failed, /undefined/);
});

test('a fleet does not start if a worker cannot', async () => {
  const broken = modelOf(
    'gemel: 1\nmodel: broken\nversion: 1.0.0\nstates:\n  x: { unit: "1", start: 0 }\nequations:\n  der(x): 1 [1/s]\n',
  );
  const model = { ...broken, document: { ...broken.document, equations: {} } };
  const twins = [twinOf('a', model)];
  const starting = createFleet({ models: [model], twins, shards: createWorkerShards(1), clock });
  await assert.rejects(starting, { code: 'WORKER_FAILED', message: /broken@1.0.0 does not compile/ });
});

/** A file where worker threads begin, as text. */
function entryOf(text: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

test('a worker that makes its own kernels is told which, and what it says is passed on', async (t) => {
  const urlOf = (path: string) => new URL(`../../../src/${path}`, import.meta.url).href;
  const entry = entryOf(`
    import { hostShard } from '${urlOf('adapters/workers/index.ts')}';
    import { javascriptBackend } from '${urlOf('core/kernel/index.ts')}';
    await hostShard(async (kernel, tell) => {
      tell('made for ' + kernel);
      const { allocate } = javascriptBackend;
      return Object.assign((program) => (tell('a program'), javascriptBackend(program)), { allocate });
    });`);
  const notes: string[] = [];
  const shards = createWorkerShards(2, {
    kernel: { name: 'another', entry },
    onNote: (note) => notes.push(note),
  });
  const fleet = await start(t, [twinOf('a', tank, { periodMs: 20 })], shards);
  await published(fleet, () => (fleet.snapshot('a')?.tick ?? 0) > 0);
  assert.deepEqual([...new Set(notes)], ['made for another', 'a program']);
  await fleet.stop();
});

test('a worker that cannot make its kernels fails', async () => {
  const shards = createWorkerShards(1, { kernel: { name: 'x', entry: entryOf('throw new Error("none")') } });
  const starting = createFleet({ models: [tank], twins: [twinOf('a', tank)], shards, clock });
  await assert.rejects(starting, { code: 'WORKER_FAILED' });
});
