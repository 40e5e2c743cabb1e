/**
 * The table made ready for look-up: every name with its exact factor and dimension, and prefixes taken apart.
 */

import { assertInvariant } from '../diagnose/index.ts';
import { uneceCodes } from './codes.ts';
import {
  baseDimension,
  type Dimension,
  multiplyDimensions,
  noDimension,
  powerDimension,
} from './dimension.ts';
import { type Exact, exactOf, exactOne, multiplyExact, powerExact } from './exact.ts';
import { parseFactors, powerOfTen } from './syntax.ts';
import { prefixes, type UnitRow, unitGroups, unitsInOneWord } from './table.ts';

/** One named unit, or one with a prefix. */
export interface Atom {
  readonly factor: Exact;
  readonly dimension: Dimension;
  /** What a reading is raised by, in kelvin; absent for units that are multiples of another. */
  readonly offset?: Exact;
  /** How often angle is in it (rad 1, rpm 1, lm 2), and cycles (Hz 1). */
  readonly angle: number;
  readonly cycles: number;
  readonly takes: readonly string[];
  readonly oneWord: boolean;
}

const plain = { angle: 0, cycles: 0, takes: [], oneWord: false };
const prefixFactors = new Map(
  Object.entries(prefixes).map(([symbol, { value }]) => [symbol, exactOf(value)]),
);
const atoms = buildAtoms();

/** The unit of this name, with or without a prefix. Exact names win: `cd` is candela, not a hundredth of a day. */
export function findAtom(name: string): Atom | undefined {
  const plainName = name.replace('º', '°').replace('₂', '2');
  const found = atoms.get(plainName);
  if (found !== undefined) return found;
  for (const length of [2, 1]) {
    const prefix = plainName.slice(0, length).replace(/[µμ]/, 'u');
    const base = atoms.get(plainName.slice(length));
    const factor = prefixFactors.get(prefix);
    if (base?.takes.includes(prefix) !== true || factor === undefined) continue;
    return { ...base, factor: multiplyExact(factor, base.factor) };
  }
  return undefined;
}

export function isAtom(name: string): boolean {
  return findAtom(name) !== undefined;
}

/** The unit that a UNECE code stands for. */
export function unitOfCode(code: string): string | undefined {
  return Object.hasOwn(uneceCodes, code) ? uneceCodes[code] : undefined;
}

function buildAtoms(): Map<string, Atom> {
  const built = new Map<string, Atom>();
  built.set(powerOfTen, { ...plain, factor: exactOf('10'), dimension: noDimension });
  built.set('[pi]', { ...plain, factor: { ...exactOne, pi: 1 }, dimension: noDimension });
  for (const { units } of unitGroups) {
    for (const row of units) {
      const atom = define(row, built);
      for (const name of [row.symbol, ...(row.also ?? [])]) built.set(name, atom);
    }
  }
  return built;
}

function define(row: UnitRow, built: ReadonlyMap<string, Atom>): Atom {
  const known = (name: string): Atom | undefined =>
    built.get(name) ?? baseAtom(name) ?? prefixed(name, built);
  const parsed = parseFactors(row.unit, (name) => known(name) !== undefined);
  assertInvariant('factors' in parsed, `the unit table defines ${row.symbol} by ${row.unit}`);
  let factor = exactOf(row.value);
  let dimension = noDimension;
  let angle = row.angle ?? 0;
  for (const { name, exponent } of parsed.factors) {
    const atom = known(name);
    if (atom === undefined)
      throw new Error(`the unit table defines ${row.symbol} by ${name}, which comes later`);
    factor = multiplyExact(factor, powerExact(atom.factor, exponent));
    dimension = multiplyDimensions(dimension, powerDimension(atom.dimension, exponent));
    angle += atom.angle * exponent;
  }
  return {
    factor,
    dimension,
    angle,
    cycles: row.cycles ?? 0,
    takes: row.prefixes?.split(' ') ?? [],
    oneWord: unitsInOneWord.has(row.symbol),
    ...(row.offset === undefined ? {} : { offset: exactOf(row.offset) }),
  };
}

function baseAtom(symbol: string): Atom | undefined {
  const dimension = baseDimension(symbol);
  return dimension === undefined ? undefined : { ...plain, factor: exactOne, dimension };
}

/** Definitions use prefixes too, sparingly: `kgf/cm2`. */
function prefixed(name: string, built: ReadonlyMap<string, Atom>): Atom | undefined {
  const base = built.get(name.slice(1));
  const factor = prefixFactors.get(name.slice(0, 1));
  return base === undefined || factor === undefined
    ? undefined
    : { ...base, factor: multiplyExact(factor, base.factor) };
}
