/**
 * A block: all twins of a shard that have the same model, period and lateness, as lanes of one memory.
 *
 * A tick goes from the belief's time to the tick's due time in n substeps. Event times of samples are rounded to
 * the boundaries between substeps; what happens there is in ticker.ts.
 *
 * | sample | what happens |
 * | --- | --- |
 * | after the tick's end | waits for its tick |
 * | before where the belief is, within the lateness | the lane goes back and makes its ticks again: it ends up as if the sample had come in time |
 * | before the twin's beginning (also after a restart, a step by hand or a suspension) | counts at the beginning |
 * | older than the lateness | refused, `too-late` |
 * | from before the beginning, and older than the newest of its signal then | refused, `out-of-order` |
 * | same signal, time and value as another | refused, `repeated` |
 * | same signal and time, another value | takes the place of the other, which is `replaced` if it still waited |
 * | queue full | the oldest of the same signal, or of all, is refused, `queue-full` |
 *
 * Without any lateness the beginning is always now.
 *
 * All lanes are computed in each tick. Those that wait, are quarantined or left the finite numbers are put back
 * afterwards, which costs less than leaving them out.
 */

import type { Model } from '../../core/model/index.ts';
import { Detection, Sensors } from '../detection/index.ts';
import {
  BlockMemory,
  copySide,
  isCountedElsewhere,
  createSide,
  fillHole,
  historySpan,
  LaneEvents,
  LaneList,
  type LaneSide,
  type Motion,
  type QueuedSample,
  sideOf,
  type SideShape,
  type StepInputs,
  stepLane,
} from '../lanes/index.ts';
import type { LaneCopy, Reporter, ShardReason, ShardTwin, StepProblem } from '../protocol/index.ts';
import { statusCodes } from '../snapshot/index.ts';
import { type LateOptions, workInLate } from './late.ts';
import { atMoment } from './moment.ts';
import { Ticker } from './ticker.ts';

/** Applied samples that are kept of a lane for late ones: at least so many, or as many as may wait. */
const keptSamples = 1024;

export interface BlockOptions {
  readonly model: Model;
  readonly motion: Motion;
  readonly twins: readonly ShardTwin[];
  readonly periodMs: number;
  readonly latenessMs: number;
  readonly nowMs: number;
  readonly reporter: Reporter;
}

export class Block {
  readonly model: Model;
  readonly periodMs: number;
  readonly latenessMs: number;
  readonly memory: BlockMemory;
  readonly motion: Motion;
  readonly events: LaneEvents;
  readonly detection: Detection;
  readonly #sides: LaneSide[] = [];
  readonly #shape: SideShape;
  readonly #ticker: Ticker;
  readonly #sensors: Sensors;
  readonly #reporter: Reporter;
  readonly #substeps: number;
  readonly #all = new LaneList();
  /** Ticks are due at k · period of Unix time, so a restart falls into the same beat. */
  #k: number;
  #anyLate = false;
  #silentSensors = 0;

