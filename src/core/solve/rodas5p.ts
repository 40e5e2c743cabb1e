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

import type { NodeId } from '../graph/index.ts';
import type { Factors } from './elimination.ts';
import { factorise } from './elimination.ts';
import { present } from './formulas.ts';
import { jacobianOf } from './jacobian.ts';
import type { Method, Trial } from './trial.ts';
import type { Unknowns } from './unknowns.ts';

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

export const rodas5p: Method = {
  stiff: true,
  isBetterOther: ({ graph }, rate) => graph.binary('lt', rate, graph.constant(0.5)),
  trial,
};

function trial(unknowns: Unknowns, h: NodeId): Trial {
  const { graph, x, time } = unknowns;
  const zero = unknowns.constant(0);
  const inverseH = unknowns.div(unknowns.constant(1), h);
  const { byState, byTime } = jacobianOf(unknowns);
  const diagonal = unknowns.div(inverseH, unknowns.constant(gamma));
  const w = byState.map((row, i) => {
    const negative = new Map([...row].map(([column, node]) => [column, graph.unary('neg', node)]));
    const own = row.get(i);
    return negative.set(i, own === undefined ? diagonal : unknowns.sub(diagonal, own));
  });
  const factors = factorise(graph, w);

  const u: NodeId[][] = [];
  const rightSides: NodeId[][] = [];
  let point: readonly NodeId[] = x;
  for (const [i, row] of weights.entries()) {
    if (i > 0) {
      const moved = unknowns.sum(row, u);
      point = unknowns.each((k) => unknowns.add(present(x[k]), present(moved[k])));
    }
    const later = unknowns.add(time, unknowns.mul(unknowns.constant(present(nodes[i])), h));
    const slopes = unknowns.slopes(i === 0 ? time : later, point);
    const coupled = unknowns.sum(couplings[i] ?? [], u);
    const timePart = unknowns.mul(unknowns.constant(present(timeWeights[i])), h);
    const rightSide = unknowns.each((k) => {
      let side = present(slopes[k]);
      if (i > 0) side = unknowns.add(side, unknowns.mul(present(coupled[k]), inverseH));
      const slope = byTime[k];
      return slope === undefined || timeWeights[i] === 0
        ? side
        : unknowns.add(side, unknowns.mul(timePart, slope));
    });
    rightSides.push(rightSide);
    u.push(factors.solve(rightSide));
  }
  const error = present(u.at(-1));
  const next = unknowns.each((i) => unknowns.add(present(point[i]), present(error[i])));
  const [d1, d2, d3] = denseWeights.map((row) => unknowns.sum(row, u));
  const difference = (a: NodeId, b: NodeId): NodeId => unknowns.sub(a, b);
  return {
    next,
    error,
    otherError: eliminationError(unknowns, {
      w,
      factors,
      u: present(u[0]),
      rightSide: present(rightSides[0]),
      next,
    }),
    // (1 − θ)x + θ(next + (1 − θ)(d₁ + θ(d₂ + θd₃))), by powers of θ.
    dense: [
      unknowns.each((i) =>
        unknowns.add(difference(present(next[i]), present(x[i])), present(present(d1)[i])),
      ),
      unknowns.each((i) => difference(present(present(d2)[i]), present(present(d1)[i]))),
      unknowns.each((i) => difference(present(present(d3)[i]), present(present(d2)[i]))),
      unknowns.each((i) => graph.unary('neg', present(present(d3)[i]))),
    ],
    /** h·‖J‖∞, scaled: no mode is faster. */
    rate(scale) {
      const sums = byState.map((row, i) => {
        const parts = [...row].map(([column, node]) =>
          unknowns.mul(unknowns.abs(node), present(scale[column])),
        );
        const sum = parts.reduce((a, b) => unknowns.add(a, b), zero);
        return unknowns.div(sum, present(scale[i]));
      });
      return unknowns.mul(
        h,
        sums.reduce((a, b) => graph.binary('max', a, b), zero),
      );
    },
  };
}

interface Solution {
  readonly w: readonly ReadonlyMap<number, NodeId>[];
  readonly factors: Factors;
  readonly u: readonly NodeId[];
  readonly rightSide: readonly NodeId[];
  readonly next: readonly NodeId[];
}

/**
 * What elimination without pivoting has spoilt, as a part of what is allowed: the correction that one step of refinement
 * would make to the first stage. A pivot that is small or 0 shows here, as a large number or NaN, and the step is
 * rejected; in a shorter one 1/(γh) outgrows J, and no pivot is small.
 */
function eliminationError(unknowns: Unknowns, { w, factors, u, rightSide, next }: Solution): NodeId {
  const rest = w.map((row, i) => {
    let left = present(rightSide[i]);
    for (const [column, node] of row) left = unknowns.sub(left, unknowns.mul(node, present(u[column])));
    return left;
  });
  return unknowns.norm(factors.solve(rest), unknowns.scale(unknowns.x, next));
}
