/**
 * Watches a hidden quantity, such as a health, for a change beyond its usual wandering.
 *
 * In a filter that has settled, the estimate of a quantity that only its noise moves is itself a random walk with
 * independent steps: each is gain times innovation, with variance q²Δ + P₋ − P. So steps of the estimate, taken over a
 * period that is long enough for its filter, are divided by that and summed up as innovations are: wear that is faster
 * than the noise says shows as a lasting run to one side. A jump is one step, or two, too large for chance, which a limit
 * on single steps sees; sum and limit share the false alarms. The size is how far the estimate has gone since the sum
 * left zero.
 *
 * Notation  x estimate · P its variance, P₋ before the step · q noise per root second · Δ period
 * Source    Anderson & Moore, Optimal Filtering (1979), 9.1: the innovations form of a model · Lucas, Combined
 *           Shewhart-CUSUM Quality Control Schemes, J. Quality Technology 14 (1982)
 */

import { normalQuantile } from '../statistics/index.ts';
import { addToCusum, cusumSlots, cusumWidth, sizeSinceChange } from './cusum.ts';
import { findingWords } from './finding.ts';
import type { Finding } from './finding.ts';
import { shifts, thresholdFor } from './run-length.ts';
import type { NameAndTime } from './sensor-finding.ts';

export interface HealthMonitorOptions {
  /** Mean time between false alarms of this quantity. */
  readonly falseAlarmSeconds: number;
  /** Standard deviation of its noise, per root second. */
  readonly noise: number;
  /** A step of the estimate is taken over so long at least. */
  readonly leastSeconds: number;
}

interface HealthSample {
  time: number;
  estimate: number;
  /** Standard deviation of the estimate. */
  deviation: number;
}

export interface HealthMonitor {
  /** Numbers of a record. A record of zeros has seen nothing. */
  readonly width: number;
  /** Takes an estimate into a record, in place; allocates nothing. Gives 1 while a change is suspected, otherwise 0. */
  update(memory: Float64Array, offset: number, sample: HealthSample): number;
  /** What stands, if anything does. */
  finding(memory: Float64Array, offset: number, at: NameAndTime): Finding | undefined;
}

const slots = { begun: 0, time: 1, estimate: 2, variance: 3, above: 4, below: 4 + cusumWidth } as const;
const width = 4 + 2 * cusumWidth;
const reference = 0.5;
/** A belief that has settled gains little in a period: steps count from then on. */
const settled = 0.5;
/** A step is taken over so many times what the filter needs to follow. */
const settling = 3;
const faultsPerFalseAlarm = 10;

export function createHealthMonitor(options: HealthMonitorOptions): HealthMonitor {
  const { noise, leastSeconds, falseAlarmSeconds } = options;
  const step = { increment: 0, threshold: 0, time: 0, size: 0, weight: 1 };

  return { width, update, finding };

  function update(memory: Float64Array, offset: number, { time, estimate, deviation }: HealthSample): number {
    const variance = deviation * deviation;
    const standing =
      (memory[offset + slots.above + cusumSlots.alarm] ?? 0) ||
      (memory[offset + slots.below + cusumSlots.alarm] ?? 0);
    const gap = time - (memory[offset + slots.time] ?? 0);
    const begun = memory[offset + slots.begun] === 1;
    // P/q² is how long the filter needs to follow.
    const usualSeconds = Math.max(leastSeconds, (settling * variance) / (noise * noise));
    if (begun && gap < usualSeconds) return standing;
    const before = memory[offset + slots.variance] ?? 0;
    const change = estimate - (memory[offset + slots.estimate] ?? 0);
    memory[offset + slots.begun] = 1;
    memory[offset + slots.time] = time;
    memory[offset + slots.estimate] = estimate;
    memory[offset + slots.variance] = variance;
    const usual = noise * noise * gap;
    if (!begun || !(before - variance < settled * usual)) return standing;
    const z = change / Math.sqrt(Math.max(usual + before - variance, usual / 10));
    const steps = Math.max(1, (4 * falseAlarmSeconds) / gap);
    const limit = -normalQuantile(1 / steps);
    step.threshold = thresholdFor(shifts, steps);
    step.time = time - gap;
    step.size = change;
    step.increment = z > limit ? 1.5 * step.threshold : z - reference;
    const above = addToCusum(memory, offset + slots.above, step);
    step.increment = -z > limit ? 1.5 * step.threshold : -z - reference;
    return addToCusum(memory, offset + slots.below, step) || above;
  }

  function finding(memory: Float64Array, offset: number, { name, time }: NameAndTime): Finding | undefined {
    const alarmed = [slots.above, slots.below].find((side) => memory[offset + side + cusumSlots.alarm] === 1);
    if (alarmed === undefined) return undefined;
    const sum = offset + alarmed;
    const since = memory[sum + cusumSlots.since] ?? NaN;
    const odds =
      faultsPerFalseAlarm *
      Math.exp((memory[sum + cusumSlots.sum] ?? 0) - (memory[sum + cusumSlots.threshold] ?? 0));
    const count = memory[sum + cusumSlots.count] ?? 0;
    return {
      kind: 'health-changed',
      subject: name,
      size: sizeSinceChange(memory, sum).mean * count,
      since: Math.min(since, time),
      confidence: odds / (1 + odds),
      words: findingWords['health-changed'](name),
    };
  }
}
