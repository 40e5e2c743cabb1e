/**
 * A cumulative sum that lies in a record of plain numbers: it rises while increments are above its reference, and
 * remembers since when.
 *
 * Over the threshold it alarms, until it has come down to half of it; it goes no higher than one and a half times the
 * threshold, so that an alarm ends in about the time it took to begin.
 *
 * Source  Page, Continuous Inspection Schemes, Biometrika 41 (1954); Montgomery, Introduction to Statistical Quality
 *         Control (2009), 9.1: time and size of the change
 */

import { add } from './record.ts';

/** Slots of one sum. */
export const cusumSlots = {
  sum: 0,
  since: 1,
  count: 2,
  total: 3,
  alarm: 4,
  threshold: 5,
  squares: 6,
} as const;
export const cusumWidth = 7;

export interface CusumStep {
  /** What is added, the reference already taken off. */
  increment: number;
  threshold: number;
  /** Time of this increment. */
  time: number;
  /** Whose mean since the change is wanted, in any unit, and how much this one counts in it. */
  size: number;
  weight: number;
}

/** Adds one increment, in place; allocates nothing. Gives 1 while it alarms, otherwise 0. */
export function addToCusum(memory: Float64Array, offset: number, step: CusumStep): number {
  const before = memory[offset + cusumSlots.sum] ?? 0;
  if (before <= 0) {
    memory[offset + cusumSlots.since] = step.time;
    memory[offset + cusumSlots.count] = 0;
    memory[offset + cusumSlots.total] = 0;
    memory[offset + cusumSlots.squares] = 0;
  }
  const after = Math.min(Math.max(0, before + step.increment), 1.5 * step.threshold);
  memory[offset + cusumSlots.sum] = after;
  add(memory, offset + cusumSlots.count, step.weight);
  add(memory, offset + cusumSlots.total, step.weight * step.size);
  add(memory, offset + cusumSlots.squares, step.weight * step.size ** 2);
  const alarmed = memory[offset + cusumSlots.alarm] ?? 0;
  const alarm = after > step.threshold || (alarmed === 1 && after > step.threshold / 2) ? 1 : 0;
  memory[offset + cusumSlots.alarm] = alarm;
  memory[offset + cusumSlots.threshold] = step.threshold;
  return alarm;
}

/** Mean and root mean square of `size` since the sum left zero, which is about when the change came. */
export function sizeSinceChange(memory: Float64Array, offset: number): { mean: number; rms: number } {
  const count = memory[offset + cusumSlots.count] ?? NaN;
  return {
    mean: (memory[offset + cusumSlots.total] ?? NaN) / count,
    rms: Math.sqrt((memory[offset + cusumSlots.squares] ?? NaN) / count),
  };
}
