/**
 * Robust principal components: the directions in which healthy rows vary, and how far a row is off, within them (T²)
 * and beside them (Q).
 *
 * Directions are those of the rows brought to length one about their median, so that a bad row counts no more than any
 * other; the spread along each is a median deviation. T² has the χ² limit, Q that of Jackson and Mudholkar.
 *
 * Notation  z row in medians and median deviations · p number of features · k components kept · λ variance along each
 *           · θᵢ sum of the i-th powers of the λ left out · c normal quantile
 * Source    Locantore et al., Robust Principal Component Analysis for Functional Data, Test 8 (1999) · Jackson &
 *           Mudholkar, Control Procedures for Residuals Associated with Principal Component Analysis, Technometrics 21
 *           (1979) · Alcala & Qin, Reconstruction-Based Contribution for Process Monitoring, Automatica 45 (2009)
 */

import { chiSquareLimit, median, medianDeviation, normalQuantile } from '../statistics/index.ts';
import { symmetricEigenpairs } from './symmetric.ts';

/** Plain data. */
export interface PrincipalModel {
  readonly center: readonly number[];
  readonly scale: readonly number[];
  /** Kept components first; unit vectors in scaled features. */
  readonly components: readonly (readonly number[])[];
  readonly variances: readonly number[];
  readonly kept: number;
  /** 0: there are no components left out. */
  readonly limitQ: number;
  readonly limitT2: number;
}

export interface Distance {
  readonly t2: number;
  readonly q: number;
  /** The larger of both in parts of its limit: an alarm above 1. */
  readonly ratio: number;
  /** By feature: share of that one. They add up to one; of T², single ones may be below zero. */
  readonly shares: readonly number[];
}

/** @param probability - that a healthy row is above a limit. @param explained - share of the variance to keep. */
export function fitPrincipal(
  rows: readonly (readonly number[])[],
  { probability, explained }: { readonly probability: number; readonly explained: number },
): PrincipalModel {
  const p = rows[0]?.length ?? 0;
  const columns = Array.from({ length: p }, (_, j) => rows.map((row) => row[j] ?? NaN));
  const center = columns.map(median);
  // A feature that stands still would count infinitely.
  const scale = columns.map((column, j) =>
    Math.max(medianDeviation(column), 1e-9 * Math.abs(center[j] ?? 0), 1e-12),
  );
  const scaled = rows.map((row) => row.map((value, j) => (value - (center[j] ?? 0)) / (scale[j] ?? 1)));
  const pairs = symmetricEigenpairs(sphericalCovariance(scaled, p));
  const spread = pairs.map(({ vector }) => ({
    vector: [...vector],
    variance: medianDeviation(scaled.map((row) => dot(row, vector))) ** 2,
  }));
  const sorted = spread.toSorted((a, b) => b.variance - a.variance);
  const floor = 1e-6 * (sorted[0]?.variance ?? 1);
  const variances = sorted.map(({ variance }) => Math.max(variance, floor));
  const kept = countKept(variances, explained);
  const share = kept < p ? probability / 2 : probability;
  return {
    center,
    scale,
    components: sorted.map(({ vector }) => vector),
    variances,
    kept,
    limitT2: chiSquareLimit(share, kept),
    limitQ: residualLimit(variances.slice(kept), share),
  };
}

/** How far a row is from `center`, which may have moved since the fit. */
export function distanceOf(model: PrincipalModel, row: readonly number[], center = model.center): Distance {
  const { components, variances, kept, limitQ, limitT2, scale } = model;
  const z = row.map((value, j) => (value - (center[j] ?? NaN)) / (scale[j] ?? NaN));
  const scores = components.map((component) => dot(z, component));
  const weights = scores.map((score, i) => (i < kept ? score / (variances[i] ?? NaN) : 0));
  const t2 = dot(scores, weights);
  const rest = scores.map((score, i) => (i < kept ? 0 : score));
  const q = dot(rest, rest);
  const ofT2 = t2 / limitT2;
  const ofQ = limitQ > 0 ? q / limitQ : 0;
  const shares = z.map((value, j) => {
    const along = (of: readonly number[]) =>
      of.reduce((sum, weight, i) => sum + weight * (components[i]?.[j] ?? 0), 0);
    return ofQ > ofT2 ? along(rest) ** 2 / q : (value * along(weights)) / t2;
  });
  return { t2, q, ratio: Math.max(ofT2, ofQ), shares };
}

/** The limit that Q exceeds with the probability given; 0 if nothing is left out. */
export function residualLimit(variances: readonly number[], probability: number): number {
  const theta = (power: number) => variances.reduce((sum, value) => sum + value ** power, 0);
  const [one, two, three] = [theta(1), theta(2), theta(3)];
  if (!(one > 0)) return 0;
  const h = 1 - (2 * one * three) / (3 * two * two);
  const c = -normalQuantile(probability);
  const root = (c * Math.sqrt(2 * two * h * h)) / one + 1 + (two * h * (h - 1)) / (one * one);
  return one * root ** (1 / h);
}

function sphericalCovariance(rows: readonly (readonly number[])[], p: number): readonly Float64Array[] {
  const sum = Array.from({ length: p }, () => new Float64Array(p));
  for (const row of rows) {
    const square = dot(row, row);
    if (!(square > 0)) continue;
    for (const [i, to] of sum.entries())
      for (let j = 0; j <= i; j++) to[j] = (to[j] ?? 0) + ((row[i] ?? 0) * (row[j] ?? 0)) / square;
  }
  return sum;
}

function countKept(variances: readonly number[], explained: number): number {
  const whole = variances.reduce((sum, value) => sum + value, 0);
  let part = 0;
  for (const [i, value] of variances.entries()) {
    part += value;
    if (part >= explained * whole) return i + 1;
  }
  return variances.length;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? NaN) * (b[i] ?? NaN);
  return sum;
}
