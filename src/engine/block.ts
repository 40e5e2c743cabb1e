/**
 * A block: all twins of a shard that have the same model and period, as lanes of one memory.
 *
 * A tick goes from the belief's time to the tick's due time in n substeps. Event times of samples are rounded to
 * the boundaries between substeps, 0 … n:
 *
 * | sample | what happens |
 * | --- | --- |
 * | older than the belief | counts as at boundary 0 of the next tick |
 * | of an input, at boundary b | holds from the start of substep b; at n, from the end of the tick |
 * | of a measurement, at boundary b | compared with the prediction there: innovation = sample − prediction |
 * | after boundary n | waits for its tick |
 * | older than the newest one applied of its signal | refused, `out-of-order` |
 * | same time and value as that one | refused, `repeated` |
 * | same time, another value | applied: it is a correction |
 * | queue full | the oldest of the same signal, or of all, is refused, `queue-full` |
 * | of a twin that waits or is quarantined | counts as at boundary 0: its time stands still |
 *
 * All lanes are computed in each tick. Those that wait, are quarantined or left the finite numbers are put back
 * afterwards, which costs less than leaving them out.
 */

import type { Model } from '../core/model/index.ts';
import type { Stepper } from '../core/solve/index.ts';
import { BlockMemory, type LaneNumbers } from './block-memory.ts';
import { type DueSample, DueSamples } from './due-samples.ts';
import { statusCodes } from './frame.ts';
import { fillHole, LaneEvents } from './lane-events.ts';
import type { ShardTwin, StepProblem } from './messages.ts';
import type { Reporter } from './reporter.ts';
import { type QueuedSample, SampleQueue } from './sample-queue.ts';
import { type StepInputs, stepLane } from './step-lane.ts';

/** Arrival times kept for one report; more are not told. */
const arrivalLimit = 65_536;

export interface BlockOptions {
  readonly model: Model;
  readonly stepper: Stepper;
  readonly twins: readonly ShardTwin[];
  readonly periodMs: number;
  readonly nowMs: number;
  readonly reporter: Reporter;
}

/** All that a lane is: what moves when its twin moves. */
export interface LaneCopy extends LaneNumbers {
  /** Its block's newest tick. */
  readonly k: number;
  /** What was told of its bounds. */
  readonly held: Uint8Array;
  readonly queued: readonly QueuedSample[];
}

export class Block {
  readonly model: Model;
  readonly periodMs: number;
  readonly memory: BlockMemory;
  readonly events: LaneEvents;
  readonly #twins: ShardTwin[];
  readonly #queues: SampleQueue[];
  readonly #stepper: Stepper;
  readonly #reporter: Reporter;
  readonly #substeps: number;
  readonly #due = new DueSamples();
  /** Ticks are due at k · period of Unix time, so a restart falls into the same beat. */
  #k: number;
  #arrivals: number[] = [];

