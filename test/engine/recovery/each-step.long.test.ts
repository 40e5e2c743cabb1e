/** Trials in checkpoint and journal: after a crash at any moment both versions are, to the last bit, what they are without. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createFleet,
  createLocalShard,
  createManualClock,
  type ManualClock,
  type ShardLink,
} from '../../../src/engine/index.ts';
import { memoryStore, startMs } from '../support.ts';
import { type Act, act, createDisk, first, second, seen, send, settle, twins } from '../trials/support.ts';

/** What somebody sends in the second `k`, a fixed congruence deciding. */
function* messages(k: number): Generator<readonly [string, object]> {
  const draw = (n: number) => ((k * 7919 + n * 104_729) % 1000) / 1000;
  const time = startMs + k * 1000 - 900 * draw(1);
  yield ['a', { level: 100 + k + draw(2), time }];
  yield ['b', { level: 90 + draw(3), pump: 50 + 10 * draw(4), time: time - 700 * draw(5) }];
  if (k % 2 === 0) yield ['c', { level: 95 + draw(6), time: time - 1500 * draw(7) }];
}

/** What is done to whom in which second. */
const acts: ReadonlyMap<number, readonly (readonly [Act, string])[]> = new Map(
  [
    [4, 'step a, begin a'],
    [5, 'begin b, begin c'],
    [6, 'step a, step b'],
    [8, 'swap a, swap c, step c'],
    [11, 'swap a, end c'],
    [12, 'end a, begin c'],
    [13, 'begin a, swap a, swap c, step a'],
    [17, 'swap a, step b, swap b, end c'],
    [19, 'swap a, end b'],
  ].map(([k, told]) => [
    Number(k),
    String(told)
      .split(', ')
      .map((one) => one.split(' ') as [Act, string]),
  ]),
);

const seconds = 24;

/** Each second of a fleet that never stops. */
const steady = (async () => {
  const clock = createManualClock(startMs);
  const fleet = await createDisk(clock)({ shards: 1 });
  const states: object[] = [];
  for (let k = 1; k <= seconds; k++) {
    for (const [twin, payload] of messages(k)) send(fleet, twin, payload, clock.nowMs());
    await clock.advance(400);
    for (const one of acts.get(k) ?? []) await act(fleet, one);
    await clock.advance(600);
    states.push(seen(fleet));
  }
  return states;
})();

/** Twins move through their trials, and the process ends without a word at `crashes`, told by second and part of it. */
async function live(crashes: (k: number, part: 0 | 1 | 2) => boolean): Promise<void> {
  const clock = createManualClock(startMs);
  const start = createDisk(clock);
  let shards = 1;
  let fleet = await start({ shards });
  const again = async (): Promise<void> => {
    shards = 3 - shards;
    fleet = await start({ shards });
  };
  const expected = await steady;
  for (let k = 1; k <= seconds; k++) {
    for (const [twin, payload] of messages(k)) send(fleet, twin, payload, clock.nowMs());
    if (crashes(k, 0)) await again();
    await clock.advance(400);
    for (const one of acts.get(k) ?? []) {
      if (crashes(k, 1)) await again();
      await act(fleet, one);
    }
    if (crashes(k, 2)) await again();
    await clock.advance(600);
    assert.deepEqual(seen(fleet), expected[k - 1], `after ${k} s`);
  }
}

test('through trials without a crash, in as many workers as there are', () => live(() => false));

test('after a crash before any step of a trial', () => live((_, part) => part === 1));

test('after a crash just after any step of a trial', () => live((k, part) => part === 2 && acts.has(k)));

test('after crashes at any time', async () => {
  for (const every of [2, 3, 5]) await live((k, part) => (3 * k + part) % every === 0);
});

test('a worker that dies in a trial is started again with both lanes', async () => {
  const expected = await steady;
  const clock = createManualClock(startMs);
  const start = createDisk(clock);
  const links: (ShardLink & { die(): void })[] = [];
  const mortal = (): ShardLink => {
    const inner = createLocalShard(clock);
    let tell: Parameters<ShardLink['onMessage']>[0] = () => undefined;
    let isDead = false;
    const link = {
      send: (...sent: Parameters<ShardLink['send']>) => (isDead ? undefined : inner.send(...sent)),
      onMessage(listener: Parameters<ShardLink['onMessage']>[0]) {
        tell = listener;
        inner.onMessage((message) => (isDead ? undefined : listener(message)));
      },
      close: () => inner.close(),
      die() {
        isDead = true;
        tell({ kind: 'failed', message: 'killed' });
      },
    };
    links.push(link);
    return link;
  };
  const fleet = await start({ shards: 1, links: [mortal()], revive: mortal });
  const changes: string[] = [];
  fleet.onChange(({ kind, twin }) => changes.push(`${kind} ${twin.config.id}`));
  const deadAt = [9, 13, 18];
  for (let k = 1; k <= seconds; k++) {
    for (const [twin, payload] of messages(k)) send(fleet, twin, payload, clock.nowMs());
    await clock.advance(400);
    for (const one of acts.get(k) ?? []) await act(fleet, one);
    if (deadAt.includes(k)) {
      links.at(-1)?.die();
      await settle(clock);
    }
    await clock.advance(600);
    assert.deepEqual(seen(fleet), expected[k - 1], `after ${k} s`);
  }
  assert.equal(links.length, 1 + deadAt.length);
  const swaps = [...acts.values()].flat().filter(([kind]) => kind === 'swap');
  assert.deepEqual(changes.length, swaps.length, 'nobody is told of a change twice');
});

