/**
 * What looking for faults costs a sample, beside the filter: 10,000 sensors, whose records lie one after the other as they
 * do with 2,500 twins of four.
 *
 * `detect.allocated` counts what is given back again, too: what is allocated in the hot path is a pause later.
 */

import { getHeapStatistics } from 'node:v8';
import { createSensorMonitor } from '../src/core/detect/index.ts';
import { Rng } from '../src/core/statistics/index.ts';
import { atMost, type Bench, type Context, type Figure } from './lib/report.ts';
import { median } from './lib/statistics.ts';

const sensors = 10_000;
const learnSamples = 50;
const draws = 4096;

export const detect: Bench = {
  name: 'detect',
  summary: 'a sample through the monitor of its sensor',
  about:
    'Innovations as they should be, drawn beforehand, through the four tests of each sensor; the median of the rounds. ' +
    'There is no peer: libraries of control charts work on whole tables.',
  async run({ quick }: Context): Promise<readonly Figure[]> {
    const monitor = createSensorMonitor({ falseAlarmSeconds: 3e7, learnSamples });
    const memory = new Float64Array(sensors * monitor.width);
    const rng = new Rng(1);
    const innovations = Float64Array.from({ length: draws }, () => rng.normal());
    const sample = { time: 0, value: 0, innovation: 0, deviation: 1, noise: 1, rejected: false };
    let drawn = 0;
    const round = (): void => {
      sample.time++;
      for (let i = 0; i < sensors; i++) {
        const innovation = innovations[drawn++ % draws] ?? 0;
        sample.value = innovation;
        sample.innovation = innovation;
        monitor.update(memory, i * monitor.width, sample);
      }
    };
    for (let i = 0; i < 2 * learnSamples; i++) round();
    const rounds = quick ? 50 : 300;
    const before = allocatedBytes();
    const nanoseconds = Array.from({ length: rounds }, () => {
      const began = performance.now();
      round();
      return ((performance.now() - began) * 1e6) / sensors;
    });
    const allocated = (allocatedBytes() - before) / (rounds * sensors);
    return [
      atMost(1000, { name: 'detect', value: median(nanoseconds), unit: 'ns/sample' }),
      atMost(2, { name: 'detect.allocated', value: allocated, unit: 'B/sample' }),
      { name: 'detect.memory', value: 8 * monitor.width, unit: 'B/sensor' },
    ];
  },
};

/** All that was ever allocated on the heap, collected or not. */
function allocatedBytes(): number {
  const { total_allocated_bytes: bytes } = getHeapStatistics();
  return bytes;
}
