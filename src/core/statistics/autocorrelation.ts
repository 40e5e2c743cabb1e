/**
 * Whether the numbers of a row remember those before them.
 *
 * Source  Box, Jenkins & Reinsel, Time Series Analysis (1994), 2.1.5 · Ljung & Box, On a Measure of Lack of Fit in Time
 *         Series Models, Biometrika 65 (1978)
 */

import { chiSquareUpper } from './distributions.ts';
import { mean } from './samples.ts';

export interface LjungBox {
  readonly statistic: number;
  readonly degrees: number;
  /** The probability of a statistic as large, if the numbers did not remember. */
  readonly probability: number;
}

/** Correlations with the values 0, 1, … `lags` places before; the first is 1. NaN where all values are equal. */
export function autocorrelation(values: ArrayLike<number>, lags: number): Float64Array {
  const middle = mean(values);
  const sums = new Float64Array(lags + 1);
  for (let lag = 0; lag <= lags; lag++) {
    let sum = 0;
    for (let i = lag; i < values.length; i++)
      sum += ((values[i] ?? 0) - middle) * ((values[i - lag] ?? 0) - middle);
    sums[lag] = sum;
  }
  const whole = sums[0] ?? NaN;
  return sums.map((sum) => sum / whole);
}

/** The test of Ljung and Box for the first `lags` correlations; `fitted` parameters were estimated from the row. */
export function ljungBox(values: ArrayLike<number>, lags: number, fitted = 0): LjungBox {
  const n = values.length;
  const sum = autocorrelation(values, lags).reduce(
    (before, r, lag) => (lag === 0 ? 0 : before + (r * r) / (n - lag)),
    0,
  );
  const statistic = n * (n + 2) * sum;
  const degrees = lags - fitted;
  return { statistic, degrees, probability: chiSquareUpper(statistic, degrees) };
}
