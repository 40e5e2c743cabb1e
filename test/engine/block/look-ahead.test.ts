/** How two versions foresee: both go on without corrections from where they were, and neither is changed by it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShadowTick } from '../../../src/engine/index.ts';
import { modelOf, startFleet, startMs, twinOf } from '../support.ts';

/** A level that stands still, or so this version thinks; what it believes follows the sensor. */
const still = modelOf(`
gemel: 1
model: level
version: 1.0.0
units: unchecked
solver: { step: 0.25 s }
inputs:
  rate: { unit: m/s, default: 0 }
states:
  x: { unit: m, start: 0, noise: 0.5 m/s^0.5, uncertainty: 1 m }
equations:
  der(x): 0 * rate
measurements:
  level: { equals: x, unit: m, noise: 0.5 m }
`);

/** This one knows of the rate. */
const moving = modelOf(`
gemel: 1
model: level
version: 2.0.0
units: unchecked
solver: { step: 0.25 s }
inputs:
  rate: { unit: m/s, default: 0 }
states:
  x: { unit: m, start: 0, noise: 0.5 m/s^0.5, uncertainty: 1 m }
equations:
  der(x): rate
measurements:
  level: { equals: x, unit: m, noise: 0.5 m }
  unheard: { equals: 2 * x, unit: m, noise: 0.5 m }
`);

test('errors at each quarter of the lateness are those of the belief of then, moved on by its own version', async () => {
  const models = [still, moving];
  const { fleet, clock, send } = await startFleet([twinOf('a', still, { latenessMs: 8000 })], { models });
  const alone = await startFleet([twinOf('a', still, { latenessMs: 8000 })], { models });
  const beliefs = new Map([[0, { live: 0, shadow: 0 }]]);
  const ticks: ShadowTick[] = [];
  fleet.onShadowTick((tick) => {
    ticks.push(tick);
    const [live, shadow] = [fleet.snapshot('a'), fleet.shadowSnapshot('a')].map(
      (it) => it?.state('x') ?? NaN,
    );
    beliefs.set((tick.atMs - startMs) / 1000, { live: live ?? NaN, shadow: shadow ?? NaN });
  });
  await fleet.beginShadow('a', moving.id);
  const level = (k: number) => 0.75 * k + 0.3 * ((k * 7) % 5);
  for (let k = 0; k < 40; k++) {
    for (const one of [{ send }, alone]) {
      if (k === 0) one.send('a', { rate: 0.75, time: startMs });
      one.send('a', { level: level(k), time: startMs + 1000 * k + 500 });
    }
    await Promise.all([clock.advance(1000), alone.clock.advance(1000)]);
    assert.equal(
      fleet.snapshot('a')?.toJson(),
      alone.fleet.snapshot('a')?.toJson(),
      'a trial changes no bit',
    );
  }
  const looked = ticks.filter(({ ahead }) => ahead.length > 0);
  assert.deepEqual(
    looked.map(({ atMs }, i) => (i === 0 ? atMs >= startMs + 8000 : atMs - (looked[i - 1]?.atMs ?? 0))),
    [true, 8000, 8000, 8000, 8000],
  );
  for (const { atMs, ahead } of looked) {
    assert.deepEqual(
      ahead.map(({ measurement, horizonSeconds }) => [measurement, horizonSeconds]),
      [2, 4, 6, 8].map((horizon) => ['level', horizon]),
    );
    const began = (atMs - startMs) / 1000 - 8;
    const { live = NaN, shadow = NaN } = beliefs.get(began) ?? {};
    for (const { horizonSeconds, ...errors } of ahead) {
      // The newest sample of the horizon came half a second before its end.
      const sample = level(began + horizonSeconds - 1);
      assert.ok(Math.abs(errors.live - (sample - live)) < 1e-9);
      assert.ok(Math.abs(errors.shadow - (sample - shadow - 0.75 * (horizonSeconds - 0.5))) < 1e-9);
    }
  }
  assert.equal(fleet.statistics().appliedSamples, alone.fleet.statistics().appliedSamples);
  assert.equal(fleet.statistics().corrections, alone.fleet.statistics().corrections);
  await Promise.all([fleet.stop(), alone.fleet.stop()]);
});

test('roles that change change whose errors are whose', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', still, { latenessMs: 4000 })], {
    models: [still, moving],
  });
  const errors: (readonly [number, number])[] = [];
  fleet.onShadowTick(({ ahead }) => {
    const last = ahead.at(-1);
    if (last !== undefined) errors.push([Math.abs(last.live), Math.abs(last.shadow)]);
  });
  await fleet.beginShadow('a', moving.id);
  for (let k = 0; k < 30; k++) {
    send('a', { level: k, rate: 1 });
    if (k === 15) await fleet.swapShadow('a');
    await clock.advance(1000);
  }
  const [first, last] = [errors[1], errors.at(-1)];
  assert.ok(first !== undefined && last !== undefined);
  assert.ok(first[0] > 2 * first[1], 'what stands still foresees worse');
  assert.ok(last[1] > 2 * last[0]);
  await fleet.stop();
});
