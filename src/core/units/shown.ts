/**
 * Numbers as readers see them: in units other than SI's own with 12 significant digits, since 71.2 degC is 344.35 K
 * inside, and would come back as 71.20000000000005.
 */

import type { Unit } from './unit.ts';

/** A value in a unit, or a difference, as it is shown and recorded. */
export function roundShown(value: number, unit: Unit): number {
  return unit.factor === 1 && unit.offset === 0 ? value : roundSignificant(value);
}

/** A standard deviation: nobody knows one to more than a few digits. */
export function roundDeviation(value: number): number {
  return roundSignificant(value, 6);
}

const powersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** To so many significant digits where a scale that is an exact double allows it. */
function roundSignificant(value: number, significantDigits = 12): number {
  const digits = significantDigits - Math.ceil(Math.log10(Math.abs(value)));
  const scale = powersOfTen[digits];
  return scale === undefined ? value : Math.round(value * scale) / scale;
}
