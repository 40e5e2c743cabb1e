/**
 * Checks the units of every formula against what stands on its left: der(x) is x per second, next(x) and a
 * reset are x itself, a measurement is in its own unit. Where one wrong name explains a mismatch, the
 * message points at it and says which was probably meant.
 */

import type { Expression, Span } from '../equation/index.ts';
import { divideDimensions, formatDimension, type Unit } from '../units/index.ts';
import { type Formula, type Formulas, visit } from './formulas.ts';
import { inferQuantity, type QuantityOfName, type ReportUnits } from './infer.ts';
import type { Signal } from './model.ts';
import { PI, TICK_SECONDS, TIME } from './names.ts';
import type { Path, Problems } from './problems.ts';
import {
  describeQuantity,
  dimensionsAgree,
  isPure,
  pureNumber,
  type Quantity,
  quantity,
  quantityOf,
  weightsAgree,
} from './quantity.ts';

const SECONDS: Quantity = { dimension: [0, 0, 1, 0, 0, 0, 0], weight: 0 };

/** More name-for-name trials than this and a suggestion is not worth its time. */
const MAX_TRIALS = 20_000;

export interface UnitContext {
  /** Inputs, parameters and states by name. */
  readonly signals: ReadonlyMap<string, Signal>;
  readonly broken: ReadonlySet<string>;
  /** Intermediate equations, sorted, and those the document gives a unit. */
  readonly sorted: readonly string[];
  readonly declaredOutputs: ReadonlyMap<string, Unit>;
  readonly measurements: readonly Signal[];
  readonly states: ReadonlyMap<string, Signal>;
}

/** Checks everything and returns the quantity of each intermediate equation. */
export function checkUnits(
  formulas: Formulas,
  context: UnitContext,
  problems: Problems,
): ReadonlyMap<string, Quantity> {
  const names = new Map<string, Quantity>([
    [TIME, SECONDS],
    [TICK_SECONDS, SECONDS],
    [PI, pureNumber],
  ]);
  for (const signal of context.signals.values()) {
    if (!context.broken.has(signal.name)) names.set(signal.name, quantityOf(signal.unit));
  }
  const ofName: QuantityOfName = (name) => names.get(name);
  const check = (formula: Formula, left: string, wanted: Quantity | undefined): void =>
    checkFormula({ formula, left, wanted }, names, problems);

  const byName = new Map(
    formulas.equations.filter((it) => it.target.kind === 'name').map((it) => [it.target.name, it]),
  );
  const outputs = new Map<string, Quantity>();
  for (const name of context.sorted) {
    const equation = byName.get(name);
    if (equation === undefined) continue;
    const found = inferQuantity(equation.expression, ofName, reporter(equation.path, problems));
    if (found === undefined) continue;
    names.set(name, found);
    outputs.set(name, found);
    const unit = context.declaredOutputs.get(name);
    if (unit)
      compare({
        formula: equation,
        left: `\`${name}\``,
        wanted: quantityOf(unit),
        found,
        ofName,
        names,
        problems,
      });
    else if (!isReadable(found)) notReadable(equation, found, problems);
  }
  for (const equation of formulas.equations) {
    const { kind, name } = equation.target;
    const state = context.states.get(name);
    if (kind === 'name' || state === undefined) continue;
    check(equation, `${kind}(${name})`, kind === 'der' ? rateOf(names.get(name)) : names.get(name));
  }
  for (const signal of context.measurements) {
    const formula = formulas.measurements.get(signal.name);
    const wanted = context.broken.has(signal.name) ? undefined : quantityOf(signal.unit);
    if (formula) check(formula, `\`${signal.name}\``, wanted);
  }
  for (const formula of formulas.validities.values()) check(formula, 'the condition', pureNumber);
  for (const when of formulas.whens) {
    if (when.condition) check(when.condition, 'the condition', pureNumber);
    for (const { state, formula } of when.resets)
      if (formula) check(formula, `\`${state}\``, names.get(state));
  }
  return outputs;
}

/** Checks one formula: its parts among each other, and the whole against what stands on its left. */
export function checkFormula(
  it: { readonly formula: Formula; readonly left: string; readonly wanted: Quantity | undefined },
  names: ReadonlyMap<string, Quantity>,
  problems: Problems,
): void {
  const { formula, left, wanted } = it;
  const ofName: QuantityOfName = (name) => names.get(name);
  const found = inferQuantity(formula.expression, ofName, reporter(formula.path, problems));
  if (found && wanted) compare({ formula, left, wanted, found, ofName, names, problems });
}

function reporter(path: Path, problems: Problems): ReportUnits {
  return (code, span, message, details) => problems.within(code, { path, span }, message, details);
}

