/**
 * Symbolic derivatives of expressions by the values in slots.
 *
 * Forward mode: from a slot upwards through the nodes that depend on it, and through no others, so that a Jacobian
 * costs as much as its structure is dense. A derivative that is 0 by structure is no node at all.
 *
 * A function with branches has the derivative of the branch that its operands select: `min`, `max` and `if` that of
 * the chosen operand (at a tie `min` and `max` that of the second), `abs` ±1 (0 at 0), and whatever jumps
 * (`sign`, `floor`, comparisons …) 0 wherever it is constant. Conditions have no derivative.
 *
 * Notation  u, v operands · u′, v′ their derivatives · y the node itself
 */

import type { Graph, GraphNode, NodeId } from './graph.ts';
import { operandsOf } from './graph.ts';

/** One derivative that is not 0 by structure: of root number `row` by slot, or variable, number `column`. */
export interface JacobianEntry {
  readonly row: number;
  readonly column: number;
  readonly node: NodeId;
}

/**
 * The derivatives of each root by each slot, as new nodes of the same graph, column by column; rows ascend within a
 * column. What is missing is 0 by structure.
 *
 * @throws GemelError `MODEL_TOO_LARGE` if the graph would have too many nodes.
 */
export function jacobian(graph: Graph, roots: readonly NodeId[], slots: readonly number[]): JacobianEntry[] {
  return derivatives(
    graph,
    roots,
    slots.map((slot) => graph.load(slot)),
  );
}

/**
 * The same by any nodes: each as if it could change by itself, whatever it is computed from.
 *
 * @throws GemelError `MODEL_TOO_LARGE` if the graph would have too many nodes.
 */
export function derivatives(
  graph: Graph,
  roots: readonly NodeId[],
  variables: readonly NodeId[],
): JacobianEntry[] {
  const users = usersOf(graph, graph.reachable(roots), new Set(variables));
  const entries: JacobianEntry[] = [];
  for (const [column, variable] of variables.entries()) {
    const tangents = tangentsOf(graph, users, new Map([[variable, graph.constant(1)]]));
    for (const [row, root] of roots.entries()) {
      const node = tangents.get(root);
      if (node !== undefined) entries.push({ row, column, node });
    }
  }
  return entries;
}

/**
 * How fast each root changes if each slot changes as fast as its seed says, as new nodes of the same graph: the Jacobian
 * times a vector, at the cost of one column. Undefined where it is 0 by structure.
 *
 * What does not change does not change its root or power either, also where the slope of these is infinite: √level of a
 * tank that begins empty, whatever is asked of its outlet, would otherwise be 0·∞.
 *
 * @throws GemelError `MODEL_TOO_LARGE` if the graph would have too many nodes.
 */
export function directionalDerivatives(
  graph: Graph,
  roots: readonly NodeId[],
  seeds: ReadonlyMap<number, NodeId>,
): (NodeId | undefined)[] {
  const loaded = new Map(Array.from(seeds, ([slot, seed]) => [graph.load(slot), seed]));
  const users = usersOf(graph, graph.reachable(roots), new Set(loaded.keys()));
  const tangents = tangentsOf(graph, users, loaded, atRest);
  return roots.map((root) => tangents.get(root));
}

type Users = ReadonlyMap<NodeId, readonly NodeId[]>;
type Tangents = ReadonlyMap<NodeId, NodeId>;

/** Which nodes are computed straight from each node. A variable counts as computed from nothing. */
function usersOf(graph: Graph, nodes: readonly NodeId[], variables: ReadonlySet<NodeId>): Users {
  const users = new Map<NodeId, NodeId[]>();
  for (const id of nodes) {
    if (variables.has(id)) continue;
    for (const operand of operandsOf(graph.node(id))) {
      const known = users.get(operand);
      if (known === undefined) users.set(operand, [id]);
      else known.push(id);
    }
  }
  return users;
}

