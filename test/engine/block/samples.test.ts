/** When samples count, and how far they are from what was predicted. Substeps are 0.125 s, ticks 1 s. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFleet, startMs, state, tank, twinOf } from '../support.ts';

test('an input holds from the boundary nearest to its event time', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)]);
  // 0.3 s is nearest to 0.25: 0.25 s at 1 l/s and 0.75 s at 5 l/s make 4 l.
  send('a', { flow: 5, time: startMs + 300 });
  await clock.advance(1000);
  assert.equal(state(fleet, 'a', 'volume'), 4);
  // 0.32 s is nearest to 0.375: then 0 l/s, after 0.375 · 5 = 1.875 l more.
  send('a', { flow: 0, time: startMs + 1320 });
  await clock.advance(1000);
  assert.equal(state(fleet, 'a', 'volume'), 5.875);
  assert.equal(fleet.snapshot('a')?.inputTimeMs('flow'), startMs + 1320);
  await fleet.stop();
});

test('a sample at the end of the tick is shown with it and counts from then on', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)]);
  send('a', { flow: 3, time: startMs + 990 });
  await clock.advance(1000);
  assert.deepEqual([state(fleet, 'a', 'volume'), fleet.snapshot('a')?.input('flow')], [1, 3]);
  await clock.advance(1000);
  assert.equal(state(fleet, 'a', 'volume'), 4);
  await fleet.stop();
});

test('a measurement is compared with the prediction at its own boundary', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)]);
  send('a', { level: 0.75, time: startMs + 500 });
  await clock.advance(1000);
  // At 0.5 s the model has 0.5 l; at the snapshot's time 1 l.
  assert.deepEqual(fleet.snapshot('a')?.measurement('level'), {
    measured: 0.75,
    timeMs: startMs + 500,
    innovation: 0.25,
    expected: 1,
  });
  send('a', { level: 1, time: startMs + 2000 });
  await clock.advance(1000);
  assert.equal(fleet.snapshot('a')?.measurement('level').innovation, 1 - 2);
  await fleet.stop();
});

test('a sample older than the belief counts at its own time', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)]);
  await clock.advance(3000);
  send('a', { flow: 0, level: 4, time: startMs + 500 });
  await clock.advance(1000);
  assert.equal(state(fleet, 'a', 'volume'), 0.5);
  assert.equal(fleet.snapshot('a')?.measurement('level').innovation, 4 - 0.5);
  const { lateSamples, repeatedTicks, appliedSamples } = fleet.statistics();
  assert.deepEqual([lateSamples, repeatedTicks, appliedSamples], [2, 3, 2]);
  await fleet.stop();
});

test('a sample of the future waits for its tick', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)]);
  send('a', { flow: 0, time: startMs + 2500 });
  await clock.advance(2000);
  assert.deepEqual([state(fleet, 'a', 'volume'), fleet.statistics().queueDepth], [2, 1]);
  await clock.advance(2000);
  assert.deepEqual([state(fleet, 'a', 'volume'), fleet.statistics().queueDepth], [2.5, 0]);
  await fleet.stop();
});

test('the same again is repeated; another value of the same time is a correction', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)]);
  const time = startMs + 2000;
  send('a', { flow: 2, time });
  await clock.advance(3000);
  send('a', { flow: 2, time });
  send('a', { flow: 7, time });
  send('a', { flow: 8, time: time + 2000 });
  send('a', { flow: 9, time: time + 2000 });
  await clock.advance(1000);
  // Two seconds at 1 l/s, and then two at the corrected 7 l/s.
  assert.equal(state(fleet, 'a', 'volume'), 2 + 2 * 7);
  const { refusedSamples, appliedSamples } = fleet.statistics();
  assert.deepEqual([refusedSamples.repeated, refusedSamples.replaced, appliedSamples], [1, 1, 3]);
  assert.equal(fleet.snapshot('a')?.input('flow'), 9);
  assert.match(fleet.refusals()[0]?.got ?? '', /^[28] l\/s at 2026-11-22T13:00:0/);
  await fleet.stop();
});

test('behind a step by hand nothing is made again: older samples count now, unless a newer one of the signal did', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)]);
  const time = startMs + 2000;
  send('a', { flow: 2, time });
  await clock.advance(3000);
  await fleet.step('a', { seconds: 1, inputs: { flow: 10 } });
  assert.equal(state(fleet, 'a', 'volume'), 2 + 2 + 10);
  send('a', { flow: 9, time: time - 1 });
  send('a', { flow: 2, time });
  send('a', { level: 20, time: time - 500 });
  await clock.advance(1000);
  const { refusedSamples } = fleet.statistics();
  assert.deepEqual([refusedSamples['out-of-order'], refusedSamples.repeated], [1, 1]);
  assert.equal(state(fleet, 'a', 'volume'), 14 + 2);
  assert.equal(fleet.snapshot('a')?.measurement('level').innovation, 20 - 14);
  await fleet.stop();
});

test('a full queue lets the oldest of the signal make room, and says so', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank, { queueLimit: 3 })]);
  send('a', { level: 1, time: startMs + 100 });
  for (const flow of [1, 2, 3, 4]) send('a', { flow, time: startMs + flow * 125 });
  await clock.advance(1000);
  const { refusedSamples, acceptedSamples, appliedSamples, queueDepth, inFlight } = fleet.statistics();
  assert.equal(refusedSamples['queue-full'], 2);
  assert.equal(acceptedSamples, appliedSamples + refusedSamples['queue-full'] + queueDepth + inFlight);
  // Flow 3 came at 0.375 s and 4 at 0.5 s; before them the default of 1.
  assert.equal(state(fleet, 'a', 'volume'), 0.375 * 1 + 0.125 * 3 + 0.5 * 4);
  const [overflow] = fleet.events();
  assert.deepEqual([overflow?.kind, overflow?.subject, overflow?.twin], ['queue-overflow', 'flow', 'a']);
  await fleet.stop();
});

test('tells when the applied samples had arrived', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)]);
  const received: number[] = [];
  fleet.onTick((tick) => received.push(...tick.receivedMs));
  await clock.advance(200);
  send('a', { flow: 1 });
  await clock.advance(300);
  send('a', { level: 1 });
  await clock.advance(500);
  assert.deepEqual(received, [startMs + 200, startMs + 500]);
  await fleet.stop();
});
