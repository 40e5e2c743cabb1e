/**
 * The standard normal distribution.
 *
 * The upper tail is computed as such: `normalUpper(10)` has all its digits, `1 - normalUpper(-10)` would have none.
 *
 * Source  Cody, Rational Chebyshev Approximation for the Error Function, Mathematics of Computation 23 (1969), in the
 *         form for Φ of Cody's ANORM · Wichura, Algorithm AS 241, Applied Statistics 37 (1988): PPND16
 */

/** 1 − Φ(x): the probability of a value above x. That of one up to x is `normalUpper(-x)`. */
export function normalUpper(x: number): number {
  const y = Math.abs(x);
  if (Number.isNaN(y)) return NaN;
  if (y <= 0.67448975) {
    const square = y * y;
    return 0.5 - (x * polynomial(nearAbove, square)) / polynomial(nearBelow, square);
  }
  const upper = y <= Math.sqrt(32) ? bell(y) * (polynomial(onAbove, y) / polynomial(onBelow, y)) : farTail(y);
  return x > 0 ? upper : 1 - upper;
}

/** The value that is not exceeded with probability p; −∞ for 0, ∞ for 1, NaN outside. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(middleAbove, r)) / polynomial(middleBelow, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const z =
    r <= 5
      ? polynomial(tailAbove, r - 1.6) / polynomial(tailBelow, r - 1.6)
      : polynomial(farAbove, r - 5) / polynomial(farBelow, r - 5);
  return q < 0 ? -z : z;
}

function farTail(y: number): number {
  if (y > 38.6) return 0;
  const r = 1 / (y * y);
  const rest = (r * polynomial(outAbove, r)) / polynomial(outBelow, r);
  return (bell(y) * (1 / Math.sqrt(2 * Math.PI) - rest)) / y;
}

/** exp(−y²/2), with y² in two parts so that its rounding does not show. */
function bell(y: number): number {
  const coarse = Math.trunc(y * 16) / 16;
  return Math.exp(-0.5 * coarse * coarse) * Math.exp(-0.5 * (y - coarse) * (y + coarse));
}

/** Coefficients stand from the constant upwards. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

// Φ(x) − ½ = x · above(x²) / below(x²), |x| ≤ 0.674
const nearAbove = [
  18154.98125334356, 1067.6894854603709, 161.02823106855587, 2.2352520354606837, 0.06568233791820745,
];
const nearBelow = [45507.78933502673, 10260.932208618979, 976.0985517377767, 47.202581904688245, 1];

// (1 − Φ(y)) exp(y²/2), 0.674 < y ≤ √32
const onAbove = [
  9842.714838383978, 11602.65143764735, 6848.190450536283, 2494.5375852903726, 597.2702763948002,
  93.50665613217785, 8.883149794388377, 0.39894151208813466, 1.0765576773720192e-8,
];
const onBelow = [
  19685.429676859992, 38912.00328609327, 34900.95272114598, 18615.571640885097, 6485.558298266761,
  1519.3775994075547, 235.387901782625, 22.266688044328117, 1,
];

// 1/√2π − y (1 − Φ(y)) exp(y²/2) = r · above(r) / below(r), r = 1/y², y > √32
const outAbove = [
  0.000029112874951168793, 0.0014216191932278934, 0.022235277870649807, 0.12740116116024736,
  0.215898534057957, 0.023073441764940174,
];
const outBelow = [
  0.00007297515550839662, 0.0037823963320275824, 0.06598813786892856, 0.4682382124808651, 1.284260096144911,
  1,
];

const middleAbove = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const middleBelow = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
];
const tailAbove = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const tailBelow = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const farAbove = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
];
const farBelow = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
];
