/**
 * A value that stands still although something should move it.
 *
 * Either its noise: of a sensor that shows multiples of q, a reading with noise σ stays the same with probability at
 * most p = 2Φ(q/2σ) − 1, which makes a run of n the less likely, pⁿ. Or what is measured: the prediction has meanwhile
 * wandered by six standard deviations. Gateways that repeat the last value between readings are ordinary, so a run
 * must also be three times as long as the longest of the healthy period.
 *
 * Notation  q the sensor's resolution, the smallest change seen so far · σ its noise
 */

import { normalUpper } from '../statistics/index.ts';

const slots = { value: 0, since: 1, run: 2, longest: 3, resolution: 4, low: 5, high: 6, begun: 7 } as const;
export const stuckWidth = 8;

const shortestRun = 10;
const wandering = 6;

export interface StuckSample {
  readonly time: number;
  readonly value: number;
  readonly innovation: number;
  readonly deviation: number;
}

export interface StuckLimits {
  /** Standard deviation of the sensor's noise. */
  readonly noise: number;
  /** Samples between false alarms. */
  readonly samples: number;
  /** Whether the healthy period is still going on. */
  readonly learning: boolean;
}

/** Takes one value into the record, in place; allocates nothing. Gives whether the value is stuck. */
export function followValue(
  memory: Float64Array,
  offset: number,
  sample: StuckSample,
  limits: StuckLimits,
): boolean {
  const prediction = sample.value - sample.innovation;
  const change = Math.abs(sample.value - (memory[offset + slots.value] ?? 0));
  const begun = memory[offset + slots.begun] === 1;
  if (!begun || change !== 0) {
    const resolution = memory[offset + slots.resolution] ?? 0;
    if (begun && !(resolution > 0 && resolution <= change)) memory[offset + slots.resolution] = change;
    memory[offset + slots.begun] = 1;
    memory[offset + slots.value] = sample.value;
    memory[offset + slots.since] = sample.time;
    memory[offset + slots.run] = 0;
    memory[offset + slots.low] = prediction;
    memory[offset + slots.high] = prediction;
    return false;
  }
  const run = (memory[offset + slots.run] ?? 0) + 1;
  memory[offset + slots.run] = run;
  memory[offset + slots.low] = Math.min(memory[offset + slots.low] ?? 0, prediction);
  memory[offset + slots.high] = Math.max(memory[offset + slots.high] ?? 0, prediction);
  const longest = memory[offset + slots.longest] ?? 0;
  if (limits.learning) {
    memory[offset + slots.longest] = Math.max(longest, run);
    return false;
  }
  if (run < shortestRun || run <= 3 * longest) return false;
  const resolution = memory[offset + slots.resolution] ?? 0;
  const wandered = (memory[offset + slots.high] ?? 0) - (memory[offset + slots.low] ?? 0);
  if (wandered > wandering * sample.deviation + resolution) return true;
  if (!(resolution > 0)) return false;
  const stays = 1 - 2 * normalUpper(resolution / (2 * limits.noise));
  return run * -Math.log(stays) > Math.log(limits.samples);
}

/** Since when the value stands, and which it is. */
export function standingSince(memory: Float64Array, offset: number): { since: number; value: number } {
  return { since: memory[offset + slots.since] ?? NaN, value: memory[offset + slots.value] ?? NaN };
}
