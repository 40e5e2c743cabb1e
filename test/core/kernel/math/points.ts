/**
 * The elementary functions as the kernels compute them, and the points at which they are measured: at random over every
 * range that a formula treats in its own way, and where it is hard.
 */

import type { VectorId, VectorOptions } from '../../../../src/core/kernel/vector/vectors.ts';
import { Vectors } from '../../../../src/core/kernel/vector/vectors.ts';
import { cosh, exp, expm1, sinh, tanh } from '../../../../src/core/kernel/math/exponential.ts';
import { acos, asin, atan, atan2 } from '../../../../src/core/kernel/math/inverse.ts';
import { log, log10, log1p } from '../../../../src/core/kernel/math/logarithm.ts';
import { pow } from '../../../../src/core/kernel/math/power.ts';
import { cos, sin, tan } from '../../../../src/core/kernel/math/trigonometric.ts';
import type { Arithmetic } from '../../../../src/core/kernel/wasm/module.ts';
import { encode } from '../../../../src/core/kernel/wasm/module.ts';
import type { exact } from './exact.ts';

export type FunctionName = keyof typeof exact;

export type Build = (v: Vectors, x: VectorId, y: VectorId) => VectorId;

const builds: Readonly<Record<FunctionName, Build>> = {
  exp,
  expm1,
  log,
  log1p,
  log10,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  sqrt: (v, x) => v.unary('sqrt', x),
  pow,
  atan2,
};

export const functionNames = Object.keys(builds) as readonly FunctionName[];

/** Computes a function at many points, eight side by side; points that need care take their eight along. */
export function compute(
  name: FunctionName,
  arithmetic: Arithmetic,
  points: readonly (readonly [number, number])[],
): Float64Array {
  return computeBy(builds[name], arithmetic, points);
}

/** The same for a formula that has no name. */
export function computeBy(
  build: Build,
  arithmetic: Arithmetic,
  points: readonly (readonly [number, number])[],
): Float64Array {
  const lower = (options: Omit<VectorOptions, 'fused'>) => {
    const vectors = new Vectors({ ...options, fused: arithmetic === 'relaxed' });
    const vector = build(vectors, vectors.load(0), vectors.load(1));
    return { vectors, writes: [{ slot: 2, vector }] };
  };
  const variants = { fast: lower({ careful: false }), careful: lower({ careful: true }) };
  const { bytes, groupLanes } = encode(variants, arithmetic);
  const capacity = Math.ceil(points.length / groupLanes) * groupLanes;
  const pages = Math.ceil((capacity * 3 * 8) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const numbers = new Float64Array(memory.buffer, 0, 3 * capacity);
  for (const [i, [x, y]] of points.entries()) {
    numbers[i] = x;
    numbers[capacity + i] = y;
  }
  const host = { sin: Math.sin, cos: Math.cos, tan: Math.tan, memory };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host });
  (exports.fast as (...values: number[]) => void)(0, capacity * 8, capacity / groupLanes, 1);
  return numbers.slice(2 * capacity, 2 * capacity + points.length);
}

/** Numbers from 0 to 1 from a seed, by Steele's SplitMix32. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    const low = (z ^ (z >>> 15)) >>> 0;
    state = (state + 0x9e3779b9) | 0;
    z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (((z ^ (z >>> 15)) >>> 5) * 67_108_864 + (low >>> 6)) / 2 ** 53;
  };
}

/** A range: evenly, or, if `logarithmic`, evenly over the exponents and of either sign. */
type Range = readonly [low: number, high: number, kind?: 'logarithmic' | 'positive'];

const everywhere: Range = [2 ** -1074, Number.MAX_VALUE, 'logarithmic'];
const positive: Range = [2 ** -1074, Number.MAX_VALUE, 'positive'];
const trigonometric: readonly Range[] = [[-4, 4], [-1000, 1000], [-(2 ** 20), 2 ** 20], everywhere];

const ranges: Readonly<Record<FunctionName, readonly Range[]>> = {
  exp: [
    [-745.13, 709.78],
    [-2, 2],
    [-745.13, -707],
    [2 ** -60, 1, 'logarithmic'],
  ],
  expm1: [
    [-50, 709.78],
    [-2, 2],
    [2 ** -1074, 1, 'logarithmic'],
  ],
  log: [positive, [0.5, 2], [0, 20]],
  log1p: [[-1, 2], [2 ** -1074, 0.9, 'logarithmic'], positive],
  log10: [positive, [0.5, 2], [0, 2000]],
  sin: trigonometric,
  cos: trigonometric,
  tan: trigonometric,
  asin: [
    [-1, 1],
    [2 ** -1074, 1, 'logarithmic'],
  ],
  acos: [
    [-1, 1],
    [2 ** -1074, 1, 'logarithmic'],
  ],
  atan: [[-4, 4], everywhere],
  sinh: [
    [-710.4, 710.4],
    [-2, 2],
    [2 ** -1074, 1, 'logarithmic'],
  ],
  cosh: [
    [-710.4, 710.4],
    [-2, 2],
  ],
  tanh: [[-20, 20], [-2, 2], everywhere],
  sqrt: [positive],
  pow: [positive],
  atan2: [everywhere],
};

