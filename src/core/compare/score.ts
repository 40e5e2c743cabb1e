/**
 * How well a version said what a sensor would read: the logarithm of the density that it gave to what was read, in nats.
 *
 * Up to four standard deviations it is that of the normal distribution, −½(ln 2πs² + ν²/s²). Beyond, the tails fall exponentially, as
 * those of Huber's least favourable distribution do: one sample far off must not outweigh a day of others, and yet
 * seven deviations stay better than twenty.
 *
 * Notation  ν innovation · s its standard deviation
 * Source    Huber, Robust Estimation of a Location Parameter, Annals of Mathematical Statistics 35 (1964)
 */

const knee = 4;
/** No sample counts as further away than this. */
const furthest = 10;

/** NaN if the deviation is not a positive number. */
export function logScore(innovation: number, deviation: number): number {
  if (!(deviation > 0)) return NaN;
  const z = Math.min(Math.abs(innovation) / deviation, furthest);
  const tail = z <= knee ? (z * z) / 2 : knee * z - (knee * knee) / 2;
  return -0.5 * Math.log(2 * Math.PI) - Math.log(deviation) - tail;
}
