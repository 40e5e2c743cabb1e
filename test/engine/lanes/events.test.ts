/** Events on edges: bounds that take hold and let go, and `when` clauses. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelOf, startFleet, tank, twinOf } from '../support.ts';

const boiler = modelOf(`
gemel: 1
model: boiler
version: 1.0.0
units: unchecked
solver: { step: 1 s }
inputs:
  heating: { unit: K/s, default: 10 }
states:
  temperature: { unit: K, start: 5 }
  cycles: { unit: "1", start: 0 }
equations:
  der(temperature): heating
  next(cycles): cycles
when:
  too_hot:
    condition: temperature > 30
    raise: the boiler is too hot
    severity: critical
    reset: { temperature: 0 }
  half_way:
    condition: temperature > 18
    reset: { cycles: cycles + 1 }
`);

test('a bound that takes hold is flagged while it holds, and told once', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank, { inputs: { flow: 20 } })]);
  await clock.advance(6000);
  const held = fleet.snapshot('a');
  assert.deepEqual([held?.state('volume'), held?.held], [50, [{ state: 'volume', bound: 'max' }]]);
  assert.deepEqual(JSON.parse(held?.toJson() ?? '').held, { volume: 'max' });
  assert.equal(fleet.statistics().heldBounds, 1);
  send('a', { flow: -30 });
  await clock.advance(1000);
  assert.deepEqual(fleet.snapshot('a')?.held, []);
  assert.ok(!fleet.snapshot('a')?.toJson().includes('held'));
  await clock.advance(5000);
  assert.deepEqual(
    fleet
      .events()
      .map(({ kind, subject, message }) => ({ kind, subject, message }))
      .reverse(),
    [
      { kind: 'bound-held', subject: 'volume', message: '`volume` is held at its upper bound of 50 l' },
      { kind: 'bound-released', subject: 'volume', message: '`volume` left its upper bound of 50 l' },
      { kind: 'bound-held', subject: 'volume', message: '`volume` is held at its lower bound of -50 l' },
    ],
  );
  assert.equal(fleet.statistics().heldBounds, 2);
  await fleet.stop();
});

test('a `when` with a message raises an event at each rising edge', async () => {
  const { fleet, clock } = await startFleet([twinOf('a', boiler)], { models: [boiler] });
  // 15, 25, 35 → 0, 10, 20, 30, 40 → 0: too hot in seconds 3 and 7, half way in 2 and 5.
  await clock.advance(7000);
  const raised = fleet.events().filter(({ kind }) => kind === 'raised');
  assert.deepEqual(
    raised.map(({ message, severity, subject }) => ({ message, severity, subject })),
    Array.from({ length: 2 }, () => ({
      message: 'the boiler is too hot',
      severity: 'critical',
      subject: 'too_hot',
    })),
  );
  assert.equal((raised[0]?.timeMs ?? 0) - (raised[1]?.timeMs ?? 0), 4000);
  assert.equal(fleet.snapshot('a')?.state('cycles'), 2);
  assert.equal(fleet.statistics().raised, 4);
  await fleet.stop();
});

test('listeners hear of an event after the snapshot it is about, and no more once they left', async () => {
  const { fleet, clock } = await startFleet([twinOf('a', boiler)], { models: [boiler] });
  const heard: number[] = [];
  const leave = fleet.onEvent(({ kind }) => {
    if (kind === 'raised') heard.push(fleet.snapshot('a')?.state('temperature') ?? -1);
  });
  await clock.advance(3000);
  leave();
  await clock.advance(4000);
  assert.deepEqual(heard, [0]);
  await fleet.stop();
});
