/**
 * How long a cumulative sum runs until it crosses its threshold by chance, and the threshold for a wanted length.
 *
 * The sum c ← max(0, c + x − k) of independent x is looked at as a Markov chain over m intervals of [0, h); the mean
 * number of steps until it leaves solves a linear system. Its error falls with m⁻², which two sizes take out.
 *
 * Notation  x increment · k reference, above the mean of x · h threshold · F distribution function of x · m intervals
 *           · L (m) mean run lengths from each interval
 * Source    Brook & Evans, An Approach to the Probability Distribution of CUSUM Run Length, Biometrika 59 (1972) ·
 *           Siegmund, Sequential Analysis (1985), 2.8: the closed form for normal x
 */

import { chiSquareCdf, normalCdf } from '../statistics/index.ts';
import { add } from './record.ts';

/** What a cumulative sum adds up: its distribution while nothing is wrong, and what is taken off at each step. */
export interface Increments {
  readonly reference: number;
  cdf(x: number): number;
}

const intervals = 80;

/** Standard normal numbers, cut off at ± `clip`. */
export function normalIncrements(reference: number, clip: number): Increments {
  return { reference, cdf: (x) => (x >= clip ? 1 : x < -clip ? 0 : normalCdf(x)) };
}

/** Squares of standard normal numbers, cut off at `clip` squared. */
export function squareIncrements(reference: number, clip: number): Increments {
  return { reference, cdf: (x) => (x >= clip * clip ? 1 : chiSquareCdf(x, 1)) };
}

/** Mean number of steps until the sum, begun at zero, is above `threshold`. */
export function meanRunLength(increments: Increments, threshold: number): number {
  const coarse = chain(increments, threshold, intervals);
  const fine = chain(increments, threshold, 2 * intervals);
  return fine + (fine - coarse) / 3;
}

/** Siegmund's approximation for standard normal increments whose mean is `shift`: quick, and within a few percent. */
export function siegmundRunLength(reference: number, threshold: number, shift = 0): number {
  const drift = shift - reference;
  const b = threshold + 1.166;
  if (Math.abs(drift) < 1e-9) return b * b;
  return (Math.expm1(-2 * drift * b) + 2 * drift * b) / (2 * drift * drift);
}

/** A function that gives the threshold for a mean run length. */
export type Threshold = (steps: number) => number;

/**
 * Mean run lengths by threshold. Between the entries and beyond them their logarithm is nearly straight. Tables stand in
 * the code, since a monitor must not take a tenth of a second to begin; a test computes them again.
 */
export interface RunLengths {
  readonly thresholds: readonly number[];
  readonly lengths: readonly number[];
}

/** Of `normalIncrements(0.5, 4)`. */
export const clippedShifts: RunLengths = {
  thresholds: [0.5, 1, 2, 3, 4, 5, 6, 8, 10, 12],
  lengths: [5.92559, 11.2089, 38.5475, 117.596, 335.732, 932.327, 2558.59, 19028.6, 140895, 1041410],
};

/** Of `normalIncrements(0.5, Infinity)`. */
export const shifts: RunLengths = {
  thresholds: [0.5, 1, 2, 3, 4, 5, 6, 8, 10, 12],
  lengths: [5.92559, 11.2089, 38.5475, 117.596, 335.368, 930.889, 2553.13, 18965.8, 140266, 1036560],
};

/** Of `squareIncrements(1.4596743892, 4)`. */
export const clippedScatter: RunLengths = {
  thresholds: [1, 2, 4, 6, 8, 12, 16, 20, 25, 30],
  lengths: [8.22346, 13.9091, 33.4986, 70.7749, 138.919, 473.291, 1556.22, 4916.74, 19696.9, 86067.9],
};

/** The threshold with this mean run length; allocates nothing. */
export function thresholdFor({ thresholds, lengths }: RunLengths, steps: number): number {
  const wanted = Math.log(Math.max(1, steps));
  let i = 1;
  while (i < lengths.length - 1 && (lengths[i] ?? Infinity) < steps) i++;
  const low = thresholds[i - 1] ?? NaN;
  const from = Math.log(lengths[i - 1] ?? NaN);
  const slope = ((thresholds[i] ?? NaN) - low) / (Math.log(lengths[i] ?? NaN) - from);
  return Math.max(0, low + (wanted - from) * slope);
}

/** The run length from zero by a chain of m intervals; the first is half as wide and stands for zero. */
function chain(increments: Increments, threshold: number, m: number): number {
  const width = (2 * threshold) / (2 * m - 1);
  // Steps between intervals depend on their distance alone.
  const edges = Float64Array.from({ length: 2 * m }, (_, i) =>
    increments.cdf((i - m + 0.5) * width + increments.reference),
  );
  const edge = (i: number): number => edges[i + m] ?? NaN;
  const rows = Array.from({ length: m }, (_, i) =>
    Float64Array.from({ length: m + 1 }, (_unused, j) => {
      if (j === m) return 1;
      const step = j === 0 ? edge(-i) : edge(j - i) - edge(j - i - 1);
      return (i === j ? 1 : 0) - step;
    }),
  );
  return firstUnknown(rows);
}

/**
 * The first unknown of a system whose rows end with their right side; overwritten. Eliminated from the last unknown on,
 * without pivots: the diagonal outweighs its row.
 */
function firstUnknown(rows: readonly Float64Array[]): number {
  const m = rows.length;
  for (let pivot = m - 1; pivot > 0; pivot--) {
    const from = rows[pivot] ?? new Float64Array();
    for (let i = 0; i < pivot; i++) {
      const row = rows[i] ?? new Float64Array();
      const factor = (row[pivot] ?? 0) / (from[pivot] ?? NaN);
      if (factor === 0) continue;
      for (let j = 0; j < pivot; j++) add(row, j, -factor * (from[j] ?? 0));
      add(row, m, -factor * (from[m] ?? 0));
    }
  }
  return (rows[0]?.[m] ?? NaN) / (rows[0]?.[0] ?? NaN);
}
