/**
 * How long a cumulative sum c ← max(0, c + x − k) runs on the average until it crosses its threshold by chance.
 *
 * Tables, since a monitor must not take a tenth of a second to begin; the tests compute them again. Between the entries and
 * beyond them the logarithm of the lengths is nearly straight.
 *
 * Source    Brook & Evans, An Approach to the Probability Distribution of CUSUM Run Length, Biometrika 59 (1972)
 */

/** Mean run lengths by threshold. */
export interface RunLengths {
  readonly thresholds: readonly number[];
  readonly lengths: readonly number[];
}

/** Of standard normal numbers, cut off at ± 4, less 0.5. */
export const clippedShifts: RunLengths = {
  thresholds: [0.5, 1, 2, 3, 4, 5, 6, 8, 10, 12],
  lengths: [5.92559, 11.2089, 38.5475, 117.596, 335.732, 932.327, 2558.59, 19028.6, 140895, 1041410],
};

/** Of standard normal numbers, less 0.5. */
export const shifts: RunLengths = {
  thresholds: [0.5, 1, 2, 3, 4, 5, 6, 8, 10, 12],
  lengths: [5.92559, 11.2089, 38.5475, 117.596, 335.368, 930.889, 2553.13, 18965.8, 140266, 1036560],
};

/** Of squares of standard normal numbers, cut off at 4², less 1.4596743892. */
export const clippedScatter: RunLengths = {
  thresholds: [1, 2, 4, 6, 8, 12, 16, 20, 25, 30],
  lengths: [8.22346, 13.9091, 33.4986, 70.7749, 138.919, 473.291, 1556.22, 4916.74, 19696.9, 86067.9],
};

/** The threshold with this mean run length; allocates nothing. */
export function thresholdFor({ thresholds, lengths }: RunLengths, steps: number): number {
  const wanted = Math.log(Math.max(1, steps));
  let i = 1;
  while (i < lengths.length - 1 && (lengths[i] ?? Infinity) < steps) i++;
  const low = thresholds[i - 1] ?? NaN;
  const from = Math.log(lengths[i - 1] ?? NaN);
  const slope = ((thresholds[i] ?? NaN) - low) / (Math.log(lengths[i] ?? NaN) - from);
  return Math.max(0, low + (wanted - from) * slope);
}
