/**
 * A model made to run: kernels for the parts of a tick over blocks of twins.
 *
 * A tick from t to t + dt, for each lane: `beginTick`; `substep` as often as `substeps(dt)` says; `endTick`;
 * `observe`. Before it the caller writes `tickSeconds`, `stepSeconds` and the inputs, which are held over the tick.
 * In each substep continuous states advance, then `every` updates that are due, then `when` clauses, then bounds;
 * `endTick` updates the other discrete states, all from the old values.
 */

import { GemelError } from '../diagnose/index.ts';
import type { Backend, Lanes } from '../kernel/index.ts';
import { isAdaptive, type Model } from '../model/index.ts';
import { createAdaptiveSubstep } from './adaptive.ts';
import type { BlockLayout } from './layout.ts';
import { layoutOf } from './layout.ts';
import { armProgram, beginTickProgram, endTickProgram, observeProgram, substepProgram } from './programs.ts';

/** More substeps than this in one tick are refused: the tick would take seconds. */
export const substepLimit = 1_000_000;

/** Where a lane starts from, SI, in model order. */
export interface StartValues {
  readonly parameters: Float64Array;
  readonly inputs: Float64Array;
  readonly states: Float64Array;
}

/** All methods that take lanes change their memory in place, and allocate nothing. */
export interface Stepper {
  readonly layout: BlockLayout;
  /**
   * A block of zeros for that many lanes, where the kernels are fastest; they work in any other too.
   *
   * @throws GemelError `MEMORY_EXHAUSTED` if there is not so much memory.
   */
  allocate(capacity: number): Float64Array;
  /**
   * How many substeps a tick takes, 1 with an adaptive method: the fewest that are no longer than the model's step and its shortest `every`.
   *
   * @throws GemelError `DURATION_RANGE` if the tick is not a positive time, or needs more than a million substeps.
   */
  substeps(tickSeconds: number): number;
  /**
   * Sets every slot of one lane as at time 0; outputs are observed, `tickSeconds` and `stepSeconds` are the
   * longest substep. Values are taken as they are: checking them is the caller's.
   *
   * @throws GemelError `SHAPE_MISMATCH` if an array has not the length of its group.
   */
  initialise(memory: Float64Array, capacity: number, lane: number, values: StartValues): void;
  /** Clears the held flags, the firings and what is not finite. */
  beginTick(lanes: Lanes): void;
  /**
   * Advances by `stepSeconds`, that many times: once if not said. One call for many is the fastest. With an adaptive
   * method each is the whole tick, in as many steps as it needs.
   */
  substep(lanes: Lanes, times?: number): void;
  /** Updates the discrete states without `every`. */
  endTick(lanes: Lanes): void;
  /** Writes outputs and predictions at the present states and inputs. */
  observe(lanes: Lanes): void;
}

/** @throws GemelError `MODEL_TOO_LARGE` if a step needs more operations than the backend can take. */
export function createStepper(model: Model, options: { readonly backend: Backend }): Stepper {
  const { backend } = options;
  const layout = layoutOf(model);
  const arm = backend(armProgram(model, layout));
  const beginTick = backend(beginTickProgram(model, layout));
  const observe = backend(observeProgram(model, layout));
  const longestStep = longestStepOf(model);
  const firstTick = longestStep < Infinity ? longestStep : 0.1;
  return {
    layout,
    allocate: (capacity) => backend.allocate(layout.slots * capacity),
    substeps: (tickSeconds) => countSubsteps(tickSeconds, isAdaptive(model.method) ? Infinity : longestStep),
    initialise(memory, capacity, lane, values) {
      initialiseLane({ model, layout, firstTick }, { memory, capacity, lane }, values);
      const lanes = { memory, capacity, from: lane, to: lane + 1 };
      beginTick(lanes);
      arm(lanes);
      observe(lanes);
    },
    beginTick,
    substep: isAdaptive(model.method)
      ? createAdaptiveSubstep(model, layout, backend)
      : backend(substepProgram(model, layout)),
    endTick: backend(endTickProgram(model, layout)),
    observe,
  };
}

/** Zeros every slot of a lane and writes where it starts from. @throws GemelError `SHAPE_MISMATCH` */
export function initialiseLane(
  { model, layout, firstTick }: { model: Model; layout: BlockLayout; firstTick: number },
  { memory, capacity, lane }: { memory: Float64Array; capacity: number; lane: number },
  values: StartValues,
): void {
  const put = (slot: number, value: number): void => {
    memory[slot * capacity + lane] = value;
  };
  for (let slot = 0; slot < layout.slots; slot++) put(slot, 0);
  put(layout.tickSeconds, firstTick);
  put(layout.stepSeconds, firstTick);
  for (const group of ['parameters', 'inputs', 'states'] as const) {
    checkLength(group, values[group].length, model[group].length);
    for (const [index, value] of values[group].entries()) put(layout[group] + index, value);
  }
}

/** The longest substep of a fixed-step method: the document's, or the shortest `every`. */
export function longestStepOf(model: Model): number {
  return Math.min(model.stepSeconds, ...layoutOf(model).periods);
}

/** How many equal substeps no longer than `longestStep` a tick takes. @throws GemelError `DURATION_RANGE` */
export function countSubsteps(tickSeconds: number, longestStep: number): number {
  if (!(tickSeconds > 0)) {
    throw new GemelError('DURATION_RANGE', `a tick must be longer than 0 s, got ${tickSeconds} s`);
  }
  // 0.3 / 0.1 is a little more or less than 3 in doubles; neither may cost a substep more.
  const count = Math.max(1, Math.ceil((tickSeconds / longestStep) * (1 - 1e-9)));
  if (count <= substepLimit) return count;
  throw new GemelError(
    'DURATION_RANGE',
    `a tick of ${tickSeconds} s needs ${count} substeps of ${longestStep} s; at most ${substepLimit} are possible`,
    { hint: 'make several ticks of it, or let the model have a longer step' },
  );
}

function checkLength(group: string, got: number, expected: number): void {
  if (got === expected) return;
  throw new GemelError('SHAPE_MISMATCH', `${got} ${group} are given, the model has ${expected}`);
}
