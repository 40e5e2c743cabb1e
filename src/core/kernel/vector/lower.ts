/**
 * A program over the operators of formulas, lowered to vector operations.
 *
 * Without fused multiply-add every operator but the elementary functions gives the bits of its definition in
 * `core/graph`. With it, a product that only sums use is rounded together with them, and a division by what stays the
 * same over the steps becomes a multiplication.
 */

import { assertInvariant } from '../../diagnose/index.ts';
import type { BinaryOperator, Graph, GraphNode, NodeId, UnaryOperator } from '../../graph/index.ts';
import { operandsOf } from '../../graph/index.ts';
import type { Program } from '../kernel.ts';
import { cosh, exp, expm1, sinh, tanh } from '../math/exponential.ts';
import { acos, asin, atan, atan2 } from '../math/inverse.ts';
import { log, log10, log1p } from '../math/logarithm.ts';
import { moderatePower, pow, simplePower } from '../math/power.ts';
import { cos, sin, tan } from '../math/trigonometric.ts';
import type { VectorId, VectorOptions } from './vectors.ts';
import { Vectors } from './vectors.ts';

export interface VectorProgram {
  readonly vectors: Vectors;
  readonly writes: readonly { readonly slot: number; readonly vector: VectorId }[];
}

export function lowerProgram({ graph, writes }: Program, options: VectorOptions): VectorProgram {
  const roots = writes.map(({ node }) => node);
  const written = new Set(writes.map(({ slot }) => slot));
  const lowering = new Lowering({ graph, roots, written }, options);
  return {
    vectors: lowering.vectors,
    writes: writes.map(({ slot, node }) => ({ slot, vector: lowering.number(node) })),
  };
}

/** Its inverse is a normal number, and so is the inverse of that. */
const tiny = 2 ** -1021;

interface Source {
  readonly graph: Graph;
  readonly roots: readonly NodeId[];
  /** The slots that the program writes. */
  readonly written: ReadonlySet<number>;
}

class Lowering {
  readonly vectors: Vectors;
  readonly #graph: Graph;
  /** Numbers by node; for a node that yields truth, its mask. */
  readonly #values = new Map<NodeId, VectorId>();
  readonly #masks = new Set<NodeId>();
  /** What is used by something that a product does not fuse with. */
  readonly #neededAlone = new Set<NodeId>();
  /** What depends on a slot that the program writes. */
  readonly #varying = new Set<NodeId>();

  constructor({ graph, roots, written }: Source, options: VectorOptions) {
    this.vectors = new Vectors(options);
    this.#graph = graph;
    const nodes = graph.reachable(roots);
    for (const id of nodes) {
      const node = graph.node(id);
      const varies =
        node.kind === 'load'
          ? written.has(node.slot)
          : operandsOf(node).some((operand) => this.#varying.has(operand));
      if (varies) this.#varying.add(id);
    }
    for (const id of nodes) for (const operand of neededAlone(graph.node(id))) this.#neededAlone.add(operand);
    for (const id of roots) this.#neededAlone.add(id);
    for (const id of nodes) this.#values.set(id, this.#lower(id, graph.node(id)));
  }

  /** A node's value, truth as 1 or 0. */
  number(id: NodeId): VectorId {
    const value = this.#value(id);
    return this.#masks.has(id) ? this.vectors.and(value, this.vectors.constant(1)) : value;
  }

  /** A node as a condition: 0, −0 and NaN are not true. */
  #mask(id: NodeId): VectorId {
    const v = this.vectors;
    const value = this.#value(id);
    return this.#masks.has(id) ? value : v.binary('gt', v.abs(value), v.constant(0));
  }

