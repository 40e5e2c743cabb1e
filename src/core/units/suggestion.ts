/** What to say of a name that is no unit: what may have been meant. Runs only when something is wrong. */

import { suggest } from '../diagnose/index.ts';
import { type Misnomer, misnomer } from './misnomers.ts';
import { unitOfCode } from './registry.ts';
import { prefixes, type UnitRow, unitGroups } from './table.ts';

const longestName = 32; // longer ones are no slip of a unit, and comparing them costs time

/** Words and shorthands in use that no rule leads to a unit. */
const shorthands: readonly (readonly [string, string])[] = [
  ['s', 'sec secs'],
  ['min', 'mins'],
  ['h', 'hr hrs'],
  ['in', 'inches'],
  ['ft', 'feet'],
  ['m2', 'sqm qm'],
  ['m3', 'cbm cum'],
  ['l', 'ltr'],
  ['um', 'micron microns'],
  ['km/h', 'kmh kph kmph'],
  ['m/s', 'mps'],
  ['ft3/s', 'cfs'],
  ['rev', 'U rot turn turns'],
  ['A', 'amp amps'],
  ['%', 'pct'],
  ['rpm', 'rpms'],
  ['mH2O', 'mWS'],
  ['mmH2O', 'mmWS'],
];

export function unknownUnit(name: string, inProduct: boolean): Misnomer {
  const special = misnomer(name);
  if (special !== undefined) return special;
  const code = 'UNIT_UNKNOWN';
  const message = `\`${shorten(name)}\` is not a unit that is known`;
  const coded = unitOfCode(name);
  if (coded !== undefined && inProduct) {
    return { code, message, hint: `a UNECE code enters no product: write \`${coded}\`` };
  }
  const meant = name.length > longestName ? [] : likely(name);
  if (meant.length === 0)
    return { code, message, hint: 'the units that are known are listed in the documentation' };
  return { code, message, hint: `did you mean ${meant.map((unit) => `\`${unit}\``).join(' or ')}?` };
}

/** Every spelling and every name in words, with the unit's symbol: `kilowatts` and `kW` with `kW`. */
const spelled: readonly (readonly [string, string])[] = [
  ...unitGroups.flatMap(({ units }) => units.flatMap(spellings)),
  ...unitGroups.flatMap(({ units }) => units.flatMap(wordings)),
  ...shorthands.flatMap(([unit, words]) => words.split(' ').map((word) => [word, unit] as const)),
];
/** By their first letter: a slip there is rare, and machines that send a wrong unit send it all the time. */
const byInitial = Map.groupBy(spelled, ([text]) => text.slice(0, 1).toLowerCase());

/** Units spelled alike but for capitals, else the unit with this name in words, else the nearest spelling. */
function likely(name: string): readonly string[] {
  const candidates = byInitial.get(name.slice(0, 1).toLowerCase()) ?? [];
  const folded = name.toLowerCase();
  const alike = candidates.filter(([text]) => text.toLowerCase() === folded).map(([, symbol]) => symbol);
  if (alike.length > 0) return [...new Set(alike)].slice(0, 3);
  const close = candidates.filter(([text]) => Math.abs(text.length - name.length) <= 2);
  const nearest = suggest(
    name,
    close.map(([text]) => text),
  );
  return close.filter(([text]) => text === nearest).map(([, symbol]) => symbol);
}

function spellings(row: UnitRow): (readonly [string, string])[] {
  const names = [row.symbol, ...(row.also ?? []).filter((name) => /^[A-Za-z]+$/.test(name))];
  const taken = ['', ...(row.prefixes?.split(' ') ?? [])];
  return taken.flatMap((prefix) => names.map((name) => [prefix + name, prefix + name] as const));
}

function wordings(row: UnitRow): (readonly [string, string])[] {
  const taken = ['', ...(row.prefixes?.split(' ') ?? [])];
  return taken.flatMap((prefix) => {
    const words = (prefixes[prefix]?.name ?? '') + row.name;
    const american = words.replace(/metre/, 'meter').replace(/litre/, 'liter');
    const symbol = prefix + row.symbol;
    return [words, `${words}s`, american, `${american}s`].map((wording) => [wording, symbol] as const);
  });
}

function shorten(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName)}…` : name;
}
