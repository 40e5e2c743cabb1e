/** How far a simulation is from what was measured: its size, how much of the signal it explains, and whether it is noise. */

import { autocorrelation, ljungBox } from '../statistics/index.ts';

/** Of one measurement over one stretch of the record, SI. */
export interface ErrorSummary {
  readonly samples: number;
  /** Root mean square error; NaN without samples. */
  readonly rmse: number;
  /** 100·(1 − |error|/|signal − mean|): 100 is perfect, 0 no better than the mean. */
  readonly fitPercent: number;
  readonly bias: number;
  readonly largest: number;
}

export interface Whiteness {
  /** Correlations of the residuals with those 0, 1, 2 … samples before. */
  readonly autocorrelation: readonly number[];
  /** Within ± this, 95 of 100 correlations of noise lie. */
  readonly band: number;
  readonly lags: number;
  readonly statistic: number;
  /** The probability of a statistic as large if the residuals were noise. */
  readonly probability: number;
  /** Whether the residuals can pass for noise, at 5 %. */
  readonly isWhite: boolean;
}

const shownLags = 40;
const testedLags = 20;

export function summariseErrors(predicted: readonly number[], measured: readonly number[]): ErrorSummary {
  const samples = measured.length;
  const middle = measured.reduce((sum, value) => sum + value, 0) / samples;
  let squares = 0;
  let sum = 0;
  let around = 0;
  let largest = 0;
  for (const [i, value] of measured.entries()) {
    const error = (predicted[i] ?? NaN) - value;
    squares += error * error;
    sum += error;
    around += (value - middle) ** 2;
    largest = Math.max(largest, Math.abs(error));
  }
  return {
    samples,
    rmse: Math.sqrt(squares / samples),
    fitPercent: 100 * (1 - Math.sqrt(squares / around)),
    bias: sum / samples,
    largest,
  };
}

/** @returns undefined for fewer than ten residuals, or where all are the same. */
export function whitenessOf(residuals: readonly number[]): Whiteness | undefined {
  const n = residuals.length;
  if (n < 10) return undefined;
  const lags = Math.max(1, Math.min(testedLags, Math.floor(n / 5)));
  const { statistic, probability } = ljungBox(residuals, lags);
  if (!Number.isFinite(statistic)) return undefined;
  return {
    autocorrelation: [...autocorrelation(residuals, Math.min(shownLags, n - 1))],
    band: 1.96 / Math.sqrt(n),
    lags,
    statistic,
    probability,
    isWhite: probability >= 0.05,
  };
}
