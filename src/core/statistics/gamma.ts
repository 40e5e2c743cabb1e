/**
 * The gamma and beta functions, whole and incomplete, as far as the distributions need them.
 *
 * The factors in front of the series and fractions are written as Loader does: by how far the argument lies from the
 * peak, instead of as a difference of large logarithms, which costs a digit for every tenfold of the parameters.
 *
 * Notation  a, b > 0 parameters · x argument · y = 1 − x, given beside x because it may be too small to be regained
 * Source    Loader, Fast and Accurate Computation of Binomial Probabilities (2000): deviance and Stirling's rest ·
 *           NIST Digital Library of Mathematical Functions 5.11.1, 8.7.1, 8.9.2, 8.17.22 ·
 *           Lentz, Applied Optics 15 (1976) 668: continued fractions from the front
 */

/** A lower and an upper tail; they add up to one, and each is as exact as the other. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

const none: Tails = { lower: NaN, upper: NaN };
const tiny = 1e-300;
/** Series and fractions need about √a terms, so this is enough for parameters up to 10¹⁰. */
const termLimit = 1_000_000;

/** From here on Stirling's series gives all digits. */
const stirlingFrom = 15;

/** xᵃ e⁻ˣ / Γ(a + 1): the factor before the incomplete gamma function's series, and the slope of P over log x by a. */
export function gammaTerm(a: number, x: number): number {
  if (x === 0 || x === Infinity) return 0;
  return Math.exp(-stirlingRest(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a);
}

/** xᵃ yᵇ / B(a, b): the slope of the incomplete beta function over the log of its odds. */
export function betaTerm(a: number, b: number, { lower: x, upper: y }: Tails): number {
  if (x === 0 || y === 0) return 0;
  const n = a + b;
  const rest = stirlingRest(n) - stirlingRest(a) - stirlingRest(b);
  return Math.exp(rest - deviance(a, n * x) - deviance(b, n * y)) * Math.sqrt((a * b) / (2 * Math.PI * n));
}

/** The regularised incomplete gamma functions P(a, x) and Q(a, x). */
export function incompleteGamma(a: number, x: number): Tails {
  if (!(a > 0) || !(x >= 0)) return none;
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  const factor = gammaTerm(a, x);
  if (x < a + 1) {
    const lower = factor * gammaSeries(a, x);
    return { lower, upper: 1 - lower };
  }
  const upper = factor * a * gammaFraction(a, x);
  return { lower: 1 - upper, upper };
}

/** The regularised incomplete beta functions Iₓ(a, b) and 1 − Iₓ(a, b), for x = `of.lower` and 1 − x = `of.upper`. */
export function incompleteBeta(a: number, b: number, of: Tails): Tails {
  const { lower: x, upper: y } = of;
  if (!(a > 0) || !(b > 0) || !(x >= 0) || !(y >= 0)) return none;
  if (x === 0) return { lower: 0, upper: 1 };
  if (y === 0) return { lower: 1, upper: 0 };
  const factor = betaTerm(a, b, of);
  if (x * (a + b + 2) < a + 1) {
    const lower = (factor / a) * betaFraction(a, b, x);
    return { lower, upper: 1 - lower };
  }
  const upper = (factor / b) * betaFraction(b, a, y);
  return { lower: 1 - upper, upper };
}

/** log Γ(n) − ((n − ½) log n − n + ½ log 2π): what Stirling's formula leaves. */
function stirlingRest(n: number): number {
  let rest = 0;
  let at = n;
  for (; at < stirlingFrom; at++) rest += (at + 0.5) * Math.log1p(1 / at) - 1;
  const r = 1 / (at * at);
  const series =
    1 / 12 -
    r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360360 - r * (1 / 156))))));
  return rest + series / at;
}

/** x log(x/m) + m − x, without loss where x is near m. */
function deviance(x: number, m: number): number {
  const difference = x - m;
  if (Math.abs(difference) >= 0.1 * (x + m)) return x * Math.log(x / m) - difference;
  const v = difference / (x + m);
  let sum = difference * v;
  let power = 2 * x * v;
  for (let j = 3; ; j += 2) {
    power *= v * v;
    const next = sum + power / j;
    if (next === sum) return sum;
    sum = next;
  }
}

function gammaSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= termLimit; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-17) return sum;
  }
  return NaN;
}

function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n <= termLimit; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / away(numerator * d + b);
    c = away(b + numerator / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 2e-16) return value;
  }
  return NaN;
}

function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= termLimit; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 2e-16) return value;
  }
  return NaN;
}

/** Lentz's guard against a division by zero. */
function away(value: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
