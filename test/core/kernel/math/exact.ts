/**
 * Elementary functions to more than a hundred bits, out of whole-number arithmetic: what the kernels' own are measured
 * against.
 *
 * Each is a Taylor series after a reduction that is exact by itself, on numbers with so many binary places that at
 * least 150 bits of the result are significant. `mpmath` confirms them on the points in exact.test.ts.
 *
 * Notation  Real m·2^e · places: binary places of a fixed-point number
 */

/** The number m·2^e. */
export interface Real {
  readonly m: bigint;
  readonly e: number;
}

/** Significant bits that are aimed at, some of which rounding takes. */
const precision = 200;

const abs = (x: bigint): bigint => (x < 0n ? -x : x);
const bitLength = (x: bigint): number => (x === 0n ? 0 : abs(x).toString(16).length * 4);
/** x·2^by, rounded down. */
const shift = (x: bigint, by: number): bigint => (by >= 0 ? x << BigInt(by) : x >> BigInt(-by));

const view = new DataView(new ArrayBuffer(8));

/** A finite double, exactly. */
function real(x: number): Real {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const m = exponent === 0 ? fraction : fraction | (1n << 52n);
  return { m: x < 0 ? -m : m, e: Math.max(exponent, 1) - 1075 };
}

/** Nearest power of two above |x|, as an exponent, within four. */
const magnitude = ({ m, e }: Real): number => bitLength(m) + e;
const isZero = ({ m }: Real): boolean => m === 0n;
const negative = ({ m, e }: Real): Real => ({ m: -m, e });
/** As a fixed-point number. */
const fixed = ({ m, e }: Real, places: number): bigint => shift(m, e + places);

function add(a: Real, b: Real): Real {
  const e = Math.min(a.e, b.e);
  return { m: shift(a.m, a.e - e) + shift(b.m, b.e - e), e };
}

function multiply(a: Real, b: Real): Real {
  return trimmed({ m: a.m * b.m, e: a.e + b.e });
}

function divide(a: Real, b: Real): Real {
  const by = precision + 8 + bitLength(b.m) - bitLength(a.m);
  return { m: shift(a.m, by) / b.m, e: a.e - by - b.e };
}

function trimmed(x: Real): Real {
  const excess = bitLength(x.m) - precision - 60;
  return excess > 0 ? { m: x.m >> BigInt(excess), e: x.e + excess } : x;
}

function root(x: Real): Real {
  if (isZero(x)) return x;
  let by = Math.max(0, 2 * precision - bitLength(x.m));
  if ((x.e - by) % 2 !== 0) by++;
  const n = shift(x.m, by);
  let guess = 1n << BigInt(Math.ceil(bitLength(n) / 2));
  for (;;) {
    const next = (guess + n / guess) >> 1n;
    if (next >= guess) return { m: guess, e: (x.e - by) / 2 };
    guess = next;
  }
}

/** Σ x^(2k+1)/(2k+1), signs alternating or not, of a fixed-point x. */
function oddSeries(x: bigint, places: number, alternating: boolean): bigint {
  const square = (x * x) >> BigInt(places);
  let power = x;
  let sum = 0n;
  for (let k = 1n; power !== 0n && power !== -1n; k += 2n) {
    sum += power / k;
    power = (power * square) >> BigInt(places);
    if (alternating) power = -power;
  }
  return sum;
}

const constantPlaces = 1500;
const one = (places: number): bigint => 1n << BigInt(places);

/** π by Machin's formula, ln 2 = 2·artanh ⅓, ln 10 = 3·ln 2 + 2·artanh 1/9. */
const pi: Real = {
  m:
    16n * oddSeries(one(constantPlaces) / 5n, constantPlaces, true) -
    4n * oddSeries(one(constantPlaces) / 239n, constantPlaces, true),
  e: -constantPlaces,
};
const ln2: Real = { m: 2n * oddSeries(one(constantPlaces) / 3n, constantPlaces, false), e: -constantPlaces };
const ln10: Real = {
  m: 3n * ln2.m + 2n * oddSeries(one(constantPlaces) / 9n, constantPlaces, false),
  e: -constantPlaces,
};
const halfPi: Real = { m: pi.m >> 1n, e: pi.e };
const unit: Real = { m: 1n, e: 0 };

