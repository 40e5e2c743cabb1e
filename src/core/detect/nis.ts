/**
 * Whether innovations are as large as the filter says: normalised innovations squared against χ².
 *
 * Of a filter that fits its machine, innovations divided by their standard deviations are independent standard normal
 * numbers, also those of several sensors at one instant, folded in one after the other. So the sum of their squares is
 * χ² with as many degrees of freedom, and the mean over a window should be 1. The window forgets exponentially in time;
 * its effective degrees of freedom are those of a χ² with the same mean and variance.
 *
 * Source  Bar-Shalom, Li & Kirubarajan, Estimation with Applications to Tracking and Navigation (2001), 5.4 ·
 *         Satterthwaite, An Approximate Distribution of Estimates of Variance Components, Biometrics 2 (1946)
 */

import { chiSquareLimit, chiSquareQuantile, chiSquareUpper } from '../statistics/index.ts';
import { add, scale } from './record.ts';

/** Slots of one window. */
const slots = { squares: 0, weight: 1, weightSquares: 2, time: 3 } as const;
export const nisWidth = 4;

export interface NisJudgement {
  /** Mean normalised innovation squared; 1 is as expected. NaN before the first. */
  readonly mean: number;
  readonly degrees: number;
  /** A mean outside these comes by chance with the probability asked for, half on either side. */
  readonly low: number;
  readonly high: number;
}

/** The probability of innovations at least as large at one instant: `sum` of their squares, of `count` sensors. */
export function instantProbability(sum: number, count: number): number {
  return chiSquareUpper(sum, count);
}

/** Adds one normalised innovation to the window in place; allocates nothing. `forget`: seconds until a weight is 1/e. */
export function addToNis(
  memory: Float64Array,
  offset: number,
  sample: { readonly time: number; readonly normalised: number; readonly forget: number },
): void {
  const gap = sample.time - (memory[offset + slots.time] ?? 0);
  const keep = gap > 0 ? Math.exp(-gap / sample.forget) : 1;
  scale(memory, offset + slots.squares, keep);
  scale(memory, offset + slots.weight, keep);
  scale(memory, offset + slots.weightSquares, keep * keep);
  add(memory, offset + slots.squares, sample.normalised ** 2);
  add(memory, offset + slots.weight, 1);
  add(memory, offset + slots.weightSquares, 1);
  memory[offset + slots.time] = sample.time;
}

/** @param probability - that a mean is outside the limits although nothing is wrong. */
export function judgeNis(memory: Float64Array, offset: number, probability: number): NisJudgement {
  const weight = memory[offset + slots.weight] ?? 0;
  const degrees = weight ** 2 / (memory[offset + slots.weightSquares] ?? 0);
  return {
    mean: (memory[offset + slots.squares] ?? 0) / weight,
    degrees,
    low: chiSquareQuantile(probability / 2, degrees) / degrees,
    high: chiSquareLimit(probability / 2, degrees) / degrees,
  };
}
