/** Twins whose method chooses its steps itself: inside a program, live, and after a restart. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { createManualClock, createTwin } from '../../../src/engine/index.ts';
import { memoryStore, modelOf, startFleet, startMs, state, twinOf } from '../support.ts';

/** x follows `target` with a time constant of 2 s; `fast` follows x a million times faster. */
const follower = modelOf(`
gemel: 1
model: follower
version: 1.0.0
units: unchecked
solver: { method: auto, tolerance: 1e-8 }
inputs:
  target: { unit: "1", default: 1, min: -10, max: 10 }
states:
  x: { unit: "1", start: 0 }
  fast: { unit: "1", start: 0 }
equations:
  der(x): (target - x) / 2
  der(fast): (x - fast) * 5e5
`);

/** A square that runs away: x = 1 / (1 / start − t). */
const pole = modelOf(`
gemel: 1
model: pole
version: 1.0.0
units: unchecked
solver: { method: tsit5 }
states:
  x: { unit: "1", start: 1 }
equations:
  der(x): x ^ 2
`);

const near = (got: number, want: number, within: number): void =>
  assert.ok(Math.abs(got - want) <= within, `${got}, not ${want}`);

test('a twin inside a program steps to the tolerance, and is as before where no step can be taken', () => {
  const twin = createTwin(follower);
  for (let i = 0; i < 4; i++) twin.step(0.5);
  near(twin.state('x'), 1 - Math.exp(-1), 1e-7);
  const runaway = createTwin(pole);
  runaway.step(0.5);
  assert.throws(() => runaway.step(1), {
    code: 'STEP_IMPOSSIBLE',
    message: /at (1|1\.00\d*|0\.99\d*) s: `x`/,
  });
  near(runaway.state('x'), 2, 1e-5);
  assert.equal(runaway.elapsedSeconds, 0.5);
});

test('live twins step each for itself; one that runs away is quarantined, the others go on', async () => {
  const twins = [twinOf('a', follower), twinOf('b', follower, { inputs: { target: 3 } }), twinOf('c', pole)];
  const { fleet, clock } = await startFleet(twins, { models: [follower, pole] });
  await clock.advance(4000);
  near(state(fleet, 'a', 'x'), 1 - Math.exp(-2), 1e-7);
  near(state(fleet, 'b', 'fast'), 3 * (1 - Math.exp(-2)), 1e-5);
  assert.equal(fleet.snapshot('c')?.status, 'quarantined');
  await fleet.stop();
});

test('after a restart a twin goes on with the same bits', async () => {
  const twins = [twinOf('a', follower)];
  const whole = await startFleet(twins, { models: [follower] });
  await whole.clock.advance(9000);
  const expected = ['x', 'fast'].map((name) => state(whole.fleet, 'a', name));
  await whole.fleet.stop();

  const checkpoints = memoryStore();
  const first = await startFleet(twins, { models: [follower], checkpoints });
  await first.clock.advance(4000);
  await first.fleet.stop();
  const clock = createManualClock(startMs + 4000);
  const second = await startFleet(twins, { models: [follower], checkpoints, clock });
  await clock.advance(5000);
  assert.deepEqual(
    ['x', 'fast'].map((name) => state(second.fleet, 'a', name)),
    expected,
  );
  await second.fleet.stop();
});
