/**
 * A digest of 64 bits of a frame's numbers: two frames that differ in any bit have, but for chance, different digests.
 *
 * It is XXH32 of the numbers as little-endian float64, with seed 1 for the upper half and seed 0 for the lower, so that any
 * library of it can check one. Every NaN counts as 0x7ff8000000000000: which of them a computation gives is up to the
 * processor. Integers of 32 bits are what JavaScript multiplies fast; a hash of 64-bit words would need BigInt.
 *
 * Notation  a b c d the four lanes of XXH32, each with seed 0 and with seed 1 · w a word of 32 bits
 * Source    Collet, "xxHash fast digest algorithm", format specification 0.1.1 (2018), chapter XXH32.
 */

export interface Digest {
  /** Unsigned words of 32 bits. */
  readonly high: number;
  readonly low: number;
}

const prime1 = 0x9e3779b1;
const prime2 = 0x85ebca77;
const prime3 = 0xc2b2ae3d;
const prime4 = 0x27d4eb2f;
const prime5 = 0x165667b1;
const exponent = 0x7ff00000;
const quiet = 0x7ff80000;

export function digestOf(values: Float64Array): Digest {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  settleNans(words);
  return { high: hash(words, 1), low: hash(words, 0) };
}

/** Sixteen hexadecimal digits. */
export function formatDigest({ high, low }: Digest): string {
  return hex(high) + hex(low);
}

/** Overwrites each NaN by the one that counts. */
function settleNans(words: Uint32Array): void {
  for (let i = 1; i < words.length; i += 2) {
    const high = words[i] ?? 0;
    if ((high & exponent) !== exponent || ((high & 0xfffff) === 0 && words[i - 1] === 0)) continue;
    words[i] = quiet;
    words[i - 1] = 0;
  }
}

function hash(words: Uint32Array, seed: number): number {
  const { length } = words;
  let at = 0;
  let h = (seed + prime5) | 0;
  if (length >= 4) {
    let a = (seed + prime1 + prime2) | 0;
    let b = (seed + prime2) | 0;
    let c = seed | 0;
    let d = (seed - prime1) | 0;
    for (const end = length - 3; at < end; at += 4) {
      a = round(a, words[at] ?? 0);
      b = round(b, words[at + 1] ?? 0);
      c = round(c, words[at + 2] ?? 0);
      d = round(d, words[at + 3] ?? 0);
    }
    h = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0;
  }
  h = (h + length * 4) | 0;
  for (; at < length; at++) h = Math.imul(rotate((h + Math.imul(words[at] ?? 0, prime3)) | 0, 17), prime4);
  h = Math.imul(h ^ (h >>> 15), prime2);
  h = Math.imul(h ^ (h >>> 13), prime3);
  return (h ^ (h >>> 16)) >>> 0;
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, prime2)) | 0, 13), prime1);
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
