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

import type { NodeId } from '../graph/index.ts';
import { present } from './formulas.ts';
import type { Method, Trial } from './trial.ts';
import type { Unknowns } from './unknowns.ts';

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

export const tsit5: Method = {
  stiff: false,
  isBetterOther: ({ graph }, rate) => graph.binary('gt', rate, graph.constant(3)),
  trial,
};

/** Needs the slopes at the beginning of the step. */
function trial(unknowns: Unknowns, h: NodeId): Trial {
  const { graph, x, time } = unknowns;
  const stageSlopes: NodeId[][] = [unknowns.loadEach('slope')];
  const points: NodeId[][] = [];
  for (const [i, row] of weights.entries()) {
    if (i === 0) continue;
    const point = unknowns.advanced(x, h, unknowns.sum(row, stageSlopes));
    const later = unknowns.mul(unknowns.constant(present(nodes[i])), h);
    stageSlopes.push(unknowns.slopes(unknowns.add(time, later), point));
    points.push(point);
  }
  const [sixth, next] = points.slice(-2);
  const [k6, k7] = stageSlopes.slice(-2);
  const timesH = (nodesOfOne: readonly NodeId[]): NodeId[] => nodesOfOne.map((node) => unknowns.mul(h, node));
  const differences = (a: readonly NodeId[], b: readonly NodeId[]): NodeId[] =>
    unknowns.each((i) => unknowns.sub(present(a[i]), present(b[i])));
  return {
    next: present(next),
    error: timesH(unknowns.sum(errorWeights, stageSlopes)),
    last: present(k7),
    dense: [0, 1, 2, 3].map((power) =>
      timesH(
        unknowns.sum(
          denseWeights.map((row) => row[power] ?? 0),
          stageSlopes,
        ),
      ),
    ),
    /** How much the slopes of the last two stages, both at the end, differ for their distance. */
    rate(scale) {
      const slopes = unknowns.norm(differences(present(k7), present(k6)), scale);
      const distance = unknowns.norm(differences(present(next), present(sixth)), scale);
      const rate = unknowns.div(unknowns.mul(h, slopes), distance);
      return graph.select(graph.binary('gt', distance, unknowns.constant(0)), rate, unknowns.constant(0));
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
