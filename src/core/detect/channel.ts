/**
 * What the innovations of one sensor in one filter say: how well they fit, and which fault would explain them.
 *
 * All evidence is in nats: the logarithm of how much more likely the innovations are under the better explanation, less
 * what its free numbers cost (half a log n each). A sensor that the filter does not use is predicted with an error that
 * lasts, so its samples are not independent; the noise of the sensor itself is. Hence an offset counts against the
 * lasting error and n noises, scatter by differences of neighbours, where the lasting error cancels, if they are as
 * opposite as white noise makes them.
 *
 * Notation  v innovation · s its deviation · e = v/s · R variance of the sensor's noise · n number of samples
 * Source    Schwarz, Estimating the Dimension of a Model, Annals of Statistics 6 (1978): the cost of free numbers
 */

/** One sensor in one filter, one entry a sample. */
export interface Channel {
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly innovations: readonly number[];
  readonly deviations: readonly number[];
}

/** Log-likelihood as the filter has it, but for n ½ log 2π. */
export function nominalLikelihood({ innovations, deviations }: Channel): number {
  return sum(innovations, (v, i) => -Math.log(at(deviations, i)) - (v / at(deviations, i)) ** 2 / 2);
}

/** Log-likelihood of a sensor that reads anything: mean, scatter and memory of its innovations as fits best. */
export function arbitraryLikelihood(channel: Channel): number {
  const { innovations: v, deviations } = channel;
  const n = v.length;
  if (n < 4) return nominalLikelihood(channel);
  const e = v.map((value, i) => value / at(deviations, i));
  const mean = sum(e) / n;
  const variance = sum(e, (value) => (value - mean) ** 2) / n;
  const memory = remembered(e, mean);
  // A value that stands still has no scatter; the density is kept finite.
  const rest = Math.max(variance * (1 - memory ** 2), 1e-4);
  return -sum(deviations, Math.log) - (n / 2) * (Math.log(rest) + 1) - 1.5 * Math.log(n);
}

/** Evidence that innovations are too large or remember, against fitting as they stand. */
export function misfit({ innovations: v, deviations }: Channel): number {
  const n = v.length;
  if (n < 4) return 0;
  const e = v.map((value, i) => value / at(deviations, i));
  const square = sum(e, (value) => value * value) / n;
  const memory = Math.max(0, remembered(e, 0));
  const size = square > 1 ? (n / 2) * (square - 1 - Math.log(square)) : 0;
  return size - (n / 2) * Math.log(1 - memory ** 2) - Math.log(n);
}

export interface FaultEvidence {
  readonly kind: 'sensor-offset' | 'sensor-noisy' | 'sensor-stuck';
  readonly evidence: number;
  /** SI: the offset, the standard deviation of the noise, the value that stands. */
  readonly size: number;
  readonly since: number;
}

/** The fault that best explains a sensor which its filter does not use. */
export function bestFault(channel: Channel, noise: number): FaultEvidence {
  const stuck = standing(channel);
  if (stuck) return stuck;
  const { innovations: v, deviations, times } = channel;
  const n = v.length;
  const since = times[0] ?? NaN;
  const mean = sum(v) / n;
  const lasting = sum(deviations, (s) => Math.max(0, s * s - noise * noise)) / n;
  const offset = mean ** 2 / (lasting + noise ** 2 / n) / 2 - Math.log(n) / 2;
  const differences = v.slice(1).map((value, i) => value - at(v, i));
  const squares = sum(differences, (d) => d * d);
  const ratio = squares / (2 * differences.length * noise ** 2);
  // Neighbouring differences share a sample: so two thirds of them count, and white noise makes them opposite (−½).
  const opposite = sum(differences, (d, i) => (i === 0 ? 0 : -d * at(differences, i - 1))) / squares;
  const isWhite = ratio > 1 && opposite > white;
  const scatter = isWhite ? (n / 3) * (ratio - 1 - Math.log(ratio)) - Math.log(n) / 2 : 0;
  return scatter > offset
    ? { kind: 'sensor-noisy', evidence: scatter, size: noise * Math.sqrt(ratio), since }
    : { kind: 'sensor-offset', evidence: offset, size: mean, since };
}

/** What swings smoothly is no noise: its neighbouring differences are not so opposite. */
const white = 0.3;
const shortestRun = 10;

/** A value that has not changed in the last half and more of the samples. */
function standing({ values, times }: Channel): FaultEvidence | undefined {
  let run = 0;
  while (run < values.length - 1 && values.at(-1 - run) === values.at(-2 - run)) run++;
  if (run < shortestRun || run < values.length / 2) return undefined;
  const since = times.at(-1 - run) ?? NaN;
  return { kind: 'sensor-stuck', evidence: run * Math.log(10), size: values.at(-1) ?? NaN, since };
}

/** The correlation of neighbours about `mean`, short of one. */
function remembered(e: readonly number[], mean: number): number {
  const whole = sum(e, (value) => (value - mean) ** 2);
  if (!(whole > 0)) return 0;
  const product = sum(e, (value, i) => (i === 0 ? 0 : (value - mean) * (at(e, i - 1) - mean)));
  return Math.min(Math.max(product / whole, -0.99), 0.99);
}

function sum(
  values: readonly number[],
  of: (value: number, index: number) => number = (value) => value,
): number {
  return values.reduce((total, value, index) => total + of(value, index), 0);
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? NaN;
}
