/** The arrays of a chart: a past in parts, live values behind it, and gaps where there was nothing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Parts } from '../../studio/past.ts';
import { Series } from '../../studio/series.ts';

/** A part a second from 100 s on: at least one less than its mean, at most one more. */
function parts(...begins: number[]): Parts {
  const mean = begins.map((begin) => begin / 10);
  return {
    begins: begins.map((begin) => begin * 1000),
    mean,
    least: mean.map((one) => one - 1),
    most: mean.map((one) => one + 1),
  };
}

const nothing = { computed: undefined, measured: undefined, uncertainty: undefined };

test('a past comes before the live values that are newer, as a line within its least and most', () => {
  const series = new Series();
  for (const time of [100.5, 101, 104]) series.push(time, { computed: 5, measured: null, reach: 0.5 });
  const past = { ...nothing, computed: parts(100, 101, 102), measured: parts(101) };
  series.begin({ spanSeconds: 900, partSeconds: 1, ...past });
  assert.deepEqual(series.times, [100.5, 101.5, 102.5, 104]);
  assert.deepEqual(series.computed, [10, 10.1, 10.2, 5]);
  assert.deepEqual(series.low, [9, 9.1, 9.2, 4.5]);
  assert.deepEqual(series.high, [11, 11.1, 11.2, 5.5]);
  assert.deepEqual(series.measured, [undefined, 10.1, undefined, undefined]);
  assert.deepEqual(series.measuredMost, [undefined, 11.1, undefined, undefined]);
});

test('the band of an estimated state is at least as wide as its uncertainty', () => {
  const series = new Series();
  const uncertainty = { ...parts(100), mean: [10] };
  series.begin({ ...nothing, spanSeconds: 900, partSeconds: 1, computed: parts(100), uncertainty });
  assert.deepEqual(series.low, [10 - 19.6]);
  assert.deepEqual(series.high, [10 + 19.6]);
});

test('where nothing was recorded for several parts, the line has a gap, also before what is live', () => {
  const series = new Series();
  series.push(130, { computed: 1, measured: null, reach: undefined });
  series.begin({ ...nothing, spanSeconds: 900, partSeconds: 1, computed: parts(100, 103, 110) });
  assert.deepEqual(series.times, [100.5, 103.5, 106.75, 110.5, 120.25, 130]);
  assert.deepEqual(series.computed, [10, 10.3, null, 11, null, 1]);
});

test('in a long span live values become parts too, in which no peak is lost', () => {
  const series = new Series();
  series.begin({ ...nothing, spanSeconds: 3600, partSeconds: 12 });
  for (const [time, value] of [
    [100, 1],
    [104, 9],
    [108, 2],
    [113, 3],
  ] as const) {
    series.push(time, { computed: value, measured: value, reach: undefined });
  }
  assert.deepEqual(series.times, [100, 113]);
  assert.deepEqual(series.computed, [2, 3]);
  assert.deepEqual([series.low[0], series.high[0]], [1, 9]);
  assert.deepEqual([series.measuredLeast[0], series.measuredMost[0]], [1, 9]);
});

test('it has at most some thousand values, the newest', () => {
  const series = new Series();
  for (let time = 0; time < 10_000; time++)
    series.push(time, { computed: time, measured: null, reach: undefined });
  assert.ok(series.times.length <= 4800);
  assert.equal(series.times.at(-1), 9999);
  assert.ok(series.columns.every((column) => column.length === series.times.length));
});
