/**
 * Random numbers that come again: the same seed gives the same numbers on every machine.
 *
 * xoshiro128** needs only 32-bit operations, which JavaScript has, and its 2¹²⁸ states are plenty. The 128 bits are
 * filled from the seed by SplitMix64, so that neighbouring seeds give unrelated streams. A normal draw inverts the
 * distribution function: one uniform each, so that two streams stay in step whatever is drawn from them.
 *
 * Source  Blackman & Vigna, Scrambled Linear Pseudorandom Number Generators, ACM TOMS 47 (2021) · Steele, Lea & Flood,
 *         Fast Splittable Pseudorandom Number Generators (2014)
 */

import { normalQuantile } from './normal.ts';

/** A stream of random numbers, with its state. Not for secrets. */
export class Rng {
  readonly #state: Uint32Array;

  /** @param seed - any whole number; its lowest 64 bits count. */
  constructor(seed: number | bigint) {
    this.#state = scatter(BigInt.asUintN(64, BigInt(seed)));
  }

  /** 32 random bits, as a number from 0 to 2³² − 1. */
  bits(): number {
    const s = this.#state;
    const [a = 0, b = 0, c = 0, d = 0] = s;
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    s[2] = c ^ a;
    s[3] = d ^ b;
    s[1] = b ^ c ^ a;
    s[0] = a ^ d ^ b;
    s[2] ^= b << 9;
    s[3] = rotate(d ^ b, 11);
    return result;
  }

  /** A number strictly between 0 and 1, from 2⁵² equally likely ones: never 0 or 1, so that it can be inverted. */
  uniform(): number {
    const high = this.bits() >>> 6;
    const low = this.bits() >>> 6;
    return (high * 2 ** 26 + low + 0.5) * 2 ** -52;
  }

  /** A whole number from 0 to n − 1. n is at most 2³², and the bias below n/2⁵². */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** A draw from the standard normal distribution. */
  normal(): number {
    return normalQuantile(this.uniform());
  }

  /** The state as four 32-bit numbers; `Rng.from` goes on from there. */
  save(): readonly number[] {
    return [...this.#state];
  }

  static from(state: readonly number[]): Rng {
    const rng = new Rng(0);
    rng.#state.set(state);
    return rng;
  }
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

function scatter(seed: bigint): Uint32Array {
  const filled = new BigUint64Array(2);
  let at = seed;
  for (let i = 0; i < filled.length; i++) {
    at = BigInt.asUintN(64, at + 0x9e3779b97f4a7c15n);
    let z = at;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    filled[i] = z ^ (z >> 31n);
  }
  const [low = 0n, high = 0n] = filled;
  const words = [low, low >> 32n, high, high >> 32n];
  return Uint32Array.from(words, (word) => Number(BigInt.asUintN(32, word)));
}
