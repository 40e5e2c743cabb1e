/**
 * The time update of the extended filter: the mean goes one way, its factor along the derivative of the very step.
 *
 * F is the exact derivative of the discrete step: of all stages of the Runge–Kutta method, of bounds, due updates and
 * resets. (That a reset comes sooner or later where the state is a little different is not in it.) The factor is carried
 * as a full matrix A ← F·A through all steps of the span and made triangular with the noise at its end, once.
 *
 * Notation  S factor · A (n×n) with P = A·Aᵀ · F (n×n) derivative of a step · Q process noise over the span
 * Source    Särkkä, Bayesian Filtering and Smoothing (2013), algorithm 5.4; Bierman, Factorization Methods for Discrete
 *           Sequential Estimation (1977), VI.
 */

import type { Backend, Program, SlotWrite } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { buildSubstep, endTickProgram, Formulas, type Integration, present } from '../solve/index.ts';
import { type BeliefLayout, changingStates, type Moment, placeInFactor } from './belief.ts';
import { Algebra, type Entry } from './factor.ts';
import { type Frame, frameOf, keepTimers, noiseOf, writeFactor } from './frame.ts';
import { touchedBy } from './selection.ts';
import { createTimeUpdate, type TimeUpdate } from './time-update.ts';
import { through, throughIntegration } from './variation.ts';

export function createTangentUpdate(
  model: Model,
  layout: BeliefLayout,
  { moment, backend }: { readonly moment: Moment; readonly backend: Backend },
): TimeUpdate {
  const n = layout.estimated.length;
  const step =
    moment === 'substep' ? buildSubstep(model, layout) : { formulas: endTickProgram(model, layout) };
  const touched = touchedBy(step.formulas);
  const frame = frameOf(model, layout, { moment, touched, members: 1, work: n * n });
  const spanSlot = moment === 'substep' ? layout.stepSeconds : layout.tickSeconds;
  const run = backend(withTangents(frame, step));
  return createTimeUpdate(
    frame,
    { before: spread(frame), run, advanced: 1, after: gather(frame), spanSlot },
    backend,
  );
}

/** The step, and A ← F·A with it. */
function withTangents(
  frame: Frame,
  { formulas, integration }: { readonly formulas: Formulas; readonly integration?: Integration },
): Program {
  const { layout } = frame;
  const { graph, writes } = formulas;
  const states = layout.estimated;
  const before = states.map((_, row) => rowOf(frame, formulas, row));
  // After the integration come bounds, due updates and resets: often nothing.
  const middle = integration?.states ?? formulas.loadStates();
  const moved = integration ? throughIntegration(formulas, integration, { rows: before, states }) : before;
  const written = new Map(writes.map(({ slot, node }) => [slot, node]));
  const rows = through(
    graph,
    states.map((state) => written.get(layout.states + state) ?? graph.load(layout.states + state)),
    { variables: states.map((state) => present(middle[state])), rows: moved },
  );
  const isChanging = changes(frame);
  const algebra = new Algebra(graph);
  const n = layout.estimated.length;
  const products: SlotWrite[] = rows.flatMap((row, k) =>
    isChanging[k] === true
      ? Array.from({ length: n }, (_, i) => ({ slot: frame.matrix + k * n + i, node: algebra.node(row[i]) }))
      : [],
  );
  return { graph, writes: [...writes, ...products] };
}

/** Whether each estimated state may change, in the order of the factor. */
function changes({ model, layout, moment }: Frame): boolean[] {
  const changing = new Set(changingStates(model, moment));
  return layout.estimated.map((state) => changing.has(state));
}

/** A row of A: of a state at rest that of the factor, which stays. */
function rowOf(frame: Frame, formulas: Formulas, row: number): Entry[] {
  const n = frame.layout.estimated.length;
  const { graph } = formulas;
  return changes(frame)[row] === true
    ? Array.from({ length: n }, (_, column) => graph.load(frame.matrix + row * n + column))
    : Array.from({ length: row + 1 }, (_, column) => graph.load(frame.factor + placeInFactor(row, column)));
}

/** A from the factor. */
function spread(frame: Frame): Formulas {
  const formulas = new Formulas(frame.model, frame.layout);
  const { graph } = formulas;
  const n = frame.layout.estimated.length;
  for (const [row, isChanging] of changes(frame).entries()) {
    if (!isChanging) continue;
    for (let column = 0; column < n; column++) {
      const entry = column > row ? graph.constant(0) : graph.load(frame.factor + placeInFactor(row, column));
      formulas.write(frame.matrix + row * n + column, entry);
    }
  }
  keepTimers(frame, formulas);
  return formulas;
}

/** The factor from A and the noise. */
function gather(frame: Frame): Formulas {
  const formulas = new Formulas(frame.model, frame.layout);
  const noise = noiseOf(frame, formulas);
  const rows = frame.layout.estimated.map((state, row) => ({
    linear: rowOf(frame, formulas, row),
    rest: [],
    noise: noise(state),
  }));
  writeFactor(frame, formulas, rows);
  return formulas;
}
