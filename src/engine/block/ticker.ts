/**
 * The tick of a list of lanes, from k to k + 1, each with its own samples: the newest of all lanes of a block, or an old one
 * of those that a late sample took back.
 *
 * A tick has boundaries 0 … n, with a substep between neighbours:
 *
 * | sample | what happens |
 * | --- | --- |
 * | of an input, at boundary b | holds from the start of substep b; at n, from the end of the tick |
 * | of a measurement, at boundary b | corrects the belief there, or is compared with the prediction; innovation = sample − prediction |
 * | of a twin that waits or is quarantined | counts as at boundary 0, since its time stands still; at n, in the next tick |
 *
 * With a belief, each lane goes from sample to sample of its own: points are drawn anew at each, so that somebody else's
 * samples must not make it stop. Lanes that have the same way to go are computed together. Without one, all stop
 * where one has to, which changes no bit and is faster.
 */

import type { Detection, Sensors } from '../detection/index.ts';
import type { BlockMemory, LaneEvents, LaneSide, Motion } from '../lanes/index.ts';
import { isCountedElsewhere, LaneList } from '../lanes/index.ts';
import type { Reporter } from '../protocol/index.ts';
import { statusCodes } from '../snapshot/index.ts';
import { Arrivals } from './arrivals.ts';

export interface TickerOptions {
  readonly memory: BlockMemory;
  readonly motion: Motion;
  readonly sides: readonly LaneSide[];
  readonly events: LaneEvents;
  readonly sensors: Sensors;
  readonly detection: Detection;
  readonly reporter: Reporter;
  readonly substeps: number;
  readonly periodMs: number;
}

/** Whether a sample is worked in for the first time; `elsewhere`: it is, and another lane counts it. */
const news = { old: 0, own: 1, elsewhere: 2 } as const;

export class Ticker {
  /** Whether samples of measurements are only compared, and correct nothing. */
  isOpenLoop = false;
  readonly #options: TickerOptions;
  readonly #running = new LaneList();
  /** Lanes that stop at the same time, and, while they are on their way, those that stop after them. */
  readonly #stopped = new LaneList();
  readonly #stoppedNext = new LaneList();
  readonly #corrected = new LaneList();
  readonly #compared = new LaneList();
  readonly #widened = new LaneList();
  readonly #ended = new LaneList();
  /** Lanes by the substeps that they have to go to their next sample. */
  readonly #bySpan = new Map<number, LaneList>();
  readonly #byMeasurement: readonly LaneList[];
  /** The boundary up to which a lane's samples are applied, and where it is, counted from 1970. */
  #until = new Float64Array(0);
  /** Row of the sample that a lane is being corrected with. */
  #rows = new Uint32Array(0);
  #isNew = new Uint8Array(0);
  readonly #sample = { timeMs: Number.NaN, value: Number.NaN, isNew: false };
  readonly #arrivals = new Arrivals();

  constructor(options: TickerOptions) {
    this.#options = options;
    this.#byMeasurement = options.memory.model.measurements.map(() => new LaneList());
  }

  /** Arrival times of the samples applied since the last call. */
  takeArrivals(): Float64Array<ArrayBuffer> {
    return this.#arrivals.take();
  }

