/**
 * What the samples of each measurement say of their sensor: how often it speaks, that it fell silent, and that a belief
 * no longer fits it.
 *
 * | rule | |
 * | --- | --- |
 * | usual interval | running mean of the times between samples, each new one counting a quarter |
 * | silent | after five intervals were seen: nothing has come for five times the usual interval, or the period if that is longer |
 * | out of patience | the gate has left out as many samples of a measurement in a row as the model has patience for, and now one more |
 */

import type { BlockMemory, LaneSide, Motion } from '../lanes/index.ts';
import type { Reporter } from '../protocol/index.ts';
import type { Compared, Detection } from './detection.ts';

const rules = {
  weight: 0.25,
  seen: 5,
  silentIntervals: 5,
} as const;

export interface SensorsOptions {
  readonly memory: BlockMemory;
  readonly motion: Motion;
  readonly sides: readonly LaneSide[];
  readonly reporter: Reporter;
  readonly detection: Detection;
}

export class Sensors {
  readonly #options: SensorsOptions;
  /** The newest sample; the same object for each. */
  readonly #compared: { -readonly [Name in keyof Compared]: Compared[Name] } = {
    measurement: 0,
    timeMs: Number.NaN,
    value: Number.NaN,
    innovation: Number.NaN,
    deviation: Number.NaN,
    rejected: false,
  };

  constructor(options: SensorsOptions) {
    this.#options = options;
  }

  /** A sample was compared, without a belief to correct. */
  compared(
    lane: number,
    measurement: number,
    sample: { readonly timeMs: number; readonly value: number },
  ): void {
    const { memory } = this.#options;
    const compared = this.#compared;
    compared.measurement = measurement;
    compared.timeMs = sample.timeMs;
    compared.value = sample.value;
    compared.innovation = sample.value - memory.slot(lane, memory.layout.predictions + measurement);
    compared.deviation = Number.NaN;
    compared.rejected = false;
    this.#note(lane);
  }

  /**
   * A sample has corrected the belief, or was left out, or was not `valid` and is only compared: then the sensor counts as
   * rejected if it did before. `isNew`: not one of before that is worked in again.
   */
  corrected(
    lane: number,
    measurement: number,
    sample: { readonly timeMs: number; readonly isNew: boolean },
  ): void {
    const { memory, motion, reporter } = this.#options;
    const layout = motion.belief?.layout;
    if (layout === undefined) return;
    const innovation = memory.slot(lane, layout.innovations + measurement);
    const deviation = memory.slot(lane, layout.innovationDeviations + measurement);
    const hasNoise = memory.model.measurements[measurement]?.noise !== undefined;
    const isInvalid = hasNoise && Number.isNaN(deviation);
    const rejected = isInvalid
      ? memory.note(lane, memory.frameLayout.rejected + measurement) === 1
      : memory.slot(lane, layout.rejected + measurement) === 1;
    const compared = this.#compared;
    compared.measurement = measurement;
    compared.timeMs = sample.timeMs;
    compared.value = memory.slot(lane, layout.measured + measurement);
    compared.innovation = innovation;
    compared.deviation = deviation;
    compared.rejected = rejected;
    this.#note(lane);
    if (!hasNoise || isInvalid) return;
    this.#countRejected(lane, measurement, rejected);
    if (!sample.isNew) return;
    reporter.counters.corrections++;
    if (rejected) reporter.counters.rejectedSamples++;
    else reporter.counters.normalisedSquares += (innovation / deviation) ** 2;
  }

  /** Whether the sample that the gate has just left out is one too many. */
  isOutOfPatience(lane: number, measurement: number): boolean {
    const { memory, motion } = this.#options;
    const rejected = motion.belief?.layout.rejected ?? 0;
    if (memory.slot(lane, rejected + measurement) !== 1) return false;
    return memory.note(lane, memory.frameLayout.rejectedRuns + measurement) >= memory.model.filter.patience;
  }

  /** Notes which sensors are silent at the end of a tick. @returns how many. */
  listen(lane: number, nowMs: number, periodMs: number): number {
    const { memory, sides } = this.#options;
    const { frameLayout } = memory;
    const cameMs = sides[lane]?.told.cameMs;
    if (cameMs === undefined) return 0;
    let silent = 0;
    for (let i = 0; i < cameMs.length; i++) {
      const usualMs = memory.note(lane, frameLayout.intervals + i);
      const isSilent =
        memory.note(lane, frameLayout.seen + i) >= rules.seen &&
        nowMs - (cameMs[i] ?? 0) > rules.silentIntervals * Math.max(usualMs, periodMs);
      memory.setNote(lane, frameLayout.silent + i, isSilent ? 1 : 0);
      if (isSilent) silent++;
    }
    return silent;
  }

  #note(lane: number): void {
    const { memory, sides, detection } = this.#options;
    const { frameLayout } = memory;
    const { measurement, timeMs, value, innovation, deviation, rejected } = this.#compared;
    const sinceMs = timeMs - memory.note(lane, frameLayout.measuredTimes + measurement);
    if (sinceMs > 0) this.#noteInterval(lane, measurement, sinceMs);
    memory.setNote(lane, frameLayout.measured + measurement, value);
    memory.setNote(lane, frameLayout.measuredTimes + measurement, timeMs);
    memory.setNote(lane, frameLayout.innovations + measurement, innovation);
    memory.setNote(lane, frameLayout.deviations + measurement, deviation);
    memory.setNote(lane, frameLayout.rejected + measurement, rejected ? 1 : 0);
    const side = sides[lane];
    if (side !== undefined && !Number.isNaN(deviation)) detection.compared(side, this.#compared);
  }

  #noteInterval(lane: number, measurement: number, sinceMs: number): void {
    const { memory } = this.#options;
    const { intervals, seen } = memory.frameLayout;
    const count = memory.note(lane, seen + measurement) || 0;
    const usualMs = memory.note(lane, intervals + measurement);
    const nextMs = count === 0 ? sinceMs : usualMs + rules.weight * (sinceMs - usualMs);
    memory.setNote(lane, intervals + measurement, nextMs);
    memory.setNote(lane, seen + measurement, Math.min(rules.seen, count + 1));
  }

  #countRejected(lane: number, measurement: number, rejected: boolean): void {
    const { memory } = this.#options;
    const { rejectedRuns } = memory.frameLayout;
    const own = rejected ? (memory.note(lane, rejectedRuns + measurement) || 0) + 1 : 0;
    memory.setNote(lane, rejectedRuns + measurement, own);
  }
}
