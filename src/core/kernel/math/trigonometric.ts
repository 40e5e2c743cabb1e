/**
 * sin, cos and tan as vector formulas; beyond a million radians the host's functions.
 *
 * The reduction subtracts n·π/2 in four parts, the first three with so few bits that the products are exact, and keeps
 * what each subtraction rounds off. So the doubles nearest to multiples of π/2 keep all their digits.
 *
 * Notation  n nearest whole number to x·2/π · r + rest = x − n·π/2, |r| ≤ π/4 · z = r²
 * Source    Cody & Waite, Software Manual for the Elementary Functions (1980), chapter 8; polynomials and the order of
 *           sums of Sun's fdlibm (1993), k_sin.c and k_cos.c; two-sum of Knuth, TAOCP 2, section 4.2.2, theorem B.
 */

import type { HostFunction, VectorId, Vectors } from '../vector/vectors.ts';
import { shifter } from './exponential.ts';

/** n stays below 2²⁰, so n times a part of 33 bits is exact. */
const plainLimit = 2 ** 20;
const twoByPi = 0.6366197723675814;
/** π/2 in parts of 33, 33, 33 and 53 bits. */
const halfPi = {
  first: 1.5707963267341256,
  second: 6.077100506303966e-11,
  third: 2.0222662487111665e-21,
  fourth: 8.4784276603689e-32,
};

const sineTerms = [
  8.33333333332248946124e-3, -1.98412698298579493134e-4, 2.75573137070700676789e-6,
  -2.50507602534068634195e-8, 1.58969099521155010221e-10,
];
const firstSineTerm = -1.66666666666666324348e-1;
const cosineTerms = [
  4.16666666666666019037e-2, -1.38888888888741095749e-3, 2.48015872894767294178e-5,
  -2.75573143513906633035e-7, 2.0875723212981748279e-9, -1.13596475577881948265e-11,
];

export function sin(v: Vectors, x: VectorId): VectorId {
  const reduced = reduce(v, x);
  return overRange(v, x, 'sin', orZero(v, x, inQuadrant(v, reduced, reduced.quadrant)));
}

export function cos(v: Vectors, x: VectorId): VectorId {
  const reduced = reduce(v, x);
  const quadrant = v.binary('iadd', reduced.quadrant, v.bits(1n));
  return overRange(v, x, 'cos', inQuadrant(v, reduced, quadrant));
}

export function tan(v: Vectors, x: VectorId): VectorId {
  const reduced = reduce(v, x);
  const sine = sineOf(v, reduced);
  const cosine = cosineOf(v, reduced);
  const odd = isOdd(v, reduced.quadrant);
  const quotient = v.div(v.choose(odd, cosine, sine), v.choose(odd, sine, cosine));
  const sign = v.shift('shiftLeft', reduced.quadrant, 63);
  return overRange(v, x, 'tan', orZero(v, x, v.binary('xor', quotient, sign)));
}

function overRange(v: Vectors, x: VectorId, name: HostFunction, plain: VectorId): VectorId {
  const mask = v.binary('le', v.abs(x), v.constant(plainLimit));
  return v.within(mask, plain, () => v.host(name, v.unary('not', mask), x));
}

/** The reduction makes 0 of −0. */
function orZero(v: Vectors, x: VectorId, value: VectorId): VectorId {
  return v.choose(v.binary('eq', x, v.constant(0)), x, value);
}

interface Reduced {
  readonly r: VectorId;
  readonly rest: VectorId;
  /** n in its low bits. */
  readonly quadrant: VectorId;
}

function reduce(v: Vectors, x: VectorId): Reduced {
  const quadrant = v.madd(x, v.constant(twoByPi), v.constant(shifter));
  const n = v.sub(quadrant, v.constant(shifter));
  const part = (name: keyof typeof halfPi): VectorId => v.constant(halfPi[name]);
  const [a, lostA] = difference(v, v.nmadd(n, part('first'), x), v.mul(n, part('second')));
  const [b, lostB] = difference(v, a, v.mul(n, part('third')));
  const small = v.nmadd(n, part('fourth'), v.add(lostA, lostB));
  const r = v.add(b, small);
  return { r, rest: v.add(v.sub(b, r), small), quadrant };
}

/** a − b and what rounding took from it. */
function difference(v: Vectors, a: VectorId, b: VectorId): readonly [VectorId, VectorId] {
  const d = v.sub(a, b);
  const t = v.sub(d, a);
  return [d, v.sub(v.sub(a, v.sub(d, t)), v.add(b, t))];
}

function inQuadrant(v: Vectors, reduced: Reduced, quadrant: VectorId): VectorId {
  const value = v.choose(isOdd(v, quadrant), cosineOf(v, reduced), sineOf(v, reduced));
  const sign = v.shift('shiftLeft', v.and(quadrant, v.bits(2n)), 62);
  return v.binary('xor', value, sign);
}

/** Bit 0 moved to where a double has its exponent: 2 or 0. */
function isOdd(v: Vectors, quadrant: VectorId): VectorId {
  const bit = v.shift('shiftLeft', v.and(quadrant, v.bits(1n)), 62);
  return v.binary('gt', bit, v.constant(0));
}

function sineOf(v: Vectors, { r, rest }: Reduced): VectorId {
  const z = v.mul(r, r);
  const cube = v.mul(z, r);
  const inner = v.nmadd(cube, v.polynomial(z, sineTerms), v.mul(v.constant(0.5), rest));
  const correction = v.nmadd(cube, v.constant(firstSineTerm), v.sub(v.mul(z, inner), rest));
  return v.sub(r, correction);
}

function cosineOf(v: Vectors, { r, rest }: Reduced): VectorId {
  const z = v.mul(r, r);
  const half = v.mul(v.constant(0.5), z);
  const one = v.constant(1);
  const w = v.sub(one, half);
  const tail = v.nmadd(r, rest, v.mul(v.mul(z, z), v.polynomial(z, cosineTerms)));
  return v.add(w, v.add(v.sub(v.sub(one, w), half), tail));
}
