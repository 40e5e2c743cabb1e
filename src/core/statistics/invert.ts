/**
 * The quantile of any positive variable, from its tails.
 *
 * Newton's method on log tail over log x, where both tails are concave and nearly straight far out, inside a bracket
 * that every step narrows; where Newton would leave the bracket, it is halved. The smaller of the two tails is
 * matched, so that no digit is lost at either end.
 */

import type { Tails } from './gamma.ts';

export interface PositiveVariable {
  /** Somewhere near the middle. */
  readonly start: number;
  tails(x: number): Tails;
  /** The density times x: the slope of the lower tail over log x. */
  slope(x: number): number;
}

const stepLimit = 200;

/** The x whose tails are these; they must add up to one. 0 or ∞ at the ends, NaN for what is no probability. */
export function invert(variable: PositiveVariable, { lower, upper }: Tails): number {
  if (!(lower >= 0) || !(upper >= 0) || !(variable.start > 0)) return NaN;
  if (lower === 0) return 0;
  if (upper === 0) return Infinity;
  const side = lower <= upper ? 'lower' : 'upper';
  const sign = side === 'lower' ? 1 : -1;
  const wanted = Math.log(Math.min(lower, upper));
  // In log x: from the smallest to the largest double.
  let from = -745;
  let to = 709.7;
  let u = Math.log(variable.start);
  for (let step = 0; step < stepLimit; step++) {
    const x = Math.exp(u);
    const probability = variable.tails(x)[side];
    const miss = sign * (Math.log(probability) - wanted);
    if (Number.isNaN(miss)) return NaN;
    if (miss === 0) return x;
    if (miss < 0) from = u;
    else to = u;
    let next = u - (miss * probability) / variable.slope(x);
    if (!(next > from && next < to)) next = (from + to) / 2;
    if (Math.abs(next - u) <= 2e-16 * Math.max(1, Math.abs(u))) return Math.exp(next);
    u = next;
  }
  return Math.exp(u);
}
