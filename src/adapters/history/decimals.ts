/** Numbers as integers of some decimals, where that gives each of them back to the last bit. Sensors have few; −0 has none. */

/** 10ᵈ by d, up to `mostDecimals`. */
export const scales: Float64Array = Float64Array.from({ length: 15 }, (_, decimals) =>
  Number(`1e${decimals}`),
);
export const mostDecimals = 14;

/** Integers below this have differences that are exact, too, and differences of those. */
const integersBelow = 2 ** 51;

/** The number times 10ᵈ, if that is an integer that gives it back; NaN if not. */
export function integerOf(number: number, decimals: number): number {
  const scale = scales[decimals] ?? Number.NaN;
  const integer = Math.round(number * scale);
  const isExact = Math.abs(integer) < integersBelow && integer / scale === number && !Object.is(number, -0);
  return isExact ? integer : Number.NaN;
}

/** The fewest decimals that give a number back; undefined if none do. */
export function decimalsOf(number: number): number | undefined {
  for (let decimals = 0; decimals <= mostDecimals; decimals++)
    if (!Number.isNaN(integerOf(number, decimals))) return decimals;
  return undefined;
}
