/** The left side of an equation: `cooling`, `der(oil_temperature)` or `next(level)`. */

import { clip, dotProblem, nameProblem, vectorProblem } from './problems.ts';
import { type EquationProblem, reservedWords, type Span } from './syntax.ts';

export interface Target {
  /** What is defined: a state's derivative, a state's next value, or the name itself. */
  readonly kind: 'der' | 'next' | 'name';
  readonly name: string;
  /** Of the name alone, without `der` and `next`. */
  readonly span: Span;
}

const longestTarget = 1_000;

/** Parses the left side of an equation. There is a target exactly if there is no problem. Never throws. */
export function parseTarget(text: string): { target?: Target; problems: readonly EquationProblem[] } {
  const whole = spanOf(text, { start: 0, end: text.length });
  if (text.length > longestTarget) {
    return { problems: [targetProblem(whole, `it has ${text.length} characters`, 'use a shorter name')] };
  }
  const written = text.slice(whole.start, whole.end);
  const call = /^(der|next)\s*\(([^()]*)\)$/d.exec(written);
  const kind = call?.[1] === 'der' || call?.[1] === 'next' ? call[1] : 'name';
  const [from, to] = call?.indices?.[2] ?? [0, written.length];
  const span = spanOf(text, { start: whole.start + from, end: whole.start + to });
  const name = text.slice(span.start, span.end);
  const problem = problemOf(name, span);
  return problem ? { problems: [problem] } : { target: { kind, name, span }, problems: [] };
}

function problemOf(name: string, span: Span): EquationProblem | undefined {
  if (name === '') return targetProblem(span, 'there is no name', forms);
  if (name === 'der' || name === 'next')
    return targetProblem(span, `\`${name}\` needs a state`, `write \`${name}(state)\``);
  if (reservedWords.has(name)) {
    const message = `\`${name}\` is a word of equations`;
    return { code: 'NAME_RESERVED', message, span, hint: 'choose another name' };
  }
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return undefined;
  if (/^[\p{L}_][\p{L}\p{Nd}_]*(\.[\p{L}\p{Nd}_]+)+$/u.test(name)) return dotProblem(name, span);
  if (/^[\p{L}_][\p{L}\p{Nd}_]*\s*\[[^\]]*\]$/u.test(name)) return vectorProblem(name, span);
  if (/^[\p{L}\p{M}\p{N}_-]+$/u.test(name)) return nameProblem(name, span);
  return targetProblem(span, `\`${clip(name)}\` is not what an equation can define`, hintFor(name));
}

const forms = 'write a name, `der(state)` or `next(state)`';

/** What people write for a derivative: `dx/dt`, `x'`, `Der(x)`, `d(x)/dt`, `der x`. */
function hintFor(name: string): string {
  const state =
    /^d\s*(\w+)\s*\/\s*dt$/.exec(name)?.[1] ??
    /^d\s*\(\s*(\w+)\s*\)\s*\/\s*dt$/.exec(name)?.[1] ??
    /^(\w+)\s*['\u2019]$/.exec(name)?.[1] ??
    /^(?:der|d|ddt|diff|deriv|derivative|dot)\b\s*[([]?\s*(\w+)\s*[)\]]?$/i.exec(name)?.[1];
  if (state !== undefined) return `did you mean \`der(${clip(state)})\`?`;
  const following = /^(?:next|pre|prev)\b\s*[([]?\s*(\w+)\s*[)\]]?$/i.exec(name)?.[1];
  return following === undefined ? forms : `did you mean \`next(${clip(following)})\`?`;
}

function targetProblem(span: Span, message: string, hint: string): EquationProblem {
  return { code: 'EQUATION_TARGET', message: `the left side of an equation: ${message}`, span, hint };
}

/** The span without the blanks at its ends. */
function spanOf(text: string, { start, end }: Span): Span {
  const content = text.slice(start, end);
  const from = start + content.length - content.trimStart().length;
  return { start: from, end: from + content.trim().length };
}
