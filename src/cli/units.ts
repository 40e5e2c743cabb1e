/** Units as the commands show them. */

import type { Unit } from '../core/units/index.ts';

/** Empty for a pure number. */
export function shownUnit({ symbol }: Unit): string {
  return symbol === '1' ? '' : symbol;
}

/** The unit of a standard deviation: that of a difference, which of readings in degC is K. */
export function deviationUnit(unit: Unit): string {
  return unit.symbol === 'degC' ? 'K' : shownUnit(unit);
}
