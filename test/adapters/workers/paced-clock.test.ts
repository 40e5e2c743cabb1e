/** Clocks that run faster than the real one. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { paceClock } from '../../../src/adapters/workers/index.ts';

test('time goes by so many times faster, from the origin on', async () => {
  let nowMs = 1000;
  const slept: number[] = [];
  const clock = paceClock(
    {
      nowMs: () => nowMs,
      sleepUntil: async (atMs) => {
        slept.push(atMs);
      },
    },
    { speed: 60, originMs: 1000 },
  );
  assert.equal(clock.nowMs(), 1000);
  nowMs = 1500;
  assert.equal(clock.nowMs(), 31_000);
  await clock.sleepUntil(61_000, new AbortController().signal);
  assert.deepEqual(slept, [2000]);
});
