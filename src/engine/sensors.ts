/**
 * What the samples of each measurement say of their sensor: how often it speaks, that it fell silent, and that a belief
 * no longer fits it.
 *
 * | rule | |
 * | --- | --- |
 * | usual interval | running mean of the times between samples, each new one counting a quarter |
 * | silent | after five intervals were seen: nothing has come for five times the usual interval, or the period if that is longer |
 * | diverged | not one of the last 20 samples passed the gate, whatever their sensors, and they span ten seconds or more |
 */

import type { BlockMemory } from './block-memory.ts';
import type { LaneSide } from './lane-side.ts';
import type { Motion } from './motion.ts';
import type { Reporter } from './reporter.ts';
import type { Compared, Watch } from './watch.ts';

const rules = {
  weight: 0.25,
  seen: 5,
  silentIntervals: 5,
  rejectedSamples: 20,
  rejectedMs: 10_000,
} as const;

export interface SensorsOptions {
  readonly memory: BlockMemory;
  readonly motion: Motion;
  readonly sides: readonly LaneSide[];
  readonly reporter: Reporter;
  readonly watch?: Watch;
}

export class Sensors {
  readonly #options: SensorsOptions;
  readonly #compared = { measurement: 0, timeMs: 0, innovation: 0, deviation: 0, rejected: false };

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
    const { timeMs, value } = sample;
    const innovation = value - memory.slot(lane, memory.layout.predictions + measurement);
    this.#note(
      lane,
      Object.assign(this.#compared, { measurement, timeMs, innovation, deviation: NaN, rejected: false }),
      value,
    );
  }

  /** A sample has corrected the belief, or was left out. `isNew`: not one of before that is worked in again. */
  corrected(
    lane: number,
    measurement: number,
    sample: { readonly timeMs: number; readonly isNew: boolean },
  ): void {
    const { memory, motion, reporter } = this.#options;
    const layout = motion.belief?.layout;
    if (layout === undefined) return;
    const value = memory.slot(lane, layout.measured + measurement);
    const innovation = memory.slot(lane, layout.innovations + measurement);
    const deviation = memory.slot(lane, layout.innovationDeviations + measurement);
    const rejected = memory.slot(lane, layout.rejected + measurement) === 1;
    const { timeMs, isNew } = sample;
    this.#note(
      lane,
      Object.assign(this.#compared, { measurement, timeMs, innovation, deviation, rejected }),
      value,
    );
    if (memory.model.measurements[measurement]?.noise === undefined) return;
    this.#countRejected(lane, rejected, timeMs);
    if (!isNew) return;
    reporter.counters.corrections++;
    if (rejected) reporter.counters.rejectedSamples++;
    else reporter.counters.normalisedSquares += (innovation / deviation) ** 2;
  }

  /** Whether the belief of a lane has not fitted its sensors for long. */
  isDiverged(lane: number): boolean {
    const { memory } = this.#options;
    const { frameLayout } = memory;
    if (!(memory.note(lane, frameLayout.rejectedRun) >= rules.rejectedSamples)) return false;
    const last = Math.max(
      ...memory.model.measurements.map((_, i) => memory.note(lane, frameLayout.measuredTimes + i) || 0),
    );
    return last - memory.note(lane, frameLayout.rejectedSince) >= rules.rejectedMs;
  }

  /** The belief begins anew. */
  begunAnew(lane: number): void {
    const { memory } = this.#options;
    memory.setNote(lane, memory.frameLayout.rejectedRun, 0);
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

  #note(lane: number, sample: Compared, value: number): void {
    const { memory, sides, watch } = this.#options;
    const { frameLayout } = memory;
    const { measurement, timeMs, innovation, deviation, rejected } = sample;
    const sinceMs = timeMs - memory.note(lane, frameLayout.measuredTimes + measurement);
    if (sinceMs > 0) this.#noteInterval(lane, measurement, sinceMs);
    memory.setNote(lane, frameLayout.measured + measurement, value);
    memory.setNote(lane, frameLayout.measuredTimes + measurement, timeMs);
    memory.setNote(lane, frameLayout.innovations + measurement, innovation);
    memory.setNote(lane, frameLayout.deviations + measurement, deviation);
    memory.setNote(lane, frameLayout.rejected + measurement, rejected ? 1 : 0);
    watch?.compared(sides[lane]?.twin.index ?? -1, sample);
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

  #countRejected(lane: number, rejected: boolean, timeMs: number): void {
    const { memory } = this.#options;
    const { rejectedRun, rejectedSince } = memory.frameLayout;
    const run = rejected ? (memory.note(lane, rejectedRun) || 0) + 1 : 0;
    memory.setNote(lane, rejectedRun, run);
    if (run === 1) memory.setNote(lane, rejectedSince, timeMs);
  }
}
