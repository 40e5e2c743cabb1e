/** Intervals that may be looked at all the time: against the published formula, closed forms and counted mistakes. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { BlockSums } from '../../../src/core/compare/block-sums.ts';
import {
  brownianLimit,
  longRunVariance,
  meanInterval,
  ratioInterval,
} from '../../../src/core/compare/interval.ts';
import { logScore } from '../../../src/core/compare/score.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import { near } from './support.ts';

const looking = { alpha: 0.05, narrowestAt: 500, atLeast: 100 };

test('the limit is t times the half width of Waudby-Smith et al. (2024), theorem 2.2', () => {
  // By numpy: t·√(2(tρ²+1)/(t²ρ²)·log(√(tρ²+1)/α)), ρ = √((−2 log α + log(−2 log α) + 1)/t*).
  const published = [
    [0.05, 500, 100, 33.15712814516433],
    [0.05, 500, 500, 67.8746448493473],
    [0.05, 500, 10_000, 335.0989084819339],
    [0.025, 1000, 100, 39.85695555061757],
    [0.025, 1000, 10_000, 348.5023037563919],
  ] as const;
  for (const [alpha, narrowestAt, t, limit] of published)
    near(brownianLimit(t, { alpha, narrowestAt, atLeast: 0 }), limit, 1e-12);
});

test('a Brownian motion leaves its limit about as often as stated, however long one looks', () => {
  let left = 0;
  for (let seed = 1; seed <= 1000; seed++) {
    const rng = new Rng(seed);
    let w = 0;
    for (let t = 1; t <= 3000; t++) {
      w += rng.normal();
      if (Math.abs(w) <= brownianLimit(t, looking)) continue;
      left++;
      break;
    }
  }
  // α = 5 % for ever; in steps, and not for ever, less.
  assert.ok(left > 5 && left < 50, `${left} of 1,000`);
});

test('blocks of a row that remembers have its long-run variance (closed form of an autoregression)', () => {
  const phi = 0.8;
  const estimates = Array.from({ length: 60 }, (_, run) => {
    const rng = new Rng(100 + run);
    const sums = new BlockSums(1);
    let x = 0;
    for (let t = 1; t <= 5000; t++) {
      x = phi * x + rng.normal();
      sums.at(t);
      sums.add(0, x);
    }
    const rests = Float64Array.from({ length: sums.blocks }, (_one, block) => sums.block(block, 0));
    return longRunVariance(rests, 1).variance / sums.span;
  });
  const mean = estimates.reduce((sum, one) => sum + one / estimates.length, 0);
  // 1/(1 − φ)² = 25; never taken for less, since neighbours' resemblance only ever adds.
  assert.ok(mean > 25 && mean < 33, `${mean}`);
});

test('as many blocks as fit, all of one length, and no sample is lost', () => {
  const sums = new BlockSums(2);
  for (let t = 1; t <= 1000; t++) {
    sums.at(t);
    sums.add(0, 1);
    sums.add(1, t);
    sums.at(t);
    sums.add(0, 1);
  }
  assert.equal(sums.instants, 1000);
  assert.equal(sums.total(0), 2000);
  assert.equal(sums.total(1), 500_500);
  assert.ok(sums.blocks >= 24 && sums.blocks < 48, `${sums.blocks}`);
  for (let block = 0; block < sums.blocks; block++) assert.equal(sums.block(block, 0), 2 * sums.span);
});

test('a mean is said to be anything before enough was seen, then an interval around it', () => {
  const sums = new BlockSums(2);
  const rng = new Rng(3);
  for (let t = 1; t <= 99; t++) add(sums, t, [1, 3 + rng.normal()]);
  const early = meanInterval(sums, { of: 1, count: 0 }, looking);
  assert.ok(early.low === Number.NEGATIVE_INFINITY && early.high === Number.POSITIVE_INFINITY);
  for (let t = 100; t <= 10_000; t++) add(sums, t, [1, 3 + rng.normal()]);
  const { low, high } = meanInterval(sums, { of: 1, count: 0 }, looking);
  assert.ok(low < 3 && high > 3 && high - low > 2 * 0.0335 && high - low < 2 * 0.07, `${low} to ${high}`);
});

test('a ratio of errors is told as half its logarithm, and holds the true one', () => {
  const sums = new BlockSums(2);
  const rng = new Rng(4);
  for (let t = 1; t <= 20_000; t++) add(sums, t, [(0.9 * rng.normal()) ** 2, rng.normal() ** 2]);
  const { value, low, high } = ratioInterval(sums, { above: 0, below: 1 }, looking);
  near(value, Math.log(0.9), 0.1);
  assert.ok(low < Math.log(0.9) && high > Math.log(0.9) && high < 0, `${low} to ${high}`);
  const equal = new BlockSums(2);
  for (let t = 1; t <= 200; t++) add(equal, t, [4, 4]);
  assert.deepEqual(ratioInterval(equal, { above: 0, below: 1 }, looking), { value: 0, low: 0, high: 0 });
});

test('a score is the normal log-density up to four deviations, and falls in a straight line beyond', () => {
  // scipy.stats.norm.logpdf
  near(logScore(0.3, 0.1), -3.1163534402106268, 1e-14);
  near(logScore(-1.2, 2), -1.7920857137646178, 1e-14);
  near(logScore(4, 1), -8.918938533204672, 1e-14);
  // The slope of −z²/2 at 4.
  near(logScore(7, 1) - logScore(6, 1), -4, 1e-12);
  assert.equal(logScore(1e9, 1), logScore(10, 1));
  assert.ok(Number.isNaN(logScore(1, 0)) && Number.isNaN(logScore(1, NaN)));
});

function add(sums: BlockSums, t: number, values: readonly number[]): void {
  sums.at(t);
  for (const [column, value] of values.entries()) sums.add(column, value);
}