/** Where reductions end, near multiples of π/2, and worst cases for rounding (Muller, Elementary Functions, ch. 10). */
const hard: Partial<Record<FunctionName, readonly number[]>> = {
  exp: [
    708, -708, 709.782712893384, -745.1332191019411, 7.541551656169e-7, 0.34657359027997264,
    -744.4400719213812,
  ],
  expm1: [0.34657359027997264, -0.34657359027997264, 1.0397207708399179, -1.0397207708399179],
  log: [0.7071067811865475, 0.7071067811865476, 1.4142135623730951, 1 + 2 ** -52, 1 - 2 ** -53],
  log1p: [-1 + 2 ** -53, -0.2928932188134524, 0.41421356237309515, 2 ** -53, 2 ** 53],
  log10: [10, 1000, 1e22, 1e-5, 1 + 2 ** -52, 1 - 2 ** -53],
  asin: [0.5, 0.49999999999999994, 1, -1, 1 - 2 ** -53],
  acos: [0.5, 0.49999999999999994, -1, 1 - 2 ** -53, -1 + 2 ** -53, 6.123233995736766e-17],
  atan: [0.4375, 0.6875, 1.1875, 2.4375, 1e300],
  tanh: [20, 19.06, 0.17328679513998632, 22],
};

function trigonometricHard(): number[] {
  const points = [
    5.3193726483265414e255,
    6381956970095103 * 2 ** 797,
    2 ** 20,
    2 ** 20 + 1,
    1e22,
    37314.31767,
  ];
  for (let n = 1; n < 60_000; n = n * 1.17 + 1) {
    const near = Math.round(n) * (Math.PI / 2);
    for (const offset of [-2, -1, 0, 1, 2]) points.push(near * (1 + offset * 2 ** -52));
  }
  for (const n of [355, 710, 103_993, 312_689, 833_719]) points.push(n, n / 2);
  return points;
}

/** Points at which the function is finite, `count` from every range and the hard ones. */
export function pointsFor(name: FunctionName, count: number, seed: number): (readonly [number, number])[] {
  const roll = dice(seed);
  if (name === 'pow') return powerPoints(count, roll);
  const points: [number, number][] = [];
  for (const range of ranges[name]) {
    for (let i = 0; i < count; i++) points.push([drawn(range, roll), drawn(range, roll)]);
  }
  if (name === 'atan2') {
    for (let i = 0; i < 2 * count; i++) {
      const x = drawn([1e-3, 1e3, 'logarithmic'], roll);
      points.push([x * drawn([1e-3, 1e3, 'logarithmic'], roll), x]);
    }
  }
  const more = name === 'sin' || name === 'cos' || name === 'tan' ? trigonometricHard() : (hard[name] ?? []);
  for (const x of more) points.push([x, 1]);
  return points;
}

function drawn([low, high, kind]: Range, roll: () => number): number {
  if (kind === undefined) return low + (high - low) * roll();
  const [from, to] = [Math.log2(low), Math.log2(high)];
  const value = Math.min(high, 2 ** (from + (to - from) * roll()) * (1 + roll() / 3));
  return kind === 'logarithmic' && roll() < 0.5 ? -value : value;
}

/** Every size of result for every size of x, x close to 1, whole powers of negative numbers, everyday exponents. */
function powerPoints(count: number, roll: () => number): [number, number][] {
  const points: [number, number][] = [];
  const put = (x: number, y: number): void => {
    const size = y * Math.log2(Math.abs(x));
    if (size > -1074 && size < 1023.99) points.push([x, y]);
  };
  for (let i = 0; i < count; i++) {
    for (const x of [drawn(positive, roll), 0.5 + roll(), 1 + drawn([2 ** -52, 0.1, 'logarithmic'], roll)]) {
      put(x, (-1074 + 2097 * roll()) / Math.log2(x));
    }
    put(drawn([1e-3, 1e3, 'positive'], roll), drawn([0.1, 10, 'logarithmic'], roll));
    put(-drawn([1e-5, 1e5, 'positive'], roll), Math.round(-20 + 40 * roll()));
    put(drawn([1e-3, 1e5, 'positive'], roll), [0.8, 1.852, 0.5, 1.5, 1 / 3, 0.25, -0.2][i % 7] ?? 1);
  }
  return points;
}
