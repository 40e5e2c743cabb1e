/**
 * Ticks by the methods that choose their steps themselves, over many lanes at once.
 *
 * A tick is cut into pieces at the moments when `every` updates are due; within a piece come steps as long as the
 * tolerance allows, each ended early where an event happens. Ends of pieces are hit exactly. In each round a kernel tries,
 * judges and takes a step of every lane under way, whatever it has come to; here is seen to the few that need more:
 * events, beginnings and ends, and steps that cannot be taken.
 *
 * Notation  θ part of a step, from 0 to 1
 */

import type { Backend, Kernel, Lanes } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { firstStep } from './begin.ts';
import { findMoments } from './bisection.ts';
import type { RestingStates } from './chatter.ts';
import { afterEvent, isChattering, restingStates } from './chatter.ts';
import { present } from './formulas.ts';
import type { Kernels, MethodKernels } from './kernels.ts';
import { compileKernels } from './kernels.ts';
import type { BlockLayout } from './layout.ts';
import { solverMemory, troubles } from './layout.ts';
import { beginPiece, beginTick, endPiece, moveTime, resolutionOf } from './pieces.ts';
import { most, UnderWay } from './under-way.ts';
import { nominal, share } from './unknowns.ts';
import type { Work } from './work.ts';
import { phases, workAfter } from './work.ts';

/** Which step a lane takes, and what else it takes part in. */
const marks = {
  none: 0,
  free: 1,
  held: 2,
  stiffFree: 3,
  stiffHeld: 4,
  begins: 5,
  probes: 6,
  moves: 7,
  ends: 8,
};

/** The substeps of an adaptive method: each is a whole tick, of every lane for itself. */
export function createAdaptiveSubstep(model: Model, layout: BlockLayout, backend: Backend): Kernel {
  const work = workAfter(model, layout);
  const kernels = compileKernels({ model, layout, work, backend });
  let ticks: Ticks | undefined;
  return (block, times = 1) => {
    const wanted = Math.min(most, block.to - block.from);
    if (!(wanted > 0 && times >= 1)) return;
    if (ticks === undefined || ticks.capacity < wanted) {
      ticks = new Ticks(model, kernels, new UnderWay(work, { layout, capacity: wanted, backend }));
    }
    ticks.run(block, times);
  };
}

class Ticks {
  readonly #model: Model;
  readonly #layout: BlockLayout;
  readonly #work: Work;
  readonly #kernels: Kernels;
  readonly #lanes: UnderWay;
  readonly #resting: RestingStates;

  constructor(model: Model, kernels: Kernels, lanes: UnderWay) {
    this.#model = model;
    this.#layout = lanes.layout;
    this.#work = lanes.work;
    this.#kernels = kernels;
    this.#lanes = lanes;
    this.#resting = restingStates(model, lanes.layout);
  }

  get capacity(): number {
    return this.#lanes.capacity;
  }

