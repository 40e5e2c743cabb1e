/** What the tests of equations share: trees as text with every parenthesis, trees without places, a tiny evaluator. */

import assert from 'node:assert/strict';
import { type Expression, parseExpression } from '../../../src/core/equation/index.ts';

/** The tree of a text that has no problem. */
export function parsed(text: string): Expression {
  const { expression, problems } = parseExpression(text);
  assert.deepEqual(problems, [], text);
  assert.ok(expression);
  return expression;
}

/** The tree with a pair of parentheses around everything that has an operator. */
export function grouped(tree: Expression): string {
  switch (tree.kind) {
    case 'number':
      return `${tree.value}`;
    case 'name':
      return tree.name;
    case 'unary':
      return `(${tree.operator === 'not' ? 'not ' : '-'}${grouped(tree.operand)})`;
    case 'binary':
      return `(${grouped(tree.left)} ${tree.operator} ${grouped(tree.right)})`;
    case 'call':
      return `${tree.callee}(${tree.arguments.map(grouped).join(',')})`;
  }
}

/** The tree as plain data without places. */
export function bare(tree: Expression): unknown {
  const places = new Set(['span', 'operatorSpan', 'calleeSpan']);
  return JSON.parse(JSON.stringify(tree, (key, value: unknown) => (places.has(key) ? undefined : value)));
}

/** Every node of a tree. */
export function nodesOf(tree: Expression): Expression[] {
  const children =
    tree.kind === 'unary'
      ? [tree.operand]
      : tree.kind === 'binary'
        ? [tree.left, tree.right]
        : tree.kind === 'call'
          ? tree.arguments
          : [];
  return [tree, ...children.flatMap(nodesOf)];
}

/** The value of a tree, truth being 1 or 0. */
export function evaluate(tree: Expression, values: Readonly<Record<string, number>>): number {
  const of = (child: Expression) => evaluate(child, values);
  switch (tree.kind) {
    case 'number':
      return tree.value;
    case 'name':
      return values[tree.name] ?? Number.NaN;
    case 'unary':
      return tree.operator === '-' ? -of(tree.operand) : Number(!of(tree.operand));
    case 'binary':
      return operate(tree.operator, of(tree.left), of(tree.right));
    case 'call': {
      const [first = 0, second = 0, third = 0] = tree.arguments.map(of);
      if (tree.callee === 'if') return first ? second : third;
      return Math[tree.callee](...([first, second, ...tree.arguments.slice(2).map(of)] as [number, number]));
    }
  }
}

function operate(
  operator: (Expression & { kind: 'binary' })['operator'],
  left: number,
  right: number,
): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '^':
      return left ** right;
    case '<':
      return Number(left < right);
    case '<=':
      return Number(left <= right);
    case '>':
      return Number(left > right);
    case '>=':
      return Number(left >= right);
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case 'and':
      return Number(Boolean(left) && Boolean(right));
    case 'or':
      return Number(Boolean(left) || Boolean(right));
  }
}
