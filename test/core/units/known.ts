/** Short cuts for the tests of units: the unit or the problem of a text that must have one. */

import assert from 'node:assert/strict';
import { parseQuantity, parseUnit, type Unit, type UnitProblem } from '../../../src/core/units/index.ts';

export function unitOf(text: string): Unit {
  const parsed = parseUnit(text);
  assert.ok('unit' in parsed, `${text}: ${'problem' in parsed ? parsed.problem.message : ''}`);
  return parsed.unit;
}

export function problemOf(text: string): UnitProblem {
  const parsed = parseUnit(text);
  assert.ok('problem' in parsed, `\`${text}\` was taken for a unit`);
  return parsed.problem;
}

export function quantityOf(text: string): { value: number; unit: Unit } {
  const parsed = parseQuantity(text);
  assert.ok('unit' in parsed, `${text}: ${'problem' in parsed ? parsed.problem.message : ''}`);
  return parsed;
}

export function near(actual: number, expected: number, relative: number): void {
  const error = Math.abs(actual - expected);
  assert.ok(error <= relative * Math.abs(expected), `${actual} is not near ${expected}`);
}
