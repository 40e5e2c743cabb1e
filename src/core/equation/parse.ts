/**
 * Tokens to a syntax tree, by precedence climbing.
 *
 * The parser goes on after a problem wherever that is sound, with a placeholder for what is missing, so that one run
 * reports several problems but none that only follows from another. A text with a problem gives no tree.
 *
 * Source  Pratt, Top down operator precedence (1973).
 */

import { functionTable, hintForFunction, isFunctionName } from './functions.ts';
import {
  deeper,
  holeAt,
  leaf,
  measured,
  type Operand,
  type Parser,
  peek,
  startsValue,
  textOf,
} from './parser.ts';
import {
  argumentsProblem,
  clip,
  commaProblem,
  missingOperatorProblem,
  missingValueProblem,
  syntaxProblem,
  tooLongProblem,
  vectorProblem,
} from './problems.ts';
import {
  type BinaryOperator,
  binaryPrecedence,
  type EquationProblem,
  type Expression,
  equationLimits,
  precedence,
  reservedWords,
  type Span,
  type UnaryOperator,
} from './syntax.ts';
import { type Token, tokenize } from './tokens.ts';

/** Parses the right side of an equation. There is a tree exactly if there is no problem. Never throws. */
export function parseExpression(text: string): {
  expression?: Expression;
  problems: readonly EquationProblem[];
} {
  if (text.length > equationLimits.characters) return { problems: [tooLongProblem(text)] };
  if (text.trim() === '') {
    return { problems: [syntaxProblem({ start: 0, end: text.length }, 'the equation is empty')] };
  }
  const problems: EquationProblem[] = [];
  const places = new Set<number>();
  const report = (problem: EquationProblem): void => {
    // A place has one problem, the first that was found there: a second one mostly follows from it.
    if (!parser.tooDeep && !places.has(problem.span.start)) problems.push(problem);
    places.add(problem.span.start);
  };
  const parser: Parser = {
    text,
    tokens: [],
    problems,
    report,
    at: 0,
    depth: 0,
    sated: false,
    tooDeep: false,
  };
  parser.tokens = tokenize(text, report);
  const operand = parseAll(parser);
  if (problems.length === 0) return { expression: operand.expression, problems };
  return {
    problems: problems.toSorted((a, b) => a.span.start - b.span.start).slice(0, equationLimits.problems),
  };
}

function parseAll(parser: Parser): Operand {
  const first = parseOperand(parser, 0);
  for (let token = peek(parser); token.kind !== 'end'; token = peek(parser)) {
    parser.at++;
    if (token.kind === ')') parser.report(syntaxProblem(token.span, 'this `)` closes nothing', 'remove it'));
    if (token.kind === ',') parser.report(commaProblem(token.span));
    if (token.kind === ')' && !startsValue(peek(parser))) parseOperators(parser, first, 0);
    else if (peek(parser).kind !== 'end') parseOperand(parser, 0);
  }
  return first;
}

/** Parses an operand and all operators after it that bind at least as tightly as `tightness`. */
function parseOperand(parser: Parser, tightness: number): Operand {
  return parseOperators(parser, parsePrefix(parser, tightness), tightness);
}

function parseOperators(parser: Parser, first: Operand, tightness: number): Operand {
  let left = first;
  for (;;) {
    const token = peek(parser);
    const operator = operatorAfter(parser, left, token);
    if (operator === undefined) {
      if (token.kind !== 'bad' && token.kind !== 'brackets') return left;
      if (token.kind === 'brackets') reportUnitPlace(parser, left, token.span);
      parser.at++;
      // What follows something meaningless is read for its own problems, as if an operator had stood there.
      if (startsValue(peek(parser))) parsePrefix(parser, precedence.atom);
      continue;
    }
    const tight = binaryPrecedence[operator.operator];
    if (tight < tightness) return left;
    if (operator.written) parser.at++;
    if (left.comparison && tight === precedence.comparison) reportChain(parser, left, operator.span);
    // Only a power groups to the right, so only it nests as deeply as its text is long.
    const right =
      operator.operator === '^'
        ? (deeper(parser, () => parseOperand(parser, tight)) ?? holeAt(operator.span))
        : parseOperand(parser, tight + 1);
    left = join(parser, left, operator, right);
  }
}

