/** Published results of Kalman filters: steady states in closed form, the Nile, moments of a square. */

import assert from 'node:assert/strict';
import test from 'node:test';
import {
  hasResults,
  logDensity,
  nileModel,
  readMoments,
  readNile,
  readRiccati,
  readTrackers,
  riccatiFilter,
  runNile,
  trackerFilter,
} from './data.ts';
import { compiled, Filtered } from './filter.ts';
import { near, relative } from './near.ts';

const options = { skip: hasResults ? false : 'the results are not here: ../shared/data/kalman' };

test('the tracker of constant speed settles at the alpha-beta filter of Kalata', options, () => {
  const cases = readTrackers();
  assert.ok(cases.length >= 5);
  for (const it of cases) {
    const filter = trackerFilter(it);
    for (let k = 0; k < 1500; k++) filter.tick(1, [Math.sin(k)]);
    const compare = (expected: readonly (readonly number[])[]): void => {
      for (const [i, row] of expected.entries()) {
        for (const [j, value] of row.entries())
          relative(filter.covariance[i]?.[j], value, 1e-9, `P ${i} ${j}`);
      }
    };
    compare(it.P_upd);
    filter.tick(1);
    compare(it.P_pred);
    // The gain is what an innovation of 1 moves.
    const [position = NaN, speed = NaN] = filter.mean;
    filter.correct([position + 1]);
    relative((filter.mean[0] ?? NaN) - position, it.alpha, 1e-9, 'alpha');
    relative((filter.mean[1] ?? NaN) - speed, it.beta, 1e-9, 'beta');
  }
});

test('one state settles at the solution of the Riccati equation', options, () => {
  const cases = readRiccati();
  assert.ok(cases.length >= 4);
  for (const it of cases) {
    const filter = riccatiFilter(it);
    for (let k = 0; k < 20_000; k++) filter.tick(1, [0]);
    relative(filter.covariance[0]?.[0], it.P_upd, 1e-9, 'P after');
    filter.tick(1);
    relative(filter.covariance[0]?.[0], it.P_pred, 1e-9, 'P before');
    filter.correct([1]);
    relative(filter.mean[0], it.K, 1e-9, 'gain');
  }
});

test('the Nile: filtered level and exact diffuse likelihood of Durbin & Koopman', options, () => {
  const nile = readNile();
  const { levels, variances, logLikelihood } = runNile(nile);
  for (const [k, level] of levels.entries()) {
    relative(level, nile.filtered_state[k + 1], 1e-10, `level ${k + 1}`);
    relative(variances[k], nile.filtered_var[k + 1], 1e-10, `variance ${k + 1}`);
  }
  const { loglik } = nile;
  near(logLikelihood, loglik['exact_diffuse_without_2pi_term_for_first_obs (KFAS convention)'], 1e-10);
  const withFirst = logLikelihood - 0.5 * Math.log(2 * Math.PI);
  near(withFirst, loglik['exact_diffuse_with_2pi_for_first_obs'], 1e-10);
});

test('the Nile, begun at 0 with a variance of 10⁷: the likelihood of a known start', options, () => {
  const nile = readNile();
  const filter = new Filtered(nileModel(nile, 0, 1e7));
  let logLikelihood = 0;
  for (const [k, y] of nile.y.entries()) {
    if (k === 0) filter.correct([y]);
    else filter.tick(1, [y]);
    logLikelihood += logDensity(filter);
  }
  near(logLikelihood, nile.loglik['known_init_a1=0_P1=1e7'], 1e-10);
});

test(
  'of a square, the points give the exact mean and what a rule of third degree gives of the variance',
  options,
  () => {
    for (const { mean, var: variance, expected_mean, expected_var } of readMoments()) {
      const filter = new Filtered(
        compiled(`
states:
  x: { unit: "1", start: ${mean}, uncertainty: ${Math.sqrt(variance)}, noise: "1e-160" }
  square: { unit: "1", start: 0, noise: "1e-160" }
equations:
  next(x): x
  next(square): x * x
measurements: { x: { equals: x, unit: "1", noise: 1 } }
`),
      );
      filter.tick(1);
      near(filter.mean[1], expected_mean, 1e-12);
      // x² has a variance of 4m²σ² + 2σ⁴. With two states the points lie at ±√2·σ, which gives one σ⁴ of the two.
      near(filter.covariance[1]?.[1], expected_var - variance ** 2, 1e-12);
    }
  },
);
