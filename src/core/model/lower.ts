/**
 * Turns checked expressions into nodes of the expression graph, in SI. The formula is kept as written:
 * nothing is reassociated, so that a result is the same to the last bit as the same formula in any
 * language with IEEE doubles.
 */

import type { Expression, FunctionName } from '../equation/index.ts';
import type { BinaryOperator, Graph, NodeId, UnaryOperator } from '../graph/index.ts';
import { parseUnit, toSi } from '../units/index.ts';

export interface Lowering {
  readonly graph: Graph;
  readonly unitsChecked: boolean;
  /** The node a name stands for. Every name has been checked to have one. */
  nodeOf(name: string): NodeId;
  /** Called for every part whose value is a constant that is no finite number, such as 1/0. */
  onNotFinite(expression: Expression): void;
}

/** Builds the node of `expression`. */
export function lowerExpression(expression: Expression, it: Lowering): NodeId {
  const lower = (e: Expression): NodeId => {
    const id = lowerOne(e);
    const node = it.graph.node(id);
    if (node.kind === 'constant' && !Number.isFinite(node.value) && reported === undefined) {
      reported = e;
      it.onNotFinite(e);
    }
    return id;
  };
  let reported: Expression | undefined;

  const lowerOne = (e: Expression): NodeId => {
    switch (e.kind) {
      case 'number':
        return it.graph.constant(literalValue(e, it.unitsChecked));
      case 'name':
        return it.nodeOf(e.name);
      case 'unary':
        return it.graph.unary(e.operator === '-' ? 'neg' : 'not', lower(e.operand));
      case 'binary':
        return it.graph.binary(binaryOperators[e.operator], lower(e.left), lower(e.right));
      case 'call':
        return lowerCall(e.callee, e.arguments.map(lower));
    }
  };

  const lowerCall = (callee: FunctionName, [first, ...rest]: readonly NodeId[]): NodeId => {
    const [second, third] = rest;
    if (first === undefined) throw new RangeError(`${callee} without arguments passed the parser`);
    if (callee === 'if') {
      if (second === undefined || third === undefined)
        throw new RangeError('if without branches passed the parser');
      return it.graph.select(first, second, third);
    }
    if (callee === 'min' || callee === 'max' || callee === 'atan2') {
      return rest.reduce((a, b) => it.graph.binary(callee, a, b), first);
    }
    return it.graph.unary(callee satisfies UnaryOperator, first);
  };

  return lower(expression);
}

const binaryOperators: Record<Extract<Expression, { kind: 'binary' }>['operator'], BinaryOperator> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '^': 'pow',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  '==': 'eq',
  '!=': 'ne',
  and: 'and',
  or: 'or',
};

function literalValue(e: Extract<Expression, { kind: 'number' }>, unitsChecked: boolean): number {
  if (e.unit === undefined || !unitsChecked) return e.value;
  const parsed = parseUnit(e.unit.text);
  return 'unit' in parsed ? toSi(e.value, parsed.unit) : e.value;
}