  /** @param again - whether the tick was made before: then only what is news is told. */
  run(list: LaneList, k: number, again: 'first' | 'again'): void {
    const { memory, motion, substeps, periodMs } = this.#options;
    const first = k * substeps;
    const dueMs = (k + 1) * periodMs;
    this.#makeRoom();
    // Decided before any sample: a lane that one of them lets run has taken all of this tick at its start.
    this.#running.clear(memory);
    for (let i = 0; i < list.count; i++) {
      const lane = list.at(i);
      const isRunning = this.#status(lane) === statusCodes.running;
      this.#until[lane] = isRunning ? first : first + substeps - 1;
      if (isRunning) this.#running.push(lane);
    }
    this.#apply(list);
    for (let i = 0; i < list.count; i++) this.#setTick(list.at(i));
    motion.beginTick(list);
    if (motion.belief === undefined) this.#advanceTogether(list, first);
    else this.#advanceApart(list, first);
    motion.endTick(list);
    for (let i = 0; i < list.count; i++) this.#settle(list.at(i), dueMs, again);
    const ended = this.#stopped.clear(memory);
    for (let i = 0; i < this.#running.count; i++) {
      const lane = this.#running.at(i);
      // Those of a lane that stands still from now on count in the next tick.
      if (this.#status(lane) !== statusCodes.running) continue;
      this.#until[lane] = first + substeps;
      ended.push(lane);
    }
    this.#apply(ended);
    motion.observe(list);
    if (motion.belief !== undefined) this.#checkBeliefs(list, dueMs, again);
  }

  /** Applies what waits of a lane that stands at the end of tick k, as that tick would have. */
  applyAt(lane: number, k: number): void {
    const { memory, motion, substeps, periodMs } = this.#options;
    this.#makeRoom();
    const boundary = k * substeps;
    if (this.#status(lane) !== statusCodes.running || this.#nextBoundary(lane) > boundary) return;
    const list = this.#ended.only(memory, lane);
    this.#until[lane] = boundary;
    this.#apply(list);
    motion.observe(list);
    if (motion.belief !== undefined) this.#checkBeliefs(list, k * periodMs, 'again');
  }

  /** Lets a lane's belief begin anew where the lane is. */
  #beginAnew(lane: number, why: string, atMs: number, again: 'first' | 'again'): void {
    const { memory, motion, events } = this.#options;
    memory.forgetBelief(lane);
    motion.observe(this.#compared.only(memory, lane));
    if (again === 'first') events.diverged(lane, why, atMs);
  }

  /** All lanes stop at the samples of each. */
  #advanceTogether(list: LaneList, first: number): void {
    const { memory, motion, substeps } = this.#options;
    const end = first + substeps;
    for (let at = first; at < end; ) {
      let next = end;
      for (let i = 0; i < list.count; i++) next = Math.min(next, this.#nextStop(list.at(i), end));
      motion.advance(list, next - at);
      at = next;
      if (at === end) return;
      const stopped = this.#stopped.clear(memory);
      for (let i = 0; i < list.count; i++) {
        const lane = list.at(i);
        if (this.#nextStop(lane, end) !== at) continue;
        this.#until[lane] = at;
        stopped.push(lane);
      }
      this.#apply(stopped);
    }
  }

  /** Each lane stops at its own samples. */
  #advanceApart(list: LaneList, first: number): void {
    const { memory, motion } = this.#options;
    const end = first + this.#options.substeps;
    for (let i = 0; i < list.count; i++) this.#until[list.at(i)] = first;
    for (let left = list; left.count > 0; ) {
      for (const lanes of this.#bySpan.values()) lanes.clear(memory);
      for (let i = 0; i < left.count; i++) {
        const lane = left.at(i);
        const stop = this.#nextStop(lane, end);
        this.#spanList(stop - (this.#until[lane] ?? 0)).push(lane);
        this.#until[lane] = stop;
      }
      for (const [span, lanes] of this.#bySpan) if (lanes.count > 0) motion.advance(lanes, span);
      const stopped = left === this.#stopped ? this.#stoppedNext : this.#stopped;
      stopped.clear(memory);
      for (let i = 0; i < left.count; i++) {
        const lane = left.at(i);
        if ((this.#until[lane] ?? 0) < end) stopped.push(lane);
      }
      left = stopped;
      this.#apply(left);
    }
  }

  /** Where a lane stops next: at a sample that waits for a boundary before the end, or at the end. */
  #nextStop(lane: number, end: number): number {
    return Math.min(this.#nextBoundary(lane), end);
  }

  #nextBoundary(lane: number): number {
    return this.#options.sides[lane]?.samples.nextBoundary ?? Number.POSITIVE_INFINITY;
  }

  /** Applies the samples of each lane up to its boundary in `#until`, in their order. */
  #apply(list: LaneList): void {
    const { memory } = this.#options;
    for (let isMore = true; isMore; ) {
      isMore = false;
      for (const lanes of this.#byMeasurement) lanes.clear(memory);
      for (let i = 0; i < list.count; i++) {
        const measurement = this.#applyInputs(list.at(i));
        if (measurement < 0) continue;
        this.#byMeasurement[measurement]?.push(list.at(i));
        isMore = true;
      }
      // A sample of each lane that has one, lanes with the same measurement together.
      if (isMore) for (let m = 0; m < this.#byMeasurement.length; m++) this.#measure(m);
    }
  }

  /** Applies inputs up to the next sample of a measurement. @returns its number, or −1 if there is none. */
  #applyInputs(lane: number): number {
    const { memory, sides, events, detection } = this.#options;
    const { inputs } = memory.model;
    const samples = sides[lane]?.samples;
    if (samples === undefined) return -1;
    while (samples.nextBoundary <= (this.#until[lane] ?? 0)) {
      const row = samples.take();
      const signal = samples.signal(row);
      const isNew = this.#arrived(samples.takeReceivedMs(row));
      if (signal >= inputs.length) {
        this.#rows[lane] = row;
        this.#isNew[lane] = isNew;
        return signal - inputs.length;
      }
      const [timeMs, value] = [samples.timeMs(row), samples.value(row)];
      memory.setSlot(lane, memory.layout.inputs + signal, value);
      const side = sides[lane];
      if (isNew !== news.old && side !== undefined) detection.heard(side, { index: signal, timeMs, value });
      memory.setNote(lane, memory.frameLayout.inputTimes + signal, timeMs);
      this.#tryToRun(lane, events);
    }
    return -1;
  }

  /** Works in one sample of a measurement for each of its lanes. */
  #measure(measurement: number): void {
    const { memory, motion, sides, sensors, events } = this.#options;
    const lanes = this.#byMeasurement[measurement];
    if (lanes === undefined || lanes.count === 0) return;
    const { belief } = motion;
    const corrected = this.#corrected.clear(memory);
    const compared = this.#compared.clear(memory);
    for (let i = 0; i < lanes.count; i++) {
      const lane = lanes.at(i);
      // Whose time stands still has no belief of now that a sample could correct.
      const corrects = belief !== undefined && this.#isCorrected(lane);
      (corrects ? corrected : compared).push(lane);
      if (belief === undefined || !corrects) continue;
      const value = sides[lane]?.samples.value(this.#rows[lane] ?? 0) ?? Number.NaN;
      memory.setSlot(lane, belief.layout.measured + measurement, value);
    }
    if (corrected.count > 0) belief?.correct(corrected, measurement);
    this.#widen(corrected, measurement);
    if (compared.count > 0) motion.observe(compared);
    for (let i = 0; i < lanes.count; i++) {
      const lane = lanes.at(i);
      const samples = sides[lane]?.samples;
      if (samples === undefined) continue;
      const row = this.#rows[lane] ?? 0;
      const sample = this.#sample;
      sample.timeMs = samples.timeMs(row);
      sample.value = samples.value(row);
      sample.isNew = this.#isNew[lane] === news.own;
      if (belief !== undefined && this.#isCorrected(lane)) sensors.corrected(lane, measurement, sample);
      else sensors.compared(lane, measurement, sample);
    }
    for (let i = 0; i < lanes.count; i++) this.#tryToRun(lanes.at(i), events);
  }

  /** Believes samples that the gate has left out once too often. */
  #widen(corrected: LaneList, measurement: number): void {
    const { memory, motion, sides, sensors, events, detection, periodMs } = this.#options;
    const widened = this.#widened.clear(memory);
    for (let i = 0; i < corrected.count; i++) {
      const lane = corrected.at(i);
      if (!sensors.isOutOfPatience(lane, measurement)) continue;
      widened.push(lane);
      const side = sides[lane];
      if (side !== undefined) detection.widened(side);
      const atMs = ((this.#until[lane] ?? 0) / this.#options.substeps) * periodMs;
      if (this.#isNew[lane] !== news.old) events.widened(lane, measurement, atMs);
    }
    if (widened.count === 0) return;
    motion.belief?.widen(widened, measurement);
    motion.belief?.correct(widened, measurement);
  }

  #isCorrected(lane: number): boolean {
    return !this.isOpenLoop && this.#status(lane) === statusCodes.running;
  }

  /** @returns one of `news`: samples that are worked in again have been counted. */
  #arrived(receivedMs: number): number {
    if (Number.isNaN(receivedMs)) return news.old;
    if (isCountedElsewhere(receivedMs)) return news.elsewhere;
    this.#options.reporter.counters.appliedSamples++;
    this.#arrivals.add(receivedMs);
    return news.own;
  }

  /** A sample was applied to a lane that stands still: a waiting one may be complete, a quarantined one may try. */
  #tryToRun(lane: number, events: LaneEvents): void {
    const { memory } = this.#options;
    const status = this.#status(lane);
    if (status === statusCodes.running || !memory.hasAllInputs(lane)) return;
    if (status === statusCodes.quarantined) {
      events.trial(lane);
      return;
    }
    memory.start(lane);
    this.#setStatus(lane, statusCodes.running);
  }

  /** Ends a lane's tick: it moved, or it goes back to where it was. */
  #settle(lane: number, dueMs: number, again: 'first' | 'again'): void {
    const { memory, motion, events } = this.#options;
    const { frameLayout, layout } = memory;
    const status = this.#status(lane);
    const trial = events.endTrial(lane);
    if (status === statusCodes.waiting || (status === statusCodes.quarantined && !trial)) {
      memory.recall(lane);
    } else if (memory.slot(lane, layout.finite) !== 1) {
      const cause = events.causeOfStop(lane);
      memory.recall(lane);
      const resets = memory.note(lane, frameLayout.resets) || 0;
      if (motion.belief !== undefined && !trial && resets === 0) {
        memory.setNote(lane, frameLayout.resets, 1);
        this.#beginAnew(lane, cause, dueMs, again);
        return;
      }
      this.#setStatus(lane, statusCodes.quarantined);
      if (again === 'first') events.quarantined(lane, cause, dueMs);
    } else {
      if (again === 'first') events.moved(lane, dueMs);
      else events.movedAgain(lane, dueMs);
      if (trial) this.#recover(lane, dueMs, again);
      memory.setNote(lane, frameLayout.resets, 0);
      memory.setNote(lane, frameLayout.beliefMs, dueMs);
      memory.setNote(lane, frameLayout.ticks, memory.note(lane, frameLayout.ticks) + 1);
    }
  }

  #recover(lane: number, atMs: number, again: 'first' | 'again'): void {
    const { memory, events } = this.#options;
    const stoodMs = atMs - memory.note(lane, memory.frameLayout.beliefMs);
    this.#setStatus(lane, memory.hasAllInputs(lane) ? statusCodes.running : statusCodes.waiting);
    if (again === 'first') events.recovered(lane, stoodMs, atMs);
  }

  /** A belief that is no longer finite begins anew. */
  #checkBeliefs(list: LaneList, dueMs: number, again: 'first' | 'again'): void {
    const { memory } = this.#options;
    for (let i = 0; i < list.count; i++) {
      const lane = list.at(i);
      if (this.#status(lane) !== statusCodes.running || this.#isFinite(lane)) continue;
      memory.undoMotion(lane);
      this.#beginAnew(lane, 'a correction left the finite numbers', dueMs, again);
    }
  }

  #isFinite(lane: number): boolean {
    const { memory, motion } = this.#options;
    const { layout } = memory;
    const deviations = motion.belief?.layout.deviations ?? 0;
    let sum = 0;
    for (let i = 0; i < memory.model.states.length; i++) {
      sum += memory.slot(lane, layout.states + i) + memory.slot(lane, deviations + i);
    }
    // NaN and infinities stay what they are in a sum; a difference of two of them is NaN.
    return Number.isFinite(sum);
  }

  #setTick(lane: number): void {
    const { memory, periodMs, substeps } = this.#options;
    memory.setSlot(lane, memory.layout.tickSeconds, periodMs / 1000);
    memory.setSlot(lane, memory.layout.stepSeconds, periodMs / 1000 / substeps);
  }

  #spanList(span: number): LaneList {
    const known = this.#bySpan.get(span);
    if (known !== undefined) return known;
    const list = new LaneList().clear(this.#options.memory);
    this.#bySpan.set(span, list);
    return list;
  }

  #makeRoom(): void {
    const { capacity } = this.#options.memory;
    if (this.#until.length >= capacity) return;
    this.#until = new Float64Array(capacity);
    this.#rows = new Uint32Array(capacity);
    this.#isNew = new Uint8Array(capacity);
  }

  #status(lane: number): number {
    return this.#options.memory.note(lane, this.#options.memory.frameLayout.status);
  }

  #setStatus(lane: number, status: number): void {
    this.#options.memory.setNote(lane, this.#options.memory.frameLayout.status, status);
  }
}
