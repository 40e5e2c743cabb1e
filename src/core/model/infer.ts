/**
 * Unit inference: the quantity of an expression from those of its names, with a report wherever two parts
 * do not go together. An expression with a problem has no quantity (undefined), and what is built on it is
 * not reported again: one mistake, one message.
 */

import type { Expression, FunctionName, Span } from '../equation/index.ts';
import {
  type Dimension,
  divideDimensions,
  multiplyDimensions,
  parseUnit,
  powerDimension,
  toSi,
} from '../units/index.ts';
import type { Details } from './problems.ts';
import {
  describeQuantity,
  dimensionsAgree,
  isDifference,
  isPure,
  pureNumber,
  type Quantity,
  quantity,
  quantityOf,
  weightsAgree,
} from './quantity.ts';

/** Where problems go; the null reporter of a trial inference ignores them. */
export type ReportUnits = (
  code: 'EQUATION_UNITS' | 'UNIT_TEMPERATURE',
  span: Span,
  message: string,
  details: Details,
) => void;

/** The quantity of a name, or undefined where it has none (unknown, or itself in error). */
export type QuantityOfName = (name: string) => Quantity | undefined;

type Result = Quantity | undefined;

/** Infers the quantity of `expression`. Reports through `report`; undefined if anything in it is wrong. */
export function inferQuantity(expression: Expression, ofName: QuantityOfName, report: ReportUnits): Result {
  const infer = (e: Expression): Result => {
    switch (e.kind) {
      case 'number':
        return inferNumber(e);
      case 'name':
        return ofName(e.name);
      case 'unary': {
        const operand = infer(e.operand);
        if (operand === undefined) return undefined;
        if (e.operator === 'not') return requirePure(operand, e.operand, '`not`') ? pureNumber : undefined;
        return negate(operand);
      }
      case 'binary':
        return inferBinary(e, infer(e.left), infer(e.right));
      case 'call':
        return inferCall(e, e.arguments.map(infer));
    }
  };

  function inferBinary(e: Extract<Expression, { kind: 'binary' }>, left: Result, right: Result): Result {
    if (left === undefined || right === undefined) return undefined;
    switch (e.operator) {
      case '+':
      case '-':
        return inferSum(e, left, right);
      case '*':
      case '/':
        return inferProduct(e, left, right);
      case '^':
        return inferPower(e, left, right);
      case 'and':
      case 'or': {
        const both = [
          requirePure(left, e.left, `\`${e.operator}\``),
          requirePure(right, e.right, `\`${e.operator}\``),
        ];
        return both.every(Boolean) ? pureNumber : undefined;
      }
      default:
        return unify([left, right], [e.left, e.right], `compare with \`${e.operator}\``) === undefined
          ? undefined
          : pureNumber;
    }
  }

  function inferSum(e: Extract<Expression, { kind: 'binary' }>, left: Quantity, right: Quantity): Result {
    if (!dimensionsAgree(left, right)) {
      mismatch(e.operator === '+' ? 'add' : 'subtract', left, right, e.right);
      return undefined;
    }
    const sign = e.operator === '+' ? 1 : -1;
    const dimension = left.dimension === 'any' ? right.dimension : left.dimension;
    return withConstant(
      dimension,
      addWeights(left.weight, right.weight, sign),
      combine(left, right, (a, b) => a + sign * b),
    );
  }

  function inferProduct(e: Extract<Expression, { kind: 'binary' }>, left: Quantity, right: Quantity): Result {
    const divide = e.operator === '/';
    const constant = combine(left, right, (a, b) => (divide ? a / b : a * b));
    // A constant factor scales a reading's weight, so that (a + b)/2 of two readings is a reading.
    if (right.constant !== undefined && isPure(right) && left.dimension !== 'any') {
      return withConstant(
        left.dimension,
        scaleWeight(left.weight, divide ? 1 / right.constant : right.constant),
        constant,
      );
    }
    if (!divide && left.constant !== undefined && isPure(left) && right.dimension !== 'any') {
      return withConstant(right.dimension, scaleWeight(right.weight, left.constant), constant);
    }
    for (const [side, at] of [
      [left, e.left],
      [right, e.right],
    ] as const) {
      if (!isDifference(side)) {
        reading(side, at, divide ? 'divided' : 'multiplied');
        return undefined;
      }
    }
    const a = left.dimension === 'any' ? pureNumber.dimension : left.dimension;
    const b = right.dimension === 'any' ? pureNumber.dimension : right.dimension;
    if (a === 'any' || b === 'any') return pureNumber;
    // Zero times anything has a definite dimension, but stays the zero that fits everywhere.
    if (left.dimension === 'any' && !divide) return left;
    return withConstant(divide ? divideDimensions(a, b) : multiplyDimensions(a, b), 'any', constant);
  }

  function inferPower(
    e: Extract<Expression, { kind: 'binary' }>,
    base: Quantity,
    exponent: Quantity,
  ): Result {
    if (!requirePure(exponent, e.right, 'an exponent')) return undefined;
    if (!isDifference(base)) {
      reading(base, e.left, 'raised to a power');
      return undefined;
    }
    const constant = combine(base, exponent, Math.pow);
    if (base.dimension === 'any' || isPure(base)) return withConstant(pureNumber.dimension, 0, constant);
    if (exponent.constant === undefined) {
      report(
        'EQUATION_UNITS',
        e.right.span,
        `${describeQuantity(base)} is raised to a power that is no constant`,
        {
          expected: 'a number, or a base without unit',
          hint: 'divide the base by a reference value first, such as `(x / 1 [bar])^n`',
        },
      );
      return undefined;
    }
    return withConstant(powerDimension(base.dimension, exponent.constant), 'any', constant);
  }

  function inferCall(e: Extract<Expression, { kind: 'call' }>, values: readonly Result[]): Result {
    if (values.some((value) => value === undefined)) return undefined;
    const known = values.filter((value) => value !== undefined);
    const [first = pureNumber] = known;
    const [at] = e.arguments;
    if (at === undefined) return undefined;
    switch (ruleOf(e.callee)) {
      case 'select': {
        if (!requirePure(first, at, 'the condition of `if`')) return undefined;
        return unify(known.slice(1), e.arguments.slice(1), 'choose between');
      }
      case 'alike':
        return unify(known, e.arguments, `take the ${e.callee} of`);
      case 'angle':
        return unify(known, e.arguments, 'take the atan2 of') === undefined ? undefined : pureNumber;
      case 'keep':
        return isDifference(first) ? dropConstant(first) : reading(first, at, `given to \`${e.callee}\``);
      case 'sign':
        return isDifference(first) ? pureNumber : reading(first, at, 'given to `sign`');
      case 'root':
        if (!isDifference(first)) return reading(first, at, 'given to `sqrt`');
        return first.dimension === 'any' ? first : quantity(powerDimension(first.dimension, 0.5), 'any');
      case 'pure':
        return requirePure(first, at, `\`${e.callee}\``) ? pureNumber : undefined;
    }
  }

  function unify(values: readonly Quantity[], at: readonly Expression[], doing: string): Result {
    let [common] = values;
    for (const [index, value] of values.entries()) {
      const where = at[index];
      if (common === undefined || where === undefined) continue;
      if (!dimensionsAgree(common, value)) {
        mismatch(doing, common, value, where);
        return undefined;
      }
      if (!weightsAgree(common.weight, value.weight)) {
        report(
          'UNIT_TEMPERATURE',
          where.span,
          `cannot ${doing} ${describeQuantity(common)} and ${describeQuantity(value)}`,
          {
            hint: 'a reading in degC and a difference in K are not the same kind of thing',
          },
        );
        return undefined;
      }
      const dimension = common.dimension === 'any' ? value.dimension : common.dimension;
      common = {
        dimension,
        weight: common.weight === 'any' || common.dimension === 'any' ? value.weight : common.weight,
      };
    }
    return common;
  }

  function mismatch(doing: string, left: Quantity, right: Quantity, at: Expression): void {
    const bare = isPure(right) && !isPure(left) && right.constant !== undefined;
    report(
      'EQUATION_UNITS',
      at.span,
      `cannot ${doing} ${describeQuantity(left)} and ${describeQuantity(right)}`,
      {
        expected: describeQuantity(left),
        found: describeQuantity(right),
        hint: bare ? `give the number its unit, such as \`${right.constant} [unit]\`` : undefined,
      },
    );
  }

  function requirePure(q: Quantity, at: Expression, what: string): boolean {
    if (isPure(q)) return true;
    report('EQUATION_UNITS', at.span, `${what} takes a pure number, not ${describeQuantity(q)}`, {
      expected: 'a pure number',
      found: describeQuantity(q),
      hint: 'divide by a reference value with the same unit first',
    });
    return false;
  }

  function reading(q: Quantity, at: Expression, how: string): undefined {
    report(
      'UNIT_TEMPERATURE',
      at.span,
      `${describeQuantity(q)} cannot be ${how}: its number depends on where zero is`,
      {
        hint: 'subtract another temperature first, or declare the signal in K for a thermodynamic temperature',
      },
    );
    return undefined;
  }

  return infer(expression);
}

