/**
 * One graph node as a JavaScript expression over locals `v<id>`.
 *
 * Every node becomes a local of its own, so a shared subexpression is computed once and no expression nests. A truth
 * value is kept as a JavaScript boolean as long as only conditions look at it, and becomes 1 or 0 where a number is
 * needed. Constants are written where they are used: the shortest text of a double reads back as the same double.
 */

import type { BinaryOperator, Graph, GraphNode, NodeId, UnaryOperator } from '../graph/index.ts';

/** The value of a node that is not a constant or a load. `booleans` holds the locals that are booleans. */
export function expressionOf(graph: Graph, id: NodeId, booleans: ReadonlySet<NodeId>): Emitted {
  const node = graph.node(id);
  const number = (operand: NodeId): string => numberText(graph, operand, booleans);
  const condition = (operand: NodeId): string => {
    const text = referenceText(graph, operand);
    return booleans.has(operand) ? text : `!!${text}`;
  };
  switch (node.kind) {
    case 'unary':
      if (node.operator === 'not') return { text: `!${referenceText(graph, node.operand)}`, boolean: true };
      return { text: unaryText(node.operator, number(node.operand)), boolean: false };
    case 'binary':
      return binaryText(node, number, condition);
    case 'select': {
      const test = referenceText(graph, node.condition);
      return { text: `${test} ? ${number(node.yes)} : ${number(node.no)}`, boolean: false };
    }
    case 'constant':
    case 'load':
      return { text: referenceText(graph, id), boolean: false };
  }
}

export interface Emitted {
  readonly text: string;
  /** Whether the text yields a boolean rather than a number. */
  readonly boolean: boolean;
}

/** A node already computed, as a number. */
export function numberText(graph: Graph, id: NodeId, booleans: ReadonlySet<NodeId>): string {
  const text = referenceText(graph, id);
  return booleans.has(id) ? `(${text} ? 1 : 0)` : text;
}

/** A node already computed: a number, or a boolean where its local is one. */
function referenceText(graph: Graph, id: NodeId): string {
  const node = graph.node(id);
  if (node.kind !== 'constant') return `v${id}`;
  if (Object.is(node.value, -0)) return '(-0)';
  return node.value < 0 ? `(${node.value})` : `${node.value}`;
}

function unaryText(operator: Exclude<UnaryOperator, 'not'>, a: string): string {
  if (operator === 'neg') return `-${a}`;
  return operator === 'round' ? `round(${a})` : `Math.${operator}(${a})`;
}

function binaryText(
  node: Extract<GraphNode, { kind: 'binary' }>,
  number: (id: NodeId) => string,
  condition: (id: NodeId) => string,
): Emitted {
  const { operator, left, right } = node;
  switch (operator) {
    case 'and':
      return { text: `${condition(left)} && ${condition(right)}`, boolean: true };
    case 'or':
      return { text: `${condition(left)} || ${condition(right)}`, boolean: true };
    case 'ne':
      // `!==` would be true of NaN.
      return {
        text: `${number(left)} < ${number(right)} || ${number(left)} > ${number(right)}`,
        boolean: true,
      };
    case 'min':
    case 'max':
    case 'atan2':
    case 'pow':
      return { text: `Math.${operator}(${number(left)}, ${number(right)})`, boolean: false };
    default: {
      const text = `${number(left)} ${infixSymbols[operator]} ${number(right)}`;
      return { text, boolean: comparisons.has(operator) };
    }
  }
}

type Infix = Exclude<BinaryOperator, 'and' | 'or' | 'ne' | 'min' | 'max' | 'atan2' | 'pow'>;

const infixSymbols: Record<Infix, string> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq: '===',
};

const comparisons: ReadonlySet<BinaryOperator> = new Set(['lt', 'le', 'gt', 'ge', 'eq']);
