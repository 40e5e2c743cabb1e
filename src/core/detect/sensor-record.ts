/** What is remembered of one sensor: a record of plain numbers, which can be copied, saved and restored as such. */

import { baselineWidth } from './baseline.ts';
import { cusumWidth } from './cusum.ts';
import { stuckWidth } from './stuck.ts';

/** One sample of the sensor; the caller may use one object again and again. */
export interface SensorSample {
  /** In seconds of any clock, never falling. */
  time: number;
  value: number;
  /** Value minus prediction, and its standard deviation. */
  innovation: number;
  deviation: number;
  /** Standard deviation of the sensor's own noise. */
  noise: number;
  /** Whether the filter's gate left it out. */
  rejected: boolean;
}

/** What a monitor suspects, as bits of a number. */
export const suspicions = { above: 1, below: 2, scatter: 4, spikes: 8, stuck: 16, dead: 32 } as const;

const parts = 5;

/** First places of the parts of a record. `rejected`: to which side the last sample was, 0 if it was not. */
export const sensorSlots = {
  count: 0,
  time: 1,
  interval: 2,
  rejected: 3,
  suspicions: 4,
  baseline: parts,
  stuck: parts + baselineWidth,
  above: parts + baselineWidth + stuckWidth,
  below: parts + baselineWidth + stuckWidth + cusumWidth,
  scatter: parts + baselineWidth + stuckWidth + 2 * cusumWidth,
  spikes: parts + baselineWidth + stuckWidth + 3 * cusumWidth,
} as const;

/** Numbers of a record. A record of zeros has seen nothing. */
export const sensorWidth = parts + baselineWidth + stuckWidth + 4 * cusumWidth;

/** Takes the time of a sample into a record, in place: the usual interval is the mean of the last hundred or so. */
export function beat(memory: Float64Array, offset: number, time: number): number {
  const count = memory[offset + sensorSlots.count] ?? 0;
  const gap = time - (memory[offset + sensorSlots.time] ?? 0);
  memory[offset + sensorSlots.count] = count + 1;
  memory[offset + sensorSlots.time] = time;
  if (count === 0) return 0;
  const interval = memory[offset + sensorSlots.interval] ?? 0;
  memory[offset + sensorSlots.interval] = interval + (gap - interval) / Math.min(count, 100);
  return gap;
}
