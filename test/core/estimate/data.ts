/** Published results of Kalman filters, and models whose filter they are of. */

import { existsSync, readFileSync } from 'node:fs';
import { runRecord } from '../../../src/core/estimate/index.ts';
import { javascriptBackend } from '../../../src/core/kernel/index.ts';
import { compiled, Filtered } from './filter.ts';

const folder = new URL('../../../../shared/data/kalman/', import.meta.url);

export const hasResults = existsSync(folder);

// The files are ours: their shape is what their source says.
const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T;

export interface Tracker {
  readonly lambda_: number;
  readonly sigma_v2: number;
  readonly alpha: number;
  readonly beta: number;
  readonly P_pred: readonly (readonly number[])[];
  readonly P_upd: readonly (readonly number[])[];
}

export interface Riccati {
  readonly q: number;
  readonly r: number;
  readonly a: number;
  readonly P_pred: number;
  readonly K: number;
  readonly P_upd: number;
}

export interface Nile {
  readonly y: readonly number[];
  readonly sigma2_eps: number;
  readonly sigma2_eta: number;
  readonly loglik: Readonly<Record<string, number>>;
  readonly filtered_state: readonly number[];
  readonly filtered_var: readonly number[];
  readonly smoothed_state: readonly number[];
  readonly smoothed_var: readonly number[];
}

export interface SquareMoments {
  readonly mean: number;
  readonly var: number;
  readonly expected_mean: number;
  readonly expected_var: number;
}

interface Cases<T> {
  readonly cases: readonly T[];
}

export const readTrackers = () => read<Cases<Tracker>>('alpha_beta_steady_state.json').cases;
export const readRiccati = () => read<Cases<Riccati>>('scalar_riccati.json').cases;
export const readMoments = () => read<Cases<SquareMoments>>('unscented_moments.json').cases;
export const readNile = () => read<Nile>('nile_local_level.json');

/** Position and speed; the acceleration of the next second is a state that is drawn anew each tick. */
export function trackerFilter({ sigma_v2 }: Tracker): Filtered {
  const kick = Math.sqrt(sigma_v2);
  return new Filtered(
    compiled(`
filter: { gate: 1e6 }
states:
  position: { unit: "1", start: 0, uncertainty: 1, noise: "1e-160" }
  speed: { unit: "1", start: 0, uncertainty: 1, noise: "1e-160" }
  kick: { unit: "1", start: 0, uncertainty: ${kick}, noise: "${kick}" }
equations:
  next(position): position + speed + kick / 2
  next(speed): speed + kick
  next(kick): 0
measurements:
  position: { equals: position, unit: "1", noise: 1 }
`),
  );
}

export function riccatiFilter({ q, r, a }: Riccati): Filtered {
  return new Filtered(
    compiled(`
states: { x: { unit: "1", start: 0, noise: "${Math.sqrt(q)}" } }
equations: { next(x): ${a} * x }
measurements: { x: { equals: x, unit: "1", noise: ${Math.sqrt(r)} } }
`),
  );
}

/**
 * A level that goes its random way. A diffuse start leaves, after the first sample, just that sample and its variance.
 */
export function nileModel({ sigma2_eta, sigma2_eps }: Nile, start: number, variance: number) {
  const [walk, uncertainty, noise] = [sigma2_eta, variance, sigma2_eps].map(Math.sqrt);
  return compiled(`
filter: { gate: 1e6 }
states: { level: { unit: "1", start: ${start}, noise: "${walk}", uncertainty: ${uncertainty} } }
equations: { next(level): level }
measurements: { flow: { equals: level, unit: "1", noise: ${noise} } }
`);
}

/** log N(y; 0, s²) of the last innovation. */
export function logDensity(filter: Filtered): number {
  const { value, deviation } = filter.innovation();
  return -0.5 * Math.log(2 * Math.PI) - Math.log(deviation) - 0.5 * (value / deviation) ** 2;
}

export interface NileRun {
  /** From the second year on. */
  readonly levels: readonly number[];
  readonly variances: readonly number[];
  readonly logLikelihood: number;
}

/** The filter over the Nile from its second year on, begun at its first. */
export function runNile(nile: Nile): NileRun {
  const [first = NaN, ...rest] = nile.y;
  const filter = new Filtered(nileModel(nile, first, nile.sigma2_eps));
  const levels: number[] = [];
  const variances: number[] = [];
  let logLikelihood = 0;
  for (const y of rest) {
    filter.tick(1, [y]);
    logLikelihood += logDensity(filter);
    levels.push(filter.mean[0] ?? NaN);
    variances.push(filter.covariance[0]?.[0] ?? NaN);
  }
  return { levels, variances, logLikelihood };
}

/** The smoother over the Nile from its first year on. */
export function smoothNile(nile: Nile): Pick<NileRun, 'levels' | 'variances'> {
  const [first = NaN] = nile.y;
  const { smoothed } = runRecord(
    nileModel(nile, first, nile.sigma2_eps),
    {
      times: Float64Array.from(nile.y, (_, k) => k),
      inputs: [],
      measurements: [Float64Array.from(nile.y, (y, k) => (k === 0 ? NaN : y))],
    },
    { backend: javascriptBackend, smooth: 'smooth' },
  );
  const [level] = smoothed ?? [];
  return {
    levels: [...(level?.mean ?? [])],
    variances: Array.from(level?.deviation ?? [], (deviation) => deviation ** 2),
  };
}
