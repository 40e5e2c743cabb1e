/** Another version of a model in the shadow of a twin: begun with its belief, fed with its samples, made live between two ticks. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fleet, ShadowTick } from '../../../src/engine/index.ts';
import { kinds, modelOf, startFleet, startMs, state, tank, twinOf } from '../support.ts';

/** A tank that leaks as well, with its volume under another name, and a second sensor. */
const leaking = modelOf(`
gemel: 1
model: tank
version: 2.0.0
units: unchecked
solver: { step: 0.125 s }
migrates:
  states:
    content: volume
inputs:
  flow: { unit: l/s, default: 1, min: -100, max: 100 }
  drain: { unit: l/s, default: 0 }
states:
  content: { unit: l, start: 0, min: -50, max: 50 }
equations:
  der(content): flow - drain
measurements:
  level: { equals: content, unit: l, min: -10, max: 10 }
  weight: { equals: 2 * content, unit: kg }
`);

const other = modelOf(`
gemel: 1
model: barrel
version: 1.0.0
states:
  volume: { unit: l, start: 0 }
equations:
  der(volume): 0
`);

const models = [tank, leaking, other];

/** Each tick of each twin as its listeners see it. */
function watch(fleet: Fleet): string[] {
  const seen: string[] = [];
  fleet.onTick(({ twins, dueMs }) => {
    for (const id of twins) {
      const { model = '', tick = -1 } = fleet.snapshot(id) ?? {};
      seen.push(`${id} ${(dueMs - startMs) / 1000} ${tick} ${model} ${fleet.twin(id)?.model.id}`);
    }
  });
  return seen;
}

test('a shadow begins with the belief of its twin, and readers see nothing of it', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank), twinOf('b', tank)], { models });
  const seen = watch(fleet);
  send('a', { flow: 3, time: startMs + 1500 });
  await clock.advance(4000);
  await fleet.beginShadow('a', leaking.id);
  assert.equal(fleet.shadow('a')?.model, leaking);
  assert.equal(fleet.shadowSnapshot('a')?.state('content'), 1.5 + 2.5 * 3);
  assert.equal(fleet.shadowSnapshot('a')?.tick, 4);
  send('a', { flow: 2 });
  await clock.advance(2000);
  assert.equal(fleet.shadowSnapshot('a')?.state('content'), 9 + 2 * 2);
  assert.equal(state(fleet, 'a', 'volume'), 13);
  assert.equal(fleet.twin('a')?.model, tank);
  assert.deepEqual(
    seen.filter((tick) => tick.startsWith('a')),
    [1, 2, 3, 4, 5, 6].map((k) => `a ${k} ${k} tank@1.0.0 tank@1.0.0`),
  );
  const { twins, running, acceptedSamples, appliedSamples } = fleet.statistics();
  assert.deepEqual([twins, running, acceptedSamples, appliedSamples], [2, 2, 2, 2]);
  assert.deepEqual(kinds(fleet), ['trial-begun']);
  await fleet.endShadow('a');
  assert.equal(fleet.shadow('a'), undefined);
  await clock.advance(1000);
  assert.equal(seen.length, 14);
  await fleet.stop();
});

test('a swap makes the shadow live between two ticks, and another one brings the first back', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank), twinOf('b', tank)], { models });
  const seen = watch(fleet);
  const changes: string[] = [];
  fleet.onChange(({ kind, twin }) => changes.push(`${kind} ${twin.config.id} ${twin.model.id}`));
  await clock.advance(2000);
  await fleet.beginShadow('a', leaking.id);
  await clock.advance(1000);
  assert.deepEqual(await fleet.swapShadow('a'), { atMs: startMs + 3000 });
  assert.equal(fleet.twin('a')?.model, leaking);
  assert.equal(fleet.twin('a')?.config.model, leaking.id);
  assert.equal(fleet.shadow('a')?.model, tank);
  assert.equal(state(fleet, 'a', 'content'), 3);
  send('a', { drain: 1 });
  await clock.advance(2000);
  assert.equal(state(fleet, 'a', 'content'), 3);
  assert.equal(fleet.shadowSnapshot('a')?.state('volume'), 5);
  await fleet.swapShadow('a');
  await clock.advance(1000);
  assert.equal(state(fleet, 'a', 'volume'), 6);
  assert.deepEqual(
    seen.filter((tick) => tick.startsWith('a')),
    [1, 1, 1, 2, 2, 1].map((v, i) => `a ${i + 1} ${i + 1} tank@${v}.0.0 tank@${v}.0.0`),
  );
  assert.deepEqual(changes, ['changed a tank@2.0.0', 'changed a tank@1.0.0']);
  assert.deepEqual(kinds(fleet), ['trial-begun', 'model-changed', 'model-changed']);
  await fleet.stop();
});

test('a sample goes to each version that has its signal, and is counted once', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)], { models });
  await fleet.beginShadow('a', leaking.id);
  assert.equal(send('a', { weight: 5, drain: 0.5, level: 7 }).accepted, 3);
  assert.match(send('a', { weihgt: 1 }).refused[0]?.hint ?? '', /weight/);
  await clock.advance(1000);
  const shadow = fleet.shadowSnapshot('a');
  assert.deepEqual([shadow?.measurement('weight').measured, shadow?.measurement('level').measured], [5, 7]);
  assert.equal(fleet.snapshot('a')?.measurement('level').measured, 7);
  // The old version takes up to 1,000 l, the new one only 10.
  assert.equal(send('a', { level: 20 }).accepted, 1);
  assert.equal(send('a', { level: 20, time: clock.nowMs() }).accepted, 1);
  await clock.advance(1000);
  assert.equal(fleet.snapshot('a')?.measurement('level').measured, 20);
  assert.equal(fleet.shadowSnapshot('a')?.measurement('level').measured, 7);
  const { acceptedSamples, appliedSamples, refusedSamples, queueDepth } = fleet.statistics();
  assert.deepEqual(
    [acceptedSamples, appliedSamples, refusedSamples.repeated, refusedSamples['unknown-signal'], queueDepth],
    [5, 4, 1, 1, 0],
  );
  await fleet.endShadow('a');
  assert.equal(send('a', { weight: 5 }).refused[0]?.reason, 'unknown-signal');
  await fleet.stop();
});

