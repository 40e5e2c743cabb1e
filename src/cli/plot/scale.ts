/** Axes: round ticks, numbers without noise, and the unit in which a time span reads best. */

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The range of all finite values, widened a little where they are all the same; undefined if none is finite. */
export function rangeOf(series: readonly ArrayLike<number>[]): Range | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const values of series) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      if (value < from) from = value;
      if (value > to) to = value;
    }
  }
  if (!(from <= to)) return undefined;
  // What differs only in the last digits is drawn as the level line that it is.
  const least = Math.max(Math.abs(from), Math.abs(to)) * 1e-9;
  if (to - from > least) return { from, to };
  const margin = Math.abs(to) * 0.05 || 1;
  return { from: from - margin, to: to + margin };
}

/** Ticks at round numbers (1, 2 or 5 times a power of ten) inside the range; about `count` of them. */
export function ticksIn(range: Range, count: number): readonly number[] {
  const step = roundStep((range.to - range.from) / Math.max(1, count));
  const first = Math.ceil(range.from / step - 1e-9);
  const last = Math.floor(range.to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

/** Labels that tell neighbouring ticks apart and no more. */
export function tickLabels(ticks: readonly number[]): readonly string[] {
  const [first = 0, second = first] = ticks;
  const step = Math.abs(second - first) || Math.abs(first) || 1;
  const largest = Math.max(...ticks.map(Math.abs), step);
  if (largest >= 1e6 || largest < 1e-3) {
    const digits = Math.max(
      0,
      Math.min(12, Math.floor(Math.log10(largest)) - Math.floor(Math.log10(step) + 1e-9)),
    );
    return ticks.map((tick) => (tick === 0 ? '0' : tick.toExponential(digits)));
  }
  const decimals = Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)));
  return ticks.map((tick) => tick.toFixed(decimals).replace(/^-(?=0(\.0*)?$)/, ''));
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** The unit in which a span of time reads best. */
export function timeUnitFor(spanSeconds: number): { readonly symbol: string; readonly seconds: number } {
  const units = [
    { symbol: 'd', seconds: 86_400 },
    { symbol: 'h', seconds: 3_600 },
    { symbol: 'min', seconds: 60 },
    { symbol: 's', seconds: 1 },
    { symbol: 'ms', seconds: 1e-3 },
  ];
  return units.find((unit) => spanSeconds >= 3 * unit.seconds) ?? { symbol: 'ms', seconds: 1e-3 };
}
