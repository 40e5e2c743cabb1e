/** The slope of a series by the median of all pairs' slopes: what a few odd points say does not count. */

import { median } from '../../bench/lib/statistics.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Units of y in one of x; NaN for fewer than two points.
 *
 * Source    Sen, Estimates of the regression coefficient based on Kendall's tau (1968), after Theil (1950).
 */
export function slopeOf(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (const [i, a] of points.entries()) {
    for (const b of points.slice(i + 1)) slopes.push((b.y - a.y) / (b.x - a.x));
  }
  return median(slopes);
}
