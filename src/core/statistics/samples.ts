/**
 * What is said about a row of numbers: middle, spread, quantiles. None of these changes the row it is given.
 *
 * Source  Hyndman & Fan, Sample Quantiles in Statistical Packages, The American Statistician 50 (1996): type 7 ·
 *         Rousseeuw & Croux, Alternatives to the Median Absolute Deviation, JASA 88 (1993)
 */

/** 1/Φ⁻¹(¾): makes the median deviation of normal numbers their standard deviation. */
const normalConsistent = 1.4826022185056018;

/** NaN for an empty row. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}

/** With n − 1 below; NaN for fewer than two. */
export function variance(values: ArrayLike<number>): number {
  const middle = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] ?? 0) - middle) ** 2;
  return values.length < 2 ? NaN : sum / (values.length - 1);
}

/** The value below which a share p of the row lies, straight between neighbours; NaN for an empty row. */
export function quantile(values: ArrayLike<number>, p: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), p);
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** The median distance from the median, scaled so that it estimates the standard deviation of normal numbers. */
export function medianDeviation(values: ArrayLike<number>): number {
  const middle = median(values);
  return normalConsistent * median(Float64Array.from(values, (value) => Math.abs(value - middle)));
}

/** The same for a row in order. */
function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const low = sorted[below] ?? NaN;
  const high = sorted[below + 1] ?? low;
  // Equal neighbours, infinite ones too, need no interpolation.
  return low === high ? low : low + (at - below) * (high - low);
}
