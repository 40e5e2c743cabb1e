/**
 * One step of a damped least-squares fit that stays within bounds.
 *
 * An unknown that stands at a bound and would be pushed past it is held there; if the step of the others leaves the box,
 * the ones that left it are put on their bounds and the rest is solved again. With λ → 0 and no bound in the way it is the
 * Gauss–Newton step.
 *
 * Notation  z (n) unknowns · δ (n) the step · R, d the problem (see triangle.ts) · D (n) lengths that make the unknowns
 *           comparable · λ the damping: min |R·δ + d|² + λ|D·δ|² over low ≤ z + δ ≤ high
 * Source    Marquardt, SIAM J. Appl. Math. 11 (1963) · Moré, The Levenberg–Marquardt algorithm (1978), for D ·
 *           Kanzow, Yamashita & Fukushima, J. Comput. Appl. Math. 172 (2004), for bounds.
 */

import { Triangle } from './triangle.ts';

export interface Box {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface StepProblem {
  readonly triangle: Triangle;
  readonly z: Float64Array;
  readonly box: Box;
  /** D. */
  readonly lengths: Float64Array;
  /** λ. */
  readonly damping: number;
}

export interface Step {
  readonly change: Float64Array;
  /** By how much the sum of squares should fall. */
  readonly gain: number;
}

export function boundedStep(problem: StepProblem): Step {
  const { triangle, z, box } = problem;
  const n = triangle.columns;
  const gradient = triangle.gradient();
  const change = new Float64Array(n);
  const fixed = new Uint8Array(n);
  for (let j = 0; j < n; j++) {
    const push = gradient[j] ?? 0;
    const atLow = (z[j] ?? 0) <= (box.low[j] ?? 0);
    const atHigh = (z[j] ?? 0) >= (box.high[j] ?? 0);
    if ((atLow && push >= 0) || (atHigh && push <= 0)) fixed[j] = 1;
  }
  for (let round = 0; round <= n; round++) {
    const free = [...fixed.keys()].filter((j) => fixed[j] === 0);
    const found = solveFree(problem, change, free);
    let left = false;
    for (const [i, j] of free.entries()) {
      const wanted = found[i] ?? 0;
      const low = (box.low[j] ?? 0) - (z[j] ?? 0);
      const high = (box.high[j] ?? 0) - (z[j] ?? 0);
      change[j] = Math.min(high, Math.max(low, wanted));
      if (change[j] === wanted) continue;
      fixed[j] = 1;
      left = true;
    }
    if (!left) break;
    for (const j of free) if (fixed[j] === 0) change[j] = 0;
  }
  return { change, gain: gainOf(triangle, change) };
}

/** The free unknowns' part, those that are fixed having changed as `change` says. */
function solveFree(
  { triangle, lengths, damping }: StepProblem,
  change: Float64Array,
  free: readonly number[],
): Float64Array {
  const inner = new Triangle(free.length);
  const row = new Float64Array(free.length + 1);
  for (let k = 0; k < triangle.columns; k++) {
    let right = triangle.right(k);
    for (let j = k; j < triangle.columns; j++) right += triangle.at(k, j) * (change[j] ?? 0);
    // What the free ones had changed so far is taken out again: their whole change is asked for.
    for (const [i, j] of free.entries()) {
      const element = j < k ? 0 : triangle.at(k, j);
      row[i] = element;
      right -= element * (change[j] ?? 0);
    }
    row[free.length] = right;
    inner.add(row);
  }
  for (const [i, j] of free.entries()) {
    row.fill(0);
    row[i] = Math.sqrt(damping) * (lengths[j] ?? 0);
    inner.add(row);
  }
  return inner.solve();
}

/** |d|² − |R·δ + d|². */
function gainOf(triangle: Triangle, change: Float64Array): number {
  let gain = 0;
  for (let k = 0; k < triangle.columns; k++) {
    const before = triangle.right(k);
    let moved = 0;
    for (let j = k; j < triangle.columns; j++) moved += triangle.at(k, j) * (change[j] ?? 0);
    // As a product, so that the gain of a tiny step is not lost between two squares.
    gain -= moved * (2 * before + moved);
  }
  return gain;
}
