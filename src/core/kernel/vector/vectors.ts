/**
 * A hash-consed graph of the operations that SIMD hardware has: what a formula's operators are lowered to.
 *
 * Every value is a vector of 64-bit lanes, looked at as doubles, as whole numbers or as masks of all ones or all
 * zeros. Operands have smaller ids than what is made of them, so going upwards through the ids is an evaluation order.
 *
 * A program is lowered twice. The *fast* one takes each elementary function where its plain formula holds and notes as
 * a requirement where that is (`within`). The *careful* one also computes what is outside. Both give the same
 * bits wherever the requirements hold, so a kernel may run the fast one and repeat with the careful one what broke a
 * requirement: overflow, subnormals and the like cost nothing until they come.
 */

import { assertInvariant } from '../../diagnose/index.ts';

/** Index of a node in its graph. */
export type VectorId = number;

/** Named as in WebAssembly, where each is one instruction: f64x2 unless an `i` stands before it. */
export type VectorUnary = 'abs' | 'neg' | 'sqrt' | 'floor' | 'trunc' | 'not';
export type VectorBinary =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'min'
  | 'max'
  | 'pmin'
  | 'pmax'
  | 'eq'
  | 'ne'
  | 'lt'
  | 'le'
  | 'gt'
  | 'ge'
  | 'and'
  | 'andnot'
  | 'or'
  | 'xor'
  | 'iadd';
export type VectorShift = 'shiftLeft' | 'shiftRight';
/** Functions that the host has, asked lane by lane for what the vector formula does not reach. */
export type HostFunction = 'sin' | 'cos' | 'tan';

export type VectorNode =
  | { readonly kind: 'bits'; readonly bits: bigint }
  | { readonly kind: 'load'; readonly slot: number }
  | { readonly kind: 'unary'; readonly operator: VectorUnary; readonly a: VectorId }
  | { readonly kind: 'binary'; readonly operator: VectorBinary; readonly a: VectorId; readonly b: VectorId }
  | { readonly kind: 'shift'; readonly operator: VectorShift; readonly a: VectorId; readonly by: number }
  | {
      /** a·b + c, or −(a·b) + c, rounded once. */
      readonly kind: 'fused';
      readonly operator: 'madd' | 'nmadd';
      readonly a: VectorId;
      readonly b: VectorId;
      readonly c: VectorId;
    }
  | { readonly kind: 'choose'; readonly mask: VectorId; readonly yes: VectorId; readonly no: VectorId }
  | { readonly kind: 'host'; readonly name: HostFunction; readonly mask: VectorId; readonly a: VectorId };

export interface VectorOptions {
  /** Whether `madd` is rounded once. Without, it is a multiplication and an addition. */
  readonly fused: boolean;
  /** Whether what lies outside the plain formulas is computed too. */
  readonly careful: boolean;
}

const signBit = 1n << 63n;
const scratch = new DataView(new ArrayBuffer(8));

/** The bits of a double. */
function bitsOf(value: number): bigint {
  scratch.setFloat64(0, value);
  return scratch.getBigUint64(0);
}

export class Vectors {
  readonly options: VectorOptions;
  readonly #nodes: VectorNode[] = [];
  readonly #operands: (readonly VectorId[])[] = [];
  readonly #ids = new Map<string, VectorId>();
  readonly #constants = new Map<number, VectorId>();
  readonly #requirements = new Set<VectorId>();

  constructor(options: VectorOptions) {
    this.options = options;
  }

  get size(): number {
    return this.#nodes.length;
  }

  node(id: VectorId): VectorNode {
    const node = this.#nodes[id];
    if (node === undefined) assertInvariant(false, `vector ${id} is not in this graph of ${this.size}`);
    return node;
  }

  /** The vectors that a node is computed from. */
  operands(id: VectorId): readonly VectorId[] {
    return this.#operands[id] ?? [];
  }

  /** Masks: the fast formulas hold where all of them do. */
  get requirements(): ReadonlySet<VectorId> {
    return this.#requirements;
  }

  bits(bits: bigint): VectorId {
    return this.#intern(`#${bits}`, { kind: 'bits', bits });
  }

