/**
 * One trial step of Tsitouras' explicit Runge–Kutta pair of orders 5 and 4, with its dense output of order 4.
 *
 * The last stage is the first of the next step, so a step costs six evaluations.
 *
 * Notation  x (n) states · h step · k (7×n) slopes at the stages · θ part of the step
 * Source    Tsitouras, "Runge–Kutta pairs of order 5(4) satisfying only the first column simplifying assumption",
 *           Computers & Mathematics with Applications 62 (2011), table 1; dense output as given with it.
 *           Stiffness: Hairer & Wanner, Solving Ordinary Differential Equations II (1996), IV.2.
 */

import type { System, Trial } from './system.ts';

const nodes = [0, 0.161, 0.327, 0.9, 0.9800255409045097, 1, 1];

const weights: readonly (readonly number[])[] = [
  [],
  [0.161],
  [-0.008480655492356989, 0.335480655492357],
  [2.8971530571054935, -6.359448489975075, 4.3622954328695815],
  [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
  [5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383],
  [0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774],
];

/** Order 5 less order 4. */
const errorWeights = [
  -0.0017800110522257771, -0.0008164344596567469, 0.007880878010261995, -0.1447110071732629,
  0.5823571654525552, -0.45808210592918697, 0.015151515151515152,
];

/** Coefficients of θ, θ², θ³, θ⁴ in the weight of each stage. */
const denseWeights: readonly (readonly [number, number, number, number])[] = [
  [1, -2.763706197274826, 2.9132554618219126, -1.0530884977290216],
  [0, 0.13169999999999998, -0.2234, 0.1017],
  [0, 3.9302962368947516, -5.941033872131505, 2.490627285651253],
  [0, -12.411077166933676, 30.33818863028232, -16.548102889244902],
  [0, 37.50931341651104, -88.1789048947664, 47.37952196281928],
  [0, -27.896526289197286, 65.09189467479366, -34.87065786149661],
  [0, 1.5, -4, 2.5],
];

/** What a step multiplies a mode by, as a polynomial in h·λ: 1 and then the sums b·Aʲ·1. */
export const tsit5Stability: readonly number[] = stabilityOf(weights);

export function createTsit5(system: System): Trial {
  const n = system.size;
  const k = nodes.map(() => new Float64Array(n));
  const stage = new Float64Array(n);
  const sixth = new Float64Array(n);
  const start = new Float64Array(n);
  const next = new Float64Array(n);
  const error = new Float64Array(n);
  let h = 0;
  const [, , , , , k6 = stage, k7 = stage] = k;

  return {
    next,
    error,
    lastSlope: k7,
    attempt(seconds, x, slope, step) {
      h = step;
      start.set(x);
      k[0]?.set(slope);
      for (let i = 1; i < k.length; i++) {
        const target = i === 6 ? next : i === 5 ? sixth : stage;
        target.set(x);
        for (const [j, a] of (weights[i] ?? []).entries()) addScaled(target, k[j] ?? stage, h * a);
        system.slopes(seconds + (nodes[i] ?? 1) * h, target, k[i] ?? stage);
      }
      error.fill(0);
      for (const [i, e] of errorWeights.entries()) addScaled(error, k[i] ?? stage, h * e);
    },
    interpolate(theta, out) {
      out.set(start);
      for (const [i, [b1, b2, b3, b4]] of denseWeights.entries()) {
        addScaled(out, k[i] ?? stage, h * theta * (b1 + theta * (b2 + theta * (b3 + theta * b4))));
      }
    },
    /** h·|λ| of the fastest mode: how much the slopes of the last two stages, both at the end, differ for their distance. */
    stiffness(scale) {
      let slopes = 0;
      let distance = 0;
      for (let i = 0; i < n; i++) {
        slopes = Math.max(slopes, Math.abs((k7[i] ?? 0) - (k6[i] ?? 0)) / (scale[i] ?? 1));
        distance = Math.max(distance, Math.abs((next[i] ?? 0) - (sixth[i] ?? 0)) / (scale[i] ?? 1));
      }
      return distance > 0 ? (h * slopes) / distance : 0;
    },
  };
}

function stabilityOf(rows: readonly (readonly number[])[]): number[] {
  const coefficients = [1];
  let powers = rows.map(() => 1);
  for (let degree = 1; degree < rows.length; degree++) {
    const sums = rows.map((row) => row.reduce((sum, a, j) => sum + a * (powers[j] ?? 0), 0));
    // The last row is that of the step itself.
    coefficients.push(sums.at(-1) ?? 0);
    powers = sums;
  }
  return coefficients;
}

/** target += factor·values. */
export function addScaled(target: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) + factor * (values[i] ?? 0);
}
