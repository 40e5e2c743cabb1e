/**
 * Where the fits start: the document's own values first, then points spread over what is possible.
 *
 * Latin hypercube: each unknown's range is cut into as many equally likely pieces as there are points, and each piece holds one of
 * them. A range is that of the prior where there is one, else of the bounds; where these are absent, or positive and far
 * apart (bounds are often there only to keep out nonsense), a quarter to four times the document's value within them.
 *
 * Source  McKay, Beckman & Conover, Technometrics 21 (1979).
 */

import { normalQuantile, Rng } from '../statistics/index.ts';
import type { Unknown } from './free.ts';

export interface StartOptions {
  readonly count: number;
  readonly seed: number;
}

/** Bounds further apart than this, as a factor, say little about where a value may lie. */
const farApart = 20;
const factor = 4;

/** @returns points in the unknowns' scales. */
export function startingPoints(unknowns: readonly Unknown[], { count, seed }: StartOptions): Float64Array[] {
  const rng = new Rng(seed);
  const own = Float64Array.from(unknowns, ({ value, scale }) => value / scale);
  const spread = count - 1;
  const orders = unknowns.map(() => shuffled(spread, rng));
  const others = Array.from({ length: spread }, (_, i) =>
    Float64Array.from(unknowns, (unknown, j) => {
      const part = ((orders[j]?.[i] ?? 0) + rng.uniform()) / spread;
      return quantileOf(unknown, part) / unknown.scale;
    }),
  );
  return [own, ...others];
}

function shuffled(count: number, rng: Rng): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}

function quantileOf({ value, min, max, uncertainty, scale, of }: Unknown, part: number): number {
  if (uncertainty !== undefined) {
    return inBounds(value + uncertainty * normalQuantile(part), min, max);
  }
  const isWide = of === 'parameter' && value > 0 && max > farApart * Math.max(min, 0);
  if (max - min < Infinity && !(isWide && min >= 0)) return min + part * (max - min);
  if (of === 'start' || value === 0) return inBounds(value + scale * (2 * part - 1), min, max);
  // The logarithm of what is left of a quarter to four times the value.
  const [low, high] = [value / factor, value * factor].sort((a, b) => a - b);
  const from = inBounds(low ?? value, min, max);
  const to = inBounds(high ?? value, min, max);
  return from * to > 0 ? from * (to / from) ** part : from + part * (to - from);
}

function inBounds(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
