/** The syntax tree of an expression, the problems found in its text, and the limits of both. */

import type { ErrorCode } from '../diagnose/index.ts';
import { type FunctionName, functionTable } from './functions.ts';

/** A stretch of the text that was parsed: offsets in UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type UnaryOperator = '-' | 'not';

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '^'
  | '<'
  | '<='
  | '>'
  | '>='
  | '=='
  | '!='
  | 'and'
  | 'or';

/**
 * A tree at most `equationLimits.depth` high, so that functions may walk it recursively. The span of a node leaves
 * out parentheses around it and takes in those around its operands: parsed alone, that text gives the node again.
 */
export type Expression =
  | {
      readonly kind: 'number';
      readonly value: number;
      /** What stands in the brackets after the number, still to be parsed as a unit. */
      readonly unit?: { readonly text: string; readonly span: Span };
      readonly span: Span;
    }
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  | {
      readonly kind: 'unary';
      readonly operator: UnaryOperator;
      readonly operand: Expression;
      readonly span: Span;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly operatorSpan: Span;
      readonly span: Span;
    }
  | {
      readonly kind: 'call';
      readonly callee: FunctionName;
      readonly calleeSpan: Span;
      readonly arguments: readonly Expression[];
      readonly span: Span;
    };

/** A diagnostic whose place is still a span: whoever knows where the text stands makes a `Place` of it. */
export interface EquationProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly span: Span;
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string;
}

export const equationLimits = {
  /** Of the text, in UTF-16 code units. */
  characters: 10_000,
  /** Of the tree, where a name or number alone counts 1; and of parentheses within each other. */
  depth: 200,
  /** Problems reported of one text. */
  problems: 20,
} as const;

/** Words that the grammar itself uses: nothing can be given such a name. */
export const reservedWords: ReadonlySet<string> = new Set([
  ...Object.keys(functionTable),
  'and',
  'or',
  'not',
  'der',
  'next',
]);

/** How tightly the operators bind; the larger the tighter. Comparisons do not chain, `^` groups to the right. */
export const precedence = {
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  sum: 5,
  product: 6,
  minus: 7,
  power: 8,
  atom: 9,
} as const;

export const binaryPrecedence: Readonly<Record<BinaryOperator, number>> = {
  or: precedence.or,
  and: precedence.and,
  '<': precedence.comparison,
  '<=': precedence.comparison,
  '>': precedence.comparison,
  '>=': precedence.comparison,
  '==': precedence.comparison,
  '!=': precedence.comparison,
  '+': precedence.sum,
  '-': precedence.sum,
  '*': precedence.product,
  '/': precedence.product,
  '^': precedence.power,
};
