/**
 * Run lengths of cumulative sums against published tables.
 *
 * Montgomery, Introduction to Statistical Quality Control (6th ed. 2009), tables 9.3 and 9.4; Hawkins & Olwell,
 * Cumulative Sum Charts and Charting for Quality Improvement (1998), table 3.1. The tables are of two-sided sums, whose
 * mean run length is half of a one-sided one.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clippedScatter, clippedShifts, shifts, thresholdFor } from '../../../src/core/detect/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import { meanRunLength, normalIncrements, squareIncrements } from './cusum-chain.ts';

const near = (got: number, want: number, within: number): void =>
  assert.ok(Math.abs(got / want - 1) <= within, `${got}, not ${want}`);

test('half a standard deviation of reference: 168 steps at a threshold of 4, 465 at 5', () => {
  near(meanRunLength(normalIncrements(0.5, Infinity), 4) / 2, 168, 0.003);
  near(meanRunLength(normalIncrements(0.5, Infinity), 5) / 2, 465, 0.002);
});

test('the thresholds of Hawkins and Olwell for 370 steps', () => {
  // Two decimals of a threshold are worth up to two hundredths of a run length.
  for (const [reference, threshold] of [
    [0.25, 8.01],
    [0.5, 4.77],
    [0.75, 3.34],
    [1, 2.52],
    [1.25, 1.99],
    [1.5, 1.61],
  ] as const)
    near(meanRunLength(normalIncrements(reference, Infinity), threshold) / 2, 370, 0.02);
});

test("delays after a shift, Montgomery's table 9.3 (threshold 4 and 5)", () => {
  // Two-sided tables; after a shift of 1 and more the other side does not matter.
  for (const [shift, four, five] of [
    [1, 8.38, 10.4],
    [1.5, 4.75, 5.75],
    [2, 3.34, 4.01],
    [3, 2.19, 2.57],
  ] as const) {
    near(meanRunLength(normalIncrements(0.5 - shift, Infinity), 4), four, 0.02);
    near(meanRunLength(normalIncrements(0.5 - shift, Infinity), 5), five, 0.02);
  }
});

test("Siegmund's approximation is within a hundredth of the chain", () => {
  near(siegmundRunLength(0.5, 5) / 2, 469.1, 0.001); // Montgomery, example in 9.1.2
  for (const threshold of [4, 8, 12, 20])
    near(siegmundRunLength(0.5, threshold), meanRunLength(normalIncrements(0.5, Infinity), threshold), 0.012);
  near(siegmundRunLength(0.5, 5, 1), 10.34, 0.01); // the same place, after a shift of one
  near(siegmundRunLength(0.5, 5, 0.5), 6.166 ** 2, 1e-12);
});

test('the tables hold what the chain computes', () => {
  const ratio = 1.5;
  const reference = (2 * Math.log(ratio) * ratio ** 2) / (ratio ** 2 - 1);
  for (const [table, increments] of [
    [shifts, normalIncrements(0.5, Infinity)],
    [clippedShifts, normalIncrements(0.5, 4)],
    [clippedScatter, squareIncrements(reference, 4)],
  ] as const)
    for (const [i, threshold] of table.thresholds.entries())
      near(table.lengths[i] ?? NaN, meanRunLength(increments, threshold), 1e-5);
});

test('a threshold made for a run length has it', () => {
  for (const steps of [100, 1e4, 1e6, 1e9])
    near(meanRunLength(normalIncrements(0.5, 4), thresholdFor(clippedShifts, steps)), steps, 0.03);
  for (const steps of [100, 1e4, 1e6])
    near(meanRunLength(squareIncrements(1.46, 4), thresholdFor(clippedScatter, steps)), steps, 0.15);
});

test('sums of squares run as long as simulated ones', () => {
  const increments = squareIncrements(1.46, 4);
  const rng = new Rng(11);
  const runs = 2000;
  let steps = 0;
  for (let run = 0; run < runs; run++) {
    for (let sum = 0; sum <= 9; steps++) sum = Math.max(0, sum + Math.min(rng.normal() ** 2, 16) - 1.46);
  }
  near(steps / runs, meanRunLength(increments, 9), 3 / Math.sqrt(runs));
});

/** Siegmund's approximation (Sequential Analysis, 1985, 2.8) for standard normal increments whose mean is `shift`: quick, and within a few percent. */
function siegmundRunLength(reference: number, threshold: number, shift = 0): number {
  const drift = shift - reference;
  const b = threshold + 1.166;
  if (Math.abs(drift) < 1e-9) return b * b;
  return (Math.expm1(-2 * drift * b) + 2 * drift * b) / (2 * drift * drift);
}
