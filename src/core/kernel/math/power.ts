/**
 * pow as a vector formula: 2 to the power of y·log₂ x, the logarithm and the product each in two parts.
 *
 * y·log₂ x reaches 1074, so a logarithm in one double would be off by hundreds of ulp there. Where it is cut into a
 * high and a low part, the high ones have 26 bits, so their products are exact without fused multiply-add.
 *
 * Notation  |x| = 2ᵏ·m · s = (m − 1)/(m + 1) · log m = 2⁄3·s·(3 + s² + r) · (high, low) parts of one number
 * Source    Sun Microsystems, fdlibm (1993), e_pow.c, with one interval of m instead of two: hence a longer r(s²), fitted
 *           with mpmath's `chebyfit` at 200 bits, 7 terms: relative error of log m 1.2e-19.
 */

import type { VectorId, Vectors } from '../vector/vectors.ts';
import { log2e, powerOfTwo, scaled, shifter, smallExpm1 } from './exponential.ts';
import { highHalf, isPlain, mantissaLog, splitAny, splitNormal } from './logarithm.ts';

const terms = [
  0.6000000000000004, 0.42857142857007763, 0.33333333406651033, 0.27272712371721086, 0.230783621652407,
  0.19928937131695657, 0.193704144096557,
];

/** 2/(3·ln 2), and its first 21 bits and what they lack. */
const scale = 0.9617966939259756;
const scaleHigh = 0.9617962837219238;
const scaleLow = 4.102040517767816e-7;
const ln2 = 0.6931471805599453;

/** Where 2^(y·log₂ x) is a normal number. */
const plainLimit = 1021;

interface Parts<T = VectorId> {
  readonly high: T;
  readonly low: T;
}

export function pow(v: Vectors, x: VectorId, y: VectorId): VectorId {
  const { k, m } = splitNormal(v, x);
  const exponent = times(v, y, log2(v, k, m));
  const mask = v.and(isPlain(v, x), v.binary('le', v.abs(exponent.high), v.constant(plainLimit)));
  const { p, shifted } = exp2(v, exponent);
  const power = powerOfTwo(v, shifted);
  return v.within(mask, v.madd(power, p, power), () => wide(v, x, y));
}

/**
 * x to a constant power from −2 to 2, as most formulas have it, at two thirds of the cost of any power.
 *
 * y·log x = y·k·ln 2 + y·log m, and only the first part is large. k has 11 bits and y is cut into two, so that part is exact
 * to its last bit; y·log m is below ln 2, so that a logarithm in one double is good enough.
 */
export function moderatePower(v: Vectors, x: VectorId, exponent: number): VectorId | undefined {
  if (!(Math.abs(exponent) <= moderateLimit)) return undefined;
  const { k, m } = splitNormal(v, x);
  const logarithm = mantissaLog(v, m);
  const { high, low } = splitExponent(exponent);
  const whole = v.mul(k, v.constant(high));
  const product = v.madd(logarithm, v.constant(exponent * log2e), whole);
  const shifted = v.add(product, v.constant(shifter));
  const rest = v.sub(whole, v.sub(shifted, v.constant(shifter)));
  const small = v.madd(logarithm, v.constant(exponent), v.mul(k, v.constant(low * ln2)));
  const p = smallExpm1(v, v.madd(rest, v.constant(ln2), small));
  const power = powerOfTwo(v, shifted);
  const mask = v.and(isPlain(v, x), v.binary('le', v.abs(product), v.constant(plainLimit)));
  return v.within(mask, v.madd(power, p, power), () => wide(v, x, v.constant(exponent)));
}

const moderateLimit = 2;

/** A first part that keeps 42 bits, so that its product with a whole number of 11 bits is exact, and the rest. */
function splitExponent(exponent: number): Parts<number> {
  const factor = 2 ** 11 + 1;
  const scaledUp = exponent * factor;
  const high = scaledUp - (scaledUp - exponent);
  return { high, low: exponent - high };
}

/** x to a constant power that takes few multiplications or a square root; undefined for any other. */
export function simplePower(v: Vectors, x: VectorId, exponent: number): VectorId | undefined {
  switch (exponent) {
    case 3:
      return v.mul(v.mul(x, x), x);
    case 4: {
      const square = v.mul(x, x);
      return v.mul(square, square);
    }
    case -1:
      return v.div(v.constant(1), x);
    case -2: {
      // Not 1/x²: x² may overflow where the result is still subnormal.
      const inverse = v.div(v.constant(1), x);
      return v.mul(inverse, inverse);
    }
    case 0.5:
      return root(v, x, (positive) => v.unary('sqrt', positive));
    case 1.5:
      return root(v, x, (positive) => v.mul(positive, v.unary('sqrt', positive)));
    default:
      return undefined;
  }
}

/** Unlike sqrt, a power of −0 is 0, and of −∞ is ∞. */
function root(v: Vectors, x: VectorId, of: (positive: VectorId) => VectorId): VectorId {
  const plain = of(v.add(x, v.constant(0)));
  return v.within(v.binary('ne', x, v.constant(-Infinity)), plain, () => v.constant(Infinity));
}

