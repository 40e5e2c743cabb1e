/**
 * The body of one function, instruction by instruction.
 *
 * Source    WebAssembly Specification 3.0, section 5.4, and its relaxed SIMD instructions.
 */

import type { VectorBinary, VectorShift, VectorUnary } from '../vector/vectors.ts';
import { Bytes } from './bytes.ts';

/** Types of values, as they are encoded. */
export const valueTypes = { i32: 0x7f, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

const unaryCodes: Record<VectorUnary, number> = {
  abs: 0xec,
  neg: 0xed,
  sqrt: 0xef,
  floor: 0x75,
  trunc: 0x7a,
  not: 0x4d,
};

const binaryCodes: Record<VectorBinary, number> = {
  eq: 0x47,
  ne: 0x48,
  lt: 0x49,
  gt: 0x4a,
  le: 0x4b,
  ge: 0x4c,
  and: 0x4e,
  andnot: 0x4f,
  or: 0x50,
  xor: 0x51,
  iadd: 0xce,
  add: 0xf0,
  sub: 0xf1,
  mul: 0xf2,
  div: 0xf3,
  min: 0xf4,
  max: 0xf5,
  pmin: 0xf6,
  pmax: 0xf7,
};

const shiftCodes: Record<VectorShift, number> = { shiftLeft: 0xcb, shiftRight: 0xcd };

const emptyBlock = 0x40;

export class Code {
  readonly #out = new Bytes();
  readonly #locals: ValueType[] = [];
  readonly #parameters: number;

  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  /** A new local, zero at first. */
  local(type: ValueType): number {
    return this.#parameters + this.#locals.push(type) - 1;
  }

  /** Locals and instructions, as a module's code section has them. */
  finished(): Bytes {
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    const body = new Bytes().unsigned(runs.length);
    for (const { type, count } of runs) body.unsigned(count).byte(valueTypes[type]);
    return body.bytes(this.#out.view()).byte(0x0b);
  }

  getLocal(local: number): this {
    this.#out.byte(0x20).unsigned(local);
    return this;
  }

  setLocal(local: number): this {
    this.#out.byte(0x21).unsigned(local);
    return this;
  }

  getGlobal(global: number): this {
    this.#out.byte(0x23).unsigned(global);
    return this;
  }

  i32(value: number): this {
    this.#out.byte(0x41).signed(value);
    return this;
  }

  i32Add(): this {
    this.#out.byte(0x6a);
    return this;
  }

  i32Multiply(): this {
    this.#out.byte(0x6c);
    return this;
  }

  i32IsZero(): this {
    this.#out.byte(0x45);
    return this;
  }

  block(): this {
    this.#out.byte(0x02).byte(emptyBlock);
    return this;
  }

  loop(): this {
    this.#out.byte(0x03).byte(emptyBlock);
    return this;
  }

  /** An `if` that leaves a value of the type. */
  ifGiving(type: ValueType): this {
    this.#out.byte(0x04).byte(valueTypes[type]);
    return this;
  }

  otherwise(): this {
    this.#out.byte(0x05);
    return this;
  }

  end(): this {
    this.#out.byte(0x0b);
    return this;
  }

  branch(depth: number): this {
    this.#out.byte(0x0c).unsigned(depth);
    return this;
  }

  branchIf(depth: number): this {
    this.#out.byte(0x0d).unsigned(depth);
    return this;
  }

  call(index: number): this {
    this.#out.byte(0x10).unsigned(index);
    return this;
  }

  /** Both lanes from an address with an offset. */
  load(offset: number): this {
    return this.#simd(0x00).#memory(3, offset);
  }

  store(offset: number): this {
    return this.#simd(0x0b).#memory(3, offset);
  }

  /** One lane, the other one 0. */
  loadFirst(): this {
    return this.#simd(0x5d).#memory(3, 0);
  }

  /** One lane of a vector that is there already. */
  loadLane(lane: number): this {
    this.#simd(0x57).#memory(3, 0).#out.byte(lane);
    return this;
  }

  storeLane(lane: number): this {
    this.#simd(0x5b).#memory(3, 0).#out.byte(lane);
    return this;
  }

  constant(bits: bigint): this {
    this.#simd(0x0c).#out.bits64(bits).bits64(bits);
    return this;
  }

  splat(): this {
    return this.#simd(0x14);
  }

  extractLane(lane: number): this {
    this.#simd(0x21).#out.byte(lane);
    return this;
  }

  replaceLane(lane: number): this {
    this.#simd(0x22).#out.byte(lane);
    return this;
  }

  unary(operator: VectorUnary): this {
    return this.#simd(unaryCodes[operator]);
  }

  binary(operator: VectorBinary): this {
    return this.#simd(binaryCodes[operator]);
  }

  shift(operator: VectorShift, by: number): this {
    return this.i32(by).#simd(shiftCodes[operator]);
  }

  /** a, b, c → a·b + c or −(a·b) + c. */
  fused(operator: 'madd' | 'nmadd'): this {
    return this.#simd(operator === 'madd' ? 0x107 : 0x108);
  }

  /** yes, no, mask → bits of yes where the mask has ones. */
  select(): this {
    return this.#simd(0x52);
  }

  /** The same where each lane of the mask is all ones or all zeros: one instruction instead of three. */
  relaxedSelect(): this {
    return this.#simd(0x10c);
  }

  anyTrue(): this {
    return this.#simd(0x53);
  }

  /** Whether no lane is zero. */
  allTrue(): this {
    return this.#simd(0xc3);
  }

  #simd(code: number): this {
    this.#out.byte(0xfd).unsigned(code);
    return this;
  }

  #memory(alignment: number, offset: number): this {
    this.#out.unsigned(alignment).unsigned(offset);
    return this;
  }
}
