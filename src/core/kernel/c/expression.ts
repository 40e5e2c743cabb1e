/**
 * One graph node as a C expression, with the meaning that the JavaScript oracle gives it.
 *
 * Where C and JavaScript differ, a helper of `prelude.ts` stands in: `min` and `max` keep NaN and the sign of zero,
 * `round` goes half away from zero, `pow` of ±1 and an exponent that is not finite is NaN. A comparison stays a truth
 * value of C as long as only conditions look at it, and becomes 1.0 or 0.0 where a number is needed.
 */

import type { BinaryOperator, Graph, GraphNode, NodeId, UnaryOperator } from '../../graph/index.ts';
import { isInline } from './elementary.ts';
import type { HelperName } from './prelude.ts';

/**
 * `strict`: every operation as the JavaScript oracle does it, to the last bit where no elementary function is involved.
 * `fast`: products and sums may be fused, a division may become a product with the reciprocal, elementary functions are
 * written out or come from the vector library.
 */
export type CMode = 'strict' | 'fast';

export interface Expression {
  readonly text: string;
  /** Whether the text is a truth value (`_Bool`) rather than a double. */
  readonly truth: boolean;
  /** Whether it can be an operand as it stands: a name, a number, a call. */
  readonly atomic: boolean;
}

/** What an expression needs around it. */
export interface Surroundings {
  readonly graph: Graph;
  readonly mode: CMode;
  /** An operand that was made before. */
  operand(id: NodeId): Expression;
  /** The name of 1/b, if b is the same in all steps and the mode lets it be multiplied with. */
  inverse(b: NodeId): string | undefined;
  /** Notes that a helper is called. */
  uses(helper: HelperName): void;
}

export function expressionOf(node: GraphNode, around: Surroundings): Expression {
  const number = (id: NodeId): string => numberText(around.operand(id));
  switch (node.kind) {
    case 'constant':
      return { text: constantText(node.value), truth: false, atomic: true };
    case 'load':
      return { text: `x${node.slot}`, truth: false, atomic: true };
    case 'unary':
      if (node.operator === 'not')
        return { text: `!${truthText(node.operand, around)}`, truth: true, atomic: false };
      return unary(node.operator, number(node.operand), around);
    case 'binary':
      return binary(node, around);
    case 'select': {
      const test = truthText(node.condition, around);
      return { text: `${test} ? ${number(node.yes)} : ${number(node.no)}`, truth: false, atomic: false };
    }
  }
}

/** The expression as an operand that is a number. */
export function numberText({ text, truth, atomic }: Expression): string {
  const operand = atomic ? text : `(${text})`;
  return truth ? `(${operand} ? 1.0 : 0.0)` : operand;
}

/** The shortest text that reads back as the same double, as a C literal of type double. */
function constantText(value: number): string {
  if (Number.isNaN(value)) return 'NAN';
  if (!Number.isFinite(value)) return value > 0 ? 'INFINITY' : '(-INFINITY)';
  const magnitude = String(Math.abs(value));
  const literal = /[.e]/.test(magnitude) ? magnitude : `${magnitude}.0`;
  return value < 0 || Object.is(value, -0) ? `(-${literal})` : literal;
}

const call = (text: string): Expression => ({ text, truth: false, atomic: true });

/** A condition: anything but 0, −0 and NaN. */
function truthText(id: NodeId, around: Surroundings): string {
  const { text, truth, atomic } = around.operand(id);
  if (truth) return atomic ? text : `(${text})`;
  around.uses('is_true');
  return `is_true(${text})`;
}

function unary(operator: Exclude<UnaryOperator, 'not'>, a: string, around: Surroundings): Expression {
  switch (operator) {
    case 'neg':
      return { text: `-${a}`, truth: false, atomic: false };
    case 'abs':
      return call(`fabs(${a})`);
    case 'sign':
      around.uses('sign');
      return call(`sign(${a})`);
    case 'round':
      around.uses('round_half_away');
      return call(`round_half_away(${a})`);
    case 'sqrt':
    case 'floor':
    case 'trunc':
      return call(`${operator}(${a})`);
    default:
      around.uses(operator);
      return call(`${around.mode === 'fast' && isInline(operator) ? 'inline_' : ''}${operator}(${a})`);
  }
}

