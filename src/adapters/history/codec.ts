/**
 * Blocks of one series as bytes: times and values of up to some thousand samples, exact to the last bit.
 *
 * Layout   count (uint16) · form of the times (uint8) · form of the values (uint8) · whether what follows is deflated by
 *          Zstandard (uint8) · bytes of the times (uint32) · times · values. Little-endian. Integers are zigzag and base 128.
 *
 * | form | times | values |
 * | --- | --- | --- |
 * | 0 … 14 | multiples of 10⁻ᵈ ms: second differences | multiples of 10⁻ᵈ: first differences |
 * | 15 | doubles, XOR with the one before, by byte planes | the same |
 *
 * Decimals of a sensor come back exactly from integers, at one or two bytes each: a form with d decimals is taken only if
 * every number of the block survives the way there and back. Zstandard then finds what repeats, such as the zeros of even
 * times; it is left out where it saves nothing.
 * Source   Pelkonen et al., "Gorilla: a fast, scalable, in-memory time series database", VLDB 8 (2015), for second
 *          differences and XOR; byte planes as in Blosc's shuffle.
 */

import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { assertInvariant } from '../../core/diagnose/index.ts';
import { integerOf, mostDecimals, scales } from './decimals.ts';

export interface Points {
  /** Unix milliseconds, ascending. */
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

const headerBytes = 9;
const doubles = 15;
const fastest = { [constants.ZSTD_c_compressionLevel]: 1 };

/** `plain` is four times as fast: for a block that will soon be written anew. */
export type Packing = 'deflated' | 'plain';

export function encodePoints({ timesMs, values }: Points, packing: Packing = 'deflated'): Uint8Array {
  const count = timesMs.length;
  assertInvariant(count === values.length && count > 0 && count <= 65_535, 'a block has 1 to 65,535 samples');
  const times = encodeNumbers(timesMs, 2);
  const shown = encodeNumbers(values, 1);
  const plain = Buffer.concat([times.bytes, shown.bytes]);
  const options = { params: fastest, chunkSize: roomFor(plain.length) };
  const deflated = packing === 'deflated' ? zstdCompressSync(plain, options) : plain;
  const isDeflated = deflated.length < plain.length;
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16LE(count, 0);
  header[2] = times.form;
  header[3] = shown.form;
  header[4] = isDeflated ? 1 : 0;
  header.writeUInt32LE(times.bytes.length, 5);
  return Buffer.concat([header, isDeflated ? deflated : plain]);
}

/** The block must be one that `encodePoints` made. */
export function decodePoints(bytes: Uint8Array): Points {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = buffer.readUInt16LE(0);
  const [timesForm = 0, valuesForm = 0, isDeflated] = buffer.subarray(2, 5);
  const timesBytes = buffer.readUInt32LE(5);
  const body = buffer.subarray(headerBytes);
  // A number has at most eight bytes.
  const chunkSize = roomFor(timesBytes + 8 * count);
  const plain = isDeflated === 1 ? zstdDecompressSync(body, { chunkSize }) : body;
  return {
    timesMs: decodeNumbers(plain.subarray(0, timesBytes), { count, form: timesForm, order: 2 }),
    values: decodeNumbers(plain.subarray(timesBytes), { count, form: valuesForm, order: 1 }),
  };
}

/** What Zstandard writes into. It would take 64 kB for each block, which stay until the garbage is collected. */
function roomFor(bytes: number): number {
  return Math.max(64, bytes);
}

interface Encoded {
  readonly form: number;
  readonly bytes: Uint8Array;
}

function encodeNumbers(numbers: Float64Array, order: 1 | 2): Encoded {
  const integers = asIntegers(numbers);
  if (integers === undefined) return { form: doubles, bytes: encodeDoubles(numbers) };
  return { form: integers.decimals, bytes: encodeDifferences(integers.values, order) };
}

function decodeNumbers(
  bytes: Buffer,
  { count, form, order }: { readonly count: number; readonly form: number; readonly order: 1 | 2 },
): Float64Array {
  if (form === doubles) return decodeDoubles(bytes, count);
  const numbers = decodeDifferences(bytes, count, order);
  const scale = scales[form] ?? 1;
  if (form > 0) for (let i = 0; i < count; i++) numbers[i] = (numbers[i] ?? 0) / scale;
  return numbers;
}

/** The numbers as integers of the fewest decimals that give each of them back, −0 left out. */
function asIntegers(
  numbers: Float64Array,
): { readonly decimals: number; readonly values: Float64Array } | undefined {
  const values = new Float64Array(numbers.length);
  let decimals = 0;
  for (let i = 0; i < numbers.length; ) {
    const integer = integerOf(numbers[i] ?? 0, decimals);
    if (!Number.isNaN(integer)) {
      values[i++] = integer;
      continue;
    }
    if (++decimals > mostDecimals) return undefined;
    i = 0;
  }
  return { decimals, values };
}

function encodeDifferences(integers: Float64Array, order: 1 | 2): Uint8Array {
  const bytes = new Uint8Array(integers.length * 8 + 8);
  let at = 0;
  let before = 0;
  let slope = 0;
  for (const integer of integers) {
    const step = integer - before;
    const difference = step - slope;
    before = integer;
    if (order === 2) slope = step;
    let rest = difference >= 0 ? 2 * difference : -2 * difference - 1;
    // Beyond 32 bits there are no bit operations on doubles.
    while (rest >= 128) {
      bytes[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    bytes[at++] = rest;
  }
  return bytes.subarray(0, at);
}

function decodeDifferences(bytes: Buffer, count: number, order: 1 | 2): Float64Array {
  const integers = new Float64Array(count);
  let at = 0;
  let before = 0;
  let slope = 0;
  for (let i = 0; i < count; i++) {
    let zigzag = 0;
    let weight = 1;
    for (let byte = 128; byte >= 128; weight *= 128) {
      byte = bytes[at++] ?? 0;
      zigzag += (byte % 128) * weight;
    }
    const difference = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    const step = slope + difference;
    before += step;
    if (order === 2) slope = step;
    integers[i] = before;
  }
  return integers;
}

/** Byte b of all numbers stands together, so that what seldom changes makes long runs. */
function encodeDoubles(numbers: Float64Array): Uint8Array {
  const words = new Uint32Array(numbers.slice().buffer);
  const planes = new Uint8Array(words.length * 4);
  const count = numbers.length;
  for (let i = count - 1; i >= 0; i--) {
    for (const half of [0, 1]) {
      const word = (words[2 * i + half] ?? 0) ^ (i > 0 ? (words[2 * (i - 1) + half] ?? 0) : 0);
      for (let b = 0; b < 4; b++) planes[(half * 4 + b) * count + i] = (word >>> (8 * b)) & 255;
    }
  }
  return planes;
}

function decodeDoubles(planes: Buffer, count: number): Float64Array {
  const words = new Uint32Array(count * 2);
  for (let i = 0; i < count; i++) {
    for (const half of [0, 1]) {
      let word = 0;
      for (let b = 0; b < 4; b++) word |= (planes[(half * 4 + b) * count + i] ?? 0) << (8 * b);
      words[2 * i + half] = word ^ (i > 0 ? (words[2 * (i - 1) + half] ?? 0) : 0);
    }
  }
  return new Float64Array(words.buffer);
}
