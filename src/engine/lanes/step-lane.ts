/** One step by hand of one lane, between two ticks, with inputs of its own. */

import { describeStop, stopOf } from '../../core/solve/index.ts';
import type { StepProblem } from '../protocol/index.ts';
import { statusCodes } from '../snapshot/index.ts';
import { type LaneEvents, offenderOf } from './events.ts';
import { LaneList } from './list.ts';
import type { BlockMemory } from './memory.ts';
import type { Motion } from './motion.ts';

/** One `step` may take as many substeps as a shard does in about a tenth of a second. */
const stepSubsteps = 100_000;

/** Numbers of inputs and their values (SI). */
export type StepInputs = readonly (readonly [number, number])[];

export interface LaneStep {
  readonly memory: BlockMemory;
  readonly motion: Motion;
  readonly events: LaneEvents;
  readonly lane: number;
  /** When the tick was due after which the step is. */
  readonly atMs: number;
}

/**
 * Overwrites the lane and tells what happened, unless there is a problem: then it is as it was.
 *
 * @param inputs - hold for this step only.
 */
export function stepLane(step: LaneStep, seconds: number, inputs: StepInputs): StepProblem | undefined {
  const { memory, events, lane, atMs } = step;
  const standing = memory.note(lane, memory.frameLayout.status);
  const problem = advance(step, seconds, inputs);
  if (problem !== undefined) return problem;
  events.moved(lane, atMs);
  if (standing !== statusCodes.quarantined) return undefined;
  const stoodMs = atMs - memory.note(lane, memory.frameLayout.beliefMs);
  memory.setStatusAtStart(lane);
  events.recovered(lane, stoodMs, atMs);
  return undefined;
}

function advance(
  { memory, motion, lane }: LaneStep,
  seconds: number,
  inputs: StepInputs,
): StepProblem | undefined {
  const { layout, model } = memory;
  const substeps = substepsOf(seconds, memory, motion);
  if (typeof substeps !== 'number') return substeps;
  const before = memory.copyLane(lane);
  for (const [input, value] of inputs) memory.setSlot(lane, layout.inputs + input, value);
  if (!memory.hasAllInputs(lane)) {
    const missing = model.inputs.filter((_, i) => Number.isNaN(memory.slot(lane, layout.inputs + i)));
    memory.putLane(lane, before);
    const names = missing.map(({ name }) => `\`${name}\``).join(', ');
    return {
      code: 'TWIN_WAITING',
      message: `the twin has no value yet for ${names}`,
      hint: 'give it with the step',
    };
  }
  if (memory.note(lane, memory.frameLayout.status) === statusCodes.waiting) memory.start(lane);
  memory.setSlot(lane, layout.tickSeconds, seconds);
  memory.setSlot(lane, layout.stepSeconds, seconds / substeps);
  const lanes = new LaneList().only(memory, lane);
  motion.beginTick(lanes);
  motion.advance(lanes, substeps);
  motion.endTick(lanes);
  if (memory.slot(lane, layout.finite) !== 1) {
    const stop = stopOf(model, layout, (slot) => memory.slot(lane, slot));
    const message = `${offenderOf(memory, lane)} would leave the finite numbers within ${seconds} s`;
    memory.putLane(lane, before);
    if (stop !== undefined && stop.reason !== 'not-finite') return describeStop(stop);
    return { code: 'STEP_NOT_FINITE', message, hint: 'check the inputs, or take a shorter step' };
  }
  for (let i = 0; i < model.inputs.length; i++) {
    memory.setSlot(lane, layout.inputs + i, before[layout.inputs + i] ?? Number.NaN);
  }
  motion.observe(lanes);
  return undefined;
}

function substepsOf(seconds: number, { model, layout }: BlockMemory, motion: Motion): number | StepProblem {
  const longestStep = Math.min(model.stepSeconds, ...layout.periods);
  const most = `at most ${stepSubsteps} substeps, here ${(stepSubsteps * longestStep).toPrecision(3)} s, are possible`;
  // Asked of the stepper only within its own limit, beyond which it throws.
  if (!(seconds > 0 && seconds / longestStep <= stepSubsteps)) {
    return {
      code: 'STEP_INVALID',
      message: `a step of ${seconds} s cannot be taken; ${most}`,
      hint: 'take several steps',
    };
  }
  return motion.substeps(seconds);
}
