/** A time in the body of a request: ISO 8601 with its zone, as over MQTT, or milliseconds since 1970. */

import { readEventTime } from '../../engine/index.ts';
import { ProblemError } from './problem.ts';
import { show } from './validation.ts';

/**
 * @param at - where it stood, such as `#/time`.
 * @throws ProblemError `HTTP_INVALID`
 */
export function readTimeMs(time: unknown, at: string): number {
  const timeMs = typeof time === 'string' ? readEventTime(time, 'iso') : time;
  if (typeof timeMs === 'number' && Number.isFinite(timeMs)) return timeMs;
  const detail = `${at} must be a time with its zone, as in 2026-11-22T13:00:00Z, or in milliseconds, not ${show(time)}`;
  throw new ProblemError('HTTP_INVALID', detail, { errors: [{ at, detail }] });
}