/** x − n·period with n the nearest whole number. */
function reduce(x: Real, period: Real): { n: bigint; r: Real } {
  const places = constantPlaces;
  const value = fixed(x, places);
  const n = (2n * value + period.m) / (2n * period.m) - (2n * value + period.m < 0n ? 1n : 0n);
  return { n, r: { m: value - n * period.m, e: -places } };
}

/** eˣ − 1 by its series; |x| ≤ ½ ln 2. */
function expm1Series(x: Real): Real {
  const places = precision + Math.max(0, -magnitude(x)) + 8;
  const value = fixed(x, places);
  let term = value;
  let sum = 0n;
  for (let k = 2n; term !== 0n && term !== -1n; k++) {
    sum += term;
    term = ((term * value) >> BigInt(places)) / k;
  }
  return { m: sum, e: -places };
}

function exp(x: Real): Real {
  const { n, r } = reduce(x, ln2);
  const { m, e } = add(expm1Series(r), unit);
  return { m, e: e + Number(n) };
}

function expm1(x: Real): Real {
  if (magnitude(x) < -4) return expm1Series(x);
  return add(exp(x), negative(unit));
}

function log(x: Real): Real {
  // x = 2^k·m with m within [¾, 1½).
  let k = magnitude(x) - 1;
  while (fixed({ m: x.m, e: x.e - k }, 60) < 3n << 58n) k--;
  while (fixed({ m: x.m, e: x.e - k }, 60) >= 3n << 59n) k++;
  const m = { m: x.m, e: x.e - k };
  const f = add(m, negative(unit));
  if (isZero(f)) return { m: BigInt(k) * ln2.m, e: ln2.e };
  const s = divide(f, add(m, unit));
  const places = precision + Math.max(0, -magnitude(s)) + 8;
  const part = { m: 2n * oddSeries(fixed(s, places), places, false), e: -places };
  return k === 0 ? part : add(part, { m: BigInt(k) * ln2.m, e: ln2.e });
}

function sine(r: Real): Real {
  return alternatingSeries(r, 1n);
}

function cosine(r: Real): Real {
  return alternatingSeries(r, 0n);
}

/** Σ ±r^k/k! over odd or even k. */
function alternatingSeries(r: Real, first: bigint): Real {
  const places = precision + Math.max(0, -magnitude(r)) + 8;
  const value = fixed(r, places);
  const square = (value * value) >> BigInt(places);
  let term = first === 1n ? value : one(places);
  let sum = 0n;
  for (let k = first + 1n; term !== 0n && term !== -1n; k += 2n) {
    sum += term;
    term = -((term * square) >> BigInt(places)) / (k * (k + 1n));
  }
  return { m: sum, e: -places };
}

function sin(x: Real): Real {
  const { n, r } = reduce(x, halfPi);
  const quadrant = BigInt.asUintN(2, n);
  const value = quadrant % 2n === 0n ? sine(r) : cosine(r);
  return quadrant < 2n ? value : negative(value);
}

function cos(x: Real): Real {
  const { n, r } = reduce(x, halfPi);
  const quadrant = BigInt.asUintN(2, n + 1n);
  const value = quadrant % 2n === 0n ? sine(r) : cosine(r);
  return quadrant < 2n ? value : negative(value);
}

function atan(x: Real): Real {
  if (x.m < 0n) return negative(atan(negative(x)));
  if (magnitude(x) > 6) return add(halfPi, negative(atan(divide(unit, x))));
  let reduced = trimmed(x);
  let halvings = 0;
  while (magnitude(reduced) > -3 && !isZero(reduced)) {
    const hypotenuse = root(add(unit, multiply(reduced, reduced)));
    reduced = divide(reduced, add(unit, hypotenuse));
    halvings++;
  }
  const places = precision + Math.max(0, -magnitude(reduced)) + 8;
  return { m: oddSeries(fixed(reduced, places), places, true), e: halvings - places };
}