interface Infix {
  readonly operator: BinaryOperator;
  readonly span: Span;
  /** Whether it takes up a token; a forgotten one does not. */
  readonly written: boolean;
}

/** The operator that stands, or is meant to stand, at a token that follows an operand. */
function operatorAfter(parser: Parser, left: Operand, token: Token): Infix | undefined {
  if (token.kind === 'operator' && token.operator !== 'not') {
    return { operator: token.operator, span: token.span, written: true };
  }
  if (token.kind === 'name' && /^(and|or)$/i.test(token.name)) {
    const operator = token.name.toLowerCase() === 'and' ? 'and' : 'or';
    const message = `\`${token.name}\` is not an operator`;
    parser.report(syntaxProblem(token.span, message, `did you mean \`${operator}\`?`));
    return { operator, span: token.span, written: true };
  }
  if (!startsValue(token)) return undefined;
  if (!parser.sated) reportMissingOperator(parser, left, token);
  parser.sated = true;
  return { operator: '*', span: token.span, written: false };
}

function reportMissingOperator(parser: Parser, left: Operand, token: Token): void {
  const { kind, span } = left.expression;
  const before = textOf(parser, left.outer);
  if (/^not$/i.test(before)) {
    parser.report(syntaxProblem(span, `\`${before}\` is not an operator`, 'did you mean `not`?'));
  } else {
    const isUnit = kind === 'number' && token.kind === 'name' && token.span.start > left.outer.end;
    parser.report(missingOperatorProblem(before, textOf(parser, token.span), token.span, isUnit));
  }
}

function reportChain(parser: Parser, left: Operand, span: Span): void {
  const { expression } = left;
  const middle = expression.kind === 'binary' ? clip(textOf(parser, expression.right.span)) : 'b';
  const operator = textOf(parser, span);
  const hint = `write \`${clip(textOf(parser, left.outer))} and ${middle} ${operator} …\``;
  parser.report(syntaxProblem(span, 'comparisons do not chain', hint));
}

function reportUnitPlace(parser: Parser, left: Operand, span: Span): void {
  const { kind } = left.expression;
  if (kind === 'name' && left.outer === left.expression.span) {
    const whole = { start: left.outer.start, end: span.end };
    parser.report(vectorProblem(textOf(parser, whole), whole));
  } else if (kind === 'number' && left.expression.unit) {
    parser.report(
      syntaxProblem(span, 'this number has a unit already', 'write one unit, as in `0.5 [mm/s]`'),
    );
  } else {
    parser.report(
      syntaxProblem(span, 'only a number takes a unit in brackets', 'everything else has its own unit'),
    );
  }
}

function parsePrefix(parser: Parser, tightness: number): Operand {
  for (;;) {
    const token = peek(parser);
    switch (token.kind) {
      case 'number':
        return parseNumber(parser, token);
      case 'name':
        return parseName(parser, token);
      case '(':
        parser.at++;
        return parseParentheses(parser, token.span);
      case 'bad':
        parser.at++;
        if (!startsValue(peek(parser))) return holeAt(token.span);
        continue;
      case 'operator':
        if (token.operator === '-' || token.operator === 'not')
          return parseUnary(parser, token.operator, tightness);
        if (token.operator !== '+') return reportMissing(parser, token);
        parser.report(syntaxProblem(token.span, '`+` needs a value before it', 'remove it'));
        parser.at++;
        continue;
      default:
        return reportMissing(parser, token);
    }
  }
}

/** Leaves the token where it is: as an operator it may have a good right side, and as `)` it closes something. */
function reportMissing(parser: Parser, token: Token): Operand {
  const before = parser.tokens[parser.at - 1];
  const text = before && before.kind !== 'bad' ? textOf(parser, before.span) : undefined;
  parser.report(missingValueProblem(text, textOf(parser, token.span), token.span));
  return holeAt({ start: token.span.start, end: token.span.start });
}

function parseNumber(parser: Parser, token: Token & { kind: 'number' }): Operand {
  parser.at++;
  const next = peek(parser);
  if (next.kind !== 'brackets') return leaf({ kind: 'number', value: token.value, span: token.span });
  parser.at++;
  const span = { start: token.span.start, end: next.span.end };
  if (next.text === '') {
    parser.report(
      syntaxProblem(next.span, 'there is no unit in the brackets', 'a number without unit takes no brackets'),
    );
  }
  return leaf({ kind: 'number', value: token.value, unit: { text: next.text, span: next.inner }, span });
}