  constant(value: number): VectorId {
    // The map takes −0 for 0.
    if (value === 0) return this.bits(bitsOf(value));
    const known = this.#constants.get(value);
    if (known !== undefined) return known;
    const id = this.bits(bitsOf(value));
    this.#constants.set(value, id);
    return id;
  }

  load(slot: number): VectorId {
    return this.#intern(`l${slot}`, { kind: 'load', slot });
  }

  unary(operator: VectorUnary, a: VectorId): VectorId {
    return this.#intern(`${operator},${a}`, { kind: 'unary', operator, a });
  }

  binary(operator: VectorBinary, a: VectorId, b: VectorId): VectorId {
    return this.#intern(`${operator},${a},${b}`, { kind: 'binary', operator, a, b });
  }

  shift(operator: VectorShift, a: VectorId, by: number): VectorId {
    return this.#intern(`${operator},${a},${by}`, { kind: 'shift', operator, a, by });
  }

  /** a·b + c. */
  madd(a: VectorId, b: VectorId, c: VectorId): VectorId {
    if (!this.options.fused) return this.add(this.mul(a, b), c);
    return this.#intern(`madd,${a},${b},${c}`, { kind: 'fused', operator: 'madd', a, b, c });
  }

  /** c − a·b. */
  nmadd(a: VectorId, b: VectorId, c: VectorId): VectorId {
    if (!this.options.fused) return this.sub(c, this.mul(a, b));
    return this.#intern(`nmadd,${a},${b},${c}`, { kind: 'fused', operator: 'nmadd', a, b, c });
  }

  choose(mask: VectorId, yes: VectorId, no: VectorId): VectorId {
    if (yes === no) return yes;
    return this.#intern(`?${mask},${yes},${no}`, { kind: 'choose', mask, yes, no });
  }

  /** What the host's function says in the lanes of the mask; anything in the others. */
  host(name: HostFunction, mask: VectorId, a: VectorId): VectorId {
    return this.#intern(`@${name},${mask},${a}`, { kind: 'host', name, mask, a });
  }

  /** `plain` in the lanes of the mask. What is in the others is a requirement broken, or, if careful, `beyond`. */
  within(mask: VectorId, plain: VectorId, beyond: () => VectorId): VectorId {
    if (this.options.careful) return this.choose(mask, plain, beyond());
    this.#requirements.add(mask);
    return plain;
  }

  add(a: VectorId, b: VectorId): VectorId {
    return this.binary('add', a, b);
  }

  sub(a: VectorId, b: VectorId): VectorId {
    return this.binary('sub', a, b);
  }

  mul(a: VectorId, b: VectorId): VectorId {
    return this.binary('mul', a, b);
  }

  div(a: VectorId, b: VectorId): VectorId {
    return this.binary('div', a, b);
  }

  and(a: VectorId, b: VectorId): VectorId {
    return this.binary('and', a, b);
  }

  or(a: VectorId, b: VectorId): VectorId {
    return this.binary('or', a, b);
  }

  abs(a: VectorId): VectorId {
    return this.unary('abs', a);
  }

  /** The sign bit alone. */
  sign(a: VectorId): VectorId {
    return this.and(a, this.bits(signBit));
  }

  /** coefficients[0] + x·(coefficients[1] + x·(…)). */
  polynomial(x: VectorId, coefficients: readonly number[]): VectorId {
    let sum: VectorId | undefined;
    for (const coefficient of coefficients.toReversed()) {
      const term = this.constant(coefficient);
      sum = sum === undefined ? term : this.madd(sum, x, term);
    }
    if (sum === undefined) assertInvariant(false, 'a polynomial has coefficients');
    return sum;
  }

  #intern(key: string, node: VectorNode): VectorId {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#nodes.push(node) - 1;
    this.#operands.push(operandsOf(node));
    this.#ids.set(key, id);
    return id;
  }
}

function operandsOf(node: VectorNode): readonly VectorId[] {
  switch (node.kind) {
    case 'bits':
    case 'load':
      return [];
    case 'unary':
    case 'shift':
      return [node.a];
    case 'binary':
      return [node.a, node.b];
    case 'fused':
      return [node.a, node.b, node.c];
    case 'choose':
      return [node.mask, node.yes, node.no];
    case 'host':
      return [node.mask, node.a];
  }
}
