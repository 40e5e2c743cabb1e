/** Fleets: many twins, what is refused before they start, and what the statistics promise. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dimensionless } from '../../../src/core/units/index.ts';
import {
  createFleet,
  createLocalShard,
  createManualClock,
  type FleetStatistics,
  type ShardLink,
  type TwinConfig,
} from '../../../src/engine/index.ts';
import { shardReasons } from '../../../src/engine/protocol/messages.ts';
import { startFleet, startMs, state, tank, twinOf } from '../support.ts';

test('a thousand twins in three shards each follow their own samples', async () => {
  const twins = Array.from({ length: 1000 }, (_, i) =>
    twinOf(`t-${i}`, tank, { start: { volume: i / 64 - 8 } }),
  );
  const { fleet, clock, send } = await startFleet(twins, { shards: 3 });
  for (let i = 0; i < 1000; i += 3) send(`t-${i}`, { flow: i / 128, time: startMs + 500 });
  await clock.advance(1000);
  for (const [i, { id }] of twins.entries()) {
    const expected = i / 64 - 8 + (i % 3 === 0 ? 0.5 + i / 256 : 1);
    assert.equal(state(fleet, id, 'volume'), expected, id);
  }
  const { running, ticks, appliedSamples } = fleet.statistics();
  assert.deepEqual([running, ticks, appliedSamples], [1000, 1000, 334]);
  await fleet.stop();
});

/** Samples that were accepted at the door, and refused later. Nothing here is too old or unknown at the door. */
function refusedByShards(refused: FleetStatistics['refusedSamples']): number {
  return shardReasons.reduce((sum, reason) => sum + refused[reason], 0);
}

test('every accepted sample is applied, refused, or still there', async () => {
  const { fleet, clock, send } = await startFleet([twinOf('a', tank, { queueLimit: 5 }), twinOf('b', tank)]);
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 8; i++) {
      send(random(2) === 0 ? 'a' : 'b', { flow: random(3), time: clock.nowMs() + random(12_000) - 6000 });
    }
    await clock.advance(random(700));
    const { acceptedSamples, appliedSamples, queueDepth, inFlight, refusedSamples } = fleet.statistics();
    const refused = refusedByShards(refusedSamples);
    // The queue's depth is told with each tick; what came since is not in it yet.
    assert.ok(acceptedSamples >= appliedSamples + refused + queueDepth + inFlight);
  }
  await clock.advance(10_000);
  const { acceptedSamples, appliedSamples, refusedSamples, lateSamples } = fleet.statistics();
  assert.equal(acceptedSamples, appliedSamples + refusedByShards(refusedSamples));
  assert.ok(lateSamples > 20 && refusedSamples['queue-full'] > 0);
  await fleet.stop();
});

test('a fleet may have no twins', async () => {
  const { fleet, clock, send } = await startFleet([]);
  await clock.advance(5000);
  assert.equal(send('a', { flow: 1 }).refused[0]?.reason, 'unknown-twin');
  await fleet.stop();
});

test('a shard that hangs fills neither the memory nor the patience', async () => {
  const clock = createManualClock(startMs);
  const shard = createLocalShard(clock);
  let hanging = false;
  const link: ShardLink = { ...shard, send: (message) => void (hanging || shard.send(message)) };
  const fleet = await createFleet({ models: [tank], twins: [twinOf('a', tank)], shards: [link], clock });
  hanging = true;
  let refused = 0;
  for (let i = 0; i < 70_000; i++) refused += fleet.setInputs('a', { flow: 1 }).refused.length;
  assert.equal(refused, 70_000 - 65_536);
  assert.equal(fleet.refusals()[0]?.reason, 'queue-full');
  assert.equal(fleet.statistics().inFlight, 65_536);
  for (let i = 0; i < 1000; i++) fleet.step('a', { seconds: 1 }).catch(() => undefined);
  await assert.rejects(fleet.step('a', { seconds: 1 }), { code: 'FLEET_BUSY' });
  const stopped = fleet.stop();
  await clock.advance(5000);
  await stopped;
  assert.match(fleet.events()[0]?.message ?? '', /a worker does not answer/);
});

test('refuses twins that do not fit their models before anything starts', async () => {
  const cases: readonly (readonly [string, readonly TwinConfig[]])[] = [
    ['TWIN_DUPLICATE', [twinOf('a', tank), twinOf('a', tank)]],
    ['TWIN_NAME', [twinOf('a/b', tank)]],
    ['TWIN_NAME', [twinOf('', tank)]],
    ['TWIN_NAME', [twinOf('a', tank, { group: 'line 1' })]],
    ['MODEL_UNKNOWN', [twinOf('a', tank, { model: 'tonk@1.0.0' })]],
    ['TWIN_INVALID', [twinOf('a', tank, { periodMs: 0 })]],
    ['TWIN_INVALID', [twinOf('a', tank, { periodMs: Number.NaN })]],
    ['TWIN_INVALID', [twinOf('a', tank, { queueLimit: 0 })]],
    ['TWIN_INVALID', [twinOf('a', tank, { latenessMs: -1 })]],
    ['SIGNAL_UNKNOWN', [twinOf('a', tank, { inputs: { flwo: 1 } })]],
    ['SIGNAL_UNKNOWN', [twinOf('a', tank, { parameters: { flow: 1 } })]],
    ['SIGNAL_UNKNOWN', [twinOf('a', tank, { start: { toString: 1 } })]],
    ['VALUE_OUT_OF_BOUNDS', [twinOf('a', tank, { inputs: { flow: 101 } })]],
    ['VALUE_OUT_OF_BOUNDS', [twinOf('a', tank, { start: { volume: Number.NaN } })]],
    ['TOPIC_INVALID', [twinOf('a', tank, { telemetryTopic: 'x/+' })]],
    [
      'SIGNAL_UNKNOWN',
      [
        twinOf('a', tank, {
          bindings: [{ signal: 'volume', topic: 't', unit: dimensionless, timeFormat: 'auto' }],
        }),
      ],
    ],
  ];
  for (const [code, twins] of cases)
    await assert.rejects(startFleet(twins), { code }, JSON.stringify(twins[0]));
});
