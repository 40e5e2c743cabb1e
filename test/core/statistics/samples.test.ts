/** Rows of numbers against NumPy 2.4 and SciPy 1.17 (`median_abs_deviation`); Ljung–Box by its formula in NumPy. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  autocorrelation,
  ljungBox,
  mean,
  median,
  medianDeviation,
  quantile,
  variance,
} from '../../../src/core/statistics/index.ts';

const digits = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4];

function near(got: number | undefined, want: number, within = 1e-14): void {
  assert.ok(Math.abs((got ?? NaN) - want) <= within * Math.abs(want), `${got}, not ${want}`);
}

test('quantiles, median, spread', () => {
  for (const [p, want] of [
    [0, 1],
    [0.1, 1.9],
    [0.25, 3],
    [0.5, 4.5],
    [0.9, 9],
    [1, 9],
  ] as const)
    near(quantile(digits, p), want);
  near(median(digits), 4.5);
  near(medianDeviation(digits), 2.965204437011204);
  near(mean(digits), 4.85);
  near(variance(digits), 7.292105263157896);
});

test('a row without numbers, and one with too few, has none', () => {
  assert.deepEqual([median([]), mean([]), variance([1]), quantile([1, 2], 2)], [NaN, NaN, NaN, NaN]);
  assert.equal(median([7]), 7);
  assert.equal(quantile([1, Infinity, Infinity], 0.75), Infinity);
});

test('autocorrelations and their test', () => {
  const want = [1, 0.173060267051606, 0.007975460122699398, 0.01106098881270298, -0.23413929989173574];
  const got = autocorrelation(digits, 4);
  for (const [lag, correlation] of want.entries()) near(got[lag], correlation, 1e-13);
  const { statistic, degrees, probability } = ljungBox(digits, 4);
  near(statistic, 2.2058803866739063);
  near(probability, 0.6979528450356545);
  assert.equal(degrees, 4);
  near(ljungBox(digits, 4, 1).probability, 0.5307910473656456);
});

test('a row of equal numbers has no correlation', () => {
  assert.ok(Number.isNaN(autocorrelation([2, 2, 2], 1)[1]));
});
