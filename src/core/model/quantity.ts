/**
 * What the unit checker knows of a value: its dimension, and how much of an absolute temperature is in it.
 *
 * A reading in degC and a difference in K have the same dimension but do not mix: 20 degC + 20 degC is no
 * temperature. So each value carries a *weight*: 1 for a reading, 0 for a difference, sums add them, a
 * constant factor scales them. 20 degC − 5 degC has weight 0, a difference; (a + b)/2 of two readings has
 * weight 1, a reading again, as it should be. Something declared in K may be either (`'any'`): a
 * thermodynamic temperature or a difference.
 *
 * The computation itself is in kelvin throughout, so weights decide what is accepted, never a number.
 */

import type { Dimension, Unit } from '../units/index.ts';
import { formatDimension, sameDimension } from '../units/index.ts';

export interface Quantity {
  /** `'any'` for a bare 0, which fits everything. */
  readonly dimension: Dimension | 'any';
  readonly weight: number | 'any';
  /** The value, where it is a constant of the text: scales weights, and is an exponent's worth. */
  readonly constant?: number;
}

const NO_DIMENSION: Dimension = [0, 0, 0, 0, 0, 0, 0];
const KELVIN: Dimension = [0, 0, 0, 0, 1, 0, 0];

export const pureNumber: Quantity = { dimension: NO_DIMENSION, weight: 0 };

/** What a signal with this unit holds. */
export function quantityOf(unit: Unit): Quantity {
  if (unit.absolute) return { dimension: unit.dimension, weight: 1 };
  return quantity(unit.dimension, 'any');
}

/** A value of `dimension`; the weight only means something for temperatures. */
export function quantity(dimension: Dimension, weight: Quantity['weight']): Quantity {
  return { dimension, weight: sameDimension(dimension, KELVIN) ? weight : 0 };
}

export function isPure(q: Quantity): boolean {
  return q.dimension === 'any' || sameDimension(q.dimension, NO_DIMENSION);
}

export function dimensionsAgree(a: Quantity, b: Quantity): boolean {
  return a.dimension === 'any' || b.dimension === 'any' || sameDimension(a.dimension, b.dimension);
}

export function weightsAgree(a: Quantity['weight'], b: Quantity['weight']): boolean {
  return a === 'any' || b === 'any' || Math.abs(a - b) < 1e-9;
}

/** Whether it can stand as a factor: a temperature reading cannot, its number depends on where zero is. */
export function isDifference(q: Quantity): boolean {
  return weightsAgree(q.weight, 0);
}

/** In words, for messages: "bar" problems are told in dimensions, temperatures by kind. */
export function describeQuantity(q: Quantity): string {
  if (q.dimension === 'any') return 'any unit';
  if (sameDimension(q.dimension, KELVIN) && q.weight !== 'any') {
    if (weightsAgree(q.weight, 1)) return 'a temperature (degC)';
    if (weightsAgree(q.weight, 0)) return 'a temperature difference (K)';
    return `${Number(q.weight.toPrecision(3))} temperatures added together`;
  }
  return isPure(q) ? 'a pure number' : formatDimension(q.dimension);
}
