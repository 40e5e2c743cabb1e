/**
 * Watches one sensor by its innovations: mean, scatter, spikes, a value that stands still, silence.
 *
 * Four tests share the false alarms of a sensor. Mean: two cumulative sums of the whitened innovation. Scatter: a sum of
 * its square. Spikes: a sum of log-likelihood ratios of how often a single sample is rejected, one in 50 against one in
 * 1,000, whose mean run length is at least e to the threshold. Standing still: see stuck.ts.
 *
 * The baseline is an estimate, and a threshold for years reacts strongly to its error. So the references are moved by
 * its bound of 95 %: the stated mean time between false alarms holds for 95 of 100 baselines, not for half.
 *
 * Source  Hawkins & Olwell, Cumulative Sum Charts (1998), 4.1: scale · Lorden, Procedures for Reacting to a Change in
 *         Distribution, Annals of Mathematical Statistics 42 (1971) · Albers & Kallenberg, Are Estimated Control Charts
 *         in Control?, Statistics 38 (2004)
 */

import { baselineOf, hasLearnt, learn, whiten } from './baseline.ts';
import type { Baseline } from './baseline.ts';
import { addToCusum, cusumSlots } from './cusum.ts';
import type { Finding } from './finding.ts';
import { clippedScatter, clippedShifts, thresholdFor } from './run-length.ts';
import { sensorFinding } from './sensor-finding.ts';
import type { NameAndTime } from './sensor-finding.ts';
import { beat, sensorSlots as slots, sensorWidth, suspicions } from './sensor-record.ts';
import type { SensorSample } from './sensor-record.ts';
import { followValue } from './stuck.ts';

export interface SensorMonitorOptions {
  /** Mean time between false alarms of this sensor, all its tests together. */
  readonly falseAlarmSeconds: number;
  /** Samples that teach the baseline; 0: innovations are taken for standard normal and white. */
  readonly learnSamples: number;
  /** A sensor that is silent for so many of its usual intervals is dead. Default 10. */
  readonly silentIntervals?: number;
}

export interface SensorMonitor {
  /** Numbers of a record. A record of zeros has seen nothing. */
  readonly width: number;
  /** Takes one sample into a record, in place; allocates nothing. Gives the suspicions that stand, as bits. */
  update(memory: Float64Array, offset: number, sample: SensorSample): number;
  /** How far the sums are up, in parts of their thresholds: it alarms above 1. A sample that was just left out counts ½. */
  alertness(memory: Float64Array, offset: number): number;
  /** What was learnt of the normalised innovations; of white ones if nothing was. */
  baseline(memory: Float64Array, offset: number): Baseline;
  /** When the last sample of a record was; 0 before the first. */
  lastTime(memory: Float64Array, offset: number): number;
  /** The suspicions that stand at `time`, silence among them. */
  suspicionsAt(memory: Float64Array, offset: number, time: number): number;
  /** What stands, in words: none, or the one that explains the others. */
  finding(memory: Float64Array, offset: number, at: NameAndTime): Finding | undefined;
}

const tests = 4;
/** Half of the shift that is found soonest, and the like for a scatter of 1.5 times the usual: those of the run lengths. */
const shiftReference = 0.5;
const scatterRatio = 1.5;
const scatterReference = (2 * Math.log(scatterRatio) * scatterRatio ** 2) / (scatterRatio ** 2 - 1);
/** One sample, however far off, counts as so many standard deviations. */
const clip = 4;
const spikeGain = Math.log(20);
const spikeLoss = Math.log((1 - 1 / 50) / (1 - 1 / 1000));
/** Samples between false alarms are counted no further, also before the interval is known. */
const rarest = 1e15;
/** Of the normal distribution; three of them together hold with 95 %. */
const certain = 2.128;