  /** @throws GemelError `DURATION_RANGE` if the period needs too many substeps. */
  constructor({ model, motion, twins, periodMs, latenessMs, nowMs, reporter }: BlockOptions) {
    this.model = model;
    this.motion = motion;
    this.periodMs = periodMs;
    this.latenessMs = latenessMs;
    this.#k = Math.floor(nowMs / periodMs);
    this.#reporter = reporter;
    const substeps = motion.substeps(periodMs / 1000);
    this.#substeps = substeps;
    this.#shape = {
      model,
      order: { inputs: model.inputs.length, periodMs, substeps },
      span: historySpan(latenessMs, periodMs, substeps),
    };
    const memory = new BlockMemory(model, motion, twins, this.beliefMs);
    const sides = this.#sides;
    this.memory = memory;
    this.events = new LaneEvents(memory, sides, reporter);
    this.detection = new Detection({ model, motion, memory, reporter, periodMs });
    this.#sensors = new Sensors({ memory, motion, sides, reporter, detection: this.detection });
    const { events } = this;
    const sensors = this.#sensors;
    this.#ticker = new Ticker({
      memory,
      motion,
      sides,
      events,
      sensors,
      detection: this.detection,
      reporter,
      substeps,
      periodMs,
    });
    for (const [lane, twin] of twins.entries()) {
      sides.push(createSide(twin, this.#shape, this.#boundary, this.detection.names.length));
      this.memory.setStatusAtStart(lane);
    }
  }

  /** A block of one lane that goes on where its copy was taken. */
  static of(copy: LaneCopy, options: Omit<BlockOptions, 'nowMs'>): Block {
    const block = new Block({ ...options, twins: [], nowMs: copy.k * options.periodMs });
    for (const twin of options.twins) block.#append(twin, copy);
    return block;
  }

  /** By lane. */
  get twins(): readonly ShardTwin[] {
    return this.#sides.map(({ twin }) => twin);
  }

  get lanes(): number {
    return this.#sides.length;
  }

  twin(lane: number): ShardTwin | undefined {
    return this.#sides[lane]?.twin;
  }

  /** What a lane is beside its numbers. */
  side(lane: number): LaneSide | undefined {
    return this.#sides[lane];
  }

  /** When the last tick was due. */
  get beliefMs(): number {
    return this.#k * this.periodMs;
  }

  get nextDueMs(): number {
    return (this.#k + 1) * this.periodMs;
  }

  /** Measurements that are silent, shadows aside. */
  get silentSensors(): number {
    return this.#silentSensors;
  }

  /** Whether samples of measurements are only compared, and correct nothing. */
  set isOpenLoop(isOpenLoop: boolean) {
    this.#ticker.isOpenLoop = isOpenLoop;
  }

  /** Tells that all samples which came by then are here. */
  heard(untilMs: number): void {
    this.#shape.span.heardK = Math.floor(untilMs / this.periodMs);
  }

  /** Gives up ticks: the twins stand still over them. */
  skip(ticks: number): void {
    this.workIn();
    this.#k += ticks;
    for (let lane = 0; lane < this.lanes; lane++) this.#beginHistory(lane);
  }

  /** Whether the other's twins could be lanes of this block: its time is the same. */
  fits(other: Block): boolean {
    return (
      this.model.id === other.model.id &&
      this.periodMs === other.periodMs &&
      this.latenessMs === other.latenessMs &&
      this.#k === other.#k
    );
  }

  /** Takes over all lanes of a block that fits, in its order. */
  join(other: Block): void {
    for (const [lane, { twin }] of other.#sides.entries()) this.#append(twin, other.copyOut(lane));
  }

  /** Everything that a lane is, to go on elsewhere. */
  copyOut(lane: number): LaneCopy {
    const side = this.#sides[lane];
    if (side === undefined) throw new RangeError(`no lane ${lane}`);
    return { k: this.#k, ...this.memory.copyOut(lane), side: copySide(side) };
  }

  /** Refuses the samples of a lane that still wait, since its twin ends. */
  refuseQueued(lane: number): void {
    for (const sample of this.#sides[lane]?.samples ?? []) this.#refuse(lane, 'unknown-twin', sample);
  }

  /** Takes a lane away; the last one moves to its place. */
  remove(lane: number): void {
    const side = this.#sides[lane];
    if (side !== undefined) this.detection.forget(side);
    this.memory.remove(lane);
    fillHole(this.#sides, lane);
  }

  /** Takes a sample for its tick, or to be worked in at the next one if it is late. */
  push(lane: number, sample: QueuedSample): void {
    const side = this.#sides[lane];
    if (side === undefined) return;
    const { samples, history, told } = side;
    const measurement = sample.signal - this.model.inputs.length;
    if (measurement >= 0) noteArrival(told.cameMs, measurement, sample.receivedMs);
    const reason = this.#fromBefore(lane, sample);
    if (reason !== undefined) return this.#refuse(lane, reason, sample);
    const outcome = samples.push(sample, this.#boundary, history);
    if (outcome === 'repeated' || outcome === 'too-late') return this.#refuse(lane, outcome, sample);
    const { evicted, replaced } = samples.takeDisplaced();
    if (evicted !== undefined) this.events.overflow(lane, evicted, this.beliefMs);
    if (replaced !== undefined) this.#refuse(lane, 'replaced', replaced);
    if (outcome !== 'late') return undefined;
    if (!isCountedElsewhere(sample.receivedMs)) this.#reporter.counters.lateSamples++;
    this.#anyLate = true;
    const { place, boundary } = samples.late;
    side.late = {
      place: Math.min(side.late?.place ?? place, place),
      boundary: Math.min(side.late?.boundary ?? boundary, boundary),
    };
    return undefined;
  }

  /** Takes a sample of before a restart. */
  refill(lane: number, sample: QueuedSample): void {
    this.#sides[lane]?.samples.refill(sample);
  }

  /** Works in what has come late. */
  workIn(): void {
    if (!this.#anyLate) return;
    this.#anyLate = false;
    workInLate(this.#past());
  }

  /** Computes the next tick of every lane. */
  tick(): void {
    const { memory } = this;
    this.workIn();
    memory.remember();
    for (let lane = 0; lane < this.lanes; lane++) {
      const side = this.#sides[lane];
      side?.history.begin(this.#k, side.samples.applied, { memory, lane });
    }
    this.#ticker.run(this.#all.all(memory), this.#k, 'first');
    this.#k++;
    this.#silentSensors = 0;
    for (let lane = 0; lane < this.lanes; lane++) {
      const silent = this.#sensors.listen(lane, this.beliefMs, this.periodMs);
      this.events.sensed(lane, this.beliefMs);
      const side = this.#sides[lane];
      if (side !== undefined) this.detection.moved(side, lane, this.beliefMs);
      if (side?.isShadow !== true) this.#silentSensors += silent;
      this.#forget(lane);
    }
    this.#reporter.counters.ticks += this.lanes;
  }

  /** Advances one lane by hand, after the tick that was due at `atMs`. The twin is as before if there is a problem. */
  step(lane: number, seconds: number, inputs: StepInputs, atMs: number): StepProblem | undefined {
    const { memory, motion, events } = this;
    let problem: StepProblem | undefined;
    this.at(lane, atMs, (k) => {
      problem = stepLane({ memory, motion, events, lane, atMs: k * this.periodMs }, seconds, inputs);
      if (problem !== undefined) return;
      this.#beginHistory(lane, k);
      if (this.#sides[lane]?.isShadow !== true) this.#reporter.counters.steps++;
    });
    return problem;
  }

  /** Changes a lane as of the tick that was due at `atMs`; see moment.ts. `act` is told that tick. */
  at(lane: number, atMs: number, act: (k: number) => void): void {
    this.workIn();
    const at = Math.round(atMs / this.periodMs);
    atMoment({ ...this.#past(), lane, at, substeps: this.#substeps }, act);
  }

  /** Arrival times of the samples applied since the last call. */
  takeArrivals(): Float64Array<ArrayBuffer> {
    return this.#ticker.takeArrivals();
  }

  /** To be called after a lane's numbers were put in place from a checkpoint. */
  restored(lane: number): void {
    this.motion.observe(this.#all.only(this.memory, lane));
    if (this.#status(lane) !== statusCodes.quarantined) this.memory.setStatusAtStart(lane);
    this.#beginHistory(lane);
  }

  /** The boundary where the lanes are, counted from 1970. */
  get #boundary(): number {
    return this.#k * this.#substeps;
  }

  #append(twin: ShardTwin, copy: Omit<LaneCopy, 'k'>): void {
    this.memory.append(copy);
    this.#sides.push(sideOf(twin, this.#shape, copy.side));
    if (copy.side.late !== undefined) this.#anyLate = true;
  }

  /** What it takes to make ticks again. */
  #past(): LateOptions {
    const { memory, events, periodMs } = this;
    return {
      memory,
      events,
      sides: this.#sides,
      ticker: this.#ticker,
      k: this.#k,
      periodMs,
      reporter: this.#reporter,
    };
  }

  /** Nothing before the end of tick k can be made again, and what comes from before counts there. */
  #beginHistory(lane: number, k = this.#k): void {
    const side = this.#sides[lane];
    if (side === undefined) return;
    side.history.clear();
    side.samples.forget(Number.POSITIVE_INFINITY);
    side.samples.beginAt(k * this.#substeps);
    const { inputTimes, measuredTimes } = this.memory.frameLayout;
    const inputs = this.model.inputs.length;
    for (let signal = 0; signal < side.beforeMs.length; signal++) {
      const column = signal < inputs ? inputTimes + signal : measuredTimes + signal - inputs;
      side.beforeMs[signal] = this.memory.note(lane, column);
    }
  }

  /** Lets go of what no late sample can ask for any more. */
  #forget(lane: number): void {
    const side = this.#sides[lane];
    if (side === undefined) return;
    const { samples, history, twin } = side;
    if (this.latenessMs === 0) return this.#beginHistory(lane);
    samples.forget(history.oldestPlace);
    while (samples.kept > Math.max(keptSamples, twin.queueLimit) && history.shorten())
      samples.forget(history.oldestPlace);
    return undefined;
  }

  /** What is known of a sample that was perhaps applied before the lane's history begins. */
  #fromBefore(lane: number, { signal, timeMs, value }: QueuedSample): ShardReason | undefined {
    const beforeMs = this.#sides[lane]?.beforeMs[signal] ?? Number.NaN;
    if (timeMs < beforeMs) return 'out-of-order';
    if (timeMs !== beforeMs) return undefined;
    const { memory } = this;
    const measurement = signal - this.model.inputs.length;
    const newest =
      measurement < 0
        ? memory.slot(lane, memory.layout.inputs + signal)
        : memory.note(lane, memory.frameLayout.measured + measurement);
    return value === newest ? 'repeated' : undefined;
  }

  #refuse(lane: number, reason: ShardReason, sample: QueuedSample): void {
    this.events.refuse(lane, reason, sample, this.beliefMs);
  }

  #status(lane: number): number {
    return this.memory.note(lane, this.memory.frameLayout.status);
  }
}

/** By arrival, not by the tick that it came to: so it is the same after a restart, and in a replay. Shadows hear when it came, too. */
function noteArrival(cameMs: number[], measurement: number, receivedMs: number): void {
  const newest = cameMs[measurement] ?? Number.NaN;
  const atMs = Math.abs(receivedMs);
  if (!(newest >= atMs)) cameMs[measurement] = atMs;
}
