/**
 * Dimensions: what kind of quantity a number is, as exponents of the seven SI base units.
 *
 * Exponents may be fractions (a temperature's process noise is K/s^0.5), so they are compared with a
 * tolerance and every operation snaps what is meant to be an integer back to one.
 */

/** Exponents of metre, kilogram, second, ampere, kelvin, mole, candela; may be fractions (K/s^0.5). */
export type Dimension = readonly [number, number, number, number, number, number, number];

const baseSymbols = ['m', 'kg', 's', 'A', 'K', 'mol', 'cd'] as const;

/** The dimension of a plain number, and of an angle. */
export const noDimension: Dimension = [0, 0, 0, 0, 0, 0, 0];

/** The dimension of one of the seven base units, or undefined for any other symbol. */
export function baseDimension(symbol: string): Dimension | undefined {
  const index = baseSymbols.findIndex((base) => base === symbol);
  return index < 0 ? undefined : build((i) => (i === index ? 1 : 0));
}

/** Whether two dimensions are the same, up to the rounding of fractional exponents. */
export function sameDimension(a: Dimension, b: Dimension): boolean {
  return a.every((exponent, i) => Math.abs(exponent - (b[i] ?? 0)) < 1e-9);
}

export function multiplyDimensions(a: Dimension, b: Dimension): Dimension {
  return build((i) => (a[i] ?? 0) + (b[i] ?? 0));
}

export function divideDimensions(a: Dimension, b: Dimension): Dimension {
  return build((i) => (a[i] ?? 0) - (b[i] ?? 0));
}

export function powerDimension(dimension: Dimension, exponent: number): Dimension {
  return build((i) => (dimension[i] ?? 0) * exponent);
}

function build(exponentAt: (index: number) => number): Dimension {
  const at = (index: number): number => snap(exponentAt(index));
  return [at(0), at(1), at(2), at(3), at(4), at(5), at(6)];
}

function snap(exponent: number): number {
  const rounded = Math.round(exponent);
  return Math.abs(exponent - rounded) < 1e-12 ? rounded + 0 : exponent; // + 0 turns -0 into 0
}

const energy: Dimension = [2, 1, -2, 0, 0, 0, 0];

/** N/kg would be shorter, and nobody says it. */
const acceleration: Dimension = [1, 0, -2, 0, 0, 0, 0];

/** Names a reader knows, in order of preference where two spellings are equally short. */
const derived: readonly (readonly [string, Dimension])[] = [
  ['W', [2, 1, -3, 0, 0, 0, 0]],
  ['V', [2, 1, -3, -1, 0, 0, 0]],
  ['N', [1, 1, -2, 0, 0, 0, 0]],
  ['Pa', [-1, 1, -2, 0, 0, 0, 0]],
  ['J', energy],
  ['Ω', [2, 1, -3, -2, 0, 0, 0]],
  ['C', [0, 0, 1, 1, 0, 0, 0]],
  ['F', [-2, -1, 4, 2, 0, 0, 0]],
  ['S', [-2, -1, 3, 2, 0, 0, 0]],
  ['H', [2, 1, -2, -2, 0, 0, 0]],
  ['T', [0, 1, -2, -1, 0, 0, 0]],
];

/**
 * A dimension as a reader would write it: `W`, `J/K`, `W/(m²·K)`, `1/s²`, `K/s^0.5`; `1` for a plain
 * number. The shortest spelling with at most one derived unit wins. Energy and torque cannot be told
 * apart by their dimension; alone it is written `N·m`. What is returned can be parsed again.
 */
export function formatDimension(dimension: Dimension): string {
  if (sameDimension(dimension, energy)) return 'N·m';
  if (sameDimension(dimension, acceleration)) return 'm/s²';
  let best = spell(dimension, undefined);
  for (const [symbol, named] of derived) {
    for (const exponent of [1, -1]) {
      const rest = divideDimensions(dimension, powerDimension(named, exponent));
      const candidate = spell(rest, [symbol, exponent]);
      const cost = candidate.cost + (exponent < 0 ? 0.25 : 0); // S before 1/Ω
      if (cost < best.cost) best = { ...candidate, cost };
    }
  }
  return best.text;
}

function spell(dimension: Dimension, named: readonly [string, number] | undefined) {
  const parts: (readonly [string, number])[] = named === undefined ? [] : [named];
  for (const base of ['kg', 'm', 's', 'A', 'K', 'mol', 'cd'] as const) {
    const exponent = dimension[baseSymbols.indexOf(base)] ?? 0;
    if (exponent !== 0) parts.push([base, exponent]);
  }
  const above = parts.filter(([, exponent]) => exponent > 0).map(writePower);
  const below = parts.filter(([, exponent]) => exponent < 0).map(([s, e]) => writePower([s, -e]));
  const top = above.length === 0 ? '1' : above.join('·');
  const bottom = below.length > 1 ? `(${below.join('·')})` : below.join('');
  const cost = parts.reduce((sum, [, exponent]) => sum + Math.abs(exponent), 0);
  return { text: below.length === 0 ? top : `${top}/${bottom}`, cost };
}

function writePower([symbol, exponent]: readonly [string, number]): string {
  if (exponent === 1) return symbol;
  if (!Number.isInteger(exponent)) return `${symbol}^${+exponent.toFixed(9)}`;
  return symbol + String(exponent).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)));
}
