/**
 * A clock that runs faster than the real one: a minute of a record played at 60× is a second.
 *
 * From its origin on, every thread that is given the same pace reads the same time.
 */

import type { Clock } from '../../engine/index.ts';

export interface Pace {
  /** How many seconds go by in one; 1 is real time. */
  readonly speed: number;
  /** Unix milliseconds at which both clocks agree. */
  readonly originMs: number;
}

export const realTime: Pace = { speed: 1, originMs: 0 };

/** `clock` at another pace. */
export function paceClock(clock: Clock, { speed, originMs }: Pace): Clock {
  if (speed === 1) return clock;
  return {
    speed,
    nowMs: () => originMs + (clock.nowMs() - originMs) * speed,
    sleepUntil: (atMs, signal) => clock.sleepUntil(originMs + (atMs - originMs) / speed, signal),
  };
}
