/** Trees back to text, and the names in them. */

import { binaryPrecedence, type Expression, precedence, type Span } from './syntax.ts';

/** A name where it is used. */
export interface NameUse {
  readonly name: string;
  readonly span: Span;
}

/** Every use of a name, in the order of the text. */
export function namesIn(expression: Expression): readonly NameUse[] {
  // Collected, not yielded: through generators within each other a sum of n terms takes n² steps.
  const uses: NameUse[] = [];
  collectNames(expression, uses);
  return uses;
}

function collectNames(expression: Expression, uses: NameUse[]): void {
  switch (expression.kind) {
    case 'number':
      return;
    case 'name':
      uses.push({ name: expression.name, span: expression.span });
      return;
    case 'unary':
      collectNames(expression.operand, uses);
      return;
    case 'binary':
      collectNames(expression.left, uses);
      collectNames(expression.right, uses);
      return;
    case 'call':
      for (const argument of expression.arguments) collectNames(argument, uses);
  }
}

/** The text of a tree, with no more parentheses than it needs: parsed, it gives the same tree. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return expression.unit ? `${expression.value} [${expression.unit.text}]` : `${expression.value}`;
    case 'name':
      return expression.name;
    case 'call':
      return `${expression.callee}(${expression.arguments.map(printExpression).join(', ')})`;
    case 'unary':
      return expression.operator === '-'
        ? `-${printAtLeast(expression.operand, precedence.minus)}`
        : `not ${printAtLeast(expression.operand, precedence.not)}`;
    case 'binary': {
      const { operator, left, right } = expression;
      const tight = binaryPrecedence[operator];
      // Sums, products, `and` and `or` group to the left and powers to the right; comparisons do not chain. An
      // exponent may have a sign.
      const leftmost = tight === precedence.comparison || tight === precedence.power ? tight + 1 : tight;
      const rightmost = tight === precedence.power ? precedence.minus : tight + 1;
      return `${printAtLeast(left, leftmost)} ${operator} ${printAtLeast(right, rightmost)}`;
    }
  }
}

function printAtLeast(expression: Expression, tightness: number): string {
  const text = printExpression(expression);
  return tightnessOf(expression) < tightness ? `(${text})` : text;
}

function tightnessOf(expression: Expression): number {
  switch (expression.kind) {
    case 'binary':
      return binaryPrecedence[expression.operator];
    case 'unary':
      return expression.operator === '-' ? precedence.minus : precedence.not;
    case 'number':
      return expression.value < 0 ? precedence.minus : precedence.atom;
    default:
      return precedence.atom;
  }
}
