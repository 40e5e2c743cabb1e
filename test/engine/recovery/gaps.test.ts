/** Ticks that were given up stay so: after a restart, and whoever else was not behind. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createFleet,
  createLocalShard,
  createManualClock,
  decodeRecord,
  type Fleet,
} from '../../../src/engine/index.ts';
import { memoryJournal } from '../memory-journal.ts';
import { bytes, kinds, leakingTank, memoryStore, modelOf, startMs, twinOf } from '../support.ts';

const model = modelOf(leakingTank);
const twins = ['a', 'b', 'c'].map((id, i) => twinOf(id, model, { periodMs: i === 2 ? 500 : 1000 }));

function send(fleet: Fleet, twin: string, payload: object, receivedMs: number): void {
  fleet.deliver({ topic: `gemel/${twin}/telemetry`, payload: bytes(JSON.stringify(payload)), receivedMs });
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 2000; turn++) await Promise.resolve();
}

for (const [shards, later] of [
  [1, 1],
  [2, 1],
  [1, 2],
] as const) {
  test(`a crash after a suspension, from ${shards} to ${later} workers, makes no tick that was given up`, async () => {
    const clock = createManualClock(startMs);
    const kept = { checkpoints: memoryStore(), journal: memoryJournal(), checkpointEveryMs: 1_000_000 };
    const live = (workers: number) =>
      createFleet({
        models: [model],
        twins,
        clock,
        shards: Array.from({ length: workers }, () => createLocalShard(clock)),
        ...kept,
      });
    const fleet = await live(shards);
    for (let k = 1; k <= 20; k++) {
      for (const { id } of twins)
        send(fleet, id, { level: 100 + Math.sin(k), time: clock.nowMs() - 300 }, clock.nowMs());
      await clock.advance(1000);
    }
    // The machine was suspended, and what had come meanwhile is there before any worker says so.
    const jumped = clock.jump(120_000);
    for (const { id } of twins) send(fleet, id, { level: 90 }, clock.nowMs());
    await jumped;
    await settle();
    for (let k = 1; k <= 3; k++) {
      for (const { id } of twins) send(fleet, id, { level: 95 + k }, clock.nowMs());
      await clock.advance(1000);
      await settle();
    }
    assert.ok(kinds(fleet).includes('resynchronised'));
    const seen = twins.map(({ id }) => fleet.snapshot(id)?.toJson());
    const again = await live(later);
    assert.deepEqual(
      twins.map(({ id }) => again.snapshot(id)?.toJson()),
      seen,
    );
    const gaps = [];
    for await (const { content } of kept.journal.read(1)) {
      const record = decodeRecord(content);
      if (record?.kind === 'gap') gaps.push(...record.gap.twins);
    }
    assert.deepEqual(gaps.toSorted(), ['a', 'b', 'c']);
  });
}
