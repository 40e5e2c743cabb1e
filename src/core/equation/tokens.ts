/**
 * Text to tokens. What is plainly meant as something else (`**`, `×`, `x²`) is reported and becomes the token that was
 * meant, so that the parser finds the other problems of the text and none that only follow from this one.
 */

import { clip, dotProblem, nameProblem, syntaxProblem } from './problems.ts';
import type { BinaryOperator, EquationProblem, Span } from './syntax.ts';

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly span: Span }
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  | { readonly kind: 'operator'; readonly operator: BinaryOperator | 'not'; readonly span: Span }
  | { readonly kind: 'brackets'; readonly text: string; readonly inner: Span; readonly span: Span }
  | { readonly kind: '(' | ')' | ',' | 'end'; readonly span: Span }
  /** Something that was reported already. */
  | { readonly kind: 'bad'; readonly span: Span };

export type Report = (problem: EquationProblem) => void;

/** The tokens of a text, ended by one of kind `end` that stands right after the last. */
export function tokenize(text: string, report: Report): readonly Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, end)) {
    end = readToken({ text, at, tokens, report });
  }
  tokens.push({ kind: 'end', span: { start: end, end } });
  return tokens;
}

/** Where the next token begins, and where it goes. Every reader pushes what it reads and returns where that ends. */
interface Cursor {
  readonly text: string;
  readonly at: number;
  readonly tokens: Token[];
  readonly report: Report;
}

function readToken(cursor: Cursor): number {
  const { text, at } = cursor;
  for (const length of [3, 2, 1]) {
    const sign = text.slice(at, at + length);
    const meant = signs.get(sign);
    if (sign.length === length && meant !== undefined) return readSign(cursor, sign, meant);
  }
  if (text[at] === '[') return readBrackets(cursor);
  if (match(numberPattern, text, at) !== '') return readNumber(cursor);
  if (match(wordPattern, text, at) !== '') return readWord(cursor);
  if (match(raisedPattern, text, at) !== '') return readRaised(cursor);
  return readUnexpected(cursor);
}

type Sign = BinaryOperator | 'not' | '(' | ')' | ',';

/** What is written, and what it means. The two differ where it is written wrongly. */
const signs: ReadonlyMap<string, Sign> = new Map([
  ...(['+', '-', '*', '/', '^', '<', '<=', '>', '>=', '==', '!=', '(', ')', ','] as const).map(
    (sign) => [sign, sign] as const,
  ),
  ...(['**', '↑'] as const).map((sign) => [sign, '^'] as const),
  ...(['·', '⋅', '×', '∙', '∗', '•'] as const).map((sign) => [sign, '*'] as const),
  ...(['÷', '∕', '⁄'] as const).map((sign) => [sign, '/'] as const),
  ...(['−', '–', '—'] as const).map((sign) => [sign, '-'] as const),
  ...(['&&', '&', '∧'] as const).map((sign) => [sign, 'and'] as const),
  ...(['||', '|', '∨'] as const).map((sign) => [sign, 'or'] as const),
  ...(['!', '~', '¬'] as const).map((sign) => [sign, 'not'] as const),
  ...(['=', '===', ':='] as const).map((sign) => [sign, '=='] as const),
  ...(['!==', '<>', '~=', '=/=', '≠'] as const).map((sign) => [sign, '!='] as const),
  ...(['=<', '≤', '⩽'] as const).map((sign) => [sign, '<='] as const),
  ...(['=>', '≥', '⩾'] as const).map((sign) => [sign, '>='] as const),
  ['{', '('],
  ['}', ')'],
]);

function readSign({ at, tokens, report }: Cursor, sign: string, meant: Sign): number {
  const span = { start: at, end: at + sign.length };
  if (sign !== meant) {
    report(syntaxProblem(span, `\`${sign}\` has no meaning in an equation`, `did you mean \`${meant}\`?`));
  }
  if (meant === '(' || meant === ')' || meant === ',') tokens.push({ kind: meant, span });
  else tokens.push({ kind: 'operator', operator: meant, span });
  return span.end;
}

function readBrackets({ text, at, tokens, report }: Cursor): number {
  const closing = text.indexOf(']', at);
  const end = closing < 0 ? text.trimEnd().length : closing + 1;
  const content = text.slice(at + 1, closing < 0 ? end : closing);
  const start = at + 1 + content.length - content.trimStart().length;
  const inner = { start, end: start + content.trim().length };
  const span = { start: at, end };
  if (closing < 0) report(syntaxProblem({ start: at, end: at + 1 }, 'this `[` is not closed', 'add a `]`'));
  tokens.push(closing < 0 ? { kind: 'bad', span } : { kind: 'brackets', text: content.trim(), inner, span });
  return end;
}

