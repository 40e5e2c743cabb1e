/**
 * log, log1p and log10 as vector formulas.
 *
 * Notation  x = 2ᵏ·m with √½ ≤ m < √2 · f = m − 1 · s = f/(2 + f) · z = s² · R = log(1 + f) + f²/2 − …, see the source
 * Source    Sun Microsystems, fdlibm (1993), e_log.c, s_log1p.c, and FreeBSD's e_log10.c: reduction, polynomial and the
 *           order of the last sums, without their case distinctions.
 */

import type { VectorId, Vectors } from '../vector/vectors.ts';
import { ln2High, ln2Low } from './exponential.ts';

const smallestNormal = 2 ** -1022;
const bitsOfSqrtHalf = 0x3fe6a09e667f3bcdn;
const bitsOfOne = 0x3ff0000000000000n;
const mantissaBits = 0x000fffffffffffffn;
/** 2⁵²: or-ing a whole number below it into its mantissa adds it. */
const bitsOfTwo52 = 0x4330000000000000n;
/** A double with 26 bits left: products of two such are exact. */
export const highHalf = 0xfffffffff8000000n;

const terms = [
  6.66666666666673513e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
  1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1,
];

const log10of2High = 0.301029995663157;
const log10of2Low = 8.241712586023572e-13;
const log10eHigh = 0.4342944622039795;
const log10eLow = 1.9699272335463627e-8;

export function log(v: Vectors, x: VectorId): VectorId {
  return overRange(v, x, (m, k) => naturalLog(v, m, k));
}

export function log10(v: Vectors, x: VectorId): VectorId {
  return overRange(v, x, (m, k) => decimalLog(v, m, k));
}

export function log1p(v: Vectors, x: VectorId): VectorId {
  const one = v.constant(1);
  const u = v.add(one, x);
  const b = v.sub(u, one);
  // What rounding took from u, by Knuth's two-sum: exact whichever of the two is larger.
  const lost = v.add(v.sub(one, v.sub(u, b)), v.sub(x, b));
  const { k, m } = splitNormal(v, u);
  const value = naturalLog(v, m, k, v.div(lost, u));
  // log1p has the sign of x; only −0 needs to be told.
  const plain = v.or(v.binary('andnot', value, v.bits(1n << 63n)), v.sign(x));
  const mask = v.and(v.binary('gt', x, v.constant(-1)), v.binary('lt', x, v.constant(Infinity)));
  return v.within(mask, plain, () =>
    v.choose(
      v.binary('eq', x, v.constant(-1)),
      v.constant(-Infinity),
      v.choose(v.binary('eq', x, v.constant(Infinity)), x, v.constant(NaN)),
    ),
  );
}

/** A normal positive x as 2ᵏ·m. */
export function splitNormal(v: Vectors, x: VectorId): { k: VectorId; m: VectorId } {
  const moved = v.binary('iadd', x, v.bits(bitsOfOne - bitsOfSqrtHalf));
  const exponent = v.or(v.shift('shiftRight', moved, 52), v.bits(bitsOfTwo52));
  const k = v.sub(exponent, v.constant(2 ** 52 + 1023));
  const m = v.binary('iadd', v.and(moved, v.bits(mantissaBits)), v.bits(bitsOfSqrtHalf));
  return { k, m };
}

/** Where x is positive, normal and finite. */
export function isPlain(v: Vectors, x: VectorId): VectorId {
  return v.and(v.binary('ge', x, v.constant(smallestNormal)), v.binary('lt', x, v.constant(Infinity)));
}

/** A positive x as 2ᵏ·m, be it subnormal. */
export function splitAny(v: Vectors, x: VectorId): { k: VectorId; m: VectorId } {
  const subnormal = v.binary('lt', x, v.constant(smallestNormal));
  const { k, m } = splitNormal(v, v.choose(subnormal, v.mul(x, v.constant(2 ** 54)), x));
  return { k: v.sub(k, v.and(subnormal, v.constant(54))), m };
}

function overRange(v: Vectors, x: VectorId, core: (m: VectorId, k: VectorId) => VectorId): VectorId {
  const { k, m } = splitNormal(v, x);
  return v.within(isPlain(v, x), core(m, k), () => {
    const any = splitAny(v, x);
    const positive = v.choose(v.binary('lt', x, v.constant(Infinity)), core(any.m, any.k), x);
    const zero = v.constant(0);
    const atMostZero = v.choose(v.binary('eq', x, zero), v.constant(-Infinity), v.constant(NaN));
    return v.choose(v.binary('gt', x, zero), positive, atMostZero);
  });
}

interface Reduced {
  readonly f: VectorId;
  /** f²/2. */
  readonly half: VectorId;
  /** s·(f²/2 + R). */
  readonly rest: VectorId;
}

/** log m = f − (half − rest). */
function reduced(v: Vectors, m: VectorId): Reduced & { s: VectorId; inner: VectorId } {
  const f = v.sub(m, v.constant(1));
  const s = v.div(f, v.add(f, v.constant(2)));
  const z = v.mul(s, s);
  const half = v.mul(v.mul(f, f), v.constant(0.5));
  const inner = v.madd(z, v.polynomial(z, terms), half);
  return { f, half, s, inner, rest: v.mul(s, inner) };
}

/** log m for √½ ≤ m < √2. */
export function mantissaLog(v: Vectors, m: VectorId): VectorId {
  const { f, half, s, inner } = reduced(v, m);
  return v.sub(f, v.nmadd(s, inner, half));
}

/** `more` is added to the logarithm and small beside it. */
function naturalLog(v: Vectors, m: VectorId, k: VectorId, more?: VectorId): VectorId {
  const { f, half, s, inner } = reduced(v, m);
  const low = v.mul(k, v.constant(ln2Low));
  const tail = v.madd(s, inner, more === undefined ? low : v.add(low, more));
  return v.sub(v.mul(k, v.constant(ln2High)), v.sub(v.sub(half, tail), f));
}

function decimalLog(v: Vectors, m: VectorId, k: VectorId): VectorId {
  const { f, half, rest } = reduced(v, m);
  const high = v.and(v.sub(f, half), v.bits(highHalf));
  const low = v.add(v.sub(v.sub(f, high), half), rest);
  const product = v.mul(high, v.constant(log10eHigh));
  const exponent = v.mul(k, v.constant(log10of2High));
  const sum = v.add(exponent, product);
  const small = v.madd(
    v.add(low, high),
    v.constant(log10eLow),
    v.madd(low, v.constant(log10eHigh), v.mul(k, v.constant(log10of2Low))),
  );
  return v.add(v.add(small, v.add(v.sub(exponent, sum), product)), sum);
}
