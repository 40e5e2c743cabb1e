/**
 * Distributions against mpmath 1.3 at 60 digits (cdfs, tails) and SciPy 1.17 (`ppf`, `isf`), far tails and large
 * parameters included.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  chiSquareLimit,
  chiSquareQuantile,
  chiSquareUpper,
  normalQuantile,
  normalUpper,
  studentQuantile,
} from '../../../src/core/statistics/index.ts';

/** Equal to so many parts; a want of 0 exactly. */
function near(got: number, want: number, within = 1e-13): void {
  assert.ok(Math.abs(got - want) <= within * Math.abs(want), `${got}, not ${want}`);
}

test('the normal distribution has all digits in both tails', () => {
  const upper = [
    [-5.7, 0.9999999940096286],
    [-1, 0.8413447460685429],
    [-0.3, 0.6179114221889527],
    [0, 0.5],
    [1e-8, 0.4999999960105772],
    [0.5, 0.3085375387259869],
    [0.6745, 0.24999674286369916],
    [1.96, 0.024997895148220435],
    [3, 0.0013498980316300946],
    [5.6, 1.071759025831093e-8],
    [5.7, 5.990371401063528e-9],
    [8.5, 9.479534822203318e-18],
    [20, 2.7536241186062337e-89],
    [37.5, 4.605353009581955e-308],
  ] as const;
  for (const [z, want] of upper) near(normalUpper(z), want, 1e-14);
  assert.deepEqual([normalUpper(Infinity), normalUpper(-Infinity), normalUpper(NaN)], [0, 1, NaN]);
});

test('normal quantiles, to the smallest probabilities', () => {
  const quantiles = [
    [1e-300, -37.0470962993612],
    [1e-20, -9.262340089798407],
    [1e-10, -6.361340902404057],
    [1e-5, -4.264890793922825],
    [0.001, -3.0902323061678136],
    [0.075, -1.439531470938456],
    [0.3, -0.5244005127080408],
    [0.975, 1.9599639845400538],
    [0.999999, 4.753424308817088],
  ] as const;
  for (const [p, want] of quantiles) near(normalQuantile(p), want, 1e-14);
  near(normalQuantile(0.5000001), 2.506628273311648e-7, 1e-9); // what 0.5000001 itself is rounded by
  assert.deepEqual([0, 1, 2, -0.1, NaN].map(normalQuantile), [-Infinity, Infinity, NaN, NaN, NaN]);
});

test('χ², from a hundred-millionth to a million degrees of freedom', () => {
  const upper = [
    [1e-8, 1, 0.9999202115440526],
    [0.5, 1, 0.4795001221869535],
    [3.841458820694124, 1, 0.05000000000000006],
    [100, 1, 1.523970604832105e-23],
    [1e-3, 4, 0.9999998750416589],
    [7, 8, 0.536632667900785],
    [60, 8, 4.661032000779291e-10],
    [80, 100, 0.9296649333406051],
    [250, 100, 7.766936403539178e-15],
    [500, 0.5, 1.1674751609445015e-111],
    [1000, 1000, 0.49405285382923964],
    [1.02e6, 1e6, 3.883911831189381e-45],
    [3, 2.5, 0.3058496294458179],
  ] as const;
  for (const [x, degrees, want] of upper) near(chiSquareUpper(x, degrees), want);
  assert.deepEqual([chiSquareUpper(0, 3), chiSquareUpper(-1, 3), chiSquareUpper(Infinity, 3)], [1, 1, 0]);
  assert.deepEqual([chiSquareUpper(1, 0), chiSquareUpper(1, -2), chiSquareUpper(NaN, 2)], [NaN, NaN, NaN]);
});

test('quantiles and limits of χ²', () => {
  const quantiles = [
    [1e-20, 1, 1.5707963267948978e-40],
    [1e-6, 3, 0.00024181048720124264],
    [0.5, 1, 0.454936423119572],
    [0.95, 1, 3.841458820694124],
    [0.95, 4, 9.487729036781154],
    [0.999, 10, 29.58829844507442],
    [0.025, 200, 162.72798250184627],
    [0.99, 10000, 10331.933577929449],
    [0.3, 0.5, 0.010982604948550948],
  ] as const;
  for (const [p, degrees, want] of quantiles) near(chiSquareQuantile(p, degrees), want);
  const limits = [
    [0.05, 1, 3.8414588206941285],
    [1e-9, 1, 37.324893051362324],
    [1e-15, 4, 76.41529646119896],
    [1e-100, 12, 506.322026929434],
    [1e-6, 500, 664.9577169759456],
  ] as const;
  for (const [p, degrees, want] of limits) near(chiSquareLimit(p, degrees), want);
  assert.deepEqual([chiSquareQuantile(0, 2), chiSquareQuantile(1, 2)], [0, Infinity]);
  assert.deepEqual([chiSquareQuantile(1.1, 2), chiSquareQuantile(0.5, 0)], [NaN, NaN]);
});

test("quantiles of Student's t", () => {
  const quantiles = [
    [1e-30, 2, -707106781186547.5],
    [1e-8, 5, -62.4045061109673],
    [0.025, 10, -2.2281388519862753],
    [0.25, 0.7, -1.200330743457406],
    [0.975, 1, 12.706204736174694],
    [0.995, 120, 2.6174211451068654],
    [0.999, 3, 10.214531852407383],
  ] as const;
  for (const [p, degrees, want] of quantiles) near(studentQuantile(p, degrees), want);
  near(studentQuantile(0.4999999, 6), -2.61278905943887e-7, 1e-9);
  assert.equal(Math.abs(studentQuantile(0.5, 6)), 0);
  assert.equal(studentQuantile(0, 6), -Infinity);
});
