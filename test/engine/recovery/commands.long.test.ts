/** Commands in the journal: after a crash at any moment they have had the effect that they have without. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createFleet,
  createLocalShard,
  createManualClock,
  type Fleet,
  type Journal,
  type ManualClock,
  type TwinConfig,
} from '../../../src/engine/index.ts';
import { decodeCommand } from '../../../src/engine/journal/command-record.ts';
import { type MemoryJournal, memoryJournal } from '../memory-journal.ts';
import { bytes, leakingTank, memoryStore, modelOf, startMs, twinOf } from '../support.ts';

/** With a condition that comes and goes. */
const leaking = modelOf(`${leakingTank}
when:
  full: { condition: "volume > 130 [l]", raise: nearly full, severity: warning }
`);

const twinsAtFirst = [
  twinOf('a', leaking, { periodMs: 1000 }),
  twinOf('b', leaking, { periodMs: 500, start: { volume: 0.09 } }),
  twinOf('c', leaking, { periodMs: 1000, latenessMs: 3000 }),
];

interface World {
  readonly clock: ManualClock;
  fleet: Fleet;
  /** Who runs, as the project's files say it. */
  twins: readonly TwinConfig[];
}

/** Lives that share only their disk. */
function createDisk() {
  const disk = memoryStore();
  const journal = memoryJournal();
  let life = 0;
  return {
    journal,
    start(clock: ManualClock, twins: readonly TwinConfig[], shards: number): Promise<Fleet> {
      const own = ++life;
      const lives = () => own === life;
      const kept: Journal = {
        get last() {
          return journal.last;
        },
        full: false,
        append: (content) => (lives() ? journal.append(content) : journal.last),
        committed: () => journal.committed(),
        pages: (from) => journal.pages(from),
        resumeAfter: (number) => journal.resumeAfter(number),
        release: async (before) => (lives() ? journal.release(before) : undefined),
      };
      const checkpoints = {
        load: () => disk.load(),
        save: async (saved: readonly Uint8Array[]) => (lives() ? disk.save(saved) : undefined),
      };
      return createFleet({
        models: [leaking],
        twins,
        clock,
        shards: Array.from({ length: shards }, () => createLocalShard(clock)),
        checkpoints,
        checkpointEveryMs: 5000,
        journal: kept,
      });
    },
  };
}

const draw = (k: number, n: number) => ((k * 7919 + n * 104_729) % 1000) / 1000;

/** What somebody does in the second `k`, a fixed congruence deciding. */
async function act(world: World, k: number): Promise<void> {
  const { fleet, clock } = world;
  const send = (twin: string, payload: object) =>
    fleet.deliver({
      topic: `gemel/${twin}/telemetry`,
      payload: bytes(JSON.stringify(payload)),
      receivedMs: clock.nowMs(),
    });
  const nowMs = startMs + k * 1000;
  for (const { id } of world.twins) {
    if (draw(k, id.charCodeAt(0)) < 0.3) continue;
    // Up to 2.5 s late: across ticks, and across the steps in between.
    send(id, { level: 110 + 30 * Math.sin(k / 12) + draw(k, 2), time: nowMs - 2500 * draw(k, 3) });
    if (k % 4 === 0) send(id, { pump: 40 + 40 * draw(k, 4), time: nowMs - 1500 * draw(k, 5) });
  }
  const wait = <T>(done: Promise<T>) => Promise.all([done, clock.advance(0)]);
  if (k % 3 === 1) await wait(fleet.step('a', { seconds: 0.4 + draw(k, 6), inputs: { pump: 1e-4 * k } }));
  if (k % 5 === 2) await wait(fleet.step('b', { seconds: 1.5 }));
  if (k % 7 === 0) await wait(fleet.step('c', { seconds: 0.7 }));
  // In each second of ten a twin comes, and goes six seconds later; its name comes back.
  if (k % 10 === 1) {
    const config = twinOf(`n${k % 20}`, leaking, { start: { volume: 0.1 + k / 10_000 } });
    await wait(fleet.add(config));
    world.twins = [...world.twins, config];
  }
  if (k % 10 === 7) {
    const id = `n${(k - 6) % 20}`;
    world.twins = world.twins.filter((one) => one.id !== id);
    await wait(fleet.remove(id));
  }
  for (const alarm of fleet.alarms.list()) {
    if (draw(k, alarm.id.length + 7) < 0.3 && alarm.state === 'unacknowledged')
      fleet.alarms.acknowledge(alarm.id, { by: 'kim', note: `at ${k}` });
    else if (draw(k, 8) < 0.1)
      fleet.alarms.shelve(alarm.id, { by: 'kim', why: 'known', untilMs: nowMs + 9000 });
  }
}

function told(fleet: Fleet): unknown {
  const ids = fleet
    .twins()
    .map(({ config }) => config.id)
    .toSorted();
  return { ids, states: ids.map((id) => fleet.snapshot(id)?.toJson()) };
}

/** But for when the condition was first seen to hold: what a late sample brings is seen sooner after a restart. */
function alarmsOf(fleet: Fleet): unknown {
  return fleet.alarms
    .list()
    .filter(({ kind }) => kind === 'when')
    .map(
      ({ raisedMs: _raised, firstMs: _first, changedMs: _changed, clearedMs: _cleared, ...alarm }) => alarm,
    )
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function compare(
  seconds: number,
  crashes: (k: number) => boolean,
  each?: (crashed: Fleet, steady: Fleet, k: number) => void,
): Promise<MemoryJournal> {
  const steadyDisk = createDisk();
  const disk = createDisk();
  const make = async (from: ReturnType<typeof createDisk>): Promise<World> => {
    const clock = createManualClock(startMs);
    return { clock, twins: twinsAtFirst, fleet: await from.start(clock, twinsAtFirst, 2) };
  };
  const [steady, crashed] = [await make(steadyDisk), await make(disk)];
  for (let k = 1; k <= seconds; k++) {
    for (const world of [steady, crashed]) {
      await world.clock.advance(1000);
      await act(world, k);
    }
    if (crashes(k)) crashed.fleet = await disk.start(crashed.clock, crashed.twins, 1 + (k % 3));
    assert.deepEqual(told(crashed.fleet), told(steady.fleet), `after ${k} s`);
    each?.(crashed.fleet, steady.fleet, k);
  }
  return disk.journal;
}

test('steps, alarms, twins that come and go: crashes change no bit of them', async () => {
  let acknowledged = 0;
  const journal = await compare(
    90,
    (k) => k % 7 === 3,
    (crashed, steady, k) => {
      assert.deepEqual(alarmsOf(crashed), alarmsOf(steady), `after ${k} s`);
      acknowledged += crashed.alarms.list({ state: 'acknowledged' }).length;
    },
  );
  const commands = new Set<string>();
  for await (const { content } of journal.read(1)) commands.add(decodeCommand(content)?.kind ?? 'none');
  assert.ok(acknowledged > 5, 'alarms stay acknowledged');
  for (const kind of ['step', 'add', 'remove']) assert.ok(commands.has(kind), kind);
});

test('nor does a crash in every second', async () => {
  await compare(40, () => true);
});
