/** Quantities: a number with its unit in one text, as people write them in documents and on command lines. */

import type { UnitProblem } from './problem.ts';
import { dimensionless, parseUnit, type Unit } from './unit.ts';

export type QuantityResult =
  | { readonly value: number; readonly unit: Unit }
  | { readonly problem: UnitProblem };

const numberPattern = /^\s*([+\-−]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+\-−]?\d+)?)/;

/**
 * Reads `0.02 K/s^0.5`, `500 ms`, `20degC`, `1e3 Pa`, and `-3`, which has no unit.
 *
 * Decimals have a point. Any string gives a quantity or the first problem; nothing is thrown.
 */
export function parseQuantity(text: string): QuantityResult {
  const number = numberPattern.exec(text);
  if (number === null) return { problem: noNumber(text) };
  const start = number[0].length;
  const value = Number((number[1] ?? '').replaceAll('−', '-'));
  const rest = text.slice(start);
  const problem = refuseNumber(value, text, start);
  if (problem !== undefined) return { problem };
  if (rest.trim() === '') return { value, unit: dimensionless };
  const parsed = parseUnit(rest);
  if ('unit' in parsed) return { value, unit: parsed.unit };
  return { problem: { ...parsed.problem, at: parsed.problem.at + start } };
}

function refuseNumber(value: number, text: string, length: number): UnitProblem | undefined {
  const code = 'QUANTITY_SYNTAX';
  if (!Number.isFinite(value)) return { code, at: 0, length, message: 'this number is too large' };
  const next = text[length];
  if (next === undefined || !/[,_'’.\d]/.test(next)) return undefined;
  if (/['’]/.test(next) && !/^['’]\d/.test(text.slice(length))) return undefined; // minutes of arc
  const message = `a number ends before \`${next}\``;
  return {
    code,
    at: length,
    length: 1,
    message,
    hint: 'decimals have a point and thousands no mark: `1234.5`',
  };
}

function noNumber(text: string): UnitProblem {
  const found = text.trim() === '' ? 'nothing' : `\`${text.trim().slice(0, 32)}\``;
  return {
    code: 'QUANTITY_SYNTAX',
    at: 0,
    length: text.length,
    message: `a quantity begins with a number, this is ${found}`,
    hint: 'write the number, a space and the unit: `0.5 mm/s`',
  };
}
