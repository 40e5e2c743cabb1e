/**
 * The normal form of expressions: a graph's nodes as sums of products of names and functions.
 *
 * Going up the ids is an order of evaluation, so that no formula is too deep. A node that stands for a named equation of
 * both versions is a name for those that use it, so that a change is shown where it was made.
 */

import type { BinaryOperator, Graph, GraphNode, NodeId } from '../graph/index.ts';
import { add, factorSum, multiply, numberSum, power, scale, type Sum, sumText } from './terms.ts';

export interface NormalForm {
  readonly sum: Sum;
  /** The parts with branches or jumps (`if`, `min`, `sign` …): between them the formula is smooth. */
  readonly branches: ReadonlySet<string>;
  /** The named equations that it reads. */
  readonly through: ReadonlySet<string>;
}

export interface FormOptions {
  readonly nameOfSlot: (slot: number) => string;
  /** Nodes that are known by a name. */
  readonly named: ReadonlyMap<NodeId, string>;
  readonly style: 'expanded' | 'as written';
}

/** The normal form of every node that the roots need. */
export function normalForms(
  graph: Graph,
  roots: readonly NodeId[],
  options: FormOptions,
): ReadonlyMap<NodeId, NormalForm> {
  const forms = new Map<NodeId, NormalForm>();
  const operand = (id: NodeId): NormalForm => {
    const name = options.named.get(id);
    if (name !== undefined) return { sum: factorSum(name), branches: none, through: new Set([name]) };
    const form = forms.get(id);
    if (form === undefined) throw new RangeError(`node ${id} is used before it has a form`);
    return form;
  };
  const forming: Forming = { ...options, operand, extrema: new Map() };
  let left = budget;
  for (const id of graph.reachable(roots)) {
    // Beyond the budget a node is only itself: then two formulas are the same if they are the same node, or equal at points.
    const form = left > 0 ? formOf(graph, graph.node(id), forming) : branch(`#${id}`, []);
    left -= sizeOf(form);
    forms.set(id, form);
  }
  return forms;
}

const none: ReadonlySet<string> = new Set();

/** Characters of all forms together: about a second of work. */
const budget = 5_000_000;

function sizeOf({ sum, branches }: NormalForm): number {
  let size = 100;
  for (const key of sum.keys()) size += key.length;
  for (const text of branches) size += text.length;
  return size;
}

interface Forming extends FormOptions {
  readonly operand: (id: NodeId) => NormalForm;
  /** What each `min(…)` and `max(…)` so far is of, by its text. */
  readonly extrema: Map<string, { readonly operator: 'min' | 'max'; readonly parts: readonly string[] }>;
}

function formOf(graph: Graph, node: GraphNode, it: Forming): NormalForm {
  switch (node.kind) {
    case 'constant':
      return smooth(numberSum(node.value), []);
    case 'load':
      return smooth(factorSum(it.nameOfSlot(node.slot)), []);
    case 'unary': {
      const x = it.operand(node.operand);
      if (node.operator === 'neg') return smooth(scale(x.sum, -1), [x]);
      const text = `${node.operator}(${sumText(x.sum)})`;
      return jumps.has(node.operator) ? branch(text, [x]) : smooth(factorSum(text), [x]);
    }
    case 'binary':
      return binaryForm(graph, node, it);
    case 'select': {
      const parts = [node.condition, node.yes, node.no].map(it.operand);
      return branch(`if(${parts.map(({ sum }) => sumText(sum)).join(', ')})`, parts);
    }
  }
}

const jumps: ReadonlySet<string> = new Set(['not', 'abs', 'sign', 'floor', 'trunc', 'round']);

const symbols: Partial<Record<BinaryOperator, string>> = {
  lt: '<',
  le: '≤',
  gt: '<',
  ge: '≤',
  eq: '=',
  ne: '≠',
  and: 'and',
  or: 'or',
};

function binaryForm(graph: Graph, node: Extract<GraphNode, { kind: 'binary' }>, it: Forming): NormalForm {
  const { operator } = node;
  const [a, b] = [it.operand(node.left), it.operand(node.right)];
  const both = [a, b];
  switch (operator) {
    case 'add':
      return smooth(add(a.sum, b.sum), both);
    case 'sub':
      return smooth(add(a.sum, scale(b.sum, -1)), both);
    case 'mul':
      return smooth(node.left === node.right ? power(a.sum, 2) : multiply(a.sum, b.sum, it.style), both);
    case 'div':
      return smooth(multiply(a.sum, power(b.sum, -1), it.style), both);
    case 'pow': {
      const exponent = graph.node(node.right);
      if (exponent.kind === 'constant' && Number.isInteger(exponent.value)) {
        return smooth(power(a.sum, exponent.value), both);
      }
      const isRoot = exponent.kind === 'constant' && exponent.value === 0.5;
      const text = isRoot ? `sqrt(${sumText(a.sum)})` : `(${sumText(a.sum)})^(${sumText(b.sum)})`;
      return smooth(factorSum(text), both);
    }
    case 'atan2':
      return smooth(factorSum(`atan2(${sumText(a.sum)}, ${sumText(b.sum)})`), both);
    case 'min':
    case 'max':
      return extremum(operator, both, it);
    default: {
      const texts = both.map(({ sum }) => sumText(sum));
      if (operator === 'gt' || operator === 'ge') texts.reverse();
      if (operator !== 'lt' && operator !== 'le' && operator !== 'gt' && operator !== 'ge') texts.sort();
      return branch(`(${texts.join(` ${symbols[operator] ?? operator} `)})`, both);
    }
  }
}

/** min(min(a, b), c) is min of three, in whatever order they were written. */
function extremum(operator: 'min' | 'max', both: readonly NormalForm[], { extrema }: Forming): NormalForm {
  const parts = both.flatMap(({ sum }) => {
    const text = sumText(sum);
    const inner = extrema.get(text);
    return inner?.operator === operator ? inner.parts : [text];
  });
  const sorted = [...new Set(parts)].toSorted();
  const text = `${operator}(${sorted.join(', ')})`;
  extrema.set(text, { operator, parts: sorted });
  return branch(text, both);
}

function smooth(sum: Sum, operands: readonly NormalForm[]): NormalForm {
  return {
    sum,
    branches: union(operands.map(({ branches }) => branches)),
    through: union(operands.map(({ through }) => through)),
  };
}

function branch(text: string, operands: readonly NormalForm[]): NormalForm {
  const { branches, through } = smooth(new Map(), operands);
  return { sum: factorSum(text), branches: new Set([...branches, text]), through };
}

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const filled = sets.filter(({ size }) => size > 0);
  if (filled.length < 2) return filled[0] ?? none;
  return new Set(filled.flatMap((set) => [...set]));
}