  #value(id: NodeId): VectorId {
    const value = this.#values.get(id);
    if (value === undefined) assertInvariant(false, `node ${id} is used before it is lowered`);
    return value;
  }

  #lower(id: NodeId, node: GraphNode): VectorId {
    const v = this.vectors;
    switch (node.kind) {
      case 'constant':
        return v.constant(node.value);
      case 'load':
        return v.load(node.slot);
      case 'select':
        return v.choose(this.#mask(node.condition), this.number(node.yes), this.number(node.no));
      case 'unary':
        if (node.operator !== 'not') return unary(v, node.operator, this.number(node.operand));
        this.#masks.add(id);
        return v.unary('not', this.#mask(node.operand));
      case 'binary':
        return this.#binary(id, node);
    }
  }

  #binary(id: NodeId, { operator, left, right }: Extract<GraphNode, { kind: 'binary' }>): VectorId {
    const v = this.vectors;
    const truth = (mask: VectorId): VectorId => {
      this.#masks.add(id);
      return mask;
    };
    if (operator === 'and' || operator === 'or')
      return truth(v.binary(operator, this.#mask(left), this.#mask(right)));
    const [a, b] = [this.number(left), this.number(right)];
    switch (operator) {
      case 'add':
        return this.#sum(left, right) ?? v.add(a, b);
      case 'sub': {
        const product = this.#productFor(right);
        return product ? v.nmadd(...product, a) : v.sub(a, b);
      }
      case 'mul':
        return v.mul(a, b);
      case 'div':
        return this.#quotient(right, a, b);
      case 'min':
      case 'max':
        return extreme(v, operator, [a, b], [this.#constant(left), this.#constant(right)]);
      case 'pow': {
        const exponent = this.#constant(right);
        if (exponent === undefined) return pow(v, a, b);
        // Strict kernels keep the bits that they have had.
        const moderate = v.options.fused ? moderatePower : () => undefined;
        return simplePower(v, a, exponent) ?? moderate(v, a, exponent) ?? pow(v, a, b);
      }
      case 'atan2':
        return atan2(v, a, b);
      case 'ne':
        // The machine's `ne` is true of NaN.
        return truth(v.or(v.binary('lt', a, b), v.binary('gt', a, b)));
      case 'lt':
      case 'le':
      case 'gt':
      case 'ge':
      case 'eq':
        return truth(v.binary(operator, a, b));
    }
  }

  /**
   * In relaxed arithmetic a division by what stays the same over the steps is a multiplication by its inverse, which is
   * computed once: a division takes five times as long. Not where the inverse would be subnormal or infinite.
   */
  #quotient(divisor: NodeId, a: VectorId, b: VectorId): VectorId {
    const v = this.vectors;
    const isInvariant = v.options.fused && !this.#varying.has(divisor);
    const value = this.#constant(divisor);
    if (!isInvariant || (value !== undefined && !(Math.abs(1 / value) >= tiny && Math.abs(value) >= tiny)))
      return v.div(a, b);
    if (value !== undefined) return v.mul(a, v.constant(1 / value));
    const magnitude = v.abs(b);
    const mask = v.and(
      v.binary('ge', magnitude, v.constant(tiny)),
      v.binary('le', magnitude, v.constant(1 / tiny)),
    );
    return v.within(mask, v.mul(a, v.div(v.constant(1), b)), () => v.div(a, b));
  }

  #sum(left: NodeId, right: NodeId): VectorId | undefined {
    for (const [factor, other] of [
      [right, left],
      [left, right],
    ] as const) {
      const product = this.#productFor(factor);
      if (product) return this.vectors.madd(...product, this.number(other));
    }
    return undefined;
  }

  /** The factors of a product, if products may be fused and this one is with all that use it. */
  #productFor(id: NodeId): [VectorId, VectorId] | undefined {
    const node = this.#graph.node(id);
    if (!this.vectors.options.fused || node.kind !== 'binary' || node.operator !== 'mul') return undefined;
    if (this.#neededAlone.has(id)) return undefined;
    return [this.number(node.left), this.number(node.right)];
  }

  #constant(id: NodeId): number | undefined {
    const node = this.#graph.node(id);
    return node.kind === 'constant' ? node.value : undefined;
  }
}

/** The operands that a node needs as they are, also if they are products. */
function neededAlone(node: GraphNode): readonly NodeId[] {
  if (node.kind === 'binary' && node.operator === 'add') return [];
  if (node.kind === 'binary' && node.operator === 'sub') return [node.left];
  return operandsOf(node);
}

function unary(v: Vectors, operator: Exclude<UnaryOperator, 'not'>, a: VectorId): VectorId {
  switch (operator) {
    case 'neg':
    case 'abs':
    case 'sqrt':
    case 'floor':
    case 'trunc':
      return v.unary(operator, a);
    case 'sign': {
      const isNonzero = v.binary('gt', v.abs(a), v.constant(0));
      return v.choose(isNonzero, v.or(v.constant(1), v.sign(a)), a);
    }
    case 'round': {
      const whole = v.unary('trunc', a);
      const away = v.binary('ge', v.abs(v.sub(a, whole)), v.constant(0.5));
      return v.choose(away, v.add(whole, v.or(v.constant(1), v.sign(a))), whole);
    }
    default:
      return elementary[operator](v, a);
  }
}

const elementary = { exp, expm1, log, log1p, log10, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh };

/**
 * The machine's own minimum takes seven instructions. With a constant that is no zero one is enough: it gives its
 * first operand where the two are equal or one is NaN.
 */
function extreme(
  v: Vectors,
  operator: Extract<BinaryOperator, 'min' | 'max'>,
  [a, b]: readonly [VectorId, VectorId],
  [left, right]: readonly (number | undefined)[],
): VectorId {
  const quick = (value: number | undefined): boolean => value !== undefined && Math.abs(value) > 0;
  const single = operator === 'min' ? 'pmin' : 'pmax';
  if (quick(right)) return v.binary(single, a, b);
  if (quick(left)) return v.binary(single, b, a);
  if (operator === 'max' && (Object.is(right, 0) || Object.is(left, 0))) {
    // max(−0, 0) is 0, which the sum repairs.
    const x = Object.is(right, 0) ? a : b;
    return v.add(v.binary('pmax', x, v.constant(0)), v.constant(0));
  }
  return v.binary(operator, a, b);
}