test('what a restart gives to both lanes again counts once', async () => {
  const clock = createManualClock(startMs);
  const start = createDisk(clock);
  let fleet = await start({ shards: 1 });
  await fleet.beginShadow('a', second.id);
  for (let k = 0; k < 3; k++) {
    send(fleet, 'a', { level: 100 + k, pump: 50 + k }, clock.nowMs());
    await clock.advance(1000);
  }
  fleet = await start({ shards: 1 });
  await settle(clock);
  await clock.advance(1000);
  assert.equal(fleet.shadowSnapshot('a')?.measurement('level').measured, 102);
  assert.equal(fleet.statistics().appliedSamples, 6);
});

test('a checkpoint alone has both lanes: after a stop and a start they go on, bit for bit', async () => {
  const clock = createManualClock(startMs);
  const still = createManualClock(startMs);
  const checkpoints = memoryStore();
  const start = (own: ManualClock, kept = {}) =>
    createFleet({ models: [first, second], twins, clock: own, shards: [createLocalShard(own)], ...kept });
  const reference = await start(still);
  let fleet = await start(clock, { checkpoints });
  for (let k = 1; k <= 20; k++) {
    // Nothing comes late: without a journal that would count at the moment of the restart.
    for (const { id } of twins)
      for (const each of [fleet, reference])
        send(each, id, { level: 95 + ((k * 7919) % 100) / 10, time: clock.nowMs() + 300 }, clock.nowMs());
    await Promise.all([clock.advance(400), still.advance(400)]);
    for (const one of acts.get(k) ?? []) for (const each of [fleet, reference]) await act(each, one);
    await Promise.all([clock.advance(600), still.advance(600)]);
    if (k % 5 !== 0) continue;
    await fleet.stop();
    fleet = await start(clock, { checkpoints });
    assert.deepEqual(
      fleet.twins().map(({ model }) => model.id),
      reference.twins().map(({ model }) => model.id),
    );
    for (const { id } of twins) {
      assert.equal(fleet.snapshot(id)?.plain(), reference.snapshot(id)?.plain(), id);
      assert.equal(fleet.shadowSnapshot(id)?.plain(), reference.shadowSnapshot(id)?.plain(), id);
    }
  }
  await Promise.all([fleet.stop(), reference.stop()]);
});

test('what was made live runs on although the project names the version before, until it names another', async () => {
  const clock = createManualClock(startMs);
  const start = createDisk(clock);
  let fleet = await start({ shards: 1 });
  await clock.advance(3000);
  await fleet.beginShadow('a', second.id);
  await fleet.swapShadow('a');
  await clock.advance(2000);
  await fleet.stop();
  fleet = await start({ shards: 1 });
  await settle(clock);
  assert.equal(fleet.twin('a')?.model, second);
  assert.deepEqual(fleet.twin('a')?.config.parameters, { surface: 3 });
  assert.equal(fleet.shadow('a')?.model, first);
  assert.deepEqual(fleet.shadow('a')?.config.parameters, { area: 3 });
  await clock.advance(1000);
  assert.deepEqual([fleet.snapshot('a')?.model, fleet.snapshot('a')?.tick], [second.id, 6]);
  const told = fleet.events().find(({ message }) => message.includes('and not'))?.message;
  assert.match(
    told ?? '',
    /^a runs leaking-tank@2\.0\.0 and not leaking-tank@1\.0\.0, since that was made live/,
  );
  await fleet.stop();
  // What somebody changes of the twin in the project goes over as well.
  const wider = twins.map((config) => (config.id === 'a' ? { ...config, parameters: { area: 4 } } : config));
  fleet = await start({ shards: 1, configs: wider });
  assert.deepEqual([fleet.twin('a')?.model, fleet.twin('a')?.config.parameters], [second, { surface: 4 }]);
  assert.deepEqual(fleet.shadow('a')?.config.parameters, { area: 4 });
  await fleet.stop();
  // Somebody makes the project agree: nothing else changes.
  const agreed = twins.map((config) =>
    config.id === 'a' ? { ...config, model: second.id, parameters: { surface: 3 } } : config,
  );
  fleet = await start({ shards: 1, configs: agreed });
  await settle(clock);
  await clock.advance(1000);
  assert.deepEqual([fleet.snapshot('a')?.model, fleet.snapshot('a')?.tick], [second.id, 7]);
  assert.equal(
    fleet.events().some(({ message }) => message.includes('and not')),
    false,
  );
  assert.equal(fleet.shadow('a')?.model, first);
  await fleet.endShadow('a');
  await fleet.stop();
  // The project goes back by itself: that is another version than it named, and counts.
  fleet = await start({ shards: 1 });
  assert.equal(fleet.twin('a')?.model, first);
  assert.ok(fleet.events().some(({ kind, twin }) => kind === 'afresh' && twin === 'a'));
  await fleet.stop();
});
