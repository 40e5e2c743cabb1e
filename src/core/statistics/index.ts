/** Distributions, random numbers that come again, and what is said about rows of numbers. */

export type { LjungBox } from './autocorrelation.ts';
export { autocorrelation, ljungBox } from './autocorrelation.ts';
export type { FisherDegrees } from './distributions.ts';
export {
  chiSquareCdf,
  chiSquareLimit,
  chiSquareQuantile,
  chiSquareUpper,
  fisherCdf,
  fisherLimit,
  fisherQuantile,
  fisherUpper,
  studentCdf,
  studentQuantile,
} from './distributions.ts';
export { logGamma } from './gamma.ts';
export { normalCdf, normalQuantile, normalUpper } from './normal.ts';
export { Rng } from './rng.ts';
export { mean, median, medianDeviation, quantile, variance } from './samples.ts';