function parseName(parser: Parser, token: Token & { kind: 'name' }): Operand {
  parser.at++;
  if (peek(parser).kind === '(') return parseCall(parser, token);
  if (reservedWords.has(token.name)) {
    const { name } = token;
    const hint = isFunctionName(name) ? `write \`${functionTable[name].signature}\`` : hintForFunction(name);
    parser.report(syntaxProblem(token.span, `\`${name}\` is a function`, hint));
    parser.sated = true;
  }
  return leaf({ kind: 'name', name: token.name, span: token.span });
}

function parseCall(parser: Parser, token: Token & { kind: 'name' }): Operand {
  const { name, span: calleeSpan } = token;
  const opening = peek(parser).span;
  parser.at++;
  const operands = deeper(parser, () => parseArguments(parser)) ?? [];
  const span = { start: calleeSpan.start, end: closeParenthesis(parser, opening) };
  if (!isFunctionName(name)) {
    const message = `there is no function \`${clip(name)}\``;
    parser.report({
      code: 'EQUATION_FUNCTION',
      message,
      span: calleeSpan,
      hint: hintForFunction(clip(name)),
    });
    return holeAt(span);
  }
  // With a problem inside the parentheses it is not known how many arguments were meant.
  const inside = parser.problems.some(
    ({ span: place }) => place.start > calleeSpan.start && place.start < span.end,
  );
  const problem = inside ? undefined : argumentsProblem(name, operands.length, span);
  if (problem) parser.report(problem);
  const height = 1 + Math.max(0, ...operands.map((operand) => operand.height));
  const list = operands.map((operand) => operand.expression);
  return measured(parser, { kind: 'call', callee: name, calleeSpan, arguments: list, span }, height);
}

function parseArguments(parser: Parser): Operand[] {
  const operands: Operand[] = [];
  if (peek(parser).kind === ')') return operands;
  for (;;) {
    operands.push(parseOperand(parser, 0));
    if (peek(parser).kind !== ',') return operands;
    parser.at++;
  }
}

function parseParentheses(parser: Parser, opening: Span): Operand {
  const inside = deeper(parser, () => parseOperand(parser, 0)) ?? holeAt(opening);
  while (peek(parser).kind === ',') {
    parser.report(commaProblem(peek(parser).span));
    parser.at++;
    parseOperand(parser, 0);
  }
  const outer = { start: opening.start, end: closeParenthesis(parser, opening) };
  return { expression: inside.expression, outer, height: inside.height };
}

/** Where the parentheses end, closed or not. */
function closeParenthesis(parser: Parser, opening: Span): number {
  const token = peek(parser);
  if (token.kind === ')') {
    parser.at++;
    return token.span.end;
  }
  parser.report(syntaxProblem(opening, 'this `(` is not closed', 'add a `)`'));
  return token.span.start;
}

function parseUnary(parser: Parser, operator: UnaryOperator, tightness: number): Operand {
  const { span } = peek(parser);
  parser.at++;
  if (operator === 'not' && tightness > precedence.not && !parser.sated) {
    const message = '`not` binds less tightly than the operator before it';
    parser.report(syntaxProblem(span, message, 'put it in parentheses: `(not …)`'));
  }
  const tight = operator === '-' ? precedence.minus : precedence.not;
  const operand = deeper(parser, () => parseOperand(parser, tight)) ?? holeAt(span);
  const whole = { start: span.start, end: operand.outer.end };
  const expression = { kind: 'unary', operator, operand: operand.expression, span: whole } as const;
  return measured(parser, expression, operand.height + 1);
}

function join(parser: Parser, left: Operand, operator: Infix, right: Operand): Operand {
  const expression = {
    kind: 'binary',
    operator: operator.operator,
    left: left.expression,
    right: right.expression,
    operatorSpan: operator.span,
    span: { start: left.outer.start, end: right.outer.end },
  } as const;
  const operand = measured(parser, expression, Math.max(left.height, right.height) + 1);
  const isComparison = binaryPrecedence[operator.operator] === precedence.comparison;
  return isComparison && !left.comparison ? { ...operand, comparison: true } : operand;
}
