/**
 * exp, expm1, sinh, cosh and tanh as vector formulas.
 *
 * Notation  x argument · n nearest whole number to x/ln 2 · r = x − n·ln 2, |r| ≤ ½ ln 2 · p = eʳ − 1
 * Source    Cody & Waite, Software Manual for the Elementary Functions (1980), chapter 6: the reduction with a two-part
 *           ln 2. The polynomial for (eʳ − 1 − r)/r² was fitted with mpmath's `chebyfit` at 200 bits, 10 terms:
 *           error 1.2e-16 of 0.5, which r² makes a tenth of an ulp of eʳ.
 */

import type { VectorId, Vectors } from '../vector/vectors.ts';

/** Where 2ⁿ and eˣ are normal numbers. */
const plainLimit = 708;
/** Adding it puts a whole number into the low bits of a double: 1.5·2⁵². */
export const shifter = 6755399441055744;
const bitsOfOne = 0x3ff0000000000000n;

export const log2e = 1.4426950408889634;
/** ln 2 in two parts; the first has 33 bits, so n times it is exact. */
export const ln2High = 0.6931471804855391;
export const ln2Low = 7.440617110012397e-11;

const terms = [
  0.5000000000000001, 0.16666666666666669, 0.04166666666662413, 0.008333333333330062, 0.0013888888917213717,
  0.00019841269863053618, 2.4801521295954376e-5, 2.7557268459997064e-6, 2.7620088445409746e-7,
  2.510038549551032e-8,
];

export function exp(v: Vectors, x: VectorId): VectorId {
  const { p, scale } = reduced(v, x);
  return v.within(moderate(v, x), v.madd(scale, p, scale), () => wideExp(v, x, 1));
}

export function expm1(v: Vectors, x: VectorId): VectorId {
  // The sign bit matters for −0 only: elsewhere the difference has it already.
  const plain = v.or(differenceFromOne(v, x), v.sign(x));
  return v.within(moderate(v, x), plain, () =>
    v.choose(v.binary('lt', x, v.constant(0)), v.constant(-1), wideExp(v, x, 1)),
  );
}

export function sinh(v: Vectors, x: VectorId): VectorId {
  const magnitude = v.abs(x);
  const u = differenceFromOne(v, magnitude);
  const plain = v.mul(v.constant(0.5), v.add(u, v.div(u, v.add(u, v.constant(1)))));
  const value = v.within(moderate(v, x), plain, () => wideExp(v, magnitude, 0.5));
  return v.or(value, v.sign(x));
}

export function cosh(v: Vectors, x: VectorId): VectorId {
  const magnitude = v.abs(x);
  const { p, scale } = reduced(v, magnitude);
  const e = v.madd(scale, p, scale);
  const plain = v.madd(v.constant(0.5), e, v.div(v.constant(0.5), e));
  return v.within(moderate(v, x), plain, () => wideExp(v, magnitude, 0.5));
}

/** (e²ˣ − 1)/(e²ˣ + 1), which is ±1 from |x| = 20 on. */
export function tanh(v: Vectors, x: VectorId): VectorId {
  // `pmin` gives its first operand if that is NaN.
  const magnitude = v.binary('pmin', v.abs(x), v.constant(20));
  const { p, scale } = reduced(v, v.add(magnitude, magnitude));
  const u = v.madd(scale, p, v.sub(scale, v.constant(1)));
  return v.or(v.div(u, v.add(u, v.constant(2))), v.sign(x));
}

/** 2 to the power of the whole number in the low bits of `shifted`. */
export function powerOfTwo(v: Vectors, shifted: VectorId): VectorId {
  return v.binary('iadd', v.shift('shiftLeft', shifted, 52), v.bits(bitsOfOne));
}

/** eʳ − 1 for |r| ≤ ½ ln 2. */
export function smallExpm1(v: Vectors, r: VectorId): VectorId {
  return v.madd(v.mul(r, r), v.polynomial(r, terms), r);
}

function moderate(v: Vectors, x: VectorId): VectorId {
  return v.binary('le', v.abs(x), v.constant(plainLimit));
}

function reduced(v: Vectors, x: VectorId): { n: VectorId; p: VectorId; scale: VectorId } {
  const shifted = v.madd(x, v.constant(log2e), v.constant(shifter));
  const n = v.sub(shifted, v.constant(shifter));
  const r = v.nmadd(n, v.constant(ln2Low), v.nmadd(n, v.constant(ln2High), x));
  return { n, p: smallExpm1(v, r), scale: powerOfTwo(v, shifted) };
}

/** 2ⁿ(p + 1) − 1 without the cancellation; p with the rounding error of r put back. */
function differenceFromOne(v: Vectors, x: VectorId): VectorId {
  const shifted = v.madd(x, v.constant(log2e), v.constant(shifter));
  const n = v.sub(shifted, v.constant(shifter));
  const high = v.nmadd(n, v.constant(ln2High), x);
  const low = v.mul(n, v.constant(ln2Low));
  const r = v.sub(high, low);
  const rest = v.sub(v.sub(high, r), low);
  const p = v.add(v.madd(v.mul(r, r), v.polynomial(r, terms), rest), r);
  const scale = powerOfTwo(v, shifted);
  return v.madd(scale, p, v.sub(scale, v.constant(1)));
}

/** factor·eˣ over the whole range: 2ⁿ in two factors, so that it overflows and underflows only where eˣ does. */
function wideExp(v: Vectors, x: VectorId, factor: number): VectorId {
  const clamped = v.binary('pmax', v.binary('pmin', x, v.constant(712)), v.constant(-746));
  const { n, p } = reduced(v, clamped);
  const mantissa = v.mul(v.add(p, v.constant(1)), v.constant(factor));
  return scaled(v, mantissa, n);
}

/** mantissa·2ⁿ for |n| up to 2000, rounded once where it is subnormal. */
export function scaled(v: Vectors, mantissa: VectorId, n: VectorId): VectorId {
  const shiftedHalf = v.madd(n, v.constant(0.5), v.constant(shifter));
  const half = v.sub(shiftedHalf, v.constant(shifter));
  const other = v.add(v.sub(n, half), v.constant(shifter));
  return v.mul(v.mul(mantissa, powerOfTwo(v, shiftedHalf)), powerOfTwo(v, other));
}
