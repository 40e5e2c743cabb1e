/** Values that people give for a model's signals: a bare number in the signal's own unit, or a quantity; SI comes out. */

import type { Model, Signal } from '../core/model/index.ts';
import { convertible, fromSi, parseQuantity, toSi, type Unit } from '../core/units/index.ts';
import type { ValueProblem } from './duration.ts';

export type ValueResult = { readonly value: number } | { readonly problem: ValueProblem };

/** Reads `written` as a value of `signal` and checks that its unit fits and its bounds hold. */
export function parseValue(written: string | number, signal: Signal, model: Model): ValueResult {
  const read = readNumber(written, signal, model);
  if ('problem' in read) return read;
  if (!Number.isFinite(read.value)) {
    return {
      problem: {
        code: 'QUANTITY_SYNTAX',
        message: `\`${signal.name}\`: \`${written}\` is not a finite number`,
      },
    };
  }
  return boundsProblem(read.value, written, signal) ?? read;
}

/** Whether samples in `unit` can feed `signal`. */
export function unitProblem(unit: Unit, signal: Signal, model: Model): ValueProblem | undefined {
  if (!model.unitsChecked) return uncheckedProblem(unit, signal);
  const fits = convertible(unit, signal.unit);
  if (fits === true) return undefined;
  return {
    code: 'UNIT_MISMATCH',
    message: fits.message,
    expected: `a unit that converts to ${signal.unit.symbol}, the unit of \`${signal.name}\``,
    hint: fits.hint,
  };
}

function readNumber(written: string | number, signal: Signal, model: Model): ValueResult {
  const bare = typeof written === 'string' && written.trim() === '' ? Number.NaN : Number(written);
  if (!Number.isNaN(bare)) return { value: toSi(bare, signal.unit) };
  const quantity = parseQuantity(String(written));
  if ('problem' in quantity) {
    const { code, message, hint } = quantity.problem;
    return { problem: { code, message, hint } };
  }
  const problem = unitProblem(quantity.unit, signal, model);
  if (problem) return { problem };
  return { value: model.unitsChecked ? toSi(quantity.value, quantity.unit) : quantity.value };
}

function boundsProblem(value: number, written: string | number, signal: Signal): ValueResult | undefined {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, unit, name } = signal;
  if (value >= min && value <= max) return undefined;
  const side = value < min ? 'below its smallest' : 'above its largest';
  const bound = fromSi(value < min ? min : max, unit);
  return {
    problem: {
      code: 'VALUE_OUT_OF_BOUNDS',
      message: `\`${name}\`: ${written} is ${side} possible value, ${round(bound)} ${unit.symbol}`,
    },
  };
}

/** In an unchecked model a unit is only a word, so only the same word fits. */
function uncheckedProblem(unit: Unit, signal: Signal): ValueProblem | undefined {
  if (unit.symbol === signal.unit.symbol) return undefined;
  return {
    code: 'UNIT_MISMATCH',
    message: `the model computes with unchecked units, so ${unit.symbol} cannot be converted`,
    expected: signal.unit.symbol,
    hint: 'give the number in the unit of the signal, or without a unit',
  };
}

/** Conversion leaves noise in the last digits that is of no use to a reader. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}
