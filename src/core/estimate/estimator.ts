/**
 * A stepper whose lanes carry a belief: where the states are, and how surely.
 *
 * A tick of some lanes: `beginTick`; `predict` up to each sample and `correct` there; `predict` to the end; `endTick`;
 * `observe`. Lanes are given as a list and each is computed as if it were alone: its results are the same bits whatever
 * its neighbours do, wherever it lies, and however many are listed.
 */

import { GemelError } from '../diagnose/index.ts';
import type { Backend, Program } from '../kernel/index.ts';
import { isAdaptive, type Model } from '../model/index.ts';
import {
  beginTickProgram,
  createStepper,
  endTickProgram,
  observeProgram,
  present,
  type StartValues,
  type Stepper,
  substepProgram,
} from '../solve/index.ts';
import { type BeliefLayout, beliefLayoutOf, changingStates, placeInFactor } from './belief.ts';
import { createEnsembleUpdate, firstEnsemble } from './ensemble.ts';
import { Algebra } from './factor.ts';
import { writeHealthDeviations } from './health.ts';
import { leanSubstepProgram } from './lean-step.ts';
import { correctionProgram, type Linearisation, loadFactor } from './measure.ts';
import { type Advance, createPointUpdate } from './points.ts';
import { type Selection, selectionKernel, type Touched, touchedBy } from './selection.ts';
import { createTangentUpdate } from './tangents.ts';
import type { TimeUpdate } from './time-update.ts';
import { widenProgram } from './widen.ts';

/** All methods that take a selection change its lanes in place, and allocate nothing once they have run. */
export interface Estimator {
  readonly layout: BeliefLayout;
  /**
   * A block of zeros for that many lanes: slot s of lane j at `s * capacity + j`.
   *
   * @throws GemelError `MEMORY_EXHAUSTED` if there is not so much memory.
   */
  allocate(capacity: number): Float64Array;
  /** As of a stepper. @throws GemelError `DURATION_RANGE` */
  substeps(tickSeconds: number): number;
  /** Sets every slot of one lane as at time 0. @throws GemelError `SHAPE_MISMATCH` */
  initialise(memory: Float64Array, capacity: number, lane: number, values: StartValues): void;
  /** Clears the held flags, the firings and what is not finite. */
  beginTick(selection: Selection): void;
  /**
   * Advances mean and covariance over `times` substeps. With an adaptive method each is a whole tick of `tickSeconds`.
   * Points are drawn at the beginning of the span and gathered at its end, where the noise of all of it is added: the
   * longer the span, the fewer the points, and the coarser.
   */
  predict(selection: Selection, times: number): void;
  /**
   * Folds measurement `measurement` into the belief of each lane where `measured` is a number, and writes the
   * innovation, its deviation, and whether the gate left the sample out. Other lanes stay as they are.
   */
  correct(selection: Selection, measurement: number): void;
  /**
   * Where `rejected` says that the last sample of the measurement was left out, makes the belief so unsure that it would
   * not be: for a machine that has changed faster than its noise foresees. The sample is then to be given again.
   */
  widen(selection: Selection, measurement: number): void;
  /** Updates the discrete states without `every`. */
  endTick(selection: Selection): void;
  /** Writes outputs, predictions and deviations. */
  observe(selection: Selection): void;
}

export interface EstimatorOptions {
  readonly backend: Backend;
  /** Whether each time update leaves behind what it was made of, for a smoother. Default: no. */
  readonly keepsSpans?: 'keeps spans';
}

/** @throws GemelError `MODEL_TOO_LARGE` if a filter of the model needs more operations than the backend can take. */
export function createEstimator(model: Model, options: EstimatorOptions): Estimator {
  try {
    return assemble(model, options);
  } catch (error) {
    const isTooLarge = error instanceof GemelError && error.code === 'MODEL_TOO_LARGE';
    if (!isTooLarge || model.filter.method === 'ensemble') throw error;
    throw new GemelError('MODEL_TOO_LARGE', `as a filter, ${error.message}`, {
      hint: 'choose `filter: { method: ensemble }`, which is made for many states, or give fewer of them `noise` and `uncertainty`',
      cause: error,
    });
  }
}

