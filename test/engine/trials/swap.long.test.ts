/**
 * A thousand twins through fifty swaps: each tick of each twin is seen once and in its turn, and what is seen is, to the last
 * bit, what the version that was live then makes where the roles never change.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../../src/core/model/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import type { Fleet } from '../../../src/engine/index.ts';
import { modelOf, startFleet, startMs, twinOf, type TestFleet } from '../support.ts';

const count = 1000;
const swaps = 50;
const seed = 20261122;

/** A state that is measured and one that is not, a clause, a discrete state and functions that round. */
const first = modelOf(`
gemel: 1
model: oven
version: 1.0.0
units: unchecked
solver: { step: 0.1 s }
inputs:
  power: { unit: W, default: 3 }
states:
  heat: { unit: J, start: 1, max: 40, noise: 0.3 J/s^0.5, uncertainty: 2 J }
  loss: { unit: 1/s, start: 0.1, min: 0.01, max: 1, noise: 0.01 1/s^1.5, uncertainty: 0.05 1/s }
  count: { unit: "1", start: 0 }
equations:
  der(heat): power - loss * heat * exp(-0.01 * heat)
  der(loss): 0
  next(count): count + 1
when:
  hot: { condition: heat > 15, reset: { heat: heat - 5 - 0.001 * count } }
measurements:
  reading: { equals: heat, unit: J, noise: 0.5 J }
`);

/** The same oven with walls, the loss by its inverse, and a second sensor that only this version knows. */
const second = modelOf(`
gemel: 1
model: oven
version: 2.0.0
units: unchecked
solver: { step: 0.1 s }
migrates:
  states:
    resistance: 1 / loss
inputs:
  power: { unit: W, default: 3 }
  draught: { unit: "1", default: 1 }
states:
  heat: { unit: J, start: 1, max: 40, noise: 0.2 J/s^0.5, uncertainty: 2 J }
  resistance: { unit: s, start: 10, min: 1, max: 100, noise: 0.1 s^0.5, uncertainty: 3 s }
  walls: { unit: J, start: 1, noise: 0.1 J/s^0.5, uncertainty: 1 J }
equations:
  der(heat): power - draught * heat / resistance - (heat - walls) / 5
  der(walls): (heat - walls) / 5
  der(resistance): 0
measurements:
  reading: { equals: heat, unit: J, noise: 0.5 J }
  outside: { equals: walls, unit: J, noise: 0.5 J }
`);

/** By twin: what was seen at each tick, by when it was due. */
type Seen = ReadonlyMap<string, Map<number, string>>;

function emptySeen(): Map<string, Map<number, string>> {
  return new Map(Array.from({ length: count }, (_, i) => [`t${i}`, new Map()]));
}

/** Notes what readers see. A tick out of its turn, or twice, fails. */
function watch(fleet: Fleet): Seen {
  const seen = emptySeen();
  const dues = new Map<string, number>();
  fleet.onTick(({ twins, dueMs, periodMs }) => {
    for (const id of twins) {
      const snapshot = fleet.snapshot(id);
      const before = dues.get(id) ?? startMs;
      assert.equal(dueMs, before + periodMs, `the ticks of ${id}`);
      assert.deepEqual([snapshot?.timeMs, snapshot?.tick], [dueMs, (dueMs - startMs) / periodMs]);
      assert.equal(snapshot?.model, fleet.twin(id)?.model.id);
      dues.set(id, dueMs);
      seen.get(id)?.set(dueMs, bits(fleet, id));
    }
  });
  return seen;
}

/** Notes what the shadows are. */
function watchShadows(fleet: Fleet): Seen {
  const seen = emptySeen();
  fleet.onShadowTick(({ twin, atMs }) => {
    const shadow = fleet.shadowSnapshot(twin);
    assert.equal(shadow?.timeMs, atMs);
    seen.get(twin)?.set(atMs, shadow?.toJson() ?? '');
  });
  return seen;
}

/** All that a reader can see, to the last digit that decides the next tick. */
function bits(fleet: Fleet, id: string): string {
  return fleet.snapshot(id)?.toJson() ?? '';
}

const models: readonly Model[] = [first, second];

test(`${count} twins through ${swaps} swaps: no tick is missing, none comes twice, and each has the bits of its version (seed ${seed})`, async () => {
  const configs = Array.from({ length: count }, (_, i) =>
    twinOf(`t${i}`, first, { periodMs: i % 4 === 0 ? 500 : 1000 }),
  );
  const swapping = await startFleet(configs, { models, shards: 2 });
  const still = await startFleet(configs, { models });
  const seen = watch(swapping.fleet);
  const steady = watch(still.fleet);
  const shadows = watchShadows(still.fleet);
  const both: readonly TestFleet[] = [swapping, still];
  const rng = new Rng(seed);
  const random = () => rng.uniform();
  const sendSome = (): void => {
    for (let i = 0; i < count; i += 1 + Math.floor(random() * 3)) {
      const late = random() < 0.2 ? 6000 * random() : 0;
      const sample = {
        ...(random() < 0.7 && { reading: 5 + 4 * random() }),
        ...(random() < 0.3 && { power: 8 * random() }),
        time: Math.round(swapping.clock.nowMs() - 900 * random() - late),
      };
      for (const { send } of both) send(`t${i}`, sample);
    }
  };
  const advance = async (): Promise<void> => {
    sendSome();
    const byMs = [130, 500, 870, 1000][Math.floor(random() * 4)] ?? 1;
    for (const { clock } of both) await clock.advance(byMs);
  };
  for (let k = 0; k < 15; k++) await advance();
  for (const { fleet } of both) await Promise.all(configs.map(({ id }) => fleet.beginShadow(id, second.id)));
  // Until no sample is of before that: it would be out of order for the new lane.
  for (let k = 0; k < 15; k++) await advance();
  /** Of each twin: from when on which version is live. */
  const live = new Map(configs.map(({ id }) => [id, [{ fromMs: 0, model: first.id }]]));
  for (let round = 0; round < swaps; round++) {
    // Some swaps are under way while samples come and ticks are due.
    const changes = configs.map(async ({ id }, i) => {
      if ((i + round) % 2 === 0) await Promise.resolve();
      const { atMs } = await swapping.fleet.swapShadow(id);
      const model = round % 2 === 0 ? second.id : first.id;
      live.get(id)?.push({ fromMs: atMs, model });
    });
    await advance();
    await advance();
    await Promise.all(changes);
  }
  for (let k = 0; k < 5; k++) await advance();
  let compared = 0;
  for (const { id } of configs) {
    const references = new Map([
      [first.id, steady],
      [second.id, shadows],
    ]);
    for (const [dueMs, found] of seen.get(id) ?? []) {
      const { model } = live.get(id)?.findLast(({ fromMs }) => fromMs < dueMs) ?? assert.fail();
      assert.equal(
        found,
        references.get(model)?.get(id)?.get(dueMs),
        `${id} at ${dueMs - startMs} by ${model}`,
      );
      compared++;
    }
    assert.deepEqual([...(seen.get(id)?.keys() ?? [])], [...(steady.get(id)?.keys() ?? [])], id);
  }
  assert.ok(compared > 60 * count, `${compared} ticks were compared`);
  const { missedDeadlines, unpublishedTicks, lateSamples, refusedSamples } = swapping.fleet.statistics();
  assert.deepEqual([missedDeadlines, unpublishedTicks], [0, 0]);
  assert.ok(lateSamples > 1000);
  assert.deepEqual(refusedSamples, still.fleet.statistics().refusedSamples);
  for (const { fleet } of both) await fleet.stop();
});