function binary(node: Extract<GraphNode, { kind: 'binary' }>, around: Surroundings): Expression {
  const { operator, left, right } = node;
  const [a, b] = [numberText(around.operand(left)), numberText(around.operand(right))];
  switch (operator) {
    case 'and':
    case 'or': {
      // Both sides are at hand already; & and | keep the loop free of branches.
      const symbol = operator === 'and' ? '&' : '|';
      const text = `${truthText(left, around)} ${symbol} ${truthText(right, around)}`;
      return { text, truth: true, atomic: false };
    }
    case 'ne':
      // `!=` would be true of NaN.
      return { text: `(${a} < ${b}) | (${a} > ${b})`, truth: true, atomic: false };
    case 'min':
    case 'max':
      return extremum(node, around);
    case 'atan2':
      around.uses('atan2');
      return call(`atan2(${a}, ${b})`);
    case 'pow':
      return power(node, around);
    case 'div': {
      const inverse = around.inverse(right);
      const text = inverse === undefined ? `${a} / ${b}` : `${a} * ${inverse}`;
      return { text, truth: false, atomic: false };
    }
    default:
      return { text: `${a} ${infix[operator]} ${b}`, truth: comparisons.has(operator), atomic: false };
  }
}

/**
 * `min` or `max`. With a constant that is not NaN one comparison is enough, for NaN and the signs of zero too: the
 * comparison is strict just where an equal operand must be kept.
 */
function extremum(node: Extract<GraphNode, { kind: 'binary' }>, around: Surroundings): Expression {
  const { operator, left, right } = node;
  const [a, b] = [numberText(around.operand(left)), numberText(around.operand(right))];
  for (const [id, constant, other] of [
    [left, a, b],
    [right, b, a],
  ] as const) {
    const found = around.graph.node(id);
    if (found.kind !== 'constant' || Number.isNaN(found.value)) continue;
    const keepsEqual = operator === 'min' ? !Object.is(found.value, -0) : !Object.is(found.value, 0);
    const symbol = (operator === 'min' ? '>' : '<') + (keepsEqual ? '' : '=');
    return { text: `${other} ${symbol} ${constant} ? ${constant} : ${other}`, truth: false, atomic: false };
  }
  const helper = operator === 'min' ? 'minimum' : 'maximum';
  around.uses(helper);
  return call(`${helper}(${a}, ${b})`);
}

/** In the strict mode a finite exponent, as in most models, needs no guard: there C and JavaScript agree. */
function power(node: Extract<GraphNode, { kind: 'binary' }>, around: Surroundings): Expression {
  const [a, b] = [numberText(around.operand(node.left)), numberText(around.operand(node.right))];
  const exponent = around.graph.node(node.right);
  if (around.mode === 'fast') {
    if (exponent.kind === 'constant' && (exponent.value === 3 || exponent.value === 4)) {
      const helper = exponent.value === 3 ? 'cube' : 'fourth';
      around.uses(helper);
      return call(`${helper}(${a})`);
    }
    if (exponent.kind === 'constant' && exponent.value !== 0 && Math.abs(exponent.value) <= 2) {
      around.uses('moderate_pow');
      return call(`inline_moderate_pow(${a}, ${b})`);
    }
    around.uses('pow');
    around.uses('power');
    return call(`inline_pow(${a}, ${b})`);
  }
  around.uses('pow');
  if (exponent.kind === 'constant' && Number.isFinite(exponent.value)) return call(`pow(${a}, ${b})`);
  around.uses('power');
  return call(`power(${a}, ${b})`);
}

type Infix = Exclude<BinaryOperator, 'and' | 'or' | 'ne' | 'div' | 'min' | 'max' | 'atan2' | 'pow'>;

const infix: Record<Infix, string> = {
  add: '+',
  sub: '-',
  mul: '*',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq: '==',
};

const comparisons: ReadonlySet<BinaryOperator> = new Set(['lt', 'le', 'gt', 'ge', 'eq']);
