/** A start from a checkpoint that is not the newest: the journal makes up for what came since. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createFleet,
  createLocalShard,
  createManualClock,
  type Fleet,
  type Journal,
} from '../../../src/engine/index.ts';
import { memoryJournal } from '../memory-journal.ts';
import { bytes, joined, leakingTank, modelOf, startMs, twinOf } from '../support.ts';

const model = modelOf(leakingTank);
const twins = [twinOf('a', model, { periodMs: 1000 }), twinOf('b', model, { periodMs: 500 })];

function start(clock: ReturnType<typeof createManualClock>, kept: object): Promise<Fleet> {
  return createFleet({ models: [model], twins, clock, shards: [createLocalShard(clock)], ...kept });
}

function tell(fleet: Fleet, k: number, nowMs: number): void {
  const late = nowMs - ((k * 7919) % 3000);
  const payload = JSON.stringify({ level: 90 + (k % 17), pump: 40 + (k % 11), time: late });
  for (const { id } of twins)
    fleet.deliver({ topic: `gemel/${id}/telemetry`, payload: bytes(payload), receivedMs: nowMs });
}

/** A journal that is kept, and what is in it. */
function keptJournal(records: readonly Uint8Array[] = []): { journal: Journal; records: Uint8Array[] } {
  const written = memoryJournal();
  for (const content of records) written.append(content);
  const all = [...records];
  const journal: Journal = {
    full: false,
    get last() {
      return written.last;
    },
    append(content) {
      all.push(content.slice());
      return written.append(content);
    },
    committed: () => written.committed(),
    resumeAfter: (number) => written.resumeAfter(number),
    pages: (from) => written.pages(from),
    release: async () => undefined,
  };
  return { journal, records: all };
}

test('from each older checkpoint the twins are, to the last bit, what they are from the newest', async () => {
  const clock = createManualClock(startMs);
  const saved: Uint8Array[] = [];
  const { journal, records } = keptJournal();
  const checkpoints = {
    load: async () => saved.at(-1),
    save: async (pieces: readonly Uint8Array[]) => void saved.push(joined(pieces)),
  };
  const kept = { checkpoints, checkpointEveryMs: 5000, journal };
  for (let life = 0; life < 3; life++) {
    const fleet = await start(clock, kept);
    for (let k = 0; k < 20; k++) {
      tell(fleet, life * 20 + k, clock.nowMs());
      await clock.advance(1000);
    }
    await fleet.stop();
    // Longer than an engine makes up for: the ticks of that time were given up.
    if (life === 1) await clock.advance(200_000);
  }
  const found: string[] = [];
  for (const checkpoint of saved) {
    const again = await start(clock, {
      checkpoints: { load: async () => checkpoint, save: async () => undefined },
      journal: keptJournal(records).journal,
    });
    found.push(twins.map(({ id }) => JSON.stringify(again.snapshot(id)?.toJson())).join());
    await again.stop();
  }
  assert.ok(saved.length > 10, String(saved.length));
  assert.match(found.at(-1) ?? '', /leak/);
  for (const [index, one] of found.entries()) assert.equal(one, found.at(-1), `checkpoint ${index}`);
});

const began = (fleet: Fleet) => fleet.events().map(({ kind, message }) => `${kind}: ${message}`);

test('without any checkpoint the twins start afresh, and say so if the journal tells of lives before', async () => {
  const clock = createManualClock(startMs);
  const none = { load: async () => undefined, save: async () => undefined };
  const { journal, records } = keptJournal();
  const first = await start(clock, { checkpoints: none, journal });
  assert.deepEqual(began(first), []);
  // Killed at once, it has described the fleet and made no tick.
  const described = keptJournal(records.slice(0, 1));
  assert.deepEqual(began(await start(clock, { checkpoints: none, journal: described.journal })), []);
  await clock.advance(2000);
  const again = await start(clock, { checkpoints: none, journal: keptJournal(records).journal });
  assert.match(
    began(again).join(),
    /checkpoint-failed: the checkpoint could not be read: there is none any more/,
  );
  assert.ok(
    again.alarms
      .list()
      .map(({ kind }) => kind)
      .includes('checkpoint-failed'),
  );
});

test('records that are gone since the checkpoint are told', async () => {
  const clock = createManualClock(startMs);
  let saved: Uint8Array | undefined;
  const { journal } = keptJournal();
  const checkpoints = {
    load: async () => saved,
    save: async (pieces: readonly Uint8Array[]) => void (saved ??= joined(pieces)),
  };
  const first = await start(clock, { checkpoints, journal });
  for (let k = 0; k < 5; k++) {
    tell(first, k, clock.nowMs());
    await clock.advance(1000);
  }
  const shortened: Journal = {
    ...journal,
    first: 8,
    last: journal.last,
    async *pages(from) {
      for await (const page of journal.pages(Math.max(8, from))) yield page;
    },
  };
  const again = await start(clock, { checkpoints, journal: shortened });
  assert.match(began(again).join(), /records since the checkpoint are no longer there/);
});
