/** Published results of Kalman filters: steady states in closed form, the Nile, moments of a square. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { compiled, Filtered } from './filter.ts';
import { near, relative } from './near.ts';

const data = new URL('../../../../shared/data/kalman/', import.meta.url);
const options = { skip: existsSync(data) ? false : 'the results are not here: ../shared/data/kalman' };

// The files are ours: their shape is what their source says.
const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, data), 'utf8')) as T;

interface AlphaBeta {
  readonly cases: readonly {
    readonly lambda_: number;
    readonly sigma_v2: number;
    readonly alpha: number;
    readonly beta: number;
    readonly P_pred: readonly (readonly number[])[];
    readonly P_upd: readonly (readonly number[])[];
  }[];
}

test('the tracker of constant speed settles at the alpha-beta filter of Kalata', options, () => {
  const { cases } = read<AlphaBeta>('alpha_beta_steady_state.json');
  assert.ok(cases.length >= 5);
  for (const it of cases) {
    // The acceleration of the next second is a state that is drawn anew each tick.
    const model = compiled(`
filter: { gate: 1e6 }
states:
  position: { unit: "1", start: 0, uncertainty: 1, noise: "1e-160" }
  speed: { unit: "1", start: 0, uncertainty: 1, noise: "1e-160" }
  kick: { unit: "1", start: 0, uncertainty: ${Math.sqrt(it.sigma_v2)}, noise: "${Math.sqrt(it.sigma_v2)}" }
equations:
  next(position): position + speed + kick / 2
  next(speed): speed + kick
  next(kick): 0
measurements:
  position: { equals: position, unit: "1", noise: 1 }
`);
    const filter = new Filtered(model);
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
  const { cases } = read<{
    readonly cases: readonly { q: number; r: number; a: number; P_pred: number; K: number; P_upd: number }[];
  }>('scalar_riccati.json');
  assert.ok(cases.length >= 4);
  for (const { q, r, a, ...expected } of cases) {
    const model = compiled(`
states: { x: { unit: "1", start: 0, noise: "${Math.sqrt(q)}" } }
equations: { next(x): ${a} * x }
measurements: { x: { equals: x, unit: "1", noise: ${Math.sqrt(r)} } }
`);
    const filter = new Filtered(model);
    for (let k = 0; k < 20_000; k++) filter.tick(1, [0]);
    relative(filter.covariance[0]?.[0], expected.P_upd, 1e-9, 'P after');
    filter.tick(1);
    relative(filter.covariance[0]?.[0], expected.P_pred, 1e-9, 'P before');
    filter.correct([1]);
    relative(filter.mean[0], expected.K, 1e-9, 'gain');
  }
});

interface Nile {
  readonly y: readonly number[];
  readonly sigma2_eps: number;
  readonly sigma2_eta: number;
  readonly loglik: Readonly<Record<string, number>>;
  readonly filtered_state: readonly number[];
  readonly filtered_var: readonly number[];
}

function nileFilter(nile: Nile, start: number, variance: number): Filtered {
  return new Filtered(
    compiled(`
filter: { gate: 1e6 }
states: { level: { unit: "1", start: ${start}, noise: "${Math.sqrt(nile.sigma2_eta)}", uncertainty: ${Math.sqrt(variance)} } }
equations: { next(level): level }
measurements: { flow: { equals: level, unit: "1", noise: ${Math.sqrt(nile.sigma2_eps)} } }
`),
  );
}

/** log N(y; 0, s²) of the last innovation. */
function logDensity(filter: Filtered): number {
  const { value, deviation } = filter.innovation();
  return -0.5 * Math.log(2 * Math.PI) - Math.log(deviation) - 0.5 * (value / deviation) ** 2;
}

test(
  'the Nile, begun at its first year: filtered level and exact diffuse likelihood of Durbin & Koopman',
  options,
  () => {
    const nile = read<Nile>('nile_local_level.json');
    const [first = NaN, ...rest] = nile.y;
    // A diffuse start leaves after the first sample just that sample and its variance.
    const filter = nileFilter(nile, first, nile.sigma2_eps);
    let logLikelihood = 0;
    for (const [k, y] of rest.entries()) {
      filter.tick(1, [y]);
      logLikelihood += logDensity(filter);
      relative(filter.mean[0], nile.filtered_state[k + 1], 1e-10, `level ${k + 1}`);
      relative(filter.covariance[0]?.[0], nile.filtered_var[k + 1], 1e-10, `variance ${k + 1}`);
    }
    const { loglik } = nile;
    near(logLikelihood, loglik['exact_diffuse_without_2pi_term_for_first_obs (KFAS convention)'], 1e-10);
    near(logLikelihood - 0.5 * Math.log(2 * Math.PI), loglik['exact_diffuse_with_2pi_for_first_obs'], 1e-10);
  },
);

test('the Nile, begun at 0 with a variance of 10⁷: the likelihood of a known start', options, () => {
  const nile = read<Nile>('nile_local_level.json');
  const filter = nileFilter(nile, 0, 1e7);
  let logLikelihood = 0;
  for (const [k, y] of nile.y.entries()) {
    if (k === 0) filter.correct([y]);
    else filter.tick(1, [y]);
    logLikelihood += logDensity(filter);
  }
  near(logLikelihood, nile.loglik['known_init_a1=0_P1=1e7'], 1e-10);
});

test(
  'of a square, the points give the exact mean, and all of the variance but that of the square itself',
  options,
  () => {
    const { cases } = read<{
      readonly cases: readonly { mean: number; var: number; expected_mean: number; expected_var: number }[];
    }>('unscented_moments.json');
    for (const { mean, var: variance, expected_mean, expected_var } of cases) {
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
      // A rule of third degree: x² has 2σ⁴ more than 4m²σ². With two states the points lie at ±√2σ, which leaves σ⁴ of it.
      near(filter.covariance[1]?.[1], expected_var - variance ** 2, 1e-12);
    }
  },
);
