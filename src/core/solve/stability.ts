/**
 * The largest step with which an explicit method is stable: with which no decaying or swinging mode of the equations
 * grows by the method's own doing.
 *
 * Notation  λ eigenvalue of the Jacobian · h step · z = h·λ · R(z) what a step multiplies the mode by
 * Source    Hairer & Wanner, Solving Ordinary Differential Equations II (1996), IV.2.
 */

import type { Eigenvalue } from './eigenvalues.ts';
import { tsit5Stability } from './tsit5.ts';

/** Coefficients of R, from z⁰ on. */
export const stabilityPolynomials = {
  euler: [1, 1],
  rk4: [1, 1, 1 / 2, 1 / 6, 1 / 24],
  tsit5: tsit5Stability,
} as const satisfies Record<string, readonly number[]>;

/** Beyond this |z| none of the methods is stable. */
const farthest = 8;
const looks = 800;

/** The rounding of |R|, as a slip of z = 0 along the imaginary axis must not look like growth. */
const slack = 1e-10;

/** Infinite if no mode limits the step, 0 if one grows with any step. Modes that grow by themselves do not count. */
export function largestStableStep(polynomial: readonly number[], modes: readonly Eigenvalue[]): number {
  let largest = Infinity;
  for (const { re, im } of modes) {
    const rate = Math.hypot(re, im);
    if (!(rate > 0) || re > 1e-9 * rate) continue;
    const direction = { re: Math.min(0, re / rate), im: im / rate };
    largest = Math.min(largest, reach(polynomial, direction) / rate);
  }
  return largest;
}

/** How far |R| stays at most 1 in a direction. */
function reach(polynomial: readonly number[], direction: Eigenvalue): number {
  const isStable = (size: number): boolean => growth(polynomial, direction, size) <= 1 + slack;
  let low = 0;
  let high = farthest;
  for (let look = 1; look <= looks; look++) {
    const size = (farthest * look) / looks;
    if (isStable(size)) low = size;
    else {
      high = size;
      break;
    }
  }
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (isStable(middle)) low = middle;
    else high = middle;
  }
  // What is stable only within the slack is not stable.
  return low < 1e-3 ? 0 : low;
}

/** |R(size·direction)|, by Horner's rule. */
function growth(polynomial: readonly number[], direction: Eigenvalue, size: number): number {
  let re = 0;
  let im = 0;
  for (const coefficient of polynomial.toReversed()) {
    const product = re * direction.re - im * direction.im;
    im = (re * direction.im + im * direction.re) * size;
    re = product * size + coefficient;
  }
  return Math.hypot(re, im);
}
