/**
 * How the lanes of a block move: by a stepper, or, where samples correct the model's states, by an estimator. The
 * rest of the engine does not ask which.
 */

import {
  type BeliefLayout,
  createEstimator,
  type Estimator,
  isFiltered,
  type Selection,
} from '../../core/estimate/index.ts';
import type { Backend, Lanes } from '../../core/kernel/index.ts';
import type { Model } from '../../core/model/index.ts';
import { type BlockLayout, createStepper, type StartValues } from '../../core/solve/index.ts';

/** The methods are those of `Stepper` and `Estimator`. */
export interface Motion {
  readonly layout: BlockLayout;
  allocate(capacity: number): Float64Array;
  substeps(tickSeconds: number): number;
  initialise(memory: Float64Array, capacity: number, lane: number, values: StartValues): void;
  beginTick(selection: Selection): void;
  /** Advances by so many substeps. */
  advance(selection: Selection, times: number): void;
  endTick(selection: Selection): void;
  observe(selection: Selection): void;
  /** What there is of a belief; undefined where nothing is estimated. */
  readonly belief?: Belief;
}

export interface Belief {
  readonly layout: BeliefLayout;
  readonly estimator: Estimator;
  /** `measured` has the samples. */
  correct(selection: Selection, measurement: number): void;
  /** Makes the belief less sure where the last sample was left out, so that it is not when it is given again. */
  widen(selection: Selection, measurement: number): void;
}

/** @throws GemelError `MODEL_TOO_LARGE` if a step needs more operations than the backend can take. */
export function createMotion(model: Model, backend: Backend): Motion {
  return isFiltered(model) ? filteredMotion(model, backend) : openLoopMotion(model, backend);
}

function filteredMotion(model: Model, backend: Backend): Motion {
  const estimator = createEstimator(model, { backend });
  const { layout } = estimator;
  return {
    ...estimator,
    advance: (selection, times) => estimator.predict(selection, times),
    belief: {
      layout,
      estimator,
      correct: (selection, measurement) => estimator.correct(selection, measurement),
      widen: (selection, measurement) => estimator.widen(selection, measurement),
    },
  };
}

function openLoopMotion(model: Model, backend: Backend): Motion {
  const stepper = createStepper(model, { backend });
  return {
    ...stepper,
    beginTick: inRuns((lanes) => stepper.beginTick(lanes)),
    advance: inRuns((lanes, times) => stepper.substep(lanes, times)),
    endTick: inRuns((lanes) => stepper.endTick(lanes)),
    observe: inRuns((lanes) => stepper.observe(lanes)),
  };
}

/** Lists of lanes as runs of neighbours. Lists are ascending, and mostly of all lanes. */
function inRuns(
  kernel: (lanes: Lanes, times?: number) => void,
): (selection: Selection, times?: number) => void {
  const run = { memory: new Float64Array(0) as Float64Array, capacity: 0, from: 0, to: 0 };
  return ({ memory, capacity, lanes, count }, times = 1) => {
    run.memory = memory;
    run.capacity = capacity;
    for (let at = 0; at < count; ) {
      run.from = lanes[at] ?? 0;
      run.to = run.from;
      while (at < count && lanes[at] === run.to) {
        at++;
        run.to++;
      }
      kernel(run, times);
    }
  };
}
