/** Distributions, random numbers that come again, and what is said about rows of numbers. */

export { autocorrelation, ljungBox } from './autocorrelation.ts';
export {
  chiSquareLimit,
  chiSquareQuantile,
  chiSquareUpper,
  studentQuantile,
} from './distributions.ts';
export { normalQuantile, normalUpper } from './normal.ts';
export { Rng } from './rng.ts';
export { mean, median, medianDeviation, quantile, variance } from './samples.ts';
