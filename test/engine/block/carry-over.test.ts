/** What a shadow begins with: the twin's belief at a moment, whatever the filter, and whatever comes late or stands still. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../../src/core/model/index.ts';
import { modelOf, startFleet, startMs, twinOf } from '../support.ts';

interface Kind {
  readonly filter: string;
  readonly solver: string;
}

/** All that a lane remembers: states that are correlated, a timer, a discrete state, a clause, an input. */
function ovenOf(version: string, { filter, solver }: Kind): Model {
  return modelOf(`
gemel: 1
model: oven
version: ${version}
units: unchecked
solver: ${solver}
filter: ${filter}
inputs:
  power: { unit: W }
states:
  heat: { unit: J, start: 1, noise: 0.3 J/s^0.5, uncertainty: 2 }
  loss: { unit: "1", start: 0.1, min: 0.01, max: 1, noise: 0.01 1/s^0.5, uncertainty: 0.05 }
  count: { unit: "1", start: 0 }
  slow: { unit: "1", start: 0, every: 0.75 s }
equations:
  der(heat): power - loss * heat * exp(-0.01 * heat) + 0.001 * sin(time)
  der(loss): 0
  next(count): count + 1
  next(slow): slow + 1
when:
  hot: { condition: time > 3, raise: warm, reset: { heat: heat - 1 } }
measurements:
  reading: { equals: heat, unit: J, noise: 0.5 }
  squared: { equals: heat ^ 2 / 10, unit: J, noise: 0.8 }
`);
}

const fixed = '{ step: 0.25 s }';

/** Beside them, how far lanes may come apart: the covariance is taken apart and put together once. */
const kinds: readonly (readonly [Kind, number])[] = [
  [{ filter: '{ method: unscented }', solver: fixed }, 1e-9],
  [{ filter: '{ method: extended }', solver: fixed }, 1e-9],
  [{ filter: '{ method: none }', solver: fixed }, 0],
  // Its members begin anew, with the same mean and covariance.
  [{ filter: '{ method: ensemble, members: 40 }', solver: fixed }, 0.1],
  // Its steps are chosen anew.
  [{ filter: '{ method: none }', solver: '{ method: tsit5 }' }, 1e-4],
];

for (const [kind, tolerance] of kinds) {
  test(`a version with the same equations goes the same way: ${kind.filter}, ${kind.solver}`, async () => {
    const [first, second] = [ovenOf('1.0.0', kind), ovenOf('1.0.1', kind)];
    const { fleet, clock, send } = await startFleet([twinOf('a', first)], { models: [first, second] });
    const sample = (k: number) => {
      const draw = (n: number) => ((k * 7919 + n * 104_729) % 1000) / 1000;
      const time = startMs + k * 500 - 400 * draw(1) - (k % 4 === 0 ? 1200 : 0);
      send('a', {
        reading: 5 + draw(2),
        squared: 3 + draw(3),
        ...(k % 3 === 0 && { power: 2 + draw(4) }),
        time,
      });
    };
    for (let k = 3; k < 20; k++) {
      sample(k);
      await clock.advance(500);
    }
    await fleet.beginShadow('a', second.id);
    for (let k = 20; k < 60; k++) {
      const [live, shadow] = [fleet.snapshot('a'), fleet.shadowSnapshot('a')];
      assert.ok(live !== undefined && shadow !== undefined);
      for (const name of ['heat', 'loss', 'count', 'slow']) {
        const apart = Math.abs(live.state(name) - shadow.state(name));
        assert.ok(apart <= tolerance, `${name} is ${apart} apart at ${k}`);
        const wide: number = live.uncertainty(name);
        if (Number.isNaN(wide)) assert.ok(Number.isNaN(shadow.uncertainty(name)));
        else
          assert.ok(Math.abs(wide - shadow.uncertainty(name)) <= tolerance + 1e-6, `uncertainty of ${name}`);
      }
      assert.deepEqual([live.tick, live.elapsedSeconds], [shadow.tick, shadow.elapsedSeconds]);
      sample(k);
      await clock.advance(500);
    }
    assert.deepEqual(
      fleet.events().filter(({ kind: told }) => told === 'raised').length,
      1,
      'what has fired does not fire again',
    );
    await fleet.stop();
  });
}

