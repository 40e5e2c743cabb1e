/** Steps by hand, between two ticks. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelOf, startFleet, startMs, state, tank, twinOf } from '../support.ts';

const counter = modelOf(`
gemel: 1
model: counter
version: 1.0.0
units: unchecked
inputs:
  by: { unit: "1" }
states:
  sum: { unit: "1", start: 0 }
  seconds: { unit: s, start: 0 }
equations:
  next(sum): if(by > 100, sum / 0, sum + by)
  next(seconds): seconds + dt
`);

test('advances one twin at once, with inputs of its own, and leaves the others and the beat alone', async () => {
  const { fleet, clock } = await startFleet([twinOf('a', tank), twinOf('b', tank)]);
  await clock.advance(1400);
  const stepped = await fleet.step('a', { seconds: 2, inputs: { flow: 10 } });
  assert.deepEqual([stepped.state('volume'), stepped.output('twice'), stepped.input('flow')], [21, 42, 1]);
  assert.deepEqual([stepped.elapsedSeconds, stepped.timeMs, stepped.tick], [3, startMs + 1000, 1]);
  assert.equal(state(fleet, 'a', 'volume'), 21);
  assert.equal(state(fleet, 'b', 'volume'), 1);
  await clock.advance(600);
  assert.deepEqual([state(fleet, 'a', 'volume'), state(fleet, 'b', 'volume')], [22, 2]);
  assert.equal(fleet.snapshot('a')?.timeMs, startMs + 2000);
  assert.equal(fleet.statistics().steps, 1);
  await fleet.stop();
});

test('a step is one tick of its own length', async () => {
  const { fleet, clock } = await startFleet([twinOf('c', counter, { inputs: { by: 1 } })], {
    models: [counter],
  });
  const stepped = await fleet.step('c', { seconds: 7.5, inputs: { by: 5 } });
  assert.deepEqual([stepped.state('sum'), stepped.state('seconds')], [5, 7.5]);
  await clock.advance(1000);
  assert.equal(fleet.snapshot('c')?.plain(), '{"sum":6,"seconds":8.5}');
  await fleet.stop();
});

test('inputs of a step can stand in for those that a waiting twin lacks', async () => {
  const { fleet, clock } = await startFleet([twinOf('c', counter)], { models: [counter] });
  await assert.rejects(fleet.step('c', { seconds: 1 }), { code: 'TWIN_WAITING' });
  const stepped = await fleet.step('c', { seconds: 1, inputs: { by: 3 } });
  assert.deepEqual([stepped.state('sum'), stepped.status], [3, 'waiting']);
  await clock.advance(1000);
  assert.deepEqual([state(fleet, 'c', 'sum'), fleet.snapshot('c')?.status], [3, 'waiting']);
  await fleet.stop();
});

test('refuses what cannot be done, and leaves the twin as it was', async () => {
  const { fleet } = await startFleet([twinOf('count', counter, { inputs: { by: 1 } }), twinOf('t', tank)], {
    models: [counter, tank],
  });
  await assert.rejects(fleet.step('cuont', { seconds: 1 }), {
    code: 'TWIN_UNKNOWN',
    hint: 'did you mean `count`?',
  });
  for (const seconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e9]) {
    await assert.rejects(fleet.step('count', { seconds }), { code: 'STEP_INVALID' }, String(seconds));
  }
  await assert.rejects(fleet.step('t', { seconds: 1, inputs: { flwo: 1 } }), {
    code: 'SIGNAL_UNKNOWN',
    hint: 'did you mean `flow`?',
  });
  await assert.rejects(fleet.step('t', { seconds: 1, inputs: { flow: 101 } }), { code: 'STEP_INVALID' });
  await assert.rejects(fleet.step('t', { seconds: 1, inputs: { flow: Number.NaN } }), {
    code: 'STEP_INVALID',
  });
  await assert.rejects(fleet.step('count', { seconds: 1, inputs: { by: 101 } }), {
    code: 'STEP_NOT_FINITE',
    message: 'twin `count`: `sum` would leave the finite numbers within 1 s',
  });
  assert.equal(fleet.snapshot('count')?.plain(), '{"sum":0,"seconds":0}');
  await fleet.stop();
});

test('a step keeps its place among the samples sent before it', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)]);
  send('a', { flow: 0, time: startMs });
  const stepped = fleet.step('a', { seconds: 1 });
  await clock.advance(1000);
  // The sample is of the moment of the step; without it there would be a litre in the tank.
  assert.equal((await stepped).state('volume'), 0);
  assert.equal(state(fleet, 'a', 'volume'), 0);
  await fleet.stop();
});