const numberPattern = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const foreignPattern = /0[xXbBoO][\p{L}\p{Nd}_.]*/uy;
const groupedPattern = /\d+(?:_\d+)+(?:\.\d*)?/y;
const tailPattern = /[\d.]+/y;
const emptyExponentPattern = /[eE][+-]?(?![\p{L}\p{M}\p{Nd}_])/uy;

function readNumber({ text, at, tokens, report }: Cursor): number {
  const foreign = match(foreignPattern, text, at) || match(groupedPattern, text, at);
  let written = foreign || match(numberPattern, text, at);
  let problem = '';
  let hint: string | undefined;
  if (/^0[xbo]/i.test(foreign)) {
    problem = 'is not a decimal number';
    const value = Number(foreign);
    hint = Number.isFinite(value)
      ? `write it as ${value}`
      : 'numbers are decimal, as in `12`, `0.5` or `1e-3`';
  } else if (foreign !== '') {
    problem = 'has underscores between its digits';
    hint = `write it as ${clip(foreign.replaceAll('_', ''))}`;
  } else {
    const tail = match(tailPattern, text, at + written.length);
    const exponent = match(emptyExponentPattern, text, at + written.length);
    if (tail !== '') problem = 'is not a number: it has more than one decimal point';
    if (exponent !== '') {
      problem = 'has no digits in its exponent';
      hint = `write a power of ten as \`${clip(written)}e-3\`, a product as \`${clip(written)} * ${exponent[0]}\``;
    }
    written += tail || exponent;
  }
  const span = { start: at, end: at + written.length };
  const value = Number(written);
  if (problem !== '') report(syntaxProblem(span, `\`${clip(written)}\` ${problem}`, hint));
  else if (value === Number.POSITIVE_INFINITY) {
    const message = `\`${clip(written)}\` is too large for a number`;
    report({ code: 'EQUATION_NOT_FINITE', message, span, hint: 'the largest is about 1.8e308' });
  }
  tokens.push({ kind: 'number', value: problem === '' ? value : 0, span });
  return span.end;
}

const wordPattern = /[\p{L}\p{M}\p{Nd}_]+/uy;
const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const dottedPattern = /(?:\.[\p{L}\p{M}\p{Nd}_]+)+/uy;

function readWord({ text, at, tokens, report }: Cursor): number {
  const written = match(wordPattern, text, at);
  const dotted = match(dottedPattern, text, at + written.length);
  const span = { start: at, end: at + written.length + dotted.length };
  if (written === 'and' || written === 'or' || written === 'not') {
    tokens.push({ kind: 'operator', operator: written, span: { start: at, end: at + written.length } });
    return at + written.length;
  }
  if (dotted !== '') report(dotProblem(written + dotted, span));
  else if (!plainName.test(written)) report(nameProblem(written, span));
  tokens.push({ kind: 'name', name: written, span });
  return span.end;
}

const raisedPattern = /⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/y;

/** `x²` becomes `x ^ 2`. */
function readRaised({ text, at, tokens, report }: Cursor): number {
  const written = match(raisedPattern, text, at);
  const span = { start: at, end: at + written.length };
  const plain = Array.from(written, (digit) => (digit === '⁻' ? '-' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit))).join('');
  report(syntaxProblem(span, `\`${clip(written)}\` is not an exponent`, `did you mean \`^${clip(plain)}\`?`));
  tokens.push({ kind: 'operator', operator: '^', span }, { kind: 'number', value: Number(plain), span });
  return span.end;
}

const unexpectedPattern = /°\s?[A-Za-z]?|./suy;

const unexpectedHints: ReadonlyMap<string, string> = new Map([
  ['%', 'write 5 % as 0.05, and the remainder of a division as `a - b * floor(a / b)`'],
  ['?', 'write a choice as `if(condition, a, b)`'],
  [':', 'write a choice as `if(condition, a, b)`'],
  [';', 'one equation holds one expression'],
  [']', 'a unit stands in `[` and `]` after a number'],
  ['.', 'write numbers as `0.5`'],
  ['°', 'write a temperature as `20 [degC]`, an angle as `90 [deg]`'],
  ['√', 'did you mean `sqrt(…)`?'],
  ['∞', 'leave the bound out, or use a large number'],
  ['#', 'a comment of YAML needs a space before the `#`'],
]);

function readUnexpected({ text, at, tokens, report }: Cursor): number {
  const written = match(unexpectedPattern, text, at);
  const span = { start: at, end: at + written.length };
  const point = written.codePointAt(0) ?? 0;
  const name = /[\p{C}\p{Z}]/u.test(written)
    ? `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
    : written;
  const hint = unexpectedHints.get(String.fromCodePoint(point));
  report(syntaxProblem(span, `\`${name}\` has no meaning in an equation`, hint));
  tokens.push({ kind: 'bad', span });
  return span.end;
}

const spacePattern = /\s*/y;

function skipSpace(text: string, at: number): number {
  return at + match(spacePattern, text, at).length;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
