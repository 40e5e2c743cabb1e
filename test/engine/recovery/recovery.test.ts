/** A journal under a fleet: acknowledged once kept, and a crash after which the twins are what they would have been. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createFleet,
  createLocalShard,
  createManualClock,
  decodeSamples,
  type Fleet,
  type Journal,
} from '../../../src/engine/index.ts';
import { memoryJournal } from '../memory-journal.ts';
import { bytes, kinds, leakingTank, memoryStore, modelOf, startMs, tank, twinOf } from '../support.ts';

const filtered = modelOf(leakingTank);

const twins = [
  twinOf('a', filtered, { periodMs: 1000 }),
  twinOf('b', filtered, { periodMs: 500 }),
  twinOf('c', tank, { periodMs: 1000 }),
];

function start(clock: ReturnType<typeof createManualClock>, shards: number, kept = {}): Promise<Fleet> {
  return createFleet({
    models: [filtered, tank],
    twins,
    clock,
    shards: Array.from({ length: shards }, () => createLocalShard(clock)),
    ...kept,
  });
}

/** What somebody sends in the second `k`, a fixed congruence deciding. */
function* messages(k: number): Generator<readonly [string, object]> {
  const draw = (n: number) => ((k * 7919 + n * 104_729) % 1000) / 1000;
  const time = startMs + k * 1000 - 900 * draw(1);
  yield ['a', { level: 100 + k + draw(2), time }];
  yield ['b', { level: 90 + draw(3), pump: 50 + 10 * draw(4), time: time - 700 * draw(5) }];
  if (k % 3 === 0) yield ['c', { flow: draw(6), level: draw(7), time }];
}

const telemetry = (fleet: Fleet, twin: string, payload: object, receivedMs: number) =>
  fleet.deliver({ topic: `gemel/${twin}/telemetry`, payload: bytes(JSON.stringify(payload)), receivedMs });

test('after crashes at any moment the twins are, to the last bit, what they are without', async () => {
  const steady = createManualClock(startMs);
  const reference = await start(steady, 2);
  const clock = createManualClock(startMs);
  const disk = memoryStore();
  const journal = memoryJournal();
  const lives: { isOver: boolean }[] = [];
  /** A process that shares only its disk with those before it. */
  const live = () => {
    const life = { isOver: false };
    for (const before of lives) before.isOver = true;
    lives.push(life);
    const checkpoints = {
      load: () => disk.load(),
      save: async (saved: readonly Uint8Array[]) => (life.isOver ? undefined : disk.save(saved)),
    };
    const release = async (before: number) => (life.isOver ? undefined : journal.release(before));
    const own: Journal = {
      get last() {
        return journal.last;
      },
      full: false,
      append: (content) => journal.append(content),
      committed: () => journal.committed(),
      pages: (from) => journal.pages(from),
      resumeAfter: (number) => journal.resumeAfter(number),
      release,
    };
    return start(clock, 1 + (lives.length % 2), { checkpoints, checkpointEveryMs: 5000, journal: own });
  };
  let fleet = await live();
  for (let k = 1; k <= 60; k++) {
    for (const [twin, payload] of messages(k)) {
      telemetry(reference, twin, payload, steady.nowMs());
      telemetry(fleet, twin, payload, clock.nowMs());
    }
    await steady.advance(1000);
    await clock.advance(1000);
    // Nothing is stopped, and the next has another number of workers.
    if (k % 7 === 3) fleet = await live();
  }
  await steady.advance(1000);
  await clock.advance(1000);
  for (const { id } of twins) {
    const [expected, found] = [reference.snapshot(id), fleet.snapshot(id)];
    assert.equal(found?.plain(), expected?.plain(), id);
    assert.equal(found?.elapsedSeconds, expected?.elapsedSeconds, id);
    assert.deepEqual(found?.toJson(), expected?.toJson(), id);
  }
});

test('a crash before the first checkpoint costs nothing, and what came while nobody ran is made up for', async () => {
  const clock = createManualClock(startMs);
  const kept = { checkpoints: memoryStore(), checkpointEveryMs: 5000, journal: memoryJournal() };
  const first = await start(clock, 1, kept);
  telemetry(first, 'c', { flow: 2, time: startMs + 500 }, clock.nowMs());
  const again = await start(clock, 1, kept);
  await clock.advance(4000);
  assert.equal(again.snapshot('c')?.state('volume'), 0.5 + 2 * 3.5);
  assert.ok(
    again.events().some(({ message }) => message === '1 samples since the checkpoint were in the journal'),
  );
  assert.ok(kinds(again).includes('resumed'));
});