type Rule = 'select' | 'alike' | 'angle' | 'keep' | 'sign' | 'root' | 'pure';

/** How a function treats units. All that is not named takes and gives a pure number. */
function ruleOf(callee: FunctionName): Rule {
  switch (callee) {
    case 'if':
      return 'select';
    case 'min':
    case 'max':
      return 'alike';
    case 'atan2':
      return 'angle';
    case 'abs':
      return 'keep';
    case 'sign':
      return 'sign';
    case 'sqrt':
      return 'root';
    default:
      return 'pure';
  }
}

function inferNumber(e: Extract<Expression, { kind: 'number' }>): Result {
  if (e.unit === undefined) {
    return e.value === 0
      ? { dimension: 'any', weight: 'any', constant: 0 }
      : { ...pureNumber, constant: e.value };
  }
  const parsed = parseUnit(e.unit.text);
  // An unreadable unit was reported where the equation was read.
  if (!('unit' in parsed)) return undefined;
  const known = quantityOf(parsed.unit);
  return isPure(known) ? { ...known, constant: toSi(e.value, parsed.unit) } : known;
}

function withConstant(
  dimension: Dimension | 'any',
  weight: Quantity['weight'],
  constant: number | undefined,
): Quantity {
  const base: Quantity = dimension === 'any' ? { dimension, weight: 'any' } : quantity(dimension, weight);
  return constant === undefined ? base : { ...base, constant };
}