/** The quantity of a state's rate of change: a reading changes by a difference. */
function rateOf(state: Quantity | undefined): Quantity | undefined {
  if (state === undefined || state.dimension === 'any') return state;
  return quantity(divideDimensions(state.dimension, [0, 0, 1, 0, 0, 0, 0]), 0);
}

function isReadable(q: Quantity): boolean {
  return weightsAgree(q.weight, 0) || weightsAgree(q.weight, 1);
}

function notReadable(formula: Formula, found: Quantity, problems: Problems): void {
  problems.within(
    'UNIT_TEMPERATURE',
    { path: formula.path, span: formula.expression.span },
    `the result is ${describeQuantity(found)}`,
    {
      expected: 'a temperature, or a difference of two',
    },
  );
}

interface Comparison {
  readonly formula: Formula;
  readonly left: string;
  readonly wanted: Quantity;
  readonly found: Quantity;
  readonly ofName: QuantityOfName;
  readonly names: ReadonlyMap<string, Quantity>;
  readonly problems: Problems;
}

function compare(it: Comparison): void {
  const { formula, left, wanted, found, problems } = it;
  if (dimensionsAgree(wanted, found)) {
    if (weightsAgree(wanted.weight, found.weight)) return;
    problems.within(
      'UNIT_TEMPERATURE',
      { path: formula.path, span: formula.expression.span },
      `${left} is ${describeQuantity(wanted)}, the right side is ${describeQuantity(found)}`,
      { expected: describeQuantity(wanted), found: describeQuantity(found) },
    );
    return;
  }
  const better = replacement(it);
  problems.within(
    'EQUATION_UNITS',
    { path: formula.path, span: better?.span ?? formula.expression.span },
    `${left} is ${describeQuantity(wanted)}, the right side is ${describeQuantity(found)}`,
    {
      expected: describeQuantity(wanted),
      found: describeQuantity(found),
      hint: better?.hint ?? bareNumberHint(it),
    },
  );
}

/** The one name in the formula that, exchanged for another of the model, makes the units right. */
function replacement(it: Comparison): { span: Span; hint: string } | undefined {
  const uses: Extract<Expression, { kind: 'name' }>[] = [];
  visit(it.formula.expression, (e) => {
    if (e.kind === 'name') uses.push(e);
  });
  const candidates = [...it.names].filter(([name]) => name !== TIME && name !== TICK_SECONDS && name !== PI);
  if (uses.length * candidates.length > MAX_TRIALS) return undefined;
  const fits: { span: Span; name: string; quantity: Quantity; present: boolean }[] = [];
  for (const use of uses) {
    for (const [name, candidate] of candidates) {
      const present = it.ofName(use.name);
      if (name === use.name || present === undefined || dimensionsAgree(present, candidate)) continue;
      const trial = inferQuantity(substituted(it.formula.expression, use, name), it.ofName, () => {});
      if (trial && dimensionsAgree(trial, it.wanted) && weightsAgree(trial.weight, it.wanted.weight)) {
        fits.push({
          span: use.span,
          name,
          quantity: candidate,
          present: uses.some((other) => other.name === name),
        });
      }
    }
  }
  // A name the formula does not yet use is the likelier one to have been meant.
  const best = fits.find((fit) => !fit.present) ?? fits[0];
  if (best === undefined || fits.filter((fit) => fit.present === best.present).length > 3) return undefined;
  const { dimension } = best.quantity;
  const unit = dimension === 'any' ? '' : ` (${isPure(best.quantity) ? '1' : formatDimension(dimension)})`;
  return { span: best.span, hint: `did you mean \`${best.name}\`${unit}?` };
}

function substituted(expression: Expression, use: Expression, name: string): Expression {
  if (expression === use) return { kind: 'name', name, span: use.span };
  switch (expression.kind) {
    case 'unary':
      return { ...expression, operand: substituted(expression.operand, use, name) };
    case 'binary':
      return {
        ...expression,
        left: substituted(expression.left, use, name),
        right: substituted(expression.right, use, name),
      };
    case 'call':
      return {
        ...expression,
        arguments: expression.arguments.map((argument) => substituted(argument, use, name)),
      };
    default:
      return expression;
  }
}

function bareNumberHint(it: Comparison): string | undefined {
  let bare: number | undefined;
  visit(it.formula.expression, (e) => {
    if (e.kind === 'number' && e.unit === undefined && e.value !== 0) bare ??= e.value;
  });
  return bare === undefined
    ? undefined
    : `does the number ${bare} have a unit? Write it as \`${bare} [unit]\``;
}
