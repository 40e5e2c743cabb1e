/** Samples that were taken count, however long they are on their way to the worker, and whoever gives them to it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createFleet,
  createLocalShard,
  createManualClock,
  type ShardLink,
} from '../../../src/engine/index.ts';
import { memoryJournal } from '../memory-journal.ts';
import { bytes, leakingTank, memoryStore, modelOf, startMs, twinOf } from '../support.ts';

const model = modelOf(leakingTank);
const latenessMs = 2000;
const twin = twinOf('a', model, { periodMs: 50, latenessMs });

/** A thread that is busy with something else now and then: what it has to say waits. */
function busyLink(link: ShardLink) {
  const waiting: Parameters<ShardLink['send']>[] = [];
  let isBusy = false;
  return {
    ...link,
    send: (...said: Parameters<ShardLink['send']>) => {
      if (isBusy) waiting.push(said);
      else link.send(...said);
    },
    busy() {
      isBusy = true;
    },
    free() {
      isBusy = false;
      for (const said of waiting.splice(0)) link.send(...said);
    },
  };
}

async function run({ busyMs }: { readonly busyMs: number }) {
  const clock = createManualClock(startMs);
  const link = busyLink(createLocalShard(clock));
  const kept = { checkpoints: memoryStore(), journal: memoryJournal(), checkpointEveryMs: 60_000 };
  const fleet = await createFleet({ models: [model], twins: [twin], clock, shards: [link], ...kept });
  const send = (level: number, time: number) =>
    fleet.deliver({
      topic: 'gemel/a/telemetry',
      payload: bytes(JSON.stringify({ level, time })),
      receivedMs: clock.nowMs(),
    });
  for (let k = 1; k <= 80; k++) {
    send(100 + Math.sin(k), clock.nowMs());
    await clock.advance(100);
  }
  link.busy();
  // As old as may be, and a millisecond too old.
  const [taken, late] = [send(123, clock.nowMs() - latenessMs), send(124, clock.nowMs() - latenessMs - 1)];
  assert.deepEqual([taken.accepted, late.accepted, late.refused[0]?.reason], [1, 0, 'too-late']);
  await clock.advance(busyMs);
  link.free();
  await clock.advance(5000 - busyMs);
  const snapshot = fleet.snapshot('a');
  return { fleet, clock, kept, snapshot, statistics: fleet.statistics() };
}

test('a sample as old as may be counts, however long its worker does not hear of it', async () => {
  const expected = await run({ busyMs: 0 });
  for (const busyMs of [100, 400, 3000]) {
    const { snapshot, statistics } = await run({ busyMs });
    assert.equal(statistics.refusedSamples['too-late'], 1, 'only the one that was refused at the door');
    assert.equal(snapshot?.toJson(), expected.snapshot?.toJson(), `${busyMs} ms`);
  }
});

test('and so it does after a restart', async () => {
  const { clock, kept, snapshot } = await run({ busyMs: 3000 });
  const again = await createFleet({
    models: [model],
    twins: [twin],
    clock,
    shards: [createLocalShard(clock)],
    ...kept,
  });
  assert.equal(again.snapshot('a')?.toJson(), snapshot?.toJson());
  assert.equal(again.statistics().refusedSamples['too-late'], 0);
});
