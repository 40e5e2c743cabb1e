/**
 * A number for bytes that looks like chance, for tables and orders: bytes that differ in one bit have numbers far apart.
 *
 * Source  Fowler, Noll, Vo & Eastlake, The FNV Non-Cryptographic Hash Algorithm (2011): FNV-1a, 32 bits; mixed as MurmurHash3 ends
 *         (Appleby, 2011), since FNV leaves the numbers of texts alike that differ in the last digit.
 */

/** Of the bytes `from` ≤ i < `to`: a whole number below 2³². */
export function hashBytes(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let h = 0x811c9dc5;
  for (let i = from; i < to; i++) h = Math.imul(h ^ (bytes[i] ?? 0), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
