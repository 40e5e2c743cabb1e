/** Units as the rest of Gemel sees them: plain data, read from text. */

import { type Dimension, multiplyDimensions, noDimension, powerDimension } from './dimension.ts';
import { type Exact, exactOne, exactToNumber, multiplyExact, powerExact } from './exact.ts';
import { misnomer } from './misnomers.ts';
import type { UnitProblem } from './problem.ts';
import { type Atom, findAtom, isAtom, unitOfCode } from './registry.ts';
import { unknownUnit } from './suggestion.ts';
import { type Factor, parseFactors } from './syntax.ts';

export interface Unit {
  /** As it was written. */
  readonly symbol: string;
  readonly dimension: Dimension;
  /** SI = value · factor + offset. */
  readonly factor: number;
  readonly offset: number;
  /** A temperature reading (degC, degF). K is not absolute: it is the unit of differences, too. */
  readonly absolute: boolean;
  /** What is counted, where the dimension hides it: an angle (rad, rpm) or cycles (Hz). A cycle is 2π of angle. */
  readonly counts?: 'angle' | 'cycles';
}

export type UnitResult = { readonly unit: Unit } | { readonly problem: UnitProblem };

/** The unit of a plain number, written `1`. */
export const dimensionless: Unit = {
  symbol: '1',
  dimension: noDimension,
  factor: 1,
  offset: 0,
  absolute: false,
};

/**
 * Reads a unit: a product of units as in `kJ/(kg.K)`, in Gemel's or UCUM's spelling, or a UNECE common code.
 *
 * degC and degF are readings when they stand alone; in a product they mean the difference (`W/degC` is W/K).
 * Any string gives a unit or the first problem, with the place; nothing is thrown.
 */
export function parseUnit(text: string): UnitResult {
  const symbol = text.trim();
  const coded = unitOfCode(symbol);
  const parsed = parseFactors(coded ?? text, isAtom);
  if ('problem' in parsed) return parsed;
  const atoms: (readonly [Atom, number])[] = [];
  for (const factor of parsed.factors) {
    const atom = findAtom(factor.name);
    const problem = coded === undefined ? refuse(factor, atom, text, parsed.factors.length > 1) : undefined;
    if (problem !== undefined) return { problem };
    if (atom !== undefined) atoms.push([atom, factor.exponent]);
  }
  const unit = multiply(symbol, atoms);
  if (unit.factor > 0 && Number.isFinite(unit.factor)) return { unit };
  const message = 'the conversion factor of this unit is beyond the range of numbers';
  return { problem: { code: 'UNIT_SYNTAX', at: 0, length: text.length, message } };
}

function refuse(
  factor: Factor,
  atom: Atom | undefined,
  text: string,
  inProduct: boolean,
): UnitProblem | undefined {
  const { name, exponent, at, length } = factor;
  const written = text.slice(at, at + length);
  const special = atom === undefined || written !== name ? misnomer(written) : undefined;
  if (special !== undefined) return { at, length, ...special };
  if (atom === undefined) return { at, length: name.length, ...unknownUnit(name, inProduct) };
  if (atom.oneWord && exponent !== 1 && exponent !== -1) {
    const message = `\`${written}\` does not say what is raised to the power`;
    return { code: 'UNIT_SYNTAX', at, length, message, hint: 'write the factors apart: `N.m2` or `(N.m)^2`' };
  }
  return undefined;
}

function multiply(symbol: string, atoms: readonly (readonly [Atom, number])[]): Unit {
  let exact = exactOne;
  let rounded = 1;
  let dimension = noDimension;
  let angle = 0;
  let cycles = 0;
  for (const [atom, exponent] of atoms) {
    if (Number.isInteger(exponent)) exact = multiplyExact(exact, powerExact(atom.factor, exponent));
    else rounded *= fractionalPower(atom.factor, exponent);
    dimension = multiplyDimensions(dimension, powerDimension(atom.dimension, exponent));
    angle += atom.angle * exponent;
    cycles += atom.cycles * exponent;
  }
  const [only] = atoms;
  const reading = atoms.length === 1 && only?.[1] === 1 ? only[0].offset : undefined;
  const counts = angle !== 0 ? 'angle' : cycles !== 0 ? 'cycles' : undefined;
  return {
    symbol,
    dimension,
    factor: exactToNumber(exact) * rounded,
    offset: reading === undefined ? 0 : exactToNumber(reading),
    absolute: reading !== undefined,
    ...(counts === undefined ? {} : { counts }),
  };
}

function fractionalPower(factor: Exact, exponent: number): number {
  const doubled = exponent * 2;
  return Number.isInteger(doubled)
    ? Math.sqrt(exactToNumber(powerExact(factor, doubled)))
    : exactToNumber(factor) ** exponent;
}
