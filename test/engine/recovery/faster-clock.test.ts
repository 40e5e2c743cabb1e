/** Twins that live faster than real time: their disk and threads do not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../../../src/engine/index.ts';
import { memoryJournal } from '../memory-journal.ts';
import { kinds, startFleet, startMs, tank, twinOf } from '../support.ts';

test('checkpoints are as often in real time, and a disk has as long to take one', async () => {
  const clock = { ...createManualClock(startMs), speed: 60 };
  let saves = 0;
  const journal = memoryJournal();
  const { fleet } = await startFleet([twinOf('a', tank, { periodMs: 1000 })], {
    clock,
    journal,
    checkpoints: { load: async () => undefined, save: async () => void saves++ },
  });
  assert.equal(saves, 1, 'that of the start');
  await clock.advance(299_000);
  assert.equal(saves, 1);
  await clock.advance(2000);
  assert.equal(saves, 2, 'five real seconds are five minutes of theirs');

  const failed = () => kinds(fleet).filter((kind) => kind === 'checkpoint-failed').length;
  journal.hold = true;
  await clock.advance(590_000);
  assert.equal(failed(), 0, 'a disk that takes four seconds is waited for');
  await clock.advance(20_000);
  assert.equal(failed(), 1);
});
