/**
 * How long a cumulative sum runs until it crosses its threshold by chance, by Brook and Evans' chain.
 *
 * The sum c ← max(0, c + x − k) of independent x is looked at as a Markov chain over m intervals of [0, h); the mean
 * number of steps until it leaves solves a linear system. Its error falls with m⁻², which two sizes take out.
 *
 * Notation  x increment · k reference, above the mean of x · h threshold · F distribution function of x · m intervals
 *           · L (m) mean run lengths from each interval
 * Source    Brook & Evans, An Approach to the Probability Distribution of CUSUM Run Length, Biometrika 59 (1972)
 */

import { chiSquareUpper, normalUpper } from '../../../src/core/statistics/index.ts';

/** What a cumulative sum adds up: its distribution while nothing is wrong, and what is taken off at each step. */
export interface Increments {
  readonly reference: number;
  cdf(x: number): number;
}

const intervals = 80;

/** Standard normal numbers, cut off at ± `clip`. */
export function normalIncrements(reference: number, clip: number): Increments {
  return { reference, cdf: (x) => (x >= clip ? 1 : x < -clip ? 0 : normalUpper(-x)) };
}

/** Squares of standard normal numbers, cut off at `clip` squared. */
export function squareIncrements(reference: number, clip: number): Increments {
  return { reference, cdf: (x) => (x >= clip * clip ? 1 : 1 - chiSquareUpper(x, 1)) };
}

/** Mean number of steps until the sum, begun at zero, is above `threshold`. */
export function meanRunLength(increments: Increments, threshold: number): number {
  const coarse = chain(increments, threshold, intervals);
  const fine = chain(increments, threshold, 2 * intervals);
  return fine + (fine - coarse) / 3;
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
      for (let j = 0; j < pivot; j++) row[j] = (row[j] ?? 0) - factor * (from[j] ?? 0);
      row[m] = (row[m] ?? 0) - factor * (from[m] ?? 0);
    }
  }
  return (rows[0]?.[m] ?? NaN) / (rows[0]?.[0] ?? NaN);
}
