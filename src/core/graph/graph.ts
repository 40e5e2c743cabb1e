/**
 * A hash-consed expression graph: the same expression built twice is the same node.
 *
 * Every value is a double. A node's operands always have smaller ids than the node, so going through the ids upwards
 * is an evaluation order, and no walk needs recursion.
 *
 * Building folds constants and drops operations that provably change nothing, for every double, NaN, −0 and the
 * infinities included: x·1, x/1, x − 0, x + (−0), −(−x), min(x, x) … It never reassociates, so that a result is bit for
 * bit that of the formula as written. (x + 0 stays, since −0 + 0 is 0; 0·x stays, since x may be infinite.)
 */

import { assertInvariant, GemelError } from '../diagnose/index.ts';
import { Interner } from './interner.ts';
import type { BinaryOperator, UnaryOperator } from './operators.ts';
import {
  applyBinary,
  applyUnary,
  binaryOperators,
  commutes,
  unaryOperators,
  yieldsTruth,
} from './operators.ts';

/** Index of a node in its graph. */
export type NodeId = number;

export type GraphNode =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'load'; readonly slot: number }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: NodeId }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: NodeId;
      readonly right: NodeId;
    }
  | { readonly kind: 'select'; readonly condition: NodeId; readonly yes: NodeId; readonly no: NodeId };

/** More nodes than this in one graph are refused: such a model would not fit a kernel. */
export const nodeLimit = 500_000;

/** What stands before the operands in a node's row. */
const operations = new Map(
  ['constant', 'load', 'select', ...unaryOperators, ...binaryOperators].map((name, number) => [name, number]),
);

export class Graph {
  readonly #nodes: GraphNode[] = [];
  readonly #ids = new Interner();
  /** Numbers of the constants, which their rows have: a map finds NaN, and takes −0 for 0. */
  readonly #constants = new Map<number | '-0', number>();

  /** How many different nodes there are. */
  get size(): number {
    return this.#nodes.length;
  }

  constant(value: number): NodeId {
    const key = Object.is(value, -0) ? '-0' : value;
    const number = this.#constants.get(key) ?? this.#constants.size;
    this.#constants.set(key, number);
    return this.#intern({ kind: 'constant', value }, number);
  }

  /** The value in a slot, as it is before the program writes anything. */
  load(slot: number): NodeId {
    assertInvariant((slot | 0) === slot && slot >= 0, `a slot is a whole number from 0, got ${slot}`);
    return this.#intern({ kind: 'load', slot }, slot);
  }