test('each accepted sample ends as applied or refused, however often the roles change', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)], { models, shards: 2 });
  await fleet.beginShadow('a', leaking.id);
  for (let k = 0; k < 40; k++) {
    for (let i = 0; i < 5; i++) send('a', { level: k + i, flow: i, time: clock.nowMs() + 300 * i });
    if (k % 3 === 0) await fleet.swapShadow('a');
    if (k % 7 === 5) await fleet.move('a', k % 2);
    if (k % 11 === 10) {
      await fleet.endShadow('a');
      await fleet.beginShadow('a', fleet.twin('a')?.model === tank ? leaking.id : tank.id);
    }
    await clock.advance(700);
  }
  await fleet.endShadow('a');
  await clock.advance(3000);
  const { acceptedSamples, appliedSamples, refusedSamples, queueDepth } = fleet.statistics();
  const refused = refusedSamples.repeated + refusedSamples.replaced + refusedSamples['unknown-twin'];
  assert.equal(queueDepth, 0);
  assert.equal(appliedSamples + refused, acceptedSamples);
  assert.equal(refusedSamples['unknown-twin'], 0);
  await fleet.stop();
});

test('refuses a trial that cannot be, and says why', async () => {
  const level = tank.measurements[0];
  assert.ok(level !== undefined);
  const bound = twinOf('bound', leaking, {
    bindings: ['level', 'weight'].map((signal) => ({
      signal,
      topic: `plant/${signal}`,
      unit: signal === 'level' ? level.unit : (leaking.measurements[1]?.unit ?? level.unit),
      timeFormat: 'arrival' as const,
    })),
  });
  const { fleet } = await startFleet([twinOf('a', tank), bound], { models });
  await assert.rejects(fleet.beginShadow('nobody', leaking.id), { code: 'TWIN_UNKNOWN' });
  const versions = { code: 'MODEL_UNKNOWN', hint: /^versions of tank: tank@/ };
  await assert.rejects(fleet.beginShadow('a', 'tank@9.0.0'), versions);
  await assert.rejects(fleet.beginShadow('a', 'tank'), versions);
  await assert.rejects(fleet.beginShadow('a', tank.id), { code: 'TRIAL_INVALID' });
  await assert.rejects(fleet.beginShadow('a', other.id), { code: 'MIGRATION_INVALID' });
  await assert.rejects(fleet.beginShadow('bound', tank.id), { code: 'TRIAL_SIGNALS', message: /`weight`/ });
  await assert.rejects(fleet.swapShadow('a'), { code: 'TRIAL_UNKNOWN' });
  await assert.rejects(fleet.endShadow('a'), { code: 'TRIAL_UNKNOWN' });
  await fleet.beginShadow('a', leaking.id);
  await assert.rejects(fleet.beginShadow('a', leaking.id), { code: 'TRIAL_RUNS' });
  await fleet.remove('a');
  assert.equal(fleet.shadow('a'), undefined);
  await fleet.stop();
  await assert.rejects(fleet.beginShadow('bound', tank.id), { code: 'FLEET_STOPPED' });
});

test('a version may come while the fleet runs', async () => {
  const { fleet, clock } = await startFleet([twinOf('a', tank)]);
  await assert.rejects(fleet.beginShadow('a', leaking.id), { code: 'MODEL_UNKNOWN' });
  fleet.addModel(leaking);
  await fleet.beginShadow('a', leaking.id);
  await clock.advance(1000);
  assert.equal(fleet.shadowSnapshot('a')?.state('content'), 1);
  await fleet.stop();
});

test('tells what both versions make of each new sample, in the tick that both have made', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)], { models });
  const ticks: ShadowTick[] = [];
  fleet.onShadowTick((tick) => ticks.push(tick));
  await fleet.beginShadow('a', leaking.id);
  await clock.advance(1000);
  send('a', { level: 1.5, drain: 1, time: startMs + 1500 });
  await clock.advance(2000);
  assert.deepEqual(
    ticks.map(({ twin, atMs }) => [twin, atMs - startMs]),
    [1, 2, 3].map((k) => ['a', 1000 * k]),
  );
  const reading = { timeMs: startMs + 1500, innovation: 0, deviation: NaN, rejected: false };
  assert.deepEqual(
    ticks.map(({ live }) => [...live]),
    [[], [['level', reading]], []],
  );
  assert.deepEqual(
    ticks.map(({ shadow }) => [...shadow]),
    [[], [['level', reading]], []],
  );
  await fleet.swapShadow('a');
  send('a', { level: 3, time: startMs + 4000 });
  await clock.advance(1000);
  assert.equal(ticks.at(-1)?.live.get('level')?.innovation, 3 - 1.5);
  assert.equal(ticks.at(-1)?.shadow.get('level')?.innovation, 3 - 4);
  await fleet.stop();
});
