/**
 * Samples of a series as bytes, one behind the other, exact to the last bit: mostly four of them, where two doubles have sixteen.
 *
 * | part | mostly | where that is not exact |
 * | --- | --- | --- |
 * | time | whole milliseconds since the sample before, at least 1 | 0, then the double |
 * | value | difference from the one before, in the decimals of that, counted from 1 | 0, then the new decimals and the value in them, counted from 1; or 0 and 15, then the double |
 *
 * Integers are base 128, signed ones zigzag before.
 */

import { decimalsOf, integerOf, scales } from './decimals.ts';

/** A series as its last sample left it. */
export interface Packed {
  /** Of the sample before; 0 where there is none. */
  timeMs: number;
  decimals: number;
  /** The last value that has decimals, in those. */
  integer: number;
}

const elsewhere = 0;
const doubles = 15;
/** No sample has more bytes. */
const mostBytes = 24;

export class SamplePacker {
  /** The newest sample that was packed. */
  readonly bytes = new Uint8Array(mostBytes);
  length = 0;
  readonly #view = new DataView(this.bytes.buffer);

  /** Packs a sample behind those before; `packed` is then as it left the series. */
  pack(packed: Packed, timeMs: number, value: number): void {
    this.length = 0;
    const stepMs = timeMs - packed.timeMs;
    if (stepMs >= 1 && Number.isSafeInteger(stepMs) && packed.timeMs + stepMs === timeMs)
      this.#integer(stepMs);
    else this.#double(timeMs, elsewhere);
    packed.timeMs = timeMs;
    this.#value(packed, value);
  }

  #value(packed: Packed, value: number): void {
    const integer = integerOf(value, packed.decimals);
    if (!Number.isNaN(integer)) {
      this.#integer(1 + zigzag(integer - packed.integer));
      packed.integer = integer;
      return;
    }
    const decimals = decimalsOf(value);
    this.#byte(elsewhere);
    if (decimals === undefined) {
      this.#double(value, doubles);
      return;
    }
    this.#byte(decimals);
    packed.decimals = decimals;
    packed.integer = integerOf(value, decimals);
    this.#integer(1 + zigzag(packed.integer));
  }

  #byte(byte: number): void {
    this.bytes[this.length++] = byte;
  }

  #integer(integer: number): void {
    let rest = integer;
    // Beyond 31 bits there are no bit operations on doubles.
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) this.#byte((rest % 128) | 128);
    for (; rest > 127; rest >>= 7) this.#byte((rest & 127) | 128);
    this.#byte(rest);
  }

  #double(number: number, mark: number): void {
    this.#byte(mark);
    this.#view.setFloat64(this.length, number, true);
    this.length += 8;
  }
}

/** Reads samples in the order in which they were packed. */
export class SampleUnpacker {
  timeMs = 0;
  value = 0;
  readonly #bytes: Uint8Array;
  #at = 0;
  #decimals = 0;
  #integer = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Goes to the next sample. */
  read(): void {
    const stepMs = this.#readInteger();
    this.timeMs = stepMs === elsewhere ? this.#readDouble() : this.timeMs + stepMs;
    const difference = this.#readInteger();
    if (difference === elsewhere) {
      const decimals = this.#bytes[this.#at++] ?? 0;
      if (decimals === doubles) {
        this.value = this.#readDouble();
        return;
      }
      this.#decimals = decimals;
      this.#integer = unzigzag(this.#readInteger() - 1);
    } else this.#integer += unzigzag(difference - 1);
    this.value = this.#integer / (scales[this.#decimals] ?? 1);
  }

  #readInteger(): number {
    let integer = 0;
    let weight = 1;
    for (let byte = 128; byte >= 128; weight *= 128) {
      byte = this.#bytes[this.#at++] ?? 0;
      integer += (byte & 127) * weight;
    }
    return integer;
  }

  #readDouble(): number {
    const { buffer, byteOffset } = this.#bytes;
    this.#at += 8;
    return new DataView(buffer, byteOffset).getFloat64(this.#at - 8, true);
  }
}

function zigzag(integer: number): number {
  return integer >= 0 ? 2 * integer : -2 * integer - 1;
}

function unzigzag(integer: number): number {
  return integer % 2 === 0 ? integer / 2 : -(integer + 1) / 2;
}