  unary(operator: UnaryOperator, operand: NodeId): NodeId {
    const node = this.node(operand);
    if (node.kind === 'constant') return this.constant(applyUnary(operator, node.value));
    if (node.kind === 'unary') {
      if (operator === 'neg' && node.operator === 'neg') return node.operand;
      if (operator === 'abs' && node.operator === 'abs') return operand;
      if (operator === 'abs' && node.operator === 'neg') return this.unary('abs', node.operand);
      if (operator === 'not' && node.operator === 'not' && this.#isTruth(node.operand)) return node.operand;
    }
    return this.#intern({ kind: 'unary', operator, operand }, operand);
  }

  binary(operator: BinaryOperator, left: NodeId, right: NodeId): NodeId {
    const a = this.node(left);
    const b = this.node(right);
    // Some engines compute x^2 as x·x only once the code is hot; here it always is.
    if (operator === 'pow' && b.kind === 'constant' && b.value === 2) return this.binary('mul', left, left);
    if (a.kind === 'constant' && b.kind === 'constant') {
      return this.constant(applyBinary(operator, a.value, b.value));
    }
    if (b.kind === 'constant' && changesNothing(operator, b.value)) return left;
    if (a.kind === 'constant' && commutes(operator) && changesNothing(operator, a.value)) return right;
    if ((operator === 'min' || operator === 'max') && left === right) return left;
    if ((operator === 'and' || operator === 'or') && left === right && this.#isTruth(left)) return left;
    const [first, second] = commutes(operator) && right < left ? [right, left] : [left, right];
    return this.#intern({ kind: 'binary', operator, left: first, right: second }, first, second);
  }

  /** `yes` where the condition is true, else `no`; 0, −0 and NaN are not true. */
  select(condition: NodeId, yes: NodeId, no: NodeId): NodeId {
    const node = this.node(condition);
    if (node.kind === 'constant') return node.value ? yes : no;
    if (yes === no) return yes;
    return this.#intern({ kind: 'select', condition, yes, no }, condition, yes, no);
  }

  node(id: NodeId): GraphNode {
    const node = this.#nodes[id];
    if (node === undefined) assertInvariant(false, `node ${id} is not in this graph of ${this.size}`);
    return node;
  }

  /** Every node that the roots need, roots included, in ascending order: an order to evaluate them in. */
  reachable(roots: readonly NodeId[]): NodeId[] {
    const needed = new Uint8Array(roots.reduce((most, root) => Math.max(most, root), -1) + 1);
    for (const root of roots) needed[root] = 1;
    const found: NodeId[] = [];
    for (let id = needed.length - 1; id >= 0; id--) {
      if (!needed[id]) continue;
      found.push(id);
      for (const operand of operandsOf(this.node(id))) needed[operand] = 1;
    }
    return found.reverse();
  }

  /**
   * Copies expressions of another graph into this one, their loads replaced by nodes of this graph; a slot that is not
   * in the map becomes a load of the same slot. The source may be this graph; another one is not changed.
   */
  adopt(source: Graph, roots: readonly NodeId[], bySlot: ReadonlyMap<number, NodeId>): NodeId[] {
    const copies = new Map<NodeId, NodeId>();
    const copyOf = (id: NodeId): NodeId => {
      const copy = copies.get(id);
      if (copy === undefined) assertInvariant(false, `node ${id} is used before it is made`);
      return copy;
    };
    for (const id of source.reachable(roots)) copies.set(id, this.#copy(source.node(id), copyOf, bySlot));
    return roots.map(copyOf);
  }

  #copy(node: GraphNode, copyOf: (id: NodeId) => NodeId, bySlot: ReadonlyMap<number, NodeId>): NodeId {
    switch (node.kind) {
      case 'constant':
        return this.constant(node.value);
      case 'load':
        return bySlot.get(node.slot) ?? this.load(node.slot);
      case 'unary':
        return this.unary(node.operator, copyOf(node.operand));
      case 'binary':
        return this.binary(node.operator, copyOf(node.left), copyOf(node.right));
      case 'select':
        return this.select(copyOf(node.condition), copyOf(node.yes), copyOf(node.no));
    }
  }

  #isTruth(id: NodeId): boolean {
    const node = this.node(id);
    return (node.kind === 'unary' || node.kind === 'binary') && yieldsTruth(node.operator);
  }

  #intern(node: GraphNode, a: number, b = 0, c = 0): NodeId {
    const name = node.kind === 'unary' || node.kind === 'binary' ? node.operator : node.kind;
    const operation = operations.get(name) ?? 0;
    const known = this.#ids.find(operation, a, b, c);
    if (known >= 0) return known;
    if (this.size >= nodeLimit) {
      throw new GemelError('MODEL_TOO_LARGE', `the equations need more than ${nodeLimit} operations`, {
        hint: 'split the machine into several models',
      });
    }
    this.#nodes.push(node);
    return this.#ids.add(operation, a, b, c);
  }
}

/** The nodes that a node is computed from. */
export function operandsOf(node: GraphNode): readonly NodeId[] {
  switch (node.kind) {
    case 'constant':
    case 'load':
      return [];
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'select':
      return [node.condition, node.yes, node.no];
  }
}

/** Whether `x operator value` is x for every double x. */
function changesNothing(operator: BinaryOperator, value: number): boolean {
  switch (operator) {
    case 'add':
      return Object.is(value, -0);
    case 'sub':
      return Object.is(value, 0);
    case 'mul':
    case 'div':
    case 'pow':
      return value === 1;
    default:
      return false;
  }
}
