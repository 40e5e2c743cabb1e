/** How near a number must be to what it should be. */

import assert from 'node:assert/strict';

/** Within `tolerance` of the expected number, relative to it where it is larger than 1; NaN where that is expected. */
export function near(
  actual: number | undefined,
  expected: number | undefined,
  tolerance: number,
  what = '',
): void {
  const [a, e] = [actual ?? NaN, expected ?? NaN];
  const isNear = Number.isNaN(e) ? Number.isNaN(a) : Math.abs(a - e) <= tolerance * Math.max(1, Math.abs(e));
  assert.ok(isNear, `${what} is ${a}, not ${e}`);
}

/** Within that part of it, however small it is. */
export function relative(
  actual: number | undefined,
  expected: number | undefined,
  tolerance: number,
  what = '',
): void {
  const [a, e] = [actual ?? NaN, expected ?? NaN];
  assert.ok(Math.abs(a - e) <= tolerance * Math.abs(e), `${what} is ${a}, not ${e}`);
}