function dropConstant(q: Quantity): Quantity {
  return { dimension: q.dimension, weight: q.weight };
}

function negate(q: Quantity): Quantity {
  return withConstant(
    q.dimension,
    scaleWeight(q.weight, -1),
    q.constant === undefined ? undefined : -q.constant,
  );
}

function combine(a: Quantity, b: Quantity, compute: (a: number, b: number) => number): number | undefined {
  return a.constant === undefined || b.constant === undefined ? undefined : compute(a.constant, b.constant);
}

/** `'any'` beside a definite weight takes the role of a difference: T(degC) + dT(K) is a reading. */
function addWeights(a: Quantity['weight'], b: Quantity['weight'], sign: 1 | -1): Quantity['weight'] {
  if (a === 'any' && b === 'any') return 'any';
  // reading − K: may be a reading (minus a difference) or a difference (minus a thermodynamic temperature).
  if (sign === -1 && b === 'any') return 'any';
  if (sign === -1 && a === 'any') return b === 1 ? 0 : 'any';
  if (a === 'any') return b === 0 ? 'any' : b;
  if (b === 'any') return a === 0 ? 'any' : a;
  return a + sign * b;
}

function scaleWeight(weight: Quantity['weight'], factor: number): Quantity['weight'] {
  return weight === 'any' ? 'any' : weight * factor;
}