const [plain, filtered] = [
  ovenOf('1.0.0', { filter: '{ method: none }', solver: fixed }),
  ovenOf('2.0.0', { filter: '{ method: unscented }', solver: fixed }),
];

test('from a version that estimates nothing the values go over, with the uncertainty of the start; and back', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', plain)], { models: [plain, filtered] });
  send('a', { power: 2 });
  await clock.advance(3000);
  await fleet.beginShadow('a', filtered.id);
  const shadow = fleet.shadowSnapshot('a');
  assert.equal(shadow?.state('heat'), fleet.snapshot('a')?.state('heat'));
  assert.deepEqual([shadow?.uncertainty('heat'), shadow?.uncertainty('loss')], [2, 0.05]);
  await fleet.swapShadow('a');
  await fleet.endShadow('a');
  send('a', { reading: 9 });
  await clock.advance(1000);
  assert.ok((fleet.snapshot('a')?.uncertainty('heat') ?? 9) < 1, 'a sample has corrected it');
  await fleet.beginShadow('a', plain.id);
  assert.equal(fleet.shadowSnapshot('a')?.state('heat'), fleet.snapshot('a')?.state('heat'));
  await fleet.stop();
});

test('a twin that waits has a shadow that waits, and both begin with the same sample', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', plain)], { models: [plain, filtered] });
  await clock.advance(2000);
  await fleet.beginShadow('a', filtered.id);
  await clock.advance(1000);
  assert.deepEqual([fleet.snapshot('a')?.status, fleet.shadowSnapshot('a')?.status], ['waiting', 'waiting']);
  send('a', { power: 2 });
  await clock.advance(2000);
  assert.deepEqual([fleet.snapshot('a')?.tick, fleet.shadowSnapshot('a')?.tick], [2, 2]);
  const { running, waiting } = fleet.statistics();
  assert.deepEqual([running, waiting], [1, 0]);
  await fleet.stop();
});

/** Leaves the finite numbers once it is driven. */
const fragile = modelOf(`
gemel: 1
model: oven
version: 3.0.0
units: unchecked
inputs:
  power: { unit: W }
states:
  heat: { unit: J, start: 1 }
equations:
  der(heat): power + sqrt(5 - power)
`);

test('a version that cannot go on is quarantined alone, and goes live only if somebody says so', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', plain)], { models: [plain, fragile] });
  send('a', { power: 1 });
  await clock.advance(2000);
  await fleet.beginShadow('a', fragile.id);
  send('a', { power: 6 });
  await clock.advance(2000);
  assert.deepEqual(
    [fleet.snapshot('a')?.status, fleet.shadowSnapshot('a')?.status],
    ['running', 'quarantined'],
  );
  const standing = () =>
    fleet.alarms.list().filter(({ kind, active }) => kind === 'quarantined' && active).length;
  assert.deepEqual([standing(), fleet.statistics().quarantines], [0, 0]);
  await fleet.swapShadow('a');
  await clock.advance(1000);
  assert.equal(standing(), 1);
  await fleet.swapShadow('a');
  await clock.advance(1000);
  assert.equal(standing(), 0);
  await fleet.stop();
});

test('without any lateness a shadow begins where the twin is', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', plain, { latenessMs: 0 })], {
    models: [plain, filtered],
  });
  send('a', { power: 2 });
  await clock.advance(2000);
  await fleet.beginShadow('a', filtered.id);
  assert.equal(fleet.shadowSnapshot('a')?.state('heat'), fleet.snapshot('a')?.state('heat'));
  await clock.advance(2000);
  assert.equal(fleet.shadowSnapshot('a')?.tick, 4);
  await fleet.stop();
});
