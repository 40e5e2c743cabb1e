/**
 * Distributions against mpmath 1.3 at 60 digits (cdfs, tails) and SciPy 1.17 (`ppf`, `isf`), far tails and large
 * parameters included.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  chiSquareCdf,
  chiSquareLimit,
  chiSquareQuantile,
  chiSquareUpper,
  fisherCdf,
  fisherLimit,
  fisherQuantile,
  fisherUpper,
  logGamma,
  normalCdf,
  normalQuantile,
  normalUpper,
  studentCdf,
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
  for (const [z, want] of upper) {
    near(normalUpper(z), want, 1e-14);
    near(normalCdf(-z), want, 1e-14);
  }
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
  const both = [
    [1e-8, 1, 0.00007978845594730578, 0.9999202115440526],
    [0.5, 1, 0.5204998778130465, 0.4795001221869535],
    [3.841458820694124, 1, 0.95, 0.05000000000000006],
    [100, 1, 1, 1.523970604832105e-23],
    [1e-3, 4, 1.2495834114479178e-7, 0.9999998750416589],
    [7, 8, 0.463367332099215, 0.536632667900785],
    [60, 8, 0.9999999995338968, 4.661032000779291e-10],
    [80, 100, 0.07033506665939496, 0.9296649333406051],
    [250, 100, 0.9999999999999922, 7.766936403539178e-15],
    [500, 0.5, 1, 1.1674751609445015e-111],
    [1000, 1000, 0.5059471461707603, 0.49405285382923964],
    [1.02e6, 1e6, 1, 3.883911831189381e-45],
    [3, 2.5, 0.694150370554182, 0.3058496294458179],
  ] as const;
  for (const [x, degrees, lower, upper] of both) {
    near(chiSquareCdf(x, degrees), lower);
    near(chiSquareUpper(x, degrees), upper);
  }
  assert.deepEqual([chiSquareCdf(0, 3), chiSquareCdf(-1, 3), chiSquareCdf(Infinity, 3)], [0, 0, 1]);
  assert.deepEqual([chiSquareCdf(1, 0), chiSquareCdf(1, -2), chiSquareCdf(NaN, 2)], [NaN, NaN, NaN]);
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

test("Student's t", () => {
  const lower = [
    [-1e6, 1, 3.1830988618368455e-7],
    [-12, 3, 0.0006225079003946683],
    [-2.5, 7.5, 0.019410129136812778],
    [-1e-7, 4, 0.4999999625],
    [0, 2, 0.5],
    [0.4, 30, 0.654004741742904],
    [2, 1, 0.8524163823495667],
    [3, 1000, 0.9986166454778809],
    [-40, 12, 1.925614790386017e-14],
  ] as const;
  for (const [t, degrees, want] of lower) near(studentCdf(t, degrees), want);
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

test("Fisher's F", () => {
  const both = [
    [1e-6, 1, 1, 0.0006366195601611178, 0.9993633804398389],
    [0.5, 2, 9, 0.3775688881490579, 0.6224311118509421],
    [3, 5, 10, 0.9344424379061559, 0.06555756209384411],
    [40, 3, 20, 0.9999999877814522, 1.2218547857294498e-8],
    [1.1, 500, 800, 0.8833786273383196, 0.1166213726616804],
    [1e5, 4, 2.5, 0.9999992968829345, 7.03117065502643e-7],
    [2, 1000, 3, 0.6823568468219964, 0.3176431531780036],
  ] as const;
  for (const [x, above, below, lower, upper] of both) {
    near(fisherCdf(x, { above, below }), lower);
    near(fisherUpper(x, { above, below }), upper);
  }
  const quantiles = [
    [1e-12, 3, 7, 7.55053223013907e-9],
    [0.05, 4, 12, 0.1691552473977323],
    [0.5, 1, 1, 1],
    [0.95, 5, 10, 3.3258345304130104],
    [0.99, 40, 60, 1.9360184715843507],
  ] as const;
  for (const [p, above, below, want] of quantiles) near(fisherQuantile(p, { above, below }), want);
  const limits = [
    [1e-3, 2, 30, 8.773397886916701],
    [1e-12, 6, 200, 13.369969194211455], // by mpmath; SciPy's own is right to six digits only
    [0.01, 3, 2, 99.16620137447147],
  ] as const;
  for (const [p, above, below, want] of limits) near(fisherLimit(p, { above, below }), want);
  assert.deepEqual([fisherCdf(0, { above: 1, below: 1 }), fisherCdf(1, { above: 1, below: NaN })], [0, NaN]);
});

test('log Γ', () => {
  const known = [
    [1e-10, 23.025850929882736],
    [0.5, 0.5723649429247001],
    [3.7, 1.428072326665388],
    [14.5, 23.862765841689086],
    [100.25, 360.28455963776423],
    [1e6, 12815504.569147613],
  ] as const;
  for (const [x, want] of known) near(logGamma(x), want, 1e-14);
  near(logGamma(0.99), 0.005854806764709781, 1e-11); // near the zero at 1 only the absolute error is small
  assert.deepEqual([logGamma(0), logGamma(-1.5), logGamma(Infinity)], [NaN, NaN, Infinity]);
});
