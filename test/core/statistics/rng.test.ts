/** Random numbers against the authors' C programs, and against the distributions they claim. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chiSquareUpper, ljungBox, mean, Rng, variance } from '../../../src/core/statistics/index.ts';

test("gives the numbers of the authors' xoshiro128starstar.c", () => {
  const rng = Rng.from([1, 2, 3, 4]);
  const got = Array.from({ length: 10 }, () => rng.bits());
  assert.deepEqual(
    got,
    [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804],
  );
});

test('is filled from its seed by splitmix64.c', () => {
  const rng = new Rng(42);
  const got = Array.from({ length: 6 }, () => rng.bits());
  assert.deepEqual(got, [1776835114, 4165204688, 17111135, 2317295270, 2792088233, 2554630222]);
  assert.equal(new Rng(42n).bits(), 1776835114);
});

test('goes on from a saved state', () => {
  const rng = new Rng(7);
  for (let i = 0; i < 5; i++) rng.normal();
  const again = Rng.from(rng.save());
  assert.equal(again.normal(), rng.normal());
});

test('uniform numbers fill a hundred boxes evenly and do not remember', () => {
  const rng = new Rng(1);
  const draws = Float64Array.from({ length: 100_000 }, () => rng.uniform());
  const boxes = new Float64Array(100);
  for (const draw of draws) boxes[Math.floor(draw * 100)]! += 1;
  const statistic = boxes.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  assert.ok(chiSquareUpper(statistic, 99) > 0.001);
  assert.ok(ljungBox(draws, 20).probability > 0.001);
  assert.ok(draws.every((draw) => draw > 0 && draw < 1));
});

test('normal numbers have their moments', () => {
  const rng = new Rng(2);
  const draws = Float64Array.from({ length: 100_000 }, () => rng.normal());
  // Standard errors: 1/√n of the mean, √(2/n) of the variance, √(96/n) of the fourth moment.
  assert.ok(Math.abs(mean(draws)) < 4 / Math.sqrt(1e5));
  assert.ok(Math.abs(variance(draws) - 1) < 4 * Math.sqrt(2 / 1e5));
  assert.ok(Math.abs(mean(draws.map((z) => z ** 4)) - 3) < 4 * Math.sqrt(96 / 1e5));
});

test('whole numbers below a limit all come', () => {
  const rng = new Rng(3);
  const seen = new Set(Array.from({ length: 200 }, () => rng.below(6)));
  assert.deepEqual([...seen].toSorted(), [0, 1, 2, 3, 4, 5]);
});
