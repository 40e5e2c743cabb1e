/**
 * asin, acos, atan and atan2 as vector formulas over the whole range.
 *
 * Notation  t reduced argument, c its centre: atan a = atan c + atan t with t = (a − c)/(1 + c·a), c = 0, ½, 1, 1½, ∞
 * Source    Sun Microsystems, fdlibm (1993), s_atan.c, e_asin.c, e_acos.c: intervals, coefficients, sums in two parts.
 *           For atan2 the reduction is done on numerator and denominator, so that there is one division.
 */

import type { VectorId, Vectors } from '../vector/vectors.ts';
import { highHalf } from './logarithm.ts';

const halfPiHigh = 1.5707963267948966;
const halfPiLow = 6.123233995736766e-17;
const quarterPiHigh = 0.7853981633974483;

/** Up to `limit` (a/b), the centre c; atan c and π − atan c in two parts. */
const centres = [
  {
    limit: 0.4375,
    c: 0,
    right: { high: 0, low: 0 },
    left: { high: 3.141592653589793, low: 1.2246467991473532e-16 },
  },
  {
    limit: 0.6875,
    c: 0.5,
    right: { high: 0.4636476090008061, low: 2.2698777452961687e-17 },
    left: { high: 2.677945044588987, low: 1.5527705369303147e-16 },
  },
  {
    limit: 1.1875,
    c: 1,
    right: { high: 0.7853981633974483, low: 3.061616997868383e-17 },
    left: { high: 2.356194490192345, low: 9.184850993605148e-17 },
  },
  {
    limit: 2.4375,
    c: 1.5,
    right: { high: 0.982793723247329, low: 1.3903311031230998e-17 },
    left: { high: 2.158798930342464, low: 2.1958367134601997e-16 },
  },
] as const;
interface Parts {
  readonly high: number;
  readonly low: number;
}

const atanTerms = [
  3.33333333333329318027e-1, -1.99999999998764832476e-1, 1.42857142725034663711e-1, -1.1111110405462355788e-1,
  9.09088713343650656196e-2, -7.69187620504482999495e-2, 6.66107313738753120669e-2,
  -5.83357013379057348645e-2, 4.97687799461593236017e-2, -3.6531572744216915527e-2, 1.62858201153657823623e-2,
];

const asinNumerator = [
  1.66666666666666657415e-1, -3.25565818622400915405e-1, 2.01212532134862925881e-1,
  -4.00555345006794114027e-2, 7.91534994289814532176e-4, 3.4793310759602116757e-5,
];
const asinDenominator = [
  1, -2.40339491173441421878, 2.02094576023350569471, -6.8828397160545329303e-1, 7.70381505559019352791e-2,
];

export function atan(v: Vectors, x: VectorId): VectorId {
  return v.or(arcOf(v, { a: v.abs(x), b: v.constant(1) }), v.sign(x));
}

export function atan2(v: Vectors, y: VectorId, x: VectorId): VectorId {
  const [infinity, one] = [v.constant(Infinity), v.constant(1)];
  const bothInfinite = v.and(v.binary('eq', v.abs(y), infinity), v.binary('eq', v.abs(x), infinity));
  const a = v.choose(bothInfinite, one, v.abs(y));
  const b = v.choose(bothInfinite, one, v.abs(x));
  // Scaled so that neither 1½·b overflows nor ½·b loses bits.
  const larger = v.binary('pmax', a, b);
  const tiny = v.binary('lt', larger, v.constant(2 ** -900));
  const huge = v.binary('gt', larger, v.constant(2 ** 1000));
  const factor = v.choose(tiny, v.constant(2 ** 120), v.choose(huge, v.constant(2 ** -120), one));
  // −0 has a sign that comparisons do not see.
  const isLeft = v.binary('lt', v.or(v.sign(x), one), v.constant(0));
  const arc = arcOf(v, { a: v.mul(a, factor), b: v.mul(b, factor), isLeft });
  return v.or(arc, v.sign(y));
}

export function asin(v: Vectors, x: VectorId): VectorId {
  const { isSmall, magnitude, ratio, rootHigh, rootLow, root } = arcSineParts(v, x);
  const small = v.madd(magnitude, ratio, magnitude);
  // π/2 − 2(root + root·ratio), with π/4 taken off twice.
  const two = v.constant(2);
  const p = v.madd(v.mul(two, root), ratio, v.madd(two, rootLow, v.constant(-halfPiLow)));
  const quarter = v.constant(quarterPiHigh);
  const q = v.nmadd(two, rootHigh, quarter);
  const large = v.sub(quarter, v.sub(p, q));
  return v.or(v.choose(isSmall, small, large), v.sign(x));
}

