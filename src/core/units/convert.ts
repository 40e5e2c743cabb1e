/**
 * Conversion between a unit and SI, and whether two units may be converted into each other.
 *
 * Where a factor is one divided by an integer (mm, ms, l/min), values are divided by that integer: 35 mm are then
 * exactly 0.035 m, while 35 · 0.001 is not.
 */

import type { ErrorCode } from '../diagnose/index.ts';
import { type Dimension, formatDimension, noDimension, sameDimension } from './dimension.ts';
import type { Unit } from './unit.ts';

/** The value in SI. */
export function toSi(value: number, unit: Unit): number {
  return toSiDifference(value, unit) + unit.offset;
}

/** The value of an SI number in this unit. */
export function fromSi(value: number, unit: Unit): number {
  return fromSiDifference(value - unit.offset, unit);
}

/** The same without the offset: for differences and noises, 5 degC of noise being 5 K. */
export function toSiDifference(value: number, unit: Unit): number {
  const divisor = integerDivisor(unit.factor);
  return divisor === 0 ? value * unit.factor : value / divisor;
}

export function fromSiDifference(value: number, unit: Unit): number {
  const divisor = integerDivisor(unit.factor);
  return divisor === 0 ? value / unit.factor : value * divisor;
}

/** The integer n with factor = 1/n, or 0. */
function integerDivisor(factor: number): number {
  if (!(factor < 1)) return 0;
  const n = Math.round(1 / factor);
  return n <= Number.MAX_SAFE_INTEGER && 1 / n === factor ? n : 0;
}

/** Why one unit is not converted into another. */
export interface Inconvertible {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/**
 * Whether readings in `from` can be converted into `to`.
 *
 * Refused besides different dimensions: cycles or plain counts per time against angles per time, between which a
 * factor 2π is anybody's guess (Hz or 1/min and rpm; only 1/s and rad/s pass, both being SI); ratios in % against
 * angles; and a temperature reading into a difference (degC into K). A reading in kelvin is converted into degC.
 */
export function convertible(from: Unit, to: Unit): true | Inconvertible {
  if (!sameDimension(from.dimension, to.dimension)) return mismatch(from, to);
  if (from.absolute && !to.absolute) return readingIntoDifference(from, to);
  if (to.absolute && !from.absolute && from.factor !== 1) return readingIntoDifference(from, to);
  if ((from.counts === 'angle') === (to.counts === 'angle')) return true;
  const [angle, other] = from.counts === 'angle' ? [from, to] : [to, from];
  if (sameDimension(from.dimension, noDimension)) return other.factor === 1 ? true : mismatch(from, to);
  const coherent = angle.factor === 1 && other.factor === 1 && other.counts === undefined;
  return coherent || !perTime(from.dimension) ? true : ambiguousAngle(other, angle);
}

function mismatch(from: Unit, to: Unit): Inconvertible {
  const message = `${describe(from)} cannot be converted into ${describe(to)}`;
  const hint = slip(from, to) ?? slip(to, from);
  return { code: 'UNIT_MISMATCH', message, ...(hint === undefined ? {} : { hint }) };
}

function describe(unit: Unit): string {
  const dimension = formatDimension(unit.dimension);
  return dimension === unit.symbol ? `\`${unit.symbol}\`` : `\`${unit.symbol}\` (${dimension})`;
}

const temperature: Dimension = [0, 0, 0, 0, 1, 0, 0];
const acceleration: Dimension = [1, 0, -2, 0, 0, 0, 0];

/** Letters that mean one thing to the table and another on the shop floor. */
function slip(written: Unit, wanted: Unit): string | undefined {
  if (sameDimension(wanted.dimension, temperature)) {
    if (written.symbol === 'C') return '`C` is coulomb: did you mean `degC`?';
    if (written.symbol === 'F') return '`F` is farad: did you mean `degF`?';
    if (written.symbol === 'deg' || written.symbol === '°') return '`deg` is an angle: did you mean `degC`?';
  }
  if (sameDimension(wanted.dimension, acceleration) && written.symbol === 'g') {
    return '`g` is gram: did you mean `g_n`, standard gravity?';
  }
  return undefined;
}

function readingIntoDifference(from: Unit, to: Unit): Inconvertible {
  const [reading, difference] = from.absolute ? [from, to] : [to, from];
  return {
    code: 'UNIT_TEMPERATURE',
    message: `\`${reading.symbol}\` is a temperature reading, \`${difference.symbol}\` a temperature difference`,
    hint: from.absolute
      ? 'give a signal that is a temperature the unit `degC`; inside, Gemel computes in kelvin all the same'
      : 'write a temperature reading in `degC`, `degF` or `K`',
  };
}

function ambiguousAngle(other: Unit, angle: Unit): Inconvertible {
  return {
    code: 'UNIT_ANGLE_AMBIGUOUS',
    message: `\`${other.symbol}\` does not say which angle it counts, and \`${angle.symbol}\` is one`,
    hint: 'write `rpm`, `rev/s` or `rad/s` on both sides if it turns, `Hz` or `1/min` on both if it does not',
  };
}

/** A power of time and nothing else: 1/s, 1/s². */
function perTime(dimension: Dimension): boolean {
  return dimension.every((exponent, i) => (i === 2 ? exponent < 0 : exponent === 0));
}
