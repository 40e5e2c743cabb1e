/**
 * Intervals that may be looked at all the time: with the stated probability they hold the truth at every moment, from the
 * first on, and not only at one that was fixed before.
 *
 * The sum of a row of numbers with mean 0 that remember each other for a while comes near a Brownian motion whose variance
 * grows by the long-run variance at each instant. A Brownian motion W stays for ever within
 *
 *   |W(t)| < √( (t + r) · ln( (t + r) / (r α²) ) )      with probability 1 − α, for any r > 0
 *
 * since the mixture of exp(λW − λ²t/2) over λ ~ N(0, 1/r) is a martingale of mean 1 (Robbins). Divided by the number of instants it
 * is the asymptotic confidence sequence of Waudby-Smith et al., r being their 1/ρ². r only says when the interval is narrowest.
 *
 * The long-run variance comes from the scatter of the blocks and of pairs of them, each with what an autoregression of the first order
 * makes of the neighbours' resemblance; the larger counts. Where neighbours resemble each other by more than a half, the row is too
 * short to say how long it remembers: the interval then grows, up to four times, so that only what is plain is said. And since that variance is estimated from some 36 blocks, Student's t takes the place of the normal distribution.
 *
 * Notation  t instants · α probability of ever being wrong · r instants · W Brownian motion
 * Source    Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, Time-uniform Central Limit Theory and Asymptotic Confidence Sequences,
 *           Annals of Statistics 52 (2024), theorem 2.2 and appendix B.2 for r · Robbins, Statistical Methods Related to the Law of
 *           the Iterated Logarithm, Annals of Mathematical Statistics 41 (1970) · Andrews & Monahan, An Improved
 *           Heteroskedasticity and Autocorrelation Consistent Covariance Matrix Estimator, Econometrica 60 (1992): the
 *           autoregression · Kendall, Note on Bias in the Estimation of Autocorrelation, Biometrika 41 (1954)
 */

import { normalUpper, studentQuantile } from '../statistics/index.ts';
import type { BlockSums } from './block-sums.ts';

/** A number with what it may be: infinitely much as long as nothing can be said, NaN before the first sample. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Looking {
  /** The probability that an interval is ever wrong. */
  readonly alpha: number;
  /** After so many instants the interval is the narrowest that it can be. */
  readonly narrowestAt: number;
  /** Before so many instants nothing is said. */
  readonly atLeast: number;
}

/** A sum of columns, each times its factor, that is 0 over all blocks together. */
type Combination = readonly (readonly [column: number, factor: number])[];

/** A resemblance above this is more than the autoregression is believed with; then the variance grows so steeply, to nineteen times. */
const plain = 0.5;
const steepness = 3.7;

/** How far a Brownian motion ever is from 0 at time t, but with probability α. */
export function brownianLimit(t: number, { alpha, narrowestAt }: Looking): number {
  const r = mixingTime(alpha, narrowestAt);
  return Math.sqrt((t + r) * Math.log((t + r) / (r * alpha * alpha)));
}

/** The mean of one column over another, which counts. */
export function meanInterval(
  sums: BlockSums,
  columns: { readonly of: number; readonly count: number },
  looking: Looking,
): Interval {
  const count = sums.total(columns.count);
  const value = sums.total(columns.of) / count;
  const combination: Combination = [
    [columns.of, 1 / count],
    [columns.count, -value / count],
  ];
  return around(value, halfWidth(sums, combination, looking));
}

/**
 * Half the logarithm of the ratio of two columns of squares: by how much an error is larger than another, 0.01 for 1 %.
 *
 * By linearisation (the delta method): the logarithm of A/B moves with dA/A − dB/B.
 */
export function ratioInterval(
  sums: BlockSums,
  columns: { readonly above: number; readonly below: number },
  looking: Looking,
): Interval {
  const above = sums.total(columns.above);
  const below = sums.total(columns.below);
  if (above === 0 && below === 0) return around(sums.instants === 0 ? NaN : 0, halfWidth(sums, [], looking));
  const combination: Combination = [
    [columns.above, 0.5 / above],
    [columns.below, -0.5 / below],
  ];
  return around(Math.log(above / below) / 2, halfWidth(sums, combination, looking));
}

function around(value: number, half: number): Interval {
  return { value, low: value - half, high: value + half };
}

/** How far the sum of a combination may be from 0 by chance. */
function halfWidth(sums: BlockSums, combination: Combination, looking: Looking): number {
  if (sums.instants < looking.atLeast) return Number.POSITIVE_INFINITY;
  const rests = Float64Array.from({ length: sums.blocks }, (_, block) =>
    combination.reduce((sum, [column, factor]) => sum + factor * sums.block(block, column), 0),
  );
  const t = sums.instants;
  const limit = brownianLimit(t, looking) / Math.sqrt(t);
  return Math.max(
    ...[1, 2].map((length) => {
      const { variance, degrees } = longRunVariance(rests, length);
      return variance === 0 ? 0 : Math.sqrt((variance / sums.span) * t) * studentOf(limit, degrees);
    }),
  );
}

interface LongRun {
  /** By how much the variance of the sum grows with each block, in the long run. */
  readonly variance: number;
  readonly degrees: number;
}

/** From sums over blocks, `length` neighbours taken together. */
export function longRunVariance(rests: Float64Array, length: number): LongRun {
  const count = Math.floor(rests.length / length);
  // The newest, so that what is left over is of the beginning.
  const first = rests.length - count * length;
  let mean = 0;
  for (let i = first; i < rests.length; i++) mean += (rests[i] ?? 0) / count;
  let squares = 0;
  let products = 0;
  let before = 0;
  for (let i = 0; i < count; i++) {
    let rest = -mean;
    for (let j = 0; j < length; j++) rest += rests[first + i * length + j] ?? 0;
    squares += rest * rest;
    if (i > 0) products += rest * before;
    before = rest;
  }
  const found = squares === 0 ? 0 : products / squares;
  // Kendall: what is found among so few is too little by about this much.
  const resemblance = Math.max(found + (1 + 3 * found) / count, 0);
  return { variance: (squares / (count - 1) / length) * remembered(resemblance), degrees: count - 1 };
}

/** How much more scatter a row has in the long run than its blocks show, by their resemblance. */
function remembered(resemblance: number): number {
  if (resemblance <= plain) return (1 + resemblance) / (1 - resemblance);
  return ((1 + plain) / (1 - plain)) * Math.exp(steepness * (Math.min(resemblance, 1) - plain));
}

/** As rare under Student's t as `normal` is under the normal distribution. */
function studentOf(normal: number, degrees: number): number {
  return -studentQuantile(normalUpper(normal), degrees);
}

/** The r for which the interval at `narrowestAt` is as narrow as it can be. */
function mixingTime(alpha: number, narrowestAt: number): number {
  const twice = -2 * Math.log(alpha);
  return narrowestAt / (twice + Math.log(twice) + 1);
}
