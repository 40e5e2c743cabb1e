/** Twins that wait, and twins whose numbers run away. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds, modelOf, startFleet, startMs, state, tank, twinOf } from '../support.ts';

const valve = modelOf(`
gemel: 1
model: valve
version: 1.0.0
units: unchecked
solver: { step: 0.5 s }
inputs:
  opening: { unit: "1" }
  pressure: { unit: bar }
states:
  total: { unit: l, start: 0 }
equations:
  der(total): opening * pressure
  ratio: total / opening
`);

/** Grows by 1/divisor a second: a divisor of zero sends it to infinity. */
const divider = modelOf(`
gemel: 1
model: divider
version: 1.0.0
units: unchecked
inputs:
  divisor: { unit: "1", default: 2 }
states:
  x: { unit: "1", start: 0 }
equations:
  der(x): 1 / divisor
`);

const models = [tank, valve, divider];

test('a twin waits for inputs that have no value, and starts with the last of them', async () => {
  const { fleet, clock, send } = await startFleet(
    [twinOf('v', valve), twinOf('w', valve, { inputs: { opening: 1, pressure: 2 } })],
    {
      models,
    },
  );
  await clock.advance(2000);
  const waiting = fleet.snapshot('v');
  assert.deepEqual(
    [waiting?.status, waiting?.waitingFor, waiting?.tick],
    ['waiting', ['opening', 'pressure'], 0],
  );
  assert.deepEqual([waiting?.timeMs, waiting?.elapsedSeconds], [startMs, 0]);
  const json = JSON.parse(waiting?.toJson() ?? '');
  assert.deepEqual(
    [json.waitingFor, json.inputs, json.outputs],
    [['opening', 'pressure'], { opening: null, pressure: null }, { ratio: null }],
  );
  send('v', { opening: 0.5 });
  await clock.advance(1000);
  assert.deepEqual(fleet.snapshot('v')?.waitingFor, ['pressure']);
  send('v', { pressure: 4 });
  await clock.advance(2000);
  const running = fleet.snapshot('v');
  assert.deepEqual([running?.status, running?.state('total'), running?.elapsedSeconds], ['running', 4, 2]);
  // The other lane of the same block ran all the time.
  assert.equal(state(fleet, 'w', 'total'), 10);
  const { running: count, waiting: none } = fleet.statistics();
  assert.deepEqual([count, none], [2, 0]);
  await fleet.stop();
});

test('a twin that leaves the finite numbers stands at its last good belief; the others run on', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', divider), twinOf('b', divider)], { models });
  await clock.advance(2000);
  send('a', { divisor: 0 });
  await clock.advance(3000);
  const stood = fleet.snapshot('a');
  assert.deepEqual([stood?.status, stood?.timeMs, stood?.tick], ['quarantined', startMs + 2000, 2]);
  assert.equal(stood?.state('x').toFixed(12), '1.000000000000');
  assert.equal(stood?.input('divisor'), 0);
  assert.equal(state(fleet, 'b', 'x').toFixed(12), '2.500000000000');
  const [event] = fleet.events();
  assert.deepEqual([event?.kind, event?.twin, event?.severity], ['quarantined', 'a', 'critical']);
  assert.match(event?.message ?? '', /^`x` left the finite numbers/);
  assert.equal(fleet.statistics().quarantined, 1);
  await fleet.stop();
});

test('the next accepted sample lets it try again: it recovers, or goes back', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', divider, { inputs: { divisor: 0 } })], {
    models,
  });
  await clock.advance(1000);
  assert.equal(fleet.snapshot('a')?.status, 'quarantined');
  send('a', { divisor: -0 });
  await clock.advance(1000);
  assert.equal(fleet.snapshot('a')?.status, 'quarantined');
  send('a', { divisor: 'x' });
  await clock.advance(1000);
  assert.equal(fleet.snapshot('a')?.status, 'quarantined');
  send('a', { divisor: 1 });
  await clock.advance(2000);
  const back = fleet.snapshot('a');
  assert.deepEqual([back?.status, back?.timeMs, back?.elapsedSeconds], ['running', startMs + 5000, 2]);
  assert.equal(back?.state('x').toFixed(12), '2.000000000000');
  assert.deepEqual(kinds(fleet), ['quarantined', 'quarantined', 'recovered']);
  assert.match(fleet.events()[0]?.message ?? '', /stood still for 4 s/);
  assert.equal(fleet.statistics().quarantines, 2);
  await fleet.stop();
});

test('a twin that goes back again and again does not flood the events', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', divider, { inputs: { divisor: 0 } })], {
    models,
  });
  for (let i = 0; i < 60; i++) {
    send('a', { divisor: 0 });
    await clock.advance(1000);
  }
  const { quarantines, suppressedEvents, events } = fleet.statistics();
  assert.equal(quarantines, 60);
  // Ten at once, and then one in ten seconds.
  assert.deepEqual([events, suppressedEvents], [15, 45]);
  assert.match(fleet.events()[0]?.message ?? '', /and 9 more before, not told/);
  await fleet.stop();
});

test('an output that is not finite is null, and no quarantine', async () => {
  const { fleet, clock } = await startFleet([twinOf('v', valve, { inputs: { opening: 0, pressure: 1 } })], {
    models,
  });
  await clock.advance(1000);
  const snapshot = fleet.snapshot('v');
  assert.equal(snapshot?.status, 'running');
  assert.ok(Number.isNaN(snapshot?.output('ratio')));
  assert.deepEqual(JSON.parse(snapshot?.toJson() ?? '').outputs, { ratio: null });
  await fleet.stop();
});