  /** @throws GemelError `DURATION_RANGE` if the period needs too many substeps. */
  constructor({ model, stepper, twins, periodMs, nowMs, reporter }: BlockOptions) {
    this.model = model;
    this.#twins = [...twins];
    this.periodMs = periodMs;
    this.#k = Math.floor(nowMs / periodMs);
    this.memory = new BlockMemory(model, stepper, twins, this.beliefMs);
    this.#queues = twins.map(({ queueLimit }) => new SampleQueue(queueLimit));
    this.#stepper = stepper;
    this.#reporter = reporter;
    this.events = new LaneEvents(this.memory, this.#twins, reporter);
    this.#substeps = stepper.substeps(periodMs / 1000);
    for (let lane = 0; lane < twins.length; lane++) this.#setStatus(lane, this.#statusAtStart(lane));
  }

  /** By lane. */
  get twins(): readonly ShardTwin[] {
    return this.#twins;
  }

  /** By lane. */
  get queues(): readonly SampleQueue[] {
    return this.#queues;
  }

  /** When the last tick was due. */
  get beliefMs(): number {
    return this.#k * this.periodMs;
  }

  get nextDueMs(): number {
    return (this.#k + 1) * this.periodMs;
  }

  /** Gives up ticks: the twins stand still over them. */
  skip(ticks: number): void {
    this.#k += ticks;
  }

  /** Whether the other's twins could be lanes of this block: its time is the same. */
  fits(other: Block): boolean {
    return this.model.id === other.model.id && this.periodMs === other.periodMs && this.#k === other.#k;
  }

  /** Takes over all lanes of a block that fits, in its order. */
  join(other: Block): void {
    for (const [lane, twin] of other.twins.entries()) this.#append(twin, other.copyOut(lane));
  }

  /** Everything that a lane is, to go on elsewhere. */
  copyOut(lane: number): LaneCopy {
    const queue = this.#queues[lane];
    return {
      k: this.#k,
      ...this.memory.copyOut(lane),
      held: this.events.held(lane).slice(),
      queued: queue === undefined ? [] : [...queue],
    };
  }

  /** A block of one lane that goes on where its copy was taken. */
  static of(copy: LaneCopy, options: Omit<BlockOptions, 'nowMs'>): Block {
    const block = new Block({ ...options, twins: [], nowMs: copy.k * options.periodMs });
    for (const twin of options.twins) block.#append(twin, copy);
    return block;
  }

  /** Refuses the samples of a lane that still wait, since its twin ends. */
  refuseQueued(lane: number): void {
    for (const sample of this.#queues[lane] ?? [])
      this.events.refuse(lane, 'unknown-twin', sample, this.beliefMs);
  }

  /** Takes a lane away; the last one moves to its place. */
  remove(lane: number): void {
    this.memory.remove(lane);
    this.events.remove(lane);
    fillHole(this.#twins, lane);
    fillHole(this.#queues, lane);
  }

  push(lane: number, sample: QueuedSample): void {
    const evicted = this.queues[lane]?.push(sample);
    if (evicted !== undefined) this.events.overflow(lane, evicted, this.beliefMs);
  }

  /** Computes the next tick of every lane. */
  tick(): void {
    const { memory } = this;
    const startMs = this.beliefMs;
    this.#k++;
    const dueMs = this.beliefMs;
    const all = { memory: memory.slots, capacity: memory.capacity, from: 0, to: memory.lanes };
    const n = this.#substeps;
    this.#gather(startMs);
    this.#apply(0);
    this.#setTick(this.periodMs / 1000, n);
    memory.remember();
    this.#stepper.beginTick(all);
    for (let boundary = 0; boundary < n; ) {
      if (boundary > 0) this.#apply(boundary);
      // Up to the next sample in one call, since kernels are fastest over many substeps.
      const next = Math.min(n, Math.max(boundary + 1, this.#due.nextBoundary));
      this.#stepper.substep(all, next - boundary);
      boundary = next;
    }
    this.#stepper.endTick(all);
    for (let lane = 0; lane < memory.lanes; lane++) this.#settle(lane, dueMs);
    this.#applyLast(n, all);
    this.#reporter.counters.ticks += memory.lanes;
  }

  /** Advances one lane by hand. The twin is as before if there is a problem. */
  step(lane: number, seconds: number, inputs: StepInputs): StepProblem | undefined {
    const { memory } = this;
    const standing = this.#status(lane);
    const stepped = stepLane({ memory, stepper: this.#stepper, lane, seconds, inputs });
    if (stepped !== undefined) return stepped;
    this.events.moved(lane, this.beliefMs);
    if (standing === statusCodes.quarantined) this.#recover(lane, this.beliefMs);
    this.#reporter.counters.steps++;
    return undefined;
  }

  /** How many lanes have each status, by `statusCodes`. */
  countStatuses(): readonly [running: number, waiting: number, quarantined: number] {
    const counts: [number, number, number] = [0, 0, 0];
    for (let lane = 0; lane < this.twins.length; lane++) counts[this.#status(lane) as 0 | 1 | 2]++;
    return counts;
  }

  countQueued(): number {
    return this.queues.reduce((sum, queue) => sum + queue.length, 0);
  }

  /** Arrival times of the samples applied since the last call. */
  takeArrivals(): Float64Array<ArrayBuffer> {
    const arrivals = Float64Array.from(this.#arrivals);
    this.#arrivals = [];
    return arrivals;
  }

  /** To be called after a lane's numbers were put in place from a checkpoint. */
  restored(lane: number): void {
    const { memory } = this;
    const lanes = { memory: memory.slots, capacity: memory.capacity, from: lane, to: lane + 1 };
    this.#stepper.observe(lanes);
    if (this.#status(lane) !== statusCodes.quarantined) this.#setStatus(lane, this.#statusAtStart(lane));
  }

  #append(twin: ShardTwin, copy: Omit<LaneCopy, 'k'>): void {
    this.#twins.push(twin);
    this.memory.append(copy);
    this.events.append(copy.held);
    const queue = new SampleQueue(twin.queueLimit);
    for (const sample of copy.queued) queue.push(sample);
    this.#queues.push(queue);
  }

  #gather(startMs: number): void {
    const stepMs = this.periodMs / this.#substeps;
    this.#due.clear();
    for (const [lane, queue] of this.queues.entries()) {
      const standing = this.#status(lane) !== statusCodes.running;
      while (queue.length > 0) {
        const boundary = Math.max(0, Math.round((queue.firstMs - startMs) / stepMs));
        if (boundary > this.#substeps) break;
        this.#due.add(lane, standing ? 0 : boundary, queue.shift());
      }
    }
    this.#due.sort();
  }

  /** Applies the samples of one boundary before the last. */
  #apply(boundary: number): void {
    const { memory } = this;
    let observed = -1;
    for (let due = this.#due.take(boundary); due !== undefined; due = this.#due.take(boundary)) {
      const { lane, signal } = due;
      if (!this.#isNews(due)) continue;
      if (signal < this.model.inputs.length) {
        this.#applyInput(due);
        observed = -1;
      } else {
        if (observed !== lane) {
          this.#stepper.observe({
            memory: memory.slots,
            capacity: memory.capacity,
            from: lane,
            to: lane + 1,
          });
        }
        observed = lane;
        this.#applyMeasurement(due);
      }
      if (this.#status(lane) !== statusCodes.running) this.#tryToRun(lane);
    }
  }

  /** Inputs at the tick's end first, so that the outputs shown go with the inputs shown. */
  #applyLast(boundary: number, all: Parameters<Stepper['observe']>[0]): void {
    const measured: DueSample[] = [];
    for (let due = this.#due.take(boundary); due !== undefined; due = this.#due.take(boundary)) {
      if (!this.#isNews(due)) continue;
      if (due.signal < this.model.inputs.length) this.#applyInput(due);
      else measured.push(due);
    }
    this.#stepper.observe(all);
    for (const due of measured) this.#applyMeasurement(due);
  }

  #isNews(due: DueSample): boolean {
    const { lane, signal, timeMs, value } = due;
    const { memory } = this;
    const { frameLayout, layout } = memory;
    const measurement = signal - this.model.inputs.length;
    const isInput = measurement < 0;
    const newestMs = memory.note(
      lane,
      isInput ? frameLayout.inputTimes + signal : frameLayout.measuredTimes + measurement,
    );
    const newest = isInput
      ? memory.slot(lane, layout.inputs + signal)
      : memory.note(lane, frameLayout.measured + measurement);
    if (timeMs < newestMs) this.events.refuse(lane, 'out-of-order', due, this.beliefMs);
    else if (timeMs === newestMs && value === newest)
      this.events.refuse(lane, 'repeated', due, this.beliefMs);
    else return true;
    return false;
  }

  #applyInput({ lane, signal, timeMs, value, receivedMs }: DueSample): void {
    const { memory } = this;
    memory.setSlot(lane, memory.layout.inputs + signal, value);
    memory.setNote(lane, memory.frameLayout.inputTimes + signal, timeMs);
    this.#arrived(receivedMs);
  }

  #applyMeasurement({ lane, signal, timeMs, value, receivedMs }: DueSample): void {
    const { memory } = this;
    const { frameLayout, layout } = memory;
    const measurement = signal - this.model.inputs.length;
    const innovation = value - memory.slot(lane, layout.predictions + measurement);
    memory.setNote(lane, frameLayout.measured + measurement, value);
    memory.setNote(lane, frameLayout.measuredTimes + measurement, timeMs);
    memory.setNote(lane, frameLayout.innovations + measurement, innovation);
    this.#arrived(receivedMs);
  }

  #arrived(receivedMs: number): void {
    this.#reporter.counters.appliedSamples++;
    if (this.#arrivals.length < arrivalLimit) this.#arrivals.push(receivedMs);
  }

  /** A sample was applied to a lane that stands still: a waiting one may be complete, a quarantined one may try. */
  #tryToRun(lane: number): void {
    if (this.#status(lane) === statusCodes.waiting && this.memory.hasAllInputs(lane)) {
      this.memory.start(lane);
      this.#setStatus(lane, statusCodes.running);
    }
    if (this.#status(lane) === statusCodes.quarantined && this.memory.hasAllInputs(lane))
      this.events.trial(lane);
  }

  /** Ends a lane's tick: it moved, or it goes back to where it was. */
  #settle(lane: number, dueMs: number): void {
    const { memory } = this;
    const { frameLayout, layout } = memory;
    const status = this.#status(lane);
    const trial = this.events.endTrial(lane);
    if (status === statusCodes.waiting || (status === statusCodes.quarantined && !trial)) {
      memory.recall(lane);
    } else if (memory.slot(lane, layout.finite) !== 1) {
      const cause = this.events.causeOfStop(lane);
      memory.recall(lane);
      this.#setStatus(lane, statusCodes.quarantined);
      this.events.quarantined(lane, cause, dueMs);
    } else {
      this.events.moved(lane, dueMs);
      if (trial) this.#recover(lane, dueMs);
      memory.setNote(lane, frameLayout.beliefMs, dueMs);
      memory.setNote(lane, frameLayout.ticks, memory.note(lane, frameLayout.ticks) + 1);
    }
  }

  #recover(lane: number, atMs: number): void {
    const stoodMs = atMs - this.memory.note(lane, this.memory.frameLayout.beliefMs);
    this.#setStatus(lane, this.#statusAtStart(lane));
    this.events.recovered(lane, stoodMs, atMs);
  }

  #setTick(tickSeconds: number, substeps: number): void {
    this.memory.fillSlot(this.memory.layout.tickSeconds, tickSeconds);
    this.memory.fillSlot(this.memory.layout.stepSeconds, tickSeconds / substeps);
  }

  #statusAtStart(lane: number): number {
    return this.memory.hasAllInputs(lane) ? statusCodes.running : statusCodes.waiting;
  }

  #status(lane: number): number {
    return this.memory.note(lane, this.memory.frameLayout.status);
  }

  #setStatus(lane: number, status: number): void {
    this.memory.setNote(lane, this.memory.frameLayout.status, status);
  }
}
