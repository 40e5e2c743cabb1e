/** The state of a parser, what it passes up, and the limit of depth. Only the parser of expressions uses this. */

import { assertInvariant } from '../diagnose/index.ts';
import { tooDeepProblem } from './problems.ts';
import { type EquationProblem, type Expression, equationLimits, type Span } from './syntax.ts';
import type { Token } from './tokens.ts';

export interface Parser {
  readonly text: string;
  tokens: readonly Token[];
  /** Those found so far. */
  readonly problems: readonly EquationProblem[];
  readonly report: (problem: EquationProblem) => void;
  /** Index of the token to read next. */
  at: number;
  /** How many parentheses, calls, signs and exponents are open. */
  depth: number;
  /** A missing operator was reported; prose would give one for every word. */
  sated: boolean;
  tooDeep: boolean;
}

/** A tree with what its parent has to know. */
export interface Operand {
  readonly expression: Expression;
  /** With the parentheses around it. */
  readonly outer: Span;
  readonly height: number;
  /** A comparison without parentheses: another one may not follow. */
  readonly comparison?: true;
}

export function leaf(expression: Expression): Operand {
  return { expression, outer: expression.span, height: 1 };
}

/** A placeholder for what is missing. */
export function holeAt(span: Span): Operand {
  return { expression: { kind: 'number', value: 0, span }, outer: span, height: 1 };
}

export function measured(parser: Parser, expression: Expression, height: number): Operand {
  if (height > equationLimits.depth) giveUp(parser);
  return { expression, outer: expression.span, height };
}

/** Reads one level down, unless that is too deep. */
export function deeper<T>(parser: Parser, read: () => T): T | undefined {
  if (parser.depth >= equationLimits.depth) {
    giveUp(parser);
    return undefined;
  }
  parser.depth++;
  const result = read();
  parser.depth--;
  return result;
}

/** Goes to the end of the text, so that everything that is open returns, and reports nothing more. */
function giveUp(parser: Parser): void {
  if (parser.tooDeep) return;
  parser.report(tooDeepProblem(peek(parser).span));
  parser.tooDeep = true;
  parser.at = parser.tokens.length - 1;
}

export function peek(parser: Parser): Token {
  const token = parser.tokens[parser.at];
  assertInvariant(token !== undefined, 'the last token is never passed');
  return token;
}

export function startsValue(token: Token): boolean {
  if (token.kind === 'operator') return token.operator === 'not';
  return token.kind === 'number' || token.kind === 'name' || token.kind === '(';
}

export function textOf(parser: Parser, span: Span): string {
  return parser.text.slice(span.start, span.end);
}