export function acos(v: Vectors, x: VectorId): VectorId {
  const { isSmall, ratio, rootHigh, rootLow, root } = arcSineParts(v, x);
  const two = v.constant(2);
  const small = v.sub(v.constant(halfPiHigh), v.sub(x, v.nmadd(x, ratio, v.constant(halfPiLow))));
  const nearOne = v.mul(two, v.add(rootHigh, v.madd(root, ratio, rootLow)));
  const w = v.madd(root, ratio, v.constant(-halfPiLow));
  const nearMinusOne = v.nmadd(two, v.add(root, w), v.constant(2 * halfPiHigh));
  const isNegative = v.binary('lt', x, v.constant(0));
  return v.choose(isSmall, small, v.choose(isNegative, nearMinusOne, nearOne));
}

interface Arc {
  readonly a: VectorId;
  readonly b: VectorId;
  /** Where it is to be π − atan(a/b). */
  readonly isLeft?: VectorId;
}

/** atan(a/b) for a, b ≥ 0, neither so large that 2b overflows. */
function arcOf(v: Vectors, { a, b, isLeft }: Arc): VectorId {
  const part = (name: 'high' | 'low', { left, right }: Record<'left' | 'right', Parts>): VectorId => {
    const [toLeft, toRight] = [v.constant(left[name]), v.constant(right[name])];
    return isLeft === undefined ? toRight : v.choose(isLeft, toLeft, toRight);
  };
  let numerator = v.unary('neg', b);
  let denominator = a;
  let high = v.constant(halfPiHigh);
  let low = v.constant(halfPiLow);
  for (const { limit, c, ...sums } of centres.toReversed()) {
    const centre = v.constant(c);
    // Not `lt`: 0/0 belongs to the first interval. NaN belongs to the last one, and stays NaN.
    const mask = v.binary('le', a, v.mul(b, v.constant(limit)));
    numerator = v.choose(mask, c === 0 ? a : v.nmadd(centre, b, a), numerator);
    denominator = v.choose(mask, c === 0 ? b : v.madd(centre, a, b), denominator);
    high = v.choose(mask, part('high', sums), high);
    low = v.choose(mask, part('low', sums), low);
  }
  // The denominator is 0 only where a is, with b = 0 or NaN; 0/0 counts as 0.
  const zero = v.constant(0);
  const isZero = v.and(v.binary('eq', denominator, zero), v.binary('eq', numerator, zero));
  const quotient = v.choose(isZero, zero, v.div(numerator, denominator));
  const t = isLeft === undefined ? quotient : v.binary('xor', quotient, v.sign(isLeft));
  const z = v.mul(t, t);
  const series = v.mul(z, v.polynomial(z, atanTerms));
  return v.sub(high, v.sub(v.sub(v.mul(t, series), low), t));
}

interface ArcSineParts {
  readonly isSmall: VectorId;
  readonly magnitude: VectorId;
  /** (asin u − u)/u, where u is |x| up to ½ and else the root. */
  readonly ratio: VectorId;
  /** √((1 − |x|)/2), and in two parts; NaN for |x| > 1. */
  readonly root: VectorId;
  readonly rootHigh: VectorId;
  readonly rootLow: VectorId;
}

function arcSineParts(v: Vectors, x: VectorId): ArcSineParts {
  const magnitude = v.abs(x);
  const isSmall = v.binary('lt', magnitude, v.constant(0.5));
  const half = v.mul(v.sub(v.constant(1), magnitude), v.constant(0.5));
  const z = v.choose(isSmall, v.mul(x, x), half);
  const numerator = v.mul(z, v.polynomial(z, asinNumerator));
  const ratio = v.div(numerator, v.polynomial(z, asinDenominator));
  const root = v.unary('sqrt', half);
  const rootHigh = v.and(root, v.bits(highHalf));
  // At |x| = 1 the root is 0, and 0/0 would be NaN.
  const twice = v.binary('pmax', v.add(root, rootHigh), v.constant(1e-300));
  const rootLow = v.div(v.nmadd(rootHigh, rootHigh, half), twice);
  return { isSmall, magnitude, ratio, root, rootHigh, rootLow };
}
