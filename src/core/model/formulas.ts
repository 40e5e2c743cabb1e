/** Reads every formula of a document: equations with their targets, measurements and `when` clauses. */

import {
  type Expression,
  type NameUse,
  namesIn,
  parseExpression,
  parseTarget,
  type Target,
} from '../equation/index.ts';
import { parseUnit } from '../units/index.ts';
import type { Path, Problems } from './problems.ts';
import type { ModelDocument } from './schema.ts';

/** An expression and where its text stands. */
export interface Formula {
  readonly path: Path;
  readonly expression: Expression;
}

export interface Equation extends Formula {
  readonly target: Target;
}

interface WhenFormulas {
  readonly name: string;
  readonly condition: Formula | undefined;
  readonly resets: readonly {
    readonly state: string;
    readonly path: Path;
    readonly formula: Formula | undefined;
  }[];
}

export interface Formulas {
  readonly equations: readonly Equation[];
  readonly measurements: ReadonlyMap<string, Formula>;
  /** Of the measurements that have one. */
  readonly validities: ReadonlyMap<string, Formula>;
  readonly whens: readonly WhenFormulas[];
}

/** Parses all formulas. What does not parse is reported and left out. */
export function readFormulas(document: ModelDocument, problems: Problems): Formulas {
  const formula = (path: Path, given: string | number) => readFormula(path, given, document, problems);
  const equations: Equation[] = [];
  for (const [key, given] of Object.entries(document.equations ?? {})) {
    const path = ['equations', key];
    const { target, problems: wrong } = parseTarget(key);
    for (const it of wrong) problems.within(it.code, { path, span: it.span, part: 'key' }, it.message, it);
    const read = formula(path, given);
    if (target && read) equations.push({ ...read, target });
  }
  const measurements = new Map<string, Formula>();
  const validities = new Map<string, Formula>();
  for (const [name, { equals, valid }] of Object.entries(document.measurements ?? {})) {
    const read = formula(['measurements', name, 'equals'], equals);
    if (read) measurements.set(name, read);
    const condition = valid === undefined ? undefined : formula(['measurements', name, 'valid'], valid);
    if (condition) validities.set(name, condition);
  }
  const whens = Object.entries(document.when ?? {}).map(([name, it]) => ({
    name,
    condition: formula(['when', name, 'condition'], it.condition),
    resets: Object.entries(it.reset ?? {}).map(([state, given]) => {
      const path = ['when', name, 'reset', state];
      return { state, path, formula: formula(path, given) };
    }),
  }));
  return { equations, measurements, validities, whens };
}

/** Every formula there is, for checks that treat all alike. */
export function* allFormulas(formulas: Formulas): Iterable<Formula> {
  yield* formulas.equations;
  yield* formulas.measurements.values();
  yield* formulas.validities.values();
  for (const when of formulas.whens) {
    if (when.condition) yield when.condition;
    for (const { formula } of when.resets) if (formula) yield formula;
  }
}

/** One formula; undefined after a report if it does not parse. */
export function readFormula(
  path: Path,
  given: string | number,
  document: ModelDocument,
  problems: Problems,
): Formula | undefined {
  const { expression, problems: wrong } = parseExpression(String(given));
  for (const it of wrong) problems.within(it.code, { path, span: it.span }, it.message, it);
  if (expression === undefined || wrong.length > 0) return undefined;
  if (document.units !== 'unchecked') checkLiteralUnits(expression, path, problems);
  return { path, expression };
}

function checkLiteralUnits(expression: Expression, path: Path, problems: Problems): void {
  visit(expression, (e) => {
    if (e.kind !== 'number' || e.unit === undefined) return;
    const parsed = parseUnit(e.unit.text);
    if ('unit' in parsed) return;
    const { problem } = parsed;
    const start = e.unit.span.start + problem.at;
    problems.within(
      problem.code,
      { path, span: { start, end: start + problem.length } },
      problem.message,
      problem,
    );
  });
}

/** Calls `each` for the expression and all parts of it. */
export function visit(expression: Expression, each: (e: Expression) => void): void {
  each(expression);
  switch (expression.kind) {
    case 'unary':
      visit(expression.operand, each);
      break;
    case 'binary':
      visit(expression.left, each);
      visit(expression.right, each);
      break;
    case 'call':
      for (const argument of expression.arguments) visit(argument, each);
      break;
    default:
  }
}

/** The names a formula reads, each with its place. */
export function namesOf(formula: Formula): readonly NameUse[] {
  return namesIn(formula.expression);
}
