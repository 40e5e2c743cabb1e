/** The unit table laid out for documentation: what there is, grouped by quantity. */

import { uneceCodes } from './codes.ts';
import { formatDimension } from './dimension.ts';
import { prefixes as prefixTable, unitGroups } from './table.ts';
import { parseUnit, type Unit } from './unit.ts';

export interface CatalogueUnit {
  readonly symbol: string;
  readonly name: string;
  /** Other spellings. */
  readonly aliases: readonly string[];
  readonly prefixes: readonly string[];
  /** SI = value · factor + offset. */
  readonly factor: number;
  readonly offset: number;
  /** Its dimension in SI units. */
  readonly si: string;
}

export interface UnitCatalogue {
  readonly quantities: readonly { readonly quantity: string; readonly units: readonly CatalogueUnit[] }[];
  readonly prefixes: readonly { readonly symbol: string; readonly name: string; readonly factor: number }[];
  /** UNECE Recommendation 20 codes, with the unit each stands for. */
  readonly codes: readonly { readonly code: string; readonly unit: string }[];
}

export function unitCatalogue(): UnitCatalogue {
  const quantities = unitGroups.map(({ quantity, units }) => ({
    quantity,
    units: units.flatMap((row) => {
      const parsed = parseUnit(row.symbol);
      if ('problem' in parsed) return []; // a test holds that no unit of the table is missing
      const aliases = row.also ?? [];
      const prefixes = row.prefixes?.split(' ') ?? [];
      return [{ symbol: row.symbol, name: row.name, aliases, prefixes, ...numbers(parsed.unit) }];
    }),
  }));
  return {
    quantities,
    prefixes: Object.entries(prefixTable).map(([symbol, it]) => ({
      symbol,
      name: it.name,
      factor: Number(it.value),
    })),
    codes: Object.entries(uneceCodes).map(([code, unit]) => ({ code, unit })),
  };
}

function numbers({ factor, offset, dimension }: Unit) {
  return { factor, offset, si: formatDimension(dimension) };
}
