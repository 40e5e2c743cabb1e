/** A disk that does not take the journal is told, at once if it says why and soon if it does not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fleet, Journal } from '../../../src/engine/index.ts';
import { memoryJournal } from '../memory-journal.ts';
import { bytes, startFleet, tank, twinOf } from '../support.ts';

/** A journal whose disk can be made to refuse, or to keep silent. */
function journalOfDisk() {
  const kept = memoryJournal();
  const disk = { failure: undefined as string | undefined, waitedMs: 0 };
  const journal: Journal = {
    full: false,
    get last() {
      return kept.last;
    },
    get failure() {
      return disk.failure;
    },
    get waitedMs() {
      return disk.waitedMs;
    },
    append: (content) => kept.append(content),
    committed: () => kept.committed(),
    resumeAfter: (number) => kept.resumeAfter(number),
    pages: (from) => kept.pages(from),
    release: async () => undefined,
  };
  return { journal, disk };
}

const alarms = (fleet: Fleet) =>
  fleet.alarms
    .list()
    .map(
      ({ kind, severity, active, message }) =>
        `${kind} ${severity} ${active ? 'active' : 'over'}: ${message}`,
    );

async function started() {
  const { journal, disk } = journalOfDisk();
  const { clock, fleet } = await startFleet([twinOf('a', tank, { periodMs: 1000 })], { journal });
  await clock.advance(10_000);
  assert.deepEqual(alarms(fleet), []);
  return { clock, fleet, disk };
}

test('a disk that refuses is a critical alarm within a second, and over when it takes everything again', async () => {
  const { clock, fleet, disk } = await started();
  disk.failure = 'the journal in /d cannot be written: ENOSPC';
  fleet.deliver({ topic: 'gemel/a/telemetry', payload: bytes('{"flow": 1}'), receivedMs: clock.nowMs() });
  await clock.advance(1000);
  const told = 'nothing is acknowledged: the journal in /d cannot be written: ENOSPC';
  assert.deepEqual(alarms(fleet), [`journal-failed critical active: ${told}`]);
  await clock.advance(60_000);
  assert.equal(fleet.events().filter(({ kind }) => kind === 'journal-failed').length, 1, 'told once');
  disk.failure = undefined;
  await clock.advance(1000);
  assert.deepEqual(alarms(fleet), [`journal-failed critical over: ${told}`]);
  disk.failure = 'again';
  await clock.advance(1000);
  assert.match(alarms(fleet)[0] ?? '', /active: nothing is acknowledged: again/);
});

test('a disk that takes nothing for five seconds is one, too, and says how long', async () => {
  const { clock, fleet, disk } = await started();
  disk.waitedMs = 4999;
  await clock.advance(60_000);
  assert.deepEqual(alarms(fleet), [], 'the time of the disk counts, and not that of the twins');
  disk.waitedMs = 5400;
  await clock.advance(1000);
  assert.match(
    alarms(fleet)[0] ?? '',
    /^journal-failed critical active: senders wait for their acknowledgements: the disk has not taken a record of the journal for 5 s$/,
  );
  disk.waitedMs = 0;
  await clock.advance(1000);
  assert.match(alarms(fleet)[0] ?? '', /^journal-failed critical over/);
});