export function createSensorMonitor(options: SensorMonitorOptions): SensorMonitor {
  const { learnSamples: samples } = options;
  const silentIntervals = options.silentIntervals ?? 10;
  const shiftMargin = samples > 0 ? certain / Math.sqrt(samples) : 0;
  const scatterShrink = samples > 0 ? Math.max(0.1, 1 - certain * Math.sqrt(2 / samples)) : 1;
  // Written anew for each sample, so that none is allocated; nor are numbers, as they are in arguments of calls.
  const step = { increment: 0, threshold: 0, time: 0, size: 0, weight: 1 };
  const white = { e: 0, gap: 0, samples };
  const limits = { noise: 0, samples: 0, learning: false };

  return {
    width: sensorWidth,
    update,
    alertness,
    baseline: (memory, offset) => baselineOf(memory, offset + slots.baseline, samples),
    lastTime: (memory, offset) => memory[offset + slots.time] ?? 0,
    suspicionsAt,
    finding: (memory, offset, at) => sensorFinding(memory, offset, suspicionsAt(memory, offset, at.time), at),
  };

  function update(memory: Float64Array, offset: number, sample: SensorSample): number {
    const gap = beat(memory, offset, sample.time);
    const interval = memory[offset + slots.interval] ?? 0;
    limits.noise = sample.noise;
    limits.samples = Math.min(Math.max(1, (tests * options.falseAlarmSeconds) / interval), rarest);
    limits.learning = !hasLearnt(memory, offset + slots.baseline, samples);
    const stuck = followValue(memory, offset + slots.stuck, sample, limits);
    white.gap = gap / interval;
    const bits = (stuck ? suspicions.stuck : 0) | judge(memory, offset, sample);
    memory[offset + slots.suspicions] = bits;
    return bits;
  }

  function judge(memory: Float64Array, offset: number, sample: SensorSample): number {
    const e = clipped(sample.innovation / sample.deviation);
    if (Number.isNaN(e)) return 0;
    const side = sample.rejected ? Math.sign(e) : 0;
    const before = memory[offset + slots.rejected] ?? 0;
    memory[offset + slots.rejected] = side;
    if (limits.learning) {
      if (side === 0) learn(memory, offset + slots.baseline, e, samples);
      return 0;
    }
    const spike = side !== 0 && before === 0;
    step.time = sample.time;
    step.size = Math.abs(sample.innovation);
    step.weight = spike ? 1 : 0;
    step.increment = spike ? spikeGain : spikeLoss;
    step.threshold = Math.log(limits.samples);
    const spikes = addToCusum(memory, offset + slots.spikes, step) * suspicions.spikes;
    // A first sample off is a spike, until a second off to the same side says that it is none.
    if (side !== 0 && side !== before) return spikes | (memory[offset + slots.suspicions] ?? 0);
    white.e = e;
    return spikes | addToSums(memory, offset, sample);
  }

  function addToSums(memory: Float64Array, offset: number, sample: SensorSample): number {
    const w = clipped(whiten(memory, offset + slots.baseline, white));
    let bits = 0;
    step.weight = 1;
    step.size = sample.innovation;
    step.threshold = thresholdFor(clippedShifts, limits.samples);
    step.increment = w - shiftReference - shiftMargin;
    if (addToCusum(memory, offset + slots.above, step)) bits |= suspicions.above;
    step.increment = -w - shiftReference - shiftMargin;
    if (addToCusum(memory, offset + slots.below, step)) bits |= suspicions.below;
    step.threshold = thresholdFor(clippedScatter, limits.samples);
    step.increment = w * w * scatterShrink - scatterReference;
    return bits | (addToCusum(memory, offset + slots.scatter, step) * suspicions.scatter);
  }

  function suspicionsAt(memory: Float64Array, offset: number, time: number): number {
    const bits = memory[offset + slots.suspicions] ?? 0;
    const gap = time - (memory[offset + slots.time] ?? NaN);
    const known = (memory[offset + slots.count] ?? 0) > 2;
    const dead = known && gap > silentIntervals * (memory[offset + slots.interval] ?? Infinity);
    return dead ? bits | suspicions.dead : bits;
  }
}

function alertness(memory: Float64Array, offset: number): number {
  let highest = memory[offset + slots.rejected] === 0 ? 0 : 0.5;
  for (const part of summed) {
    const sum = memory[offset + part + cusumSlots.sum] ?? 0;
    const threshold = memory[offset + part + cusumSlots.threshold] ?? 0;
    if (sum > highest * threshold && threshold > 0) highest = sum / threshold;
  }
  return highest;
}

const summed = [slots.above, slots.below, slots.scatter] as const;

function clipped(e: number): number {
  return Math.min(Math.max(e, -clip), clip);
}
