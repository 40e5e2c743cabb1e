/** Robust principal components against matrices with known eigenvectors, χ², and data with a fifth of it wrong. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distanceOf, fitPrincipal, residualLimit } from '../../../src/core/detect/index.ts';
import { symmetricEigenpairs } from '../../../src/core/detect/symmetric.ts';
import { chiSquareLimit, Rng } from '../../../src/core/statistics/index.ts';

test('eigenpairs of a chain are its cosines and sines', () => {
  const n = 12;
  const chain = Array.from({ length: n }, (_, i) =>
    Float64Array.from({ length: n }, (__, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0)),
  );
  for (const [k, { value, vector }] of symmetricEigenpairs(chain).toReversed().entries()) {
    const angle = ((k + 1) * Math.PI) / (n + 1);
    assert.ok(Math.abs(value - (2 - 2 * Math.cos(angle))) < 1e-13);
    const norm = Math.sqrt(2 / (n + 1));
    const sign = Math.sign(vector[0] ?? 0);
    for (const [i, entry] of vector.entries())
      assert.ok(Math.abs(sign * entry - norm * Math.sin((i + 1) * angle)) < 1e-13);
  }
});

test('residuals of equal variance have nearly the limit of χ²', () => {
  // Jackson and Mudholkar's formula is then Wilson and Hilferty's cube root, good to two hundredths here.
  for (const degrees of [3, 8, 20])
    for (const probability of [0.05, 0.01, 0.001]) {
      const limit = residualLimit(
        Array.from({ length: degrees }, () => 2.5),
        probability,
      );
      assert.ok(Math.abs(limit / (2.5 * chiSquareLimit(probability, degrees)) - 1) < 0.02);
    }
  assert.equal(residualLimit([], 0.01), 0);
});

/** Five signals: two that move together, two that move against each other, one alone. */
function draw(rng: Rng): number[] {
  const [a, b] = [rng.normal(), rng.normal()];
  const noisy = [a, a, b, -b, 0].map((value, i) => value * (i + 1) + 0.2 * rng.normal() * (i + 1));
  return noisy.map((value, i) => 100 * i + value);
}

const options = { probability: 0.01, explained: 0.9 };

test('healthy rows are beyond the limits as often as stated', () => {
  const rng = new Rng(21);
  const model = fitPrincipal(
    Array.from({ length: 4000 }, () => draw(rng)),
    options,
  );
  let beyond = 0;
  for (let i = 0; i < 20_000; i++) if (distanceOf(model, draw(rng)).ratio > 1) beyond += 1;
  assert.ok(beyond > 120 && beyond < 300, `${beyond} of 20,000`);
});

test('a broken relation is seen where each signal is still within its range, and the signal named', () => {
  const rng = new Rng(22);
  const model = fitPrincipal(
    Array.from({ length: 2000 }, () => draw(rng)),
    options,
  );
  const row = draw(rng)
    .with(0, 1.5)
    .with(1, 100 - 3); // together they move up or down
  const { ratio, shares, q } = distanceOf(model, row);
  assert.ok(ratio > 1 && q > model.limitQ);
  assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
  assert.ok((shares[0] ?? 0) + (shares[1] ?? 0) > 0.9);
});

test('a fifth of wrong rows hardly moves what is learnt', () => {
  const rng = new Rng(23);
  const healthy = Array.from({ length: 2000 }, () => draw(rng));
  const clean = fitPrincipal(healthy, options);
  const soiled = fitPrincipal(
    healthy.map((row, i) => (i % 5 === 0 ? row.map((value) => value + 500 * rng.normal()) : row)),
    options,
  );
  assert.equal(soiled.kept, clean.kept);
  for (const [j, scale] of clean.scale.entries()) {
    assert.ok(Math.abs((soiled.center[j] ?? 0) - (clean.center[j] ?? 0)) < 0.2 * scale);
    assert.ok((soiled.scale[j] ?? 0) / scale < 1.6);
  }
  let found = 0;
  for (let i = 0; i < 100; i++)
    if (distanceOf(soiled, draw(rng).with(0, 1.5).with(1, 95)).ratio > 1) found += 1;
  assert.equal(found, 100);
});
