/** Eigenvalues against matrices whose eigenvalues are known: companions, tridiagonals, traces of random ones. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { eigenvalues } from '../../../src/core/solve/eigenvalues.ts';

fc.configureGlobal({ seed: 20261122 });

function sorted(matrix: readonly number[], n: number) {
  const found = eigenvalues(Float64Array.from(matrix), n);
  assert.ok(found !== undefined && found.length === n);
  return found.toSorted((a, b) => a.re - b.re || a.im - b.im);
}

const near = (got: number | undefined, want: number, within = 1e-10): void =>
  assert.ok(Math.abs((got ?? NaN) - want) <= within, `${got}, not ${want}`);

test('a matrix of one, of none, and a triangle', () => {
  assert.deepEqual(eigenvalues(Float64Array.of(-3), 1), [{ re: -3, im: 0 }]);
  assert.deepEqual(eigenvalues(new Float64Array(), 0), []);
  assert.deepEqual(
    sorted([1, 5, 7, 0, -2, 9, 0, 0, 4], 3).map(({ re }) => re),
    [-2, 1, 4],
  );
});

test('an oscillator has a pair, also where its units make it lopsided', () => {
  const [low, high] = sorted([0, 1e-6, -9e6, -2], 2);
  near(low?.re, -1);
  near(low?.im, -Math.sqrt(8));
  near(high?.im, Math.sqrt(8));
});

test('the chain of a rod has its cosines', () => {
  const n = 20;
  const rod = Array.from({ length: n * n }, (_, i) => {
    const distance = Math.abs((i % n) - Math.floor(i / n));
    return distance === 0 ? -2 : distance === 1 ? 1 : 0;
  });
  for (const [k, { re, im }] of sorted(rod, n).toReversed().entries()) {
    near(re, 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)) - 2);
    assert.equal(im, 0);
  }
});

test('a cycle has the roots of one', () => {
  const cycle = Array.from({ length: 36 }, (_, i) => (((i % 6) + 5) % 6 === Math.floor(i / 6) ? 1 : 0));
  for (const { re, im } of sorted(cycle, 6)) {
    near(Math.hypot(re, im), 1);
    near(Math.cos(6 * Math.atan2(im, re)), 1);
  }
});

test('sum and sum of squares of random matrices are the traces of the matrix and its square', () => {
  const entry = fc.integer({ min: -9, max: 9 });
  const matrices = fc
    .integer({ min: 2, max: 9 })
    .chain((n) => fc.array(entry, { minLength: n * n, maxLength: n * n }));
  fc.assert(
    fc.property(matrices, (matrix) => {
      const n = Math.sqrt(matrix.length);
      const at = (i: number, j: number): number => matrix[i * n + j] ?? NaN;
      let trace = 0;
      let square = 0;
      for (let i = 0; i < n; i++) {
        trace += at(i, i);
        for (let j = 0; j < n; j++) square += at(i, j) * at(j, i);
      }
      const found = sorted(matrix, n);
      near(
        found.reduce((sum, { re }) => sum + re, 0),
        trace,
        1e-8,
      );
      near(
        found.reduce((sum, { re, im }) => sum + re * re - im * im, 0),
        square,
        1e-7,
      );
    }),
    { numRuns: 500 },
  );
});

test('what is not finite has none', () => {
  assert.equal(eigenvalues(Float64Array.of(1, NaN, 0, 1), 2), undefined);
});