function assemble(model: Model, { backend, keepsSpans }: EstimatorOptions): Estimator {
  const layout = beliefLayoutOf(model, keepsSpans);
  const stepper = createStepper(model, { backend });
  const ensemble = firstEnsemble(layout);
  const by = model.filter.method === 'extended' ? 'derivative' : 'points';
  const corrections = model.measurements.map((_, measurement) =>
    selectionKernel(
      correctionProgram(model, layout, { measurement, by }),
      backend,
      ({ memory, capacity }, lane) =>
        !Number.isFinite(memory[(layout.measured + measurement) * capacity + lane]),
    ),
  );
  return {
    layout,
    allocate: (capacity) => backend.allocate(layout.slots * capacity),
    substeps: (tickSeconds) => stepper.substeps(tickSeconds),
    initialise(memory, capacity, lane, values) {
      stepper.initialise(memory, capacity, lane, values);
      for (let slot = stepper.layout.slots; slot < layout.slots; slot++) memory[slot * capacity + lane] = 0;
      for (const index of model.health.keys())
        memory[(layout.healthDeviations + index) * capacity + lane] = NaN;
      for (const [row, state] of layout.estimated.entries()) {
        const slot = layout.factor + placeInFactor(row, row);
        memory[slot * capacity + lane] = present(model.states[state]).uncertainty;
        memory[(layout.deviations + state) * capacity + lane] = present(model.states[state]).uncertainty;
        for (let m = 0; m < layout.memberCount; m++) {
          const place = layout.members + m * layout.estimated.length + row;
          memory[place * capacity + lane] = ensemble.at(row, m);
        }
      }
    },
    beginTick: selectionKernel(beginTickProgram(model, layout), backend),
    predict: createPredict(model, layout, { stepper, backend }),
    correct: (selection, measurement) => present(corrections[measurement])(selection),
    widen: createWiden(model, layout, { by, backend }),
    endTick: createEndTick(model, layout, { stepper, backend }),
    observe: selectionKernel(observeBeliefProgram(model, layout), backend),
  };
}

/** Compiled when it is first needed: most twins never are. */
function createWiden(
  model: Model,
  layout: BeliefLayout,
  { by, backend }: { readonly by: Linearisation; readonly backend: Backend },
): Estimator['widen'] {
  const kernels: (((selection: Selection) => void) | undefined)[] = [];
  return (selection, measurement) => {
    const kernel = (kernels[measurement] ??= selectionKernel(
      widenProgram(model, layout, { measurement, by }),
      backend,
    ));
    kernel(selection);
  };
}

interface Parts {
  readonly stepper: Stepper;
  readonly backend: Backend;
}

function createPredict(model: Model, layout: BeliefLayout, { stepper, backend }: Parts): TimeUpdate {
  const isStepping = isAdaptive(model.method);
  if (model.filter.method === 'extended' && !isStepping) {
    return createTangentUpdate(model, layout, { moment: 'substep', backend });
  }
  const lean = model.filter.method === 'ensemble' ? undefined : leanSubstepProgram(model, layout);
  return byMembers(model, layout, {
    moment: 'substep',
    run: lean === undefined ? (members, times) => stepper.substep(members, times) : backend(lean),
    touched: isStepping ? allBut(layout) : touchedBy(lean ?? substepProgram(model, layout)),
    tellsFinite: lean === undefined,
    remembers: isStepping,
    spanSlot: isStepping ? layout.tickSeconds : layout.stepSeconds,
    backend,
  });
}

/** A time update that advances members as lanes: points drawn anew, or an ensemble that stays. */
function byMembers(
  model: Model,
  layout: BeliefLayout,
  advance: Advance & { readonly backend: Backend },
): TimeUpdate {
  return model.filter.method === 'ensemble'
    ? createEnsembleUpdate(model, layout, advance)
    : createPointUpdate(model, layout, advance);
}

/** An adaptive method may use all of a lane but what `observe` writes. */
function allBut(layout: BeliefLayout): Touched {
  const slots = Array.from({ length: layout.factor }, (_, slot) => slot).filter(
    (slot) => slot < layout.outputs || slot >= layout.timeError,
  );
  return { reads: slots, writes: slots };
}

function createEndTick(
  model: Model,
  layout: BeliefLayout,
  { stepper, backend }: Parts,
): (selection: Selection) => void {
  const program = endTickProgram(model, layout);
  const changes = changingStates(model, 'end-of-tick').some((state) => layout.estimated.includes(state));
  if (!changes) return selectionKernel(program, backend);
  const update = endOfTickUpdate(model, layout, { stepper, backend, program });
  return (selection) => update(selection, 1);
}

function endOfTickUpdate(
  model: Model,
  layout: BeliefLayout,
  { stepper, backend, program }: Parts & { readonly program: Program },
): TimeUpdate {
  const moment = 'end-of-tick';
  const { tickSeconds: spanSlot } = layout;
  if (model.filter.method === 'extended') {
    return createTangentUpdate(model, layout, { moment, backend });
  }
  return byMembers(model, layout, {
    moment,
    run: (members) => stepper.endTick(members),
    touched: touchedBy(program),
    tellsFinite: true,
    remembers: false,
    spanSlot,
    backend,
  });
}

/** Outputs and predictions of the mean, and the root of each variance, that of what wears included. */
function observeBeliefProgram(model: Model, layout: BeliefLayout): Program {
  const formulas = observeProgram(model, layout);
  const { graph } = formulas;
  const algebra = new Algebra(graph);
  const rows = loadFactor(formulas, layout);
  for (const state of model.states.keys()) {
    const row = rows[layout.estimated.indexOf(state)];
    const deviation = row && graph.unary('sqrt', algebra.node(algebra.dot(row, row)));
    formulas.write(layout.deviations + state, deviation ?? graph.constant(0));
  }
  writeHealthDeviations(formulas, layout, rows);
  return formulas;
}