  run(block: Lanes, times: number): void {
    const lanes = this.#lanes;
    const { finite } = this.#layout;
    let waiting = block.from;
    /** Puts the next lane that can run into a place; false if none is left. */
    const fill = (place: number): boolean => {
      while (waiting < block.to) {
        const home = waiting++;
        if (block.memory[finite * block.capacity + home] !== 1) continue;
        lanes.take(block, home, place);
        lanes.put(this.#work.ticks, place, times);
        beginTick(lanes, place);
        return true;
      }
      return false;
    };
    lanes.count = 0;
    while (lanes.count < lanes.capacity && fill(lanes.count)) lanes.count++;
    while (lanes.count > 0) {
      this.#begin();
      this.#step();
      this.#decideTightSteps();
      this.#handleEvents();
      this.#endPieces();
      for (let lane = lanes.count - 1; lane >= 0; lane--) {
        if (this.#phase(lane) !== phases.done) continue;
        lanes.give(block, lane);
        if (!fill(lane)) lanes.close(lane);
      }
    }
  }

  /** Slopes and holds of lanes that begin or have jumped, and a first step where none is known. */
  #begin(): void {
    const lanes = this.#lanes;
    if (this.#markPhase(phases.fresh, marks.begins) === 0) return;
    lanes.run(this.#kernels.refresh, marks.begins);
    for (let lane = 0; lane < lanes.count; lane++) {
      if (lanes.marks[lane] !== marks.begins) continue;
      lanes.put(this.#work.phase, lane, phases.going);
      const bad = lanes.read(this.#work.unknown, lane);
      const needsStep = this.#work.moving.length > 0 && !(this.#remembered('step', lane) > 0);
      lanes.marks[lane] = needsStep && bad < 0 ? marks.probes : marks.none;
      if (bad >= 0) this.#stop(lane, { trouble: troubles.notFinite, unknown: bad });
    }
    lanes.run(this.#kernels.probe, marks.probes);
    for (let lane = 0; lane < lanes.count; lane++) {
      if (lanes.marks[lane] === marks.probes) this.#remember('step', lane, firstStep(lanes, lane));
    }
  }

  /** A step of every lane. */
  #step(): void {
    const lanes = this.#lanes;
    const { explicit, stiff } = this.#kernels;
    for (let lane = 0; lane < lanes.count; lane++) {
      const going = this.#phase(lane) === phases.going;
      const holds = lanes.read(this.#work.holds, lane);
      lanes.marks[lane] = going ? (this.#isStiff(lane) ? marks.stiffFree : marks.free) + holds : marks.none;
    }
    lanes.run(explicit.step.free, marks.free);
    lanes.run(explicit.step.held, marks.held);
    lanes.run(stiff.step.free, marks.stiffFree);
    lanes.run(stiff.step.held, marks.stiffHeld);
  }

  #isStiff(lane: number): boolean {
    const { method } = this.#model;
    if (method !== 'auto') return method === 'rodas5p';
    if (this.#remembered('stiff', lane) === 0) return false;
    if (this.#kernels.canBeStiff()) return true;
    this.#remember('stiff', lane, 0);
    return false;
  }

  /** Rejected steps that are as short as the time allows, and lanes that have taken too many. */
  #decideTightSteps(): void {
    const lanes = this.#lanes;
    for (let lane = 0; lane < lanes.count; lane++) {
      const phase = this.#phase(lane);
      if (phase === phases.exhausted) {
        this.#stop(lane, { trouble: troubles.tooManySteps, unknown: this.#worst(lane) });
      } else if (phase === phases.tight) {
        if (this.#isSmallChange(lane)) {
          lanes.put(this.#work.look, lane, 0);
          lanes.put(this.#work.phase, lane, phases.event);
        } else if (this.#remembered('step', lane) > resolutionOf(this.#lanes, lane)) {
          lanes.put(this.#work.phase, lane, phases.going);
        } else this.#stop(lane, { trouble: troubles.stepTooSmall, unknown: this.#worst(lane) });
      }
    }
  }

  /**
   * A shortest step that hardly moves anything is taken whatever its estimate says: it has a jump of the equations in
   * it, which of a state that was 0 is never small relative to the state.
   */
  #isSmallChange(lane: number): boolean {
    const allowed = this.#model.tolerance * share;
    return this.#work.moving.every((index, i) => {
      const x = this.#lanes.read(this.#layout.states + index, lane);
      const next = this.#lanes.read(this.#work.next + i, lane);
      return (
        Math.abs(next - x) <= allowed * Math.max(Math.abs(x), nominal(present(this.#model.states[index])))
      );
    });
  }

  /** Takes steps up to what happens in them, and does it. */
  #handleEvents(): void {
    const lanes = this.#lanes;
    const work = this.#work;
    if (this.#markPhase(phases.event, marks.moves) === 0) return;
    for (let lane = 0; lane < lanes.count; lane++) {
      if (lanes.marks[lane] !== marks.moves) continue;
      lanes.put(work.theta, lane, 1);
      if (lanes.read(work.look, lane) === 0) lanes.marks[lane] = marks.ends;
    }
    findMoments(lanes, this.#kernels, marks.moves);
    for (let lane = 0; lane < lanes.count; lane++) {
      if (lanes.marks[lane] === marks.ends) lanes.marks[lane] = marks.moves;
      if (lanes.marks[lane] === marks.moves) moveTime(lanes, lane);
    }
    lanes.run(this.#kernels.advance, marks.moves);
    for (let lane = 0; lane < lanes.count; lane++)
      if (lanes.marks[lane] === marks.moves) this.#afterEvent(lane);
  }

  #afterEvent(lane: number): void {
    const lanes = this.#lanes;
    const work = this.#work;
    if (lanes.read(this.#layout.finite, lane) !== 1) {
      this.#remember('trouble', lane, troubles.notFinite);
      this.#finish(lane);
      return;
    }
    const resolution = resolutionOf(this.#lanes, lane);
    afterEvent(lanes, lane, { resting: this.#resting, tolerance: this.#model.tolerance, resolution });
    const happened = lanes.read(work.look, lane) > 0 || lanes.read(work.firing, lane) >= 0;
    if (happened && isChattering(lanes, lane, 1e3 * resolution)) {
      this.#stop(lane, { trouble: troubles.chatter, unknown: lanes.read(work.unknown, lane) });
      return;
    }
    const left = lanes.read(work.length, lane) - lanes.read(work.since, lane);
    lanes.put(work.phase, lane, left > 4 * resolution ? phases.fresh : phases.ended);
  }

  /** Lanes at the end of their piece: its updates, then the next piece, or the next tick. */
  #endPieces(): void {
    const lanes = this.#lanes;
    if (this.#markPhase(phases.ended, marks.ends) === 0) return;
    for (let lane = 0; lane < lanes.count; lane++)
      if (lanes.marks[lane] === marks.ends) endPiece(lanes, lane);
    lanes.run(this.#kernels.every, marks.ends);
    for (let lane = 0; lane < lanes.count; lane++) if (lanes.marks[lane] === marks.ends) this.#goOn(lane);
  }

  #goOn(lane: number): void {
    const lanes = this.#lanes;
    const rest = lanes.read(this.#work.rest, lane);
    const ticks = lanes.read(this.#work.ticks, lane);
    if (lanes.read(this.#layout.finite, lane) !== 1) {
      this.#remember('trouble', lane, troubles.notFinite);
      this.#finish(lane);
    } else if (rest > 0) beginPiece(lanes, lane, rest);
    else if (ticks > 1) {
      lanes.put(this.#work.ticks, lane, ticks - 1);
      beginTick(lanes, lane);
    } else this.#finish(lane);
  }

  #finish(lane: number): void {
    const { stepSeconds, tickSeconds } = this.#layout;
    this.#lanes.put(stepSeconds, lane, this.#lanes.read(tickSeconds, lane));
    this.#lanes.put(this.#work.phase, lane, phases.done);
  }

  #stop(lane: number, { trouble, unknown }: { readonly trouble: number; readonly unknown: number }): void {
    const chatters = trouble === troubles.chatter;
    this.#lanes.put(this.#layout.finite, lane, 0);
    this.#lanes.put(this.#layout.offender, lane, this.#work.moving[Math.max(0, unknown)] ?? 0);
    this.#remember('trouble', lane, trouble);
    const [last, before] = [this.#remembered('lastClause', lane), this.#remembered('clauseBefore', lane)];
    this.#remember('clause', lane, chatters ? last - 1 : -1);
    this.#remember('otherClause', lane, chatters && before !== last ? before - 1 : -1);
    this.#remember('step', lane, 0);
    this.#finish(lane);
  }

  /** The unknown that the last trial step of a lane failed by. */
  #worst(lane: number): number {
    const { memory, capacity } = this.#lanes;
    const { worst }: MethodKernels = this.#isStiff(lane) ? this.#kernels.stiff : this.#kernels.explicit;
    worst({ memory, capacity, from: lane, to: lane + 1 });
    return this.#lanes.read(this.#work.unknown, lane);
  }

  /** Marks the lanes in a phase, and no others; how many they are. */
  #markPhase(phase: number, mark: number): number {
    const lanes = this.#lanes;
    let count = 0;
    for (let lane = 0; lane < lanes.count; lane++) {
      const isIn = this.#phase(lane) === phase;
      lanes.marks[lane] = isIn ? mark : marks.none;
      if (isIn) count++;
    }
    return count;
  }

  #phase(lane: number): number {
    return this.#lanes.read(this.#work.phase, lane);
  }

  #remembered(place: keyof typeof solverMemory, lane: number): number {
    return this.#lanes.read(this.#layout.solver + solverMemory[place], lane);
  }

  #remember(place: keyof typeof solverMemory, lane: number, value: number): void {
    this.#lanes.put(this.#layout.solver + solverMemory[place], lane, value);
  }
}