function atan2(y: Real, x: Real): Real {
  const arc = isZero(x) ? (y.m < 0n ? negative(halfPi) : halfPi) : atan(divide(y, x));
  if (x.m >= 0n) return arc;
  return y.m < 0n ? add(arc, negative(pi)) : add(arc, pi);
}

/** Of 1 − x², without rounding. */
function oneLessSquare(x: Real): Real {
  return add(unit, negative({ m: x.m * x.m, e: 2 * x.e }));
}

function asin(x: Real): Real {
  return atan2(x, root(oneLessSquare(x)));
}

function acos(x: Real): Real {
  return atan2(root(oneLessSquare(x)), x);
}

function tanh(x: Real): Real {
  if (x.m < 0n) return negative(tanh(negative(x)));
  if (magnitude(x) > 10) return unit;
  const u = expm1({ m: x.m, e: x.e + 1 });
  return divide(u, add(u, { m: 2n, e: 0 }));
}

function sinh(x: Real): Real {
  const u = expm1(x);
  const { m, e } = add(u, divide(u, add(u, unit)));
  return { m, e: e - 1 };
}

function cosh(x: Real): Real {
  const u = exp(x);
  const { m, e } = add(u, divide(unit, u));
  return { m, e: e - 1 };
}

/** For arguments that are finite and, but for `atan2` and the odd functions, such that the result is finite too. */
export const exact = {
  exp: (x: number): Real => exp(real(x)),
  expm1: (x: number): Real => expm1(real(x)),
  log: (x: number): Real => log(real(x)),
  log1p: (x: number): Real => log(add(real(x), unit)),
  log10: (x: number): Real => divide(log(real(x)), ln10),
  sin: (x: number): Real => sin(real(x)),
  cos: (x: number): Real => cos(real(x)),
  tan: (x: number): Real => divide(sin(real(x)), cos(real(x))),
  asin: (x: number): Real => asin(real(x)),
  acos: (x: number): Real => acos(real(x)),
  atan: (x: number): Real => atan(real(x)),
  sinh: (x: number): Real => sinh(real(x)),
  cosh: (x: number): Real => cosh(real(x)),
  tanh: (x: number): Real => tanh(real(x)),
  sqrt: (x: number): Real => root(real(x)),
  pow: (x: number, y: number): Real => powerOf(real(x), y),
  atan2: (y: number, x: number): Real => atan2(real(y), real(x)),
} satisfies Record<string, (x: number, y: number) => Real>;

function powerOf(x: Real, y: number): Real {
  const isOdd = Number.isSafeInteger(y) && y % 2 !== 0;
  const power = exp(multiply(real(y), log(x.m < 0n ? negative(x) : x)));
  return x.m < 0n && isOdd ? negative(power) : power;
}

/** How far a double is from an exact value, in units of the last place that a double has there. */
export function errorInUlp(value: number, expected: Real): number {
  if (Number.isNaN(value)) return Infinity;
  // Thresholds of rounding to ∞, and of what is as good as it.
  if (!Number.isFinite(value)) {
    const { m, e } = value < 0 ? negative(expected) : expected;
    return m > 0n && shift(m, e - 970) >= (1n << 54n) - 4n ? 0 : Infinity;
  }
  if (isZero(expected)) return value === 0 ? 0 : Infinity;
  const places = 70;
  const top = magnitude(expected) - 4;
  let exponent = top;
  while (fixed({ m: abs(expected.m), e: expected.e - exponent - 1 }, 60) >= one(60)) exponent++;
  const ulp = Math.max(exponent - 52, -1074);
  const difference = add(real(value), negative(expected));
  return Number(abs(shift(difference.m, difference.e - ulp + places))) / 2 ** places;
}
