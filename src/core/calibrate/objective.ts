/**
 * What a fit makes small: the squares of simulated minus measured, each over its standard deviation, and those of the
 * unknowns from what was known of them beforehand.
 *
 * Unknowns are counted in their scales (z = p/scale), so that all are of like size. As a likelihood, the sum of squares is
 * −2 log L up to a constant, so a Gaussian prior is one more row for each unknown that has one.
 *
 * Notation  z (n) unknowns in their scales · r (rows) what is left, over its deviation · σ (m) deviations, one a measurement
 */

import type { Unknown } from './free.ts';
import type { Recording } from './recording.ts';
import type { Leg, Sweep } from './sweep.ts';
import { Triangle } from './triangle.ts';

/** How good a point is, and the straight-line picture of the problem around it. */
export interface Evaluation {
  /** −2 log L up to a constant; infinite where the simulation leaves the finite numbers. */
  readonly cost: number;
  readonly triangle: Triangle;
  /** Per measurement: mean square of simulated minus measured, SI; NaN without samples. */
  readonly meanSquares: readonly number[];
  /**
   * Per measurement: the mean square that as many independent errors would have to say as little as these do, which follow each
   * other. Absent: the errors are what they are.
   */
  readonly effectiveSquares?: readonly number[];
}

/** Anything that can be fitted. */
export interface Objective {
  /** Judges several points side by side; overwrites nothing. Pauses now and then. */
  evaluate(points: readonly Float64Array[]): Generator<void, Evaluation[]>;
}

export interface OutputErrorOptions {
  readonly recording: Recording;
  readonly unknowns: readonly Unknown[];
  readonly sweep: Sweep;
  /** Rows that count. */
  readonly rows: RowRange;
  /** Where the runs begin; default at the first row that counts. */
  readonly firstRow?: number;
  /** σ */
  readonly deviations: readonly number[];
}

/** Both rows belong to it. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

export function outputError(options: OutputErrorOptions): Objective {
  const { recording, unknowns, sweep, rows, deviations } = options;
  const m = recording.measurements.length;
  return {
    *evaluate(points) {
      const triangles = points.map(() => new Triangle(unknowns.length));
      const squares = points.map(() => new Float64Array(m));
      const products = points.map(() => new Float64Array(m));
      const before = points.map(() => new Float64Array(m));
      const counts = new Float64Array(m);
      const line = new Float64Array(unknowns.length + 1);
      const legs = points.map(
        (z): Leg => ({
          values: valuesOf(unknowns, z),
          fromRow: options.firstRow ?? rows.first,
          toRow: rows.last,
        }),
      );
      yield* sweep.run(legs, ({ leg, row, measurement, prediction, gradient }) => {
        const measured = recording.measurements[measurement]?.[row] ?? NaN;
        if (row < rows.first || Number.isNaN(measured)) return;
        const sigma = deviations[measurement] ?? NaN;
        const sums = squares[leg];
        const neighbours = products[leg];
        const last = before[leg];
        if (sums === undefined || neighbours === undefined || last === undefined) return;
        if (leg === 0) counts[measurement] = (counts[measurement] ?? 0) + 1;
        const error = prediction - measured;
        sums[measurement] = (sums[measurement] ?? 0) + error * error;
        neighbours[measurement] = (neighbours[measurement] ?? 0) + error * (last[measurement] ?? 0);
        last[measurement] = error;
        for (const [j, { scale }] of unknowns.entries()) line[j] = ((gradient[j] ?? NaN) * scale) / sigma;
        line[unknowns.length] = error / sigma;
        triangles[leg]?.add(line);
      });
      return points.map((z, i) => {
        const triangle = addPriors(triangles[i] ?? new Triangle(unknowns.length), unknowns, z);
        const sum = triangle.squares();
        const own = squares[i] ?? counts;
        return {
          cost: Number.isFinite(sum) && triangle.data.every(Number.isFinite) ? sum : Infinity,
          triangle,
          meanSquares: [...own].map((square, k) => square / (counts[k] ?? 0)),
          effectiveSquares: [...own].map((square, k) => {
            const count = counts[k] ?? 0;
            return (square / count) * inflationOf((products[i]?.[k] ?? 0) / square, count);
          }),
        };
      });
    },
  };
}

/** Below this, correlations are themselves too uncertain to correct anything. */
export const samplesToWiden = 50;

/**
 * The variance of a mean of errors, over that of independent ones; `correlation` is that of neighbours.
 *
 * Source  Bartlett, J. R. Statist. Soc. 98 (1935), for a process of the first order.
 */
export function inflationOf(correlation: number, samples: number): number {
  if (samples < samplesToWiden || !(correlation > 1.96 / Math.sqrt(samples))) return 1;
  const rho = Math.min(0.97, correlation);
  return (1 + rho) / (1 - rho);
}

/** Adds a row for each unknown of which something is known beforehand. */
export function addPriors(triangle: Triangle, unknowns: readonly Unknown[], z: Float64Array): Triangle {
  const line = new Float64Array(unknowns.length + 1);
  for (const [j, { value, uncertainty, scale }] of unknowns.entries()) {
    if (uncertainty === undefined) continue;
    line.fill(0);
    line[j] = scale / uncertainty;
    line[unknowns.length] = ((z[j] ?? NaN) * scale - value) / uncertainty;
    triangle.add(line);
  }
  return triangle;
}

/** SI. */
export function valuesOf(unknowns: readonly Unknown[], z: Float64Array): Float64Array {
  return Float64Array.from(unknowns, ({ scale, min, max }, j) => {
    // z·scale may be a last bit past the bound that z stands on.
    return Math.min(max, Math.max(min, (z[j] ?? NaN) * scale));
  });
}