/** What depends on the nodes, in ascending order, so each after what it is computed from; they themselves are left out. */
function dependents(from: readonly NodeId[], users: Users): NodeId[] {
  const found = new Set<NodeId>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const user of users.get(id) ?? []) {
      if (found.has(user)) continue;
      found.add(user);
      open.push(user);
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** `seeds`: how fast each variable changes. */
function tangentsOf(
  graph: Graph,
  users: Users,
  seeds: Tangents,
  finish: (graph: Graph, change: Change) => NodeId = (_graph, { tangent }) => tangent,
): Tangents {
  const tangents = new Map<NodeId, NodeId>();
  for (const [variable, seed] of seeds) if (!isZero(graph, seed)) tangents.set(variable, seed);
  for (const id of dependents([...tangents.keys()], users)) {
    const tangent = tangentOf(graph, id, tangents);
    if (tangent === undefined || isZero(graph, tangent)) continue;
    tangents.set(id, finish(graph, { id, tangent, tangents }));
  }
  return tangents;
}

interface Change {
  readonly id: NodeId;
  readonly tangent: NodeId;
  /** Of the operands. */
  readonly tangents: Tangents;
}

/** The tangent, or 0 where the operand of a function with infinite slopes has none. */
function atRest(graph: Graph, { id, tangent, tangents }: Change): NodeId {
  const node = graph.node(id);
  const operand =
    node.kind === 'unary' && steep.has(node.operator) ? node.operand : powerBase(node, tangents);
  const change = operand === undefined ? undefined : tangents.get(operand);
  if (change === undefined) return tangent;
  const zero = graph.constant(0);
  return graph.select(graph.binary('eq', change, zero), zero, tangent);
}

const steep: ReadonlySet<string> = new Set(['sqrt', 'asin', 'acos']);

/** The base of a power whose exponent does not change. */
function powerBase(node: GraphNode, tangents: Tangents): NodeId | undefined {
  if (node.kind !== 'binary' || node.operator !== 'pow') return undefined;
  return tangents.has(node.right) ? undefined : node.left;
}

function isZero(graph: Graph, id: NodeId): boolean {
  const node = graph.node(id);
  return node.kind === 'constant' && node.value === 0;
}

function tangentOf(graph: Graph, id: NodeId, tangents: Tangents): NodeId | undefined {
  const node = graph.node(id);
  switch (node.kind) {
    case 'constant':
    case 'load':
      return undefined;
    case 'unary': {
      const tangent = tangents.get(node.operand);
      if (tangent === undefined) return undefined;
      const factor = unaryFactor(graph, id, node);
      return factor === undefined ? undefined : factor(tangent);
    }
    case 'binary':
      return binaryTangent(graph, id, node, tangents);
    case 'select': {
      const yes = tangents.get(node.yes);
      const no = tangents.get(node.no);
      if (yes === undefined && no === undefined) return undefined;
      const zero = graph.constant(0);
      return graph.select(node.condition, yes ?? zero, no ?? zero);
    }
  }
}

/** How y′ comes from u′; undefined where y is constant but for its jumps. */
function unaryFactor(
  graph: Graph,
  y: NodeId,
  { operator, operand: u }: Extract<GraphNode, { kind: 'unary' }>,
): ((tangent: NodeId) => NodeId) | undefined {
  const one = graph.constant(1);
  const square = (x: NodeId): NodeId => graph.binary('mul', x, x);
  const times = (factor: NodeId) => (tangent: NodeId) => graph.binary('mul', factor, tangent);
  const over = (divisor: NodeId) => times(inverse(graph, divisor));
  /** √(1 − u²) as √((1 − u)(1 + u)), which keeps its digits near ±1. */
  const cathetus = (): NodeId =>
    graph.unary('sqrt', graph.binary('mul', graph.binary('sub', one, u), graph.binary('add', one, u)));
  switch (operator) {
    case 'neg':
      return (tangent) => graph.unary('neg', tangent);
    case 'abs':
      return times(graph.unary('sign', u));
    case 'sqrt':
      return over(graph.binary('add', y, y));
    case 'exp':
      return times(y);
    case 'expm1':
      // Not y + 1, which loses the digits of a small exponential.
      return times(graph.unary('exp', u));
    case 'log':
      return over(u);
    case 'log1p':
      return over(graph.binary('add', one, u));
    case 'log10':
      return over(graph.binary('mul', graph.constant(Math.LN10), u));
    case 'sin':
      return times(graph.unary('cos', u));
    case 'cos':
      return times(graph.unary('neg', graph.unary('sin', u)));
    case 'tan':
      return times(graph.binary('add', one, square(y)));
    case 'asin':
      return over(cathetus());
    case 'acos':
      return over(graph.unary('neg', cathetus()));
    case 'atan':
      return over(graph.binary('add', one, square(u)));
    case 'sinh':
      return times(graph.unary('cosh', u));
    case 'cosh':
      return times(graph.unary('sinh', u));
    case 'tanh':
      return times(graph.binary('mul', graph.binary('sub', one, y), graph.binary('add', one, y)));
    case 'not':
    case 'sign':
    case 'floor':
    case 'trunc':
    case 'round':
      return undefined;
  }
}

function binaryTangent(
  graph: Graph,
  y: NodeId,
  { operator, left: u, right: v }: Extract<GraphNode, { kind: 'binary' }>,
  tangents: Tangents,
): NodeId | undefined {
  const du = tangents.get(u);
  const dv = tangents.get(v);
  const mul = (a: NodeId, b: NodeId): NodeId => graph.binary('mul', a, b);
  const timesOf = (factor: NodeId, tangent: NodeId | undefined): NodeId | undefined =>
    tangent === undefined ? undefined : mul(factor, tangent);
  const zero = graph.constant(0);
  switch (operator) {
    case 'add':
      return sum(graph, du, dv);
    case 'sub':
      return difference(graph, du, dv);
    case 'mul':
      return sum(graph, timesOf(v, du), timesOf(u, dv));
    case 'div': {
      // (u′ − y·v′)/v: the quotient is there already, and no square can overflow.
      const top = difference(graph, du, timesOf(y, dv));
      return top === undefined ? undefined : mul(top, inverse(graph, v));
    }
    case 'pow':
      return powerTangent(graph, { y, u, v, du, dv });
    case 'min':
    case 'max': {
      const first = graph.binary(operator === 'min' ? 'lt' : 'gt', u, v);
      return graph.select(first, du ?? zero, dv ?? zero);
    }
    case 'atan2': {
      const top = difference(graph, timesOf(v, du), timesOf(u, dv));
      if (top === undefined) return undefined;
      return mul(top, inverse(graph, graph.binary('add', mul(u, u), mul(v, v))));
    }
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
    case 'eq':
    case 'ne':
    case 'and':
    case 'or':
      return undefined;
  }
}

/** v·u^(v − 1)·u′ + y·log(u)·v′; the second term is 0 where the power is 0, which it reaches with log(u) = −∞. */
function powerTangent(
  graph: Graph,
  { y, u, v, du, dv }: { y: NodeId; u: NodeId; v: NodeId; du: NodeId | undefined; dv: NodeId | undefined },
): NodeId | undefined {
  let byBase: NodeId | undefined;
  if (du !== undefined) {
    byBase = graph.binary('mul', powerSlope(graph, { y, u, v }), du);
  }
  let byExponent: NodeId | undefined;
  if (dv !== undefined) {
    const zero = graph.constant(0);
    const slope = graph.select(
      graph.binary('eq', y, zero),
      zero,
      graph.binary('mul', y, graph.unary('log', u)),
    );
    byExponent = graph.binary('mul', slope, dv);
  }
  return sum(graph, byBase, byExponent);
}

/** v·u^(v − 1): where that would be a power as costly as the first, from the first. */
function powerSlope(graph: Graph, { y, u, v }: { y: NodeId; u: NodeId; v: NodeId }): NodeId {
  const exponent = graph.node(v);
  if (exponent.kind !== 'constant' || Number.isInteger(2 * exponent.value)) {
    const lower = graph.binary('pow', u, graph.binary('sub', v, graph.constant(1)));
    return graph.binary('mul', v, lower);
  }
  const { value } = exponent;
  const atZero = graph.binary('eq', u, graph.constant(0));
  const quotient = graph.binary('div', graph.binary('mul', v, y), u);
  return graph.select(atZero, graph.constant(value * 0 ** (value - 1)), quotient);
}

/** 1/x: a division is as long as five products, and of a Jacobian all columns divide by the same. */
function inverse(graph: Graph, x: NodeId): NodeId {
  return graph.binary('div', graph.constant(1), x);
}

function sum(graph: Graph, a: NodeId | undefined, b: NodeId | undefined): NodeId | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : graph.binary('add', a, b);
}

function difference(graph: Graph, a: NodeId | undefined, b: NodeId | undefined): NodeId | undefined {
  if (b === undefined) return a;
  return a === undefined ? graph.unary('neg', b) : graph.binary('sub', a, b);
}
