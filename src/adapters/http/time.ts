/** A time in the body of a request: ISO 8601, or milliseconds since 1970. */

import { ProblemError } from './problem.ts';
import { show } from './validation.ts';

/**
 * @param at - where it stood, such as `#/time`.
 * @throws ProblemError `HTTP_INVALID`
 */
export function readTimeMs(time: unknown, at: string): number {
  const timeMs = typeof time === 'string' ? Date.parse(time) : time;
  if (typeof timeMs === 'number' && Number.isFinite(timeMs)) return timeMs;
  const detail = `${at} must be a time as in 2026-11-22T13:00:00Z or in milliseconds, not ${show(time)}`;
  throw new ProblemError('HTTP_INVALID', detail, { errors: [{ at, detail }] });
}
