/**
 * χ² and Student's t: distribution functions, upper tails, quantiles.
 *
 * Degrees of freedom need not be whole. What has no meaning (negative degrees, probabilities outside 0…1) gives NaN.
 *
 * Source  Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 26.4.19, 26.5.27: each as an
 *         incomplete gamma or beta function
 */

import { betaTerm, gammaTerm, incompleteBeta, incompleteGamma } from './gamma.ts';
import type { Tails } from './gamma.ts';
import { invert } from './invert.ts';
import type { PositiveVariable } from './invert.ts';

/** The probability that χ² with `degrees` degrees of freedom is above x: the p-value of a test. */
export function chiSquareUpper(x: number, degrees: number): number {
  return chiSquare(degrees).tails(x).upper;
}

/** The value that χ² does not exceed with probability p. */
export function chiSquareQuantile(p: number, degrees: number): number {
  return invert(chiSquare(degrees), { lower: p, upper: 1 - p });
}

/** The value that χ² exceeds with probability p: a limit with a small probability of false alarm, all digits kept. */
export function chiSquareLimit(p: number, degrees: number): number {
  return invert(chiSquare(degrees), { lower: 1 - p, upper: p });
}

/** The value that Student's t does not exceed with probability p. */
export function studentQuantile(p: number, degrees: number): number {
  const outside = 2 * Math.min(p, 1 - p);
  const size = invert(studentSize(degrees), { lower: Math.abs(2 * p - 1), upper: outside });
  return p < 0.5 ? -size : size;
}

function chiSquare(degrees: number): PositiveVariable {
  const a = degrees / 2;
  return {
    start: degrees,
    tails: (x) => (x <= 0 ? below : incompleteGamma(a, x / 2)),
    slope: (x) => a * gammaTerm(a, x / 2),
  };
}

/** |t|, which is positive. */
function studentSize(degrees: number): PositiveVariable {
  const split = (t: number) => share(t * t, degrees);
  return {
    start: 1,
    tails: (t) => incompleteBeta(0.5, degrees / 2, split(t)),
    slope: (t) => 2 * betaTerm(0.5, degrees / 2, split(t)),
  };
}

const below: Tails = { lower: 0, upper: 1 };

/** part / (part + rest), and what is left of one. */
function share(part: number, rest: number): Tails {
  if (part === Infinity) return { lower: 1, upper: 0 };
  return { lower: part / (part + rest), upper: rest / (part + rest) };
}
