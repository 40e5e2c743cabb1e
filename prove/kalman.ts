/**
 * The filter on linear machines is the Kalman filter: against closed forms, published series and likelihoods, to how
 * many digits.
 */

import {
  hasResults,
  readMoments,
  readNile,
  readRiccati,
  readTrackers,
  riccatiFilter,
  runNile,
  smoothNile,
  trackerFilter,
} from '../test/core/estimate/data.ts';
import type { Filtered } from '../test/core/estimate/filter.ts';
import { compiled, Filtered as Filter } from '../test/core/estimate/filter.ts';
import { atLeast, type Context, digits, type Finding, type Proof } from './lib/report.ts';

type Pair = readonly [found: number, expected: number];

const enough = 8;

export const kalman: Proof = {
  name: 'kalman',
  summary: 'the filter on linear machines, against closed forms and the Nile, in digits',
  async run({ note }: Context): Promise<readonly Finding[]> {
    if (!hasResults) {
      note('kalman: the published results are not there (../shared/data/kalman)');
      return [];
    }
    const nile = readNile();
    const run = runNile(nile);
    const smoothed = smoothNile(nile);
    const agreement = (name: string, pairs: Iterable<Pair>): Finding =>
      atLeast(enough, { name: `kalman.${name}`, value: digits(pairs), unit: 'digits' });
    return [
      agreement('alpha-beta', readTrackers().flatMap(trackerPairs)),
      agreement('riccati', readRiccati().flatMap(riccatiPairs)),
      agreement('nile.level', pairsOf(run.levels, nile.filtered_state.slice(1))),
      agreement('nile.variance', pairsOf(run.variances, nile.filtered_var.slice(1))),
      agreement('nile.likelihood', [
        [
          run.logLikelihood - 0.5 * Math.log(2 * Math.PI),
          nile.loglik['exact_diffuse_with_2pi_for_first_obs'] ?? NaN,
        ],
      ]),
      agreement('nile.smoothed-level', pairsOf(smoothed.levels, nile.smoothed_state)),
      agreement('nile.smoothed-variance', pairsOf(smoothed.variances, nile.smoothed_var)),
      agreement('unscented.mean', readMoments().map(momentPair)),
    ];
  },
};

function pairsOf(found: readonly number[], expected: readonly number[]): Pair[] {
  return expected.map((value, i) => [found[i] ?? NaN, value]);
}

/** Variances and gain once they have settled. */
function trackerPairs(it: ReturnType<typeof readTrackers>[number]): Pair[] {
  const filter = trackerFilter(it);
  for (let k = 0; k < 1500; k++) filter.tick(1, [Math.sin(k)]);
  const after = pairsOf(variances(filter), it.P_upd.flat());
  filter.tick(1);
  const before = pairsOf(variances(filter), it.P_pred.flat());
  const [position = NaN, speed = NaN] = filter.mean;
  filter.correct([position + 1]);
  return [
    ...after,
    ...before,
    [(filter.mean[0] ?? NaN) - position, it.alpha],
    [(filter.mean[1] ?? NaN) - speed, it.beta],
  ];
}

/** Of the first two states, row by row. */
function variances({ covariance }: Filtered): number[] {
  return covariance.slice(0, 2).flatMap((row) => row.slice(0, 2));
}

function riccatiPairs(it: ReturnType<typeof readRiccati>[number]): Pair[] {
  const filter = riccatiFilter(it);
  for (let k = 0; k < 20_000; k++) filter.tick(1, [0]);
  const after = filter.covariance[0]?.[0] ?? NaN;
  filter.tick(1);
  const before = filter.covariance[0]?.[0] ?? NaN;
  filter.correct([1]);
  return [
    [after, it.P_upd],
    [before, it.P_pred],
    [filter.mean[0] ?? NaN, it.K],
  ];
}

/** The mean of a square. */
function momentPair({ mean, var: variance, expected_mean }: ReturnType<typeof readMoments>[number]): Pair {
  const filter = new Filter(
    compiled(`
states:
  x: { unit: "1", start: ${mean}, uncertainty: ${Math.sqrt(variance)} }
  square: { unit: "1", start: 0, noise: "1e-9" }
equations:
  der(x): 0
  next(square): x * x
measurements: { x: { equals: x, unit: "1", noise: 1 } }
`),
  );
  filter.tick(1);
  return [filter.mean[1] ?? NaN, expected_mean];
}
