/** The loop: when ticks happen, what happens to those that are late. The tank fills by 1 l/s. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock, Shard, ShardModels, type TickReport } from '../../../src/engine/index.ts';
import { kinds, startFleet, startMs, state, tank, twinOf } from '../support.ts';

test('ticks at multiples of the period, without drift', async () => {
  const { fleet, clock } = await startFleet([twinOf('a', tank, { periodMs: 250 })], {
    clock: createManualClock(startMs + 77),
  });
  const ticks: TickReport[] = [];
  fleet.onTick((tick) => ticks.push(tick));
  assert.equal(fleet.snapshot('a')?.timeMs, startMs);
  await clock.advance(100_000);
  assert.equal(ticks.length, 400);
  for (const [index, { dueMs }] of ticks.entries()) assert.equal(dueMs, startMs + (index + 1) * 250);
  assert.deepEqual([state(fleet, 'a', 'volume'), fleet.snapshot('a')?.tick], [50, 400]);
  assert.equal(fleet.snapshot('a')?.elapsedSeconds, 100);
  await fleet.stop();
});

test('makes up for missed deadlines: counts them, computes them, publishes the last', async () => {
  const { fleet, clock } = await startFleet([twinOf('a', tank)]);
  const dues: number[] = [];
  fleet.onTick(({ dueMs }) => dues.push((dueMs - startMs) / 1000));
  await clock.jump(5500);
  // Ticks 1 to 4 were finished after their successors were due. The first is published: nothing was for over a second.
  assert.deepEqual(dues, [1, 5]);
  assert.equal(state(fleet, 'a', 'volume'), 5);
  const { missedDeadlines, unpublishedTicks, ticks, skippedTicks } = fleet.statistics();
  assert.deepEqual(
    { missedDeadlines, unpublishedTicks, ticks, skippedTicks },
    {
      missedDeadlines: 4,
      unpublishedTicks: 3,
      ticks: 5,
      skippedTicks: 0,
    },
  );
  // One was late; the others are what it cost.
  const told = () => fleet.events().filter(({ kind }) => kind === 'missed-deadline');
  assert.deepEqual(
    told().map(({ message }) => message),
    ['a tick of a twin of tank@1.0.0 was finished 3.5 s after the next was due'],
  );
  await clock.advance(500);
  assert.deepEqual(dues, [1, 5, 6]);
  await clock.jump(2500);
  assert.equal(told().length, 2, 'in between it was in time');
  await fleet.stop();
});

test('gives up ticks after a suspension, says so, and keeps the beat', async () => {
  const { fleet, clock } = await startFleet([twinOf('a', tank)]);
  await clock.advance(2000);
  await clock.jump(3_600_300);
  const snapshot = fleet.snapshot('a');
  // One tick was computed at the newest multiple of the period; the hour in between was not.
  assert.equal(snapshot?.timeMs, startMs + 3_602_000);
  assert.equal(snapshot?.state('volume'), 3);
  assert.equal(fleet.statistics().skippedTicks, 3599);
  assert.deepEqual(kinds(fleet), ['resynchronised']);
  assert.match(fleet.events()[0]?.message ?? '', /60 min behind and gave up 3599 ticks/);
  await clock.advance(700);
  assert.equal(state(fleet, 'a', 'volume'), 4);
  await fleet.stop();
});

test('sends no more frames than the fleet takes', async () => {
  const clock = createManualClock(startMs);
  let frames = 0;
  const shard = new Shard({
    clock,
    models: new ShardModels(),
    send: (message) => void (message.kind === 'frame' && frames++),
  });
  const { id, periodMs, parameters, inputs, start, queueLimit, latenessMs } = twinOf('a', tank);
  const twin = { index: 0, id, model: tank.id, periodMs, parameters, inputs, start, queueLimit, latenessMs };
  shard.receive({
    kind: 'start',
    recover: false,
    models: [{ id: tank.id, document: tank.document }],
    twins: [twin],
    restore: [],
  });
  await clock.advance(10_000);
  assert.equal(frames, 4);
  shard.receive({ kind: 'taken', block: 0, heardMs: clock.nowMs() });
  await clock.advance(10_000);
  assert.equal(frames, 5);
  shard.receive({ kind: 'stop', request: 0 });
});

test('twins of different models and periods run side by side', async () => {
  const twins = [
    twinOf('slow', tank, { periodMs: 2000 }),
    twinOf('fast', tank, { periodMs: 500, inputs: { flow: 2 } }),
  ];
  const { fleet, clock } = await startFleet(twins);
  await clock.advance(4900);
  assert.deepEqual([state(fleet, 'slow', 'volume'), state(fleet, 'fast', 'volume')], [4, 9]);
  await fleet.stop();
});

test('stops at once, twice without harm, and refuses what comes after', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)]);
  await Promise.all([fleet.stop(), fleet.stop()]);
  await clock.advance(5000);
  assert.equal(fleet.snapshot('a')?.tick, 0);
  assert.equal(send('a', { flow: 1 }).refused[0]?.reason, 'unavailable');
  await assert.rejects(fleet.step('a', { seconds: 1 }), { code: 'FLEET_STOPPED' });
});
