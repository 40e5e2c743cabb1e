/** The small linear algebra of calibration, against closed forms. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundedStep } from '../../../src/core/calibrate/bounded-step.ts';
import { singularDirections } from '../../../src/core/calibrate/singular-values.ts';
import { inverseOfSquare, memoryOf, SlopeProducts } from '../../../src/core/calibrate/spread.ts';
import { Triangle } from '../../../src/core/calibrate/triangle.ts';

function near(actual: number | undefined, expected: number, tolerance = 1e-12): void {
  const size = tolerance * Math.max(1, Math.abs(expected));
  assert.ok(Math.abs((actual ?? NaN) - expected) <= size, `${actual} is not ${expected}`);
}

/** Residual a + b·x − y of a straight line. */
function lineThrough(points: readonly (readonly [x: number, y: number])[]): Triangle {
  const triangle = new Triangle(2);
  for (const [x, y] of points) triangle.add(Float64Array.of(1, x, -y));
  return triangle;
}

// y against x: means 3 and 4; Sxx = 10, Sxy = 8; so b = 0.8, a = 1.6, and 2.4 of the 8.8 squares around the mean stay.
const points = [
  [1, 2],
  [2, 4],
  [3, 4],
  [4, 4],
  [5, 6],
] as const;

test('a straight line is fitted by its closed form', () => {
  const triangle = lineThrough(points);
  const [a, b] = triangle.solve();
  near(a, 1.6);
  near(b, 0.8);
  near(triangle.squares(), 4 + 16 + 16 + 16 + 36);
  near(triangle.at(2, 2) ** 2, 8 - 0.8 * 8);
  near(triangle.gradient()[0], -20);
  near(triangle.gradient()[1], -68);
  near(triangle.columnLengths()[1], Math.sqrt(55));
});

test('digits are kept where sums of squares would lose them', () => {
  // Läuchli's matrix: with columns that differ by 1e-9, JᵀJ is singular in doubles.
  const small = 1e-9;
  const triangle = new Triangle(2);
  triangle.add(Float64Array.of(1, 1, -2));
  triangle.add(Float64Array.of(small, 0, -small));
  triangle.add(Float64Array.of(0, small, -small));
  const [a, b] = triangle.solve();
  near(a, 1, 1e-6);
  near(b, 1, 1e-6);
});

test('an unknown that no row has stays where it was', () => {
  const triangle = new Triangle(2);
  triangle.add(Float64Array.of(2, 0, -6));
  assert.deepEqual([...triangle.solve()], [3, 0]);
});

test('singular values and directions of a matrix known by hand', () => {
  // AᵀA of [[3, 0], [4, 5]] has the eigenvalues 45 and 5, for (1, 1) and (1, −1).
  const found = singularDirections([Float64Array.of(3, 4), Float64Array.of(0, 5)]);
  near(found[0]?.value, Math.sqrt(45));
  near(found[1]?.value, Math.sqrt(5));
  near(Math.abs(found[0]?.direction[0] ?? NaN), Math.SQRT1_2);
  near((found[1]?.direction[0] ?? NaN) + (found[1]?.direction[1] ?? NaN), 0);
});

test('a small singular value is found to all its digits', () => {
  const [, small] = singularDirections([Float64Array.of(1, 1e-11, 0), Float64Array.of(1, 0, 1e-11)]);
  near((small?.value ?? NaN) / 1e-11, 1, 1e-9);
});

const open = { low: Float64Array.of(-Infinity, -Infinity), high: Float64Array.of(Infinity, Infinity) };
const at = Float64Array.of(0, 0);
const lengths = Float64Array.of(1, 1);

test('without bounds and damping the step is that of Gauss and Newton', () => {
  const triangle = lineThrough(points);
  const { change, gain } = boundedStep({ triangle, z: at, box: open, lengths, damping: 0 });
  near(change[0], 1.6);
  near(change[1], 0.8);
  near(gain, 88 - 1.6);
});

test('damping shortens it as ridge regression does', () => {
  // (JᵀJ + λI) δ = −Jᵀr with JᵀJ = [[5, 15], [15, 55]] and λ = 5: δ = [10 15; 15 60]⁻¹ (20, 68).
  const { change } = boundedStep({ triangle: lineThrough(points), z: at, box: open, lengths, damping: 5 });
  near(change[0], (60 * 20 - 15 * 68) / 375);
  near(change[1], (10 * 68 - 15 * 20) / 375);
});

test('an unknown that would leave its bounds is put on them, and the others go on from there', () => {
  // With the slope held at 0.5 the best intercept is the mean of y − 0.5·x.
  const box = { low: Float64Array.of(-Infinity, -1), high: Float64Array.of(Infinity, 0.5) };
  const { change } = boundedStep({ triangle: lineThrough(points), z: at, box, lengths, damping: 0 });
  near(change[0], 4 - 0.5 * 3);
  assert.equal(change[1], 0.5);
});

test('one that stands at a bound and is pushed outwards stays', () => {
  const box = { low: Float64Array.of(-Infinity, -1), high: Float64Array.of(Infinity, 0) };
  const { change } = boundedStep({ triangle: lineThrough(points), z: at, box, lengths, damping: 0 });
  near(change[0], 4);
  assert.equal(change[1], 0);
});

test('the inverse of RᵀR is that of the normal equations', () => {
  const inverse = inverseOfSquare(lineThrough(points));
  near(inverse[0]?.[0], 55 / 50);
  near(inverse[0]?.[1], -15 / 50);
  near(inverse[1]?.[1], 5 / 50);
});

test('without lags the widened covariance is that of White, with them it adds neighbours by half their weight', () => {
  const one = [Float64Array.of(1)];
  const plain = new SlopeProducts(1, { lags: 0, part: 0 });
  const lagged = new SlopeProducts(1, { lags: 1, part: 0 });
  for (const slope of [1, 2, 3]) {
    plain.add(Float64Array.of(slope));
    lagged.add(Float64Array.of(slope));
  }
  near(plain.covariance(one)[0]?.[0], 1 + 4 + 9);
  near(lagged.covariance(one)[0]?.[0], 1 + 4 + 9 + 2 * 0.5 * (2 + 6));
});

test('slopes that follow each other by a part are whitened by it and coloured again', () => {
  const one = [Float64Array.of(1)];
  const products = new SlopeProducts(1, { lags: 0, part: 0.5 });
  for (const slope of [1, 2, 3]) products.add(Float64Array.of(slope));
  // 1, 2 − 0.5, 3 − 1; over (1 − 0.5)².
  near(products.covariance(one)[0]?.[0], (1 + 2.25 + 4) * 4);
});

test('a few lags count, and of what neighbours share no more than 0.97', () => {
  assert.deepEqual(memoryOf(0.5, 100), { lags: 4, part: 0.5 });
  assert.deepEqual(memoryOf(0.999, 1000), { lags: 7, part: 0.97 });
  assert.deepEqual(memoryOf(-0.3, 10), { lags: 2, part: 0 });
});