function log2(v: Vectors, k: VectorId, m: VectorId): Parts {
  const one = v.constant(1);
  const three = v.constant(3);
  const f = v.sub(m, one);
  const sum = v.add(m, one);
  const inverse = v.div(one, sum);
  const s = v.mul(f, inverse);
  const sHigh = cut(v, s);
  const sumHigh = cut(v, sum);
  const sumLow = v.sub(m, v.sub(sumHigh, one));
  const sLow = v.mul(inverse, v.nmadd(sHigh, sumLow, v.nmadd(sHigh, sumHigh, f)));

  const z = v.mul(s, s);
  const r = v.madd(v.mul(z, z), v.polynomial(z, terms), v.mul(sLow, v.add(sHigh, s)));
  const square = v.mul(sHigh, sHigh);
  const tHigh = cut(v, v.add(v.add(three, square), r));
  const tLow = v.sub(r, v.sub(v.sub(tHigh, three), square));

  const product = v.mul(sHigh, tHigh);
  const correction = v.madd(sLow, tHigh, v.mul(tLow, s));
  const pHigh = cut(v, v.add(product, correction));
  const pLow = v.sub(correction, v.sub(pHigh, product));
  const zHigh = v.mul(v.constant(scaleHigh), pHigh);
  const zLow = v.madd(v.constant(scaleLow), pHigh, v.mul(pLow, v.constant(scale)));
  const high = cut(v, v.add(v.add(zHigh, zLow), k));
  return { high, low: v.sub(zLow, v.sub(v.sub(high, k), zHigh)) };
}

function times(v: Vectors, y: VectorId, logarithm: Parts): Parts {
  const yHigh = cut(v, y);
  const yLow = v.sub(y, yHigh);
  return {
    high: v.mul(yHigh, logarithm.high),
    low: v.madd(yLow, logarithm.high, v.mul(y, logarithm.low)),
  };
}

/** 2^(high + low) = 2ⁿ(1 + p). */
function exp2(v: Vectors, { high, low }: Parts): { p: VectorId; n: VectorId; shifted: VectorId } {
  const shifted = v.add(high, v.constant(shifter));
  const n = v.sub(shifted, v.constant(shifter));
  const r = v.mul(v.add(v.sub(high, n), low), v.constant(ln2));
  return { p: smallExpm1(v, r), n, shifted };
}

/** Any x and y, as ECMAScript's `Math.pow` has it: C's, but that 1^∞ and 1^NaN are NaN. */
function wide(v: Vectors, x: VectorId, y: VectorId): VectorId {
  const zero = v.constant(0);
  const one = v.constant(1);
  const infinity = v.constant(Infinity);
  const nan = v.constant(NaN);
  const magnitude = v.abs(x);
  const yIsPositive = v.binary('gt', y, zero);
  let value = widePositive(v, magnitude, y);
  value = v.choose(is(v, magnitude, zero), v.choose(yIsPositive, zero, infinity), value);
  value = v.choose(is(v, magnitude, infinity), v.choose(yIsPositive, infinity, zero), value);

  const whole = is(v, y, v.unary('trunc', y));
  const half = v.mul(y, v.constant(0.5));
  const odd = v.and(whole, v.binary('ne', half, v.unary('trunc', half)));
  value = v.or(value, v.and(odd, v.sign(x)));
  const isNegative = v.and(v.binary('lt', x, zero), v.binary('ne', magnitude, infinity));
  value = v.choose(v.binary('andnot', isNegative, whole), nan, value);
  value = v.choose(v.and(is(v, magnitude, one), is(v, v.abs(y), infinity)), nan, value);
  value = v.choose(v.or(v.binary('ne', x, x), v.binary('ne', y, y)), nan, value);
  return v.choose(is(v, y, zero), one, value);
}

/** Finite x > 0, any y. */
function widePositive(v: Vectors, x: VectorId, y: VectorId): VectorId {
  const { k, m } = splitAny(v, x);
  // A larger y over- or underflows with any x but 1, and would be ∞ − ∞ in what follows.
  const bounded = clamp(v, y, 2 ** 70);
  const { high, low } = times(v, bounded, log2(v, k, m));
  const clamped = clamp(v, high, 1100);
  const { p, n } = exp2(v, { high: clamped, low: v.and(is(v, clamped, high), low) });
  return scaled(v, v.add(p, v.constant(1)), n);
}

function is(v: Vectors, a: VectorId, b: VectorId): VectorId {
  return v.binary('eq', a, b);
}

function clamp(v: Vectors, x: VectorId, limit: number): VectorId {
  return v.binary('pmax', v.binary('pmin', x, v.constant(limit)), v.constant(-limit));
}

/** The first 26 bits of the mantissa. */
function cut(v: Vectors, x: VectorId): VectorId {
  return v.and(x, v.bits(highHalf));
}
