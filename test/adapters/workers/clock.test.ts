/** The real clock on sources that the test sets, and once on the machine's own. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSystemClock } from '../../../src/adapters/workers/index.ts';

function sources(wallMs: number): { wall: number; mono: number; pass(ms: number): void } {
  return {
    wall: wallMs,
    mono: 5,
    pass(ms) {
      this.wall += ms;
      this.mono += ms;
    },
  };
}

function clockOn(time: { wall: number; mono: number }): () => number {
  const clock = createSystemClock({ wallMs: () => time.wall, monotonicMs: () => time.mono });
  return () => clock.nowMs();
}

test('runs with both clocks while they agree', () => {
  const time = sources(1_000_000);
  const now = clockOn(time);
  time.pass(250.5);
  assert.equal(now(), 1_000_250.5);
});

test('follows a slightly wrong clock gently, forwards and back, and never goes back', () => {
  for (const error of [400, -400]) {
    const time = sources(1_000_000);
    const now = clockOn(time);
    time.wall += error;
    let last = now();
    for (let i = 0; i < 100; i++) {
      time.pass(100);
      const next = now();
      assert.ok(next - last >= 90 - 1e-6 && next - last <= 110 + 1e-6, `${next - last} ms in 100 ms`);
      last = next;
    }
    assert.ok(Math.abs(last - time.wall) <= 2.001, `${last - time.wall} ms off`);
  }
});

test('takes a suspension at once', () => {
  const time = sources(1_000_000);
  const now = clockOn(time);
  time.pass(10);
  time.wall += 3_600_000;
  assert.equal(now(), 4_600_010);
});

test('tells a big step back once, and again only after it was right in between', () => {
  const time = sources(1_000_000);
  const told: number[] = [];
  const clock = createSystemClock({ wallMs: () => time.wall, monotonicMs: () => time.mono }, (byMs) =>
    told.push(byMs),
  );
  for (let step = 0; step < 2; step++) {
    time.wall -= 7_200_000;
    for (let i = 0; i < 200; i++) {
      time.pass(100_000);
      clock.nowMs();
    }
  }
  assert.deepEqual(told, [7_200_000, 7_200_000]);
});

test('runs at half speed after a big step back, until it is right again', () => {
  const time = sources(1_000_000);
  const now = clockOn(time);
  time.wall -= 10_000;
  time.pass(1000);
  assert.equal(now(), 1_000_500);
  for (let i = 0; i < 300; i++) {
    time.pass(100);
    now();
  }
  assert.ok(Math.abs(now() - time.wall) <= 2.001);
});

test('sleeps until its time, and no longer when aborted', async () => {
  const clock = createSystemClock();
  const stop = new AbortController();
  const atMs = clock.nowMs() + 5;
  await clock.sleepUntil(atMs, stop.signal);
  assert.ok(clock.nowMs() >= atMs);
  await clock.sleepUntil(atMs - 1000, stop.signal);
  const reason = new Error('stopped');
  const asleep = [clock.sleepUntil(atMs + 1e9, stop.signal), clock.sleepUntil(atMs - 1, stop.signal)];
  stop.abort(reason);
  for (const sleep of [...asleep, clock.sleepUntil(atMs, stop.signal)]) await assert.rejects(sleep, reason);
});
