/**
 * One trial step of Rodas5P, a Rosenbrock method of order 5 for stiff equations, with dense output of order 4.
 *
 * Eight stages with one matrix: each is the solution of linear equations, and nothing is iterated. Stiffly accurate and
 * A-stable; the last stage is the estimate of the error.
 *
 * Notation  x (n) states · h step · J (n×n) ∂f/∂x · W = 1/(γh) − J · u (8×n) stages · θ part of the step
 * Source    Steinebach, "Construction of Rosenbrock–Wanner method Rodas5P and numerical benchmarks within the Julia
 *           Differential Equations package", BIT 63:27 (2023); the transformed form without products by J is that of
 *           Hairer & Wanner, Solving Ordinary Differential Equations II (1996), IV.7, (7.25).
 */

import { factorise, solveFactorised } from './lu.ts';
import type { System, Trial } from './system.ts';
import { addScaled } from './tsit5.ts';

const gamma = 0.21193756319429014;

const nodes = [0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1, 1, 1];

const timeWeights = [
  0.21193756319429014, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734, 2.325825639765069, 0, 0,
  0,
];

/** Row i: how earlier stages enter the point of stage i. */
const weights: readonly (readonly number[])[] = [
  [],
  [3],
  [2.849394379747939, 0.45842242204463923],
  [-6.954028509809101, 2.489845061869568, -10.358996098473584],
  [2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641],
  [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946],
  [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1],
  [
    -7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1,
    1,
  ],
];

/** Row i: how earlier stages, over h, enter the right side of stage i. */
const couplings: readonly (readonly number[])[] = [
  [],
  [-14.155112264123755],
  [-17.97296035885952, -2.859693295451294],
  [147.12150275711716, -1.41221402718213, 71.68940251302358],
  [165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306],
  [24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471],
  [
    30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623,
    -28.087943162872662,
  ],
  [
    37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002,
    -54.66780262877968, -9.48861652309627,
  ],
];

/** Weights of the stages in the three vectors of the dense output. */
const denseWeights: readonly (readonly number[])[] = [
  [
    25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204, 0.524948541321073,
    1.1241088310450404, 0.4272876194431874, -0.17202221070155493,
  ],
  [
    -9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796, 20.176138334709044,
    15.98066361424651, -6.789040303419874, -6.710236069923372,
  ],
  [
    11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643, -52.072871366152654,
    -59.78993625266729, -0.15582684282751913, 4.883087185713722,
  ],
];

export function createRodas5p(system: System): Trial {
  const n = system.size;
  const u = nodes.map(() => new Float64Array(n));
  const point = new Float64Array(n);
  const start = new Float64Array(n);
  const next = new Float64Array(n);
  const j = new Float64Array(n * n);
  const w = new Float64Array(n * n);
  const pivots = new Int32Array(n);
  const timeSlope = new Float64Array(n);
  const dense = denseWeights.map(() => new Float64Array(n));
  const error = u.at(-1) ?? point;
  let h = 0;
  let jacobianSeconds = NaN;

  return {
    next,
    error,
    lastSlope: undefined,
    forget() {
      jacobianSeconds = NaN;
    },
    attempt(seconds, x, slope, step) {
      h = step;
      start.set(x);
      // A step that is tried again has the same Jacobian.
      if (jacobianSeconds !== seconds) system.jacobian(seconds, x, j, timeSlope);
      jacobianSeconds = seconds;
      for (let i = 0; i < w.length; i++) w[i] = -(j[i] ?? 0);
      for (let i = 0; i < n; i++) w[i * (n + 1)] = (w[i * (n + 1)] ?? 0) + 1 / (gamma * h);
      if (!factorise(w, pivots)) {
        next.fill(NaN);
        error.fill(NaN);
        return;
      }
      for (const [i, stage] of u.entries()) {
        if (i === 0) stage.set(slope);
        else {
          point.set(x);
          for (const [earlier, a] of (weights[i] ?? []).entries()) addScaled(point, u[earlier] ?? point, a);
          system.slopes(seconds + (nodes[i] ?? 1) * h, point, stage);
          for (const [earlier, c] of (couplings[i] ?? []).entries()) {
            addScaled(stage, u[earlier] ?? point, c / h);
          }
        }
        addScaled(stage, timeSlope, h * (timeWeights[i] ?? 0));
        solveFactorised(w, pivots, stage);
      }
      for (let i = 0; i < n; i++) next[i] = (point[i] ?? 0) + (error[i] ?? 0);
      for (const [row, vector] of dense.entries()) {
        vector.fill(0);
        for (const [i, weight] of (denseWeights[row] ?? []).entries())
          addScaled(vector, u[i] ?? point, weight);
      }
    },
    interpolate(theta, out) {
      const rest = 1 - theta;
      const [d1 = point, d2 = point, d3 = point] = dense;
      for (let i = 0; i < n; i++) {
        const inner = (d1[i] ?? 0) + theta * ((d2[i] ?? 0) + theta * (d3[i] ?? 0));
        out[i] = rest * (start[i] ?? 0) + theta * ((next[i] ?? 0) + rest * inner);
      }
    },
    /** h·‖J‖∞, scaled: no mode is faster. */
    stiffness(scale) {
      let norm = 0;
      for (let row = 0; row < n; row++) {
        let sum = 0;
        for (let column = 0; column < n; column++) {
          sum += Math.abs(j[row * n + column] ?? 0) * (scale[column] ?? 1);
        }
        norm = Math.max(norm, sum / (scale[row] ?? 1));
      }
      return h * norm;
    },
  };
}
