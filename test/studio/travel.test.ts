/** Which moment the page shows, and which span stands around it. */

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { EngineClock } from '../../studio/clock.ts';
import { Travel, type TravelChange } from '../../studio/travel.ts';

const nowMs = Date.UTC(2026, 10, 22, 13);
const minuteMs = 60_000;

function begin(t: TestContext) {
  t.mock.timers.enable({ apis: ['Date'], now: nowMs });
  const travel = new Travel(new EngineClock());
  const told: TravelChange[] = [];
  travel.onChange((change) => told.push(change));
  return { travel, told, window: () => [travel.window.fromMs - nowMs, travel.window.toMs - nowMs] };
}

test('the span ends now and goes on, until a past moment is shown, and then it stands still', (t) => {
  const { travel, told, window } = begin(t);
  t.mock.timers.tick(minuteMs);
  assert.deepEqual(window(), [-14 * minuteMs, minuteMs]);
  travel.goTo(nowMs - minuteMs);
  t.mock.timers.tick(minuteMs);
  assert.deepEqual(window(), [-14 * minuteMs, minuteMs]);
  travel.goTo(nowMs - 10 * minuteMs);
  assert.deepEqual(window(), [-14 * minuteMs, minuteMs]);
  assert.deepEqual(told, ['window', 'moment', 'moment']);
  travel.toNow();
  assert.deepEqual(window(), [-13 * minuteMs, 2 * minuteMs]);
});

test('a moment outside of the span moves it, so that the moment is in its middle, and never beyond now', (t) => {
  const { travel, told, window } = begin(t);
  travel.goTo(nowMs - 60 * minuteMs);
  assert.deepEqual(window(), [-67.5 * minuteMs, -52.5 * minuteMs]);
  travel.goTo(nowMs - 5 * minuteMs);
  assert.deepEqual(window(), [-15 * minuteMs, 0]);
  travel.setSpan(3600);
  assert.deepEqual(window(), [-60 * minuteMs, 0]);
  assert.deepEqual(told, ['window', 'moment', 'window', 'moment', 'window']);
});

test('a moment that has not come is now, and so is one that is none', (t) => {
  const { travel, told } = begin(t);
  travel.goTo(nowMs - minuteMs);
  travel.goTo(nowMs + minuteMs);
  assert.equal(travel.atMs, undefined);
  travel.goTo(Number.NaN);
  assert.equal(travel.atMs, undefined);
  assert.deepEqual(told, ['window', 'moment', 'window', 'moment']);
});

test('now is the time of the engine, by the quickest tick that was heard', (t) => {
  const { travel } = begin(t);
  const { clock } = travel;
  clock.hear(nowMs - 5 * minuteMs);
  clock.hear(nowMs - 7 * minuteMs);
  assert.equal(clock.nowMs(), nowMs - 5 * minuteMs);
  travel.goTo(nowMs - minuteMs);
  assert.equal(travel.atMs, undefined, 'the engine is not there yet');
  clock.reset();
  assert.equal(clock.nowMs(), nowMs);
});