test('after a stop and a long time away the twins are as they were last seen, and go on from there', async () => {
  const clock = createManualClock(startMs);
  const kept = { checkpoints: memoryStore(), checkpointEveryMs: 5000, journal: memoryJournal() };
  const first = await start(clock, 1, kept);
  for (let k = 1; k <= 30; k++) {
    for (const [twin, payload] of messages(k)) telemetry(first, twin, payload, clock.nowMs());
    await clock.advance(1000);
  }
  const elapsed = (fleet: Fleet) => twins.map(({ id }) => fleet.snapshot(id)?.elapsedSeconds);
  assert.deepEqual(elapsed(first), [30, 30, 30]);
  await first.stop();
  await clock.advance(600_000);
  const again = await start(clock, 1, kept);
  assert.deepEqual(elapsed(again), [30, 30, 30]);
  for (let k = 1; k <= 5; k++) await clock.advance(1000);
  for (const seconds of elapsed(again))
    assert.ok(Number(seconds) > 30 && Number(seconds) < 40, String(seconds));
});

test('a start that has no journal any more tells that the newest samples were in it', async () => {
  const clock = createManualClock(startMs);
  const kept = { checkpoints: memoryStore(), checkpointEveryMs: 5000 };
  const first = await start(clock, 1, { ...kept, journal: memoryJournal() });
  for (const [twin, payload] of messages(1)) telemetry(first, twin, payload, clock.nowMs());
  await clock.advance(1000);
  await first.stop();
  const again = await start(clock, 1, kept);
  assert.ok(again.events().some(({ message }) => /only refers to its newest samples/.test(message)));
});

test('what a disk loses of its end is lost, but nothing that comes after it', async () => {
  const clock = createManualClock(startMs);
  const kept = { checkpoints: memoryStore(), checkpointEveryMs: 5000, journal: memoryJournal() };
  const first = await start(clock, 1, kept);
  for (let k = 1; k <= 10; k++) {
    telemetry(first, 'c', { flow: k / 16 }, clock.nowMs());
    await clock.advance(1000);
  }
  const confirmed = kept.journal.last;
  kept.journal.loseNewest(12);
  const second = await start(clock, 1, kept);
  assert.ok(kept.journal.last > confirmed - 12);
  await clock.advance(500);
  const snapshot = second.snapshot('c');
  assert.equal(snapshot?.timeMs, startMs + 10_000);
  telemetry(second, 'c', { flow: 0, time: clock.nowMs() }, clock.nowMs());
  // It crashes before the next checkpoint: only the journal has the sample.
  const third = await start(clock, 1, kept);
  await clock.advance(2000);
  const expected = snapshot.state('volume') + (snapshot.input('flow') ?? Number.NaN) / 2;
  assert.equal(third.snapshot('c')?.state('volume'), expected);
});

test('a delivery is durable once its record is; without a journal there is nothing to wait for', async () => {
  const clock = createManualClock(startMs);
  const journal = memoryJournal();
  journal.hold = true;
  const fleet = await start(clock, 1, { journal });
  const before = journal.last;
  const { accepted, durable } = telemetry(fleet, 'c', { flow: 1, level: 2 }, clock.nowMs());
  assert.equal(accepted, 2);
  assert.ok(durable instanceof Promise);
  assert.equal(journal.last, before + 1, 'one message is one record');
  assert.equal(telemetry(fleet, 'c', { nonsense: 1 }, clock.nowMs()).durable, undefined);
  const without = await start(clock, 1);
  assert.equal(telemetry(without, 'c', { flow: 1 }, clock.nowMs()).durable, undefined);
});

test('while the journal is full nothing is accepted, and the reason is told', async () => {
  const clock = createManualClock(startMs);
  const journal = memoryJournal();
  const fleet = await start(clock, 1, { journal });
  const before = journal.last;
  journal.full = true;
  const { accepted, refused } = telemetry(fleet, 'c', { flow: 1 }, clock.nowMs());
  assert.equal(accepted, 0);
  assert.equal(refused[0]?.reason, 'disk-refuses');
  assert.equal(fleet.statistics().refusedSamples['disk-refuses'], 1);
  assert.equal(journal.last, before);
});

test('records are let go of once two checkpoints have them, and no late sample asks for them', async () => {
  const clock = createManualClock(startMs);
  const kept = { checkpoints: memoryStore(), checkpointEveryMs: 5000, journal: memoryJournal() };
  const fleet = await start(clock, 1, kept);
  for (let k = 1; k <= 30; k++) {
    telemetry(fleet, 'c', { flow: k }, clock.nowMs());
    await clock.advance(1000);
  }
  let left = 0;
  for await (const { content } of kept.journal.read(0)) left += decodeSamples(content) === undefined ? 0 : 1;
  // Of ten seconds of lateness, and of two checkpoints.
  assert.ok(left > 0 && left <= 21, `${left} of 30 records are left`);
});
