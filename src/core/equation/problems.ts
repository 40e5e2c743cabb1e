/** What is said of each problem of an equation. Texts quoted in a message are cut to a length that can be read. */

import { type FunctionName, functionTable } from './functions.ts';
import { type EquationProblem, equationLimits, type Span } from './syntax.ts';

export function syntaxProblem(span: Span, message: string, hint?: string): EquationProblem {
  return { code: 'EQUATION_SYNTAX', message, span, ...(hint !== undefined && { hint }) };
}

/** A stretch of the text that is short enough for a message. */
export function clip(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}

export function tooLongProblem(text: string): EquationProblem {
  const limit = equationLimits.characters;
  return {
    code: 'EQUATION_TOO_LONG',
    message: `the equation has ${text.length} characters, more than ${limit}`,
    span: { start: limit, end: text.length },
    hint: 'give parts of it names in equations of their own',
  };
}

export function tooDeepProblem(span: Span): EquationProblem {
  return {
    code: 'EQUATION_TOO_DEEP',
    message: `the equation is nested more than ${equationLimits.depth} deep here`,
    span,
    hint: 'give a part of it a name in an equation of its own; each operator in a row counts as one level',
  };
}

/** Names with dots will belong to machines composed of machines. */
export function dotProblem(name: string, span: Span): EquationProblem {
  return {
    code: 'NAME_RESERVED',
    message: `\`${clip(name)}\`: a dot in a name is reserved for machines composed of machines`,
    span,
    hint: `did you mean \`${clip(name.replace(/\./g, '_'))}\`?`,
  };
}

/** Names with brackets will be elements of vectors. */
export function vectorProblem(name: string, span: Span): EquationProblem {
  const message = `\`${clip(name)}\`: brackets after a name are reserved for vectors`;
  return {
    code: 'NAME_RESERVED',
    message,
    span,
    hint: 'use a name for each element; only numbers take a unit',
  };
}

export function nameProblem(name: string, span: Span): EquationProblem {
  const hint =
    name === 'π'
      ? 'did you mean `pi`?'
      : 'use letters a to z and A to Z, digits and `_`, and begin with no digit';
  const message = `\`${clip(name)}\` is not a name`;
  return { code: 'NAME_SYNTAX', message, span, hint };
}

export function commaProblem(span: Span): EquationProblem {
  return syntaxProblem(
    span,
    'a comma separates the arguments of a function',
    'decimals take a point, as in `0.5`',
  );
}

/** Two operands without an operator between them, such as `2x` or `5 mm`. */
export function missingOperatorProblem(
  left: string,
  right: string,
  span: Span,
  isUnit: boolean,
): EquationProblem {
  const [before, after] = [clip(left), clip(right)];
  const product = `did you mean \`${before} * ${after === '(' ? '(…)' : after}\`?`;
  const unit = isUnit ? ` A unit stands in brackets: \`${before} [${after}]\`` : '';
  return syntaxProblem(span, `there is no operator between \`${before}\` and \`${after}\``, product + unit);
}

/** A value that should stand where `found` does. */
export function missingValueProblem(before: string | undefined, found: string, span: Span): EquationProblem {
  const message = `a value is missing${before === undefined ? '' : ` after \`${clip(before)}\``}`;
  return {
    ...syntaxProblem(span, message),
    expected: 'a name, a number or `(`',
    found: found === '' ? 'the end of the equation' : `\`${clip(found)}\``,
  };
}

/** The problem of a call with this many arguments, if that is one. */
export function argumentsProblem(name: FunctionName, count: number, span: Span): EquationProblem | undefined {
  const { minArguments, maxArguments, signature } = functionTable[name];
  if (count >= minArguments && count <= maxArguments) return undefined;
  const wanted = maxArguments > minArguments ? `${minArguments} or more` : `${minArguments}`;
  const noun = wanted === '1' ? 'argument' : 'arguments';
  const message = `\`${name}\` takes ${wanted} ${noun}, not ${count}`;
  return { code: 'EQUATION_ARGUMENTS', message, span, expected: `\`${signature}\`` };
}
