/**
 * CRC-32 of a record's number and content, as zlib computes it, for many small records.
 *
 * A record has some fifty bytes. Of so few a table is faster than a call out of JavaScript with a view made for it: 0.1 µs
 * instead of 0.5 µs, of which a restart makes a million. Longer ones go to zlib.
 *
 * Source   ISO 3309 / ITU-T V.42: polynomial 0x04c11db7, bits reflected.
 */

import { crc32 } from 'node:zlib';

/** From here on the call costs less. */
const longBytes = 512;
const polynomial = 0xedb88320;
const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? polynomial : 0);
  return remainder;
});

/** Of the number (uint64, little-endian), then the bytes from `from` to `to`. */
export function checksumOf(number: number, bytes: Uint8Array, from: number, to: number): number {
  let sum = wordInto(-1, number % 2 ** 32);
  sum = wordInto(sum, Math.floor(number / 2 ** 32));
  if (to - from >= longBytes) return crc32(bytes.subarray(from, to), ~sum >>> 0);
  for (let at = from; at < to; at++) sum = byteInto(sum, bytes[at] ?? 0);
  return ~sum >>> 0;
}

function wordInto(sum: number, word: number): number {
  const low = byteInto(byteInto(sum, word & 0xff), (word >>> 8) & 0xff);
  return byteInto(byteInto(low, (word >>> 16) & 0xff), word >>> 24);
}

function byteInto(sum: number, byte: number): number {
  return (sum >>> 8) ^ (table[(sum ^ byte) & 0xff] ?? 0);
}
