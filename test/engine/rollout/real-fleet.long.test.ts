/** Rollouts on a fleet that computes: a version whose pump leaks where the machine's does not is found worse, and taken back. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src/core/statistics/index.ts';
import { type Fleet, type ManualClock, Rollouts } from '../../../src/engine/index.ts';
import { memoryStore, modelOf, startFleet, twinOf } from '../support.ts';

/** A vessel that is filled, warms and cools; its thermometer has noise. */
function vessel(version: string, loss: number): ReturnType<typeof modelOf> {
  return modelOf(`
gemel: 1
model: vessel
version: ${version}
units: unchecked
solver: { step: 0.5 s }
inputs:
  heat: { unit: "1", default: 1 }
parameters:
  loss: { unit: "1", value: ${loss} }
states:
  warmth: { unit: "1", start: 10, noise: 0.02 1/s^0.5, uncertainty: "0.5" }
equations:
  der(warmth): heat - loss * warmth
measurements:
  thermometer: { equals: warmth, unit: "1", noise: "0.1" }
`);
}

const right = vessel('1.0.0', 0.1);
const wrong = vessel('1.1.0', 0.16);
const same = vessel('1.0.1', 0.10003);
const models = [right, wrong, same];

/** Lets the machines live, and tells their twins of it. */
async function live(fleet: Fleet, clock: ManualClock, seconds: number): Promise<void> {
  const rng = new Rng(7);
  const twins = fleet.twins().map(({ config }) => ({ id: config.id, warmth: 10 }));
  for (let second = 0; second < seconds; second++) {
    const heat = 1 + 0.5 * Math.sin(clock.nowMs() / 40_000);
    for (const twin of twins) {
      for (let i = 0; i < 10; i++) twin.warmth += (heat - 0.1 * twin.warmth) / 10;
      twin.warmth += 0.02 * rng.normal();
      // It comes a moment before the tick that ends its second.
      const time = clock.nowMs() + 1000;
      fleet.setInputs(twin.id, { heat }, clock.nowMs());
      fleet.setInputs(twin.id, { thermometer: twin.warmth + 0.1 * rng.normal() }, time);
    }
    await clock.advance(1000);
  }
}

test('a version that is wrong is taken back from all, and one that is right stays', {
  timeout: 60_000,
}, async () => {
  const checkpoints = memoryStore();
  const twins = ['a', 'b', 'c'].map((id) => twinOf(id, right, { latenessMs: 5000 }));
  const { fleet, clock } = await startFleet(twins, { models, checkpoints });
  const texts = new Map<string, string>();
  const store = {
    load: async (name: string) => texts.get(name),
    save: async (name: string, text: string) => void texts.set(name, text),
  };
  const rollouts = await Rollouts.open({ fleet, clock, store, warn: assert.fail });
  const of = { percent: 100 } as const;
  await rollouts.start({ id: 'wrong', model: wrong.id, of, stage: 'live' });
  await rollouts.settled();
  assert.deepEqual(
    fleet.twins().map(({ model }) => model.id),
    Array.from(twins, () => wrong.id),
  );
  await live(fleet, clock, 900);
  await rollouts.settled();
  const { state, acts } = rollouts.get('wrong');
  assert.equal(state, 'rolled-back', rollouts.findings('wrong').together.sentence);
  assert.match(
    acts.at(-1)?.message ?? '',
    /is rolled back by itself: (it was worse on|the new version is worse)/,
  );
  assert.ok(fleet.twins().every(({ model }) => model === right));
  assert.ok(fleet.twins().every(({ config }) => fleet.shadow(config.id) === undefined));
  assert.ok(fleet.alarms.find('*~rolled-back~wrong')?.active);
  await rollouts.end('wrong');
  assert.equal(fleet.alarms.find('*~rolled-back~wrong')?.active, false);

  await rollouts.start({ id: 'same', model: same.id, of, stage: 'live', rollback: { watchMs: 600_000 } });
  await live(fleet, clock, 450);
  const { together } = rollouts.findings('same');
  assert.equal(together.verdict, 'no difference', together.sentence);
  assert.equal(together.measurements[0]?.measurement, 'thermometer');
  assert.ok((together.ahead[0]?.samples ?? 0) > 100, 'errors five seconds ahead');
  assert.ok(Math.abs((together.measurements[0]?.new.meanSquare ?? NaN) - 1) < 0.2);
  await live(fleet, clock, 160);
  await rollouts.settled();
  assert.equal(rollouts.get('same').state, 'done');
  assert.ok(fleet.twins().every(({ model }) => model === same));
  await rollouts.stop();
  await fleet.stop();
});
