/**
 * The programs a model's tick is made of, over the slots of its block. Backends compile them; nothing here computes.
 *
 * dt in a formula is the time since that formula was last looked at: the substep in derivatives and conditions, the
 * period in an `every` update, the tick in the other `next` updates and in outputs and measurements.
 *
 * `time` grows by compensated summation, so it does not drift over millions of substeps.
 * Source    Kahan, "Further remarks on reducing truncation errors", CACM 8 (1965).
 */

import type { NodeId } from '../graph/index.ts';
import type { Program } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import type { Point } from './formulas.ts';
import { Formulas, present } from './formulas.ts';
import { type Integration, integrate, movingStates } from './integrate.ts';
import type { BlockLayout } from './layout.ts';
import { solverMemory, troubles } from './layout.ts';
import type { Settled } from './watch.ts';
import { settle, truthOf } from './watch.ts';

/** An update is due at the end of a substep if it is at most this part of the substep early. */
const dueTolerance = 1e-6;

/** Clears what is counted and flagged within a tick. */
export function beginTickProgram(model: Model, layout: BlockLayout): Program {
  const formulas = new Formulas(model, layout);
  const zero = formulas.graph.constant(0);
  for (const index of model.states.keys()) {
    formulas.write(layout.heldMin + index, zero);
    formulas.write(layout.heldMax + index, zero);
  }
  for (const index of model.whens.keys()) formulas.write(layout.fired + index, zero);
  formulas.write(layout.finite, formulas.graph.constant(1));
  formulas.write(layout.offender, formulas.graph.constant(-1));
  if (layout.solverSlots > 0) {
    formulas.write(layout.solver + solverMemory.trouble, formulas.graph.constant(troubles.none));
    formulas.write(layout.solver + solverMemory.clause, formulas.graph.constant(-1));
    formulas.write(layout.solver + solverMemory.otherClause, formulas.graph.constant(-1));
  }
  return formulas;
}

/** Looks at every `when` condition once, so that one true from the start does not fire. */
export function armProgram(model: Model, layout: BlockLayout): Program {
  const formulas = new Formulas(model, layout);
  const point = {
    time: formulas.graph.load(layout.time),
    dt: formulas.graph.load(layout.stepSeconds),
    states: formulas.loadStates(),
  };
  const conditions = formulas.at(
    point,
    model.equations.whens.map(({ condition }) => condition),
  );
  for (const [index, condition] of conditions.entries()) {
    formulas.write(layout.whenTruth + index, truthOf(formulas, condition));
  }
  return formulas;
}

/** One substep: integration, time, due `every` updates, `when` clauses, bounds. */
export function substepProgram(model: Model, layout: BlockLayout): Formulas {
  return buildSubstep(model, layout).formulas;
}

/** The same with what is inside, for who goes on from there. */
export function buildSubstep(
  model: Model,
  layout: BlockLayout,
): { readonly formulas: Formulas; readonly integration: Integration } {
  const formulas = new Formulas(model, layout);
  const { graph } = formulas;
  const dt = graph.load(layout.stepSeconds);
  const start = { time: graph.load(layout.time), dt, states: formulas.loadStates() };
  const integration = integrate(formulas, start, dt);
  const time = advanceTime(formulas, start.time, dt);
  const early = formulas.mul(dt, graph.constant(dueTolerance));
  settleAll(formulas, { time, dt, states: updateEvery(formulas, integration.states, { time, dt, early }) });
  return { formulas, integration };
}

/** The `every` updates due at the end of a piece of `stepSeconds` that an adaptive method has run through. */
export function everyProgram(model: Model, layout: BlockLayout): Program {
  const formulas = new Formulas(model, layout);
  const { graph } = formulas;
  const time = graph.load(layout.time);
  const dt = graph.load(layout.stepSeconds);
  // A piece ends when an update is due, up to rounding.
  const early = graph.constant(dueTolerance * Math.min(...layout.periods));
  const states = updateEvery(formulas, formulas.loadStates(), { time, dt, early });
  settleAll(formulas, { time, dt, states });
  return formulas;
}

/** Every clause, and the bounds, in a point that a step has led to. */
export function settleAll(formulas: Formulas, point: Point): Settled {
  return settle(formulas, {
    point,
    seen: conditionStates(formulas, point.states),
    clauses: [...formulas.model.whens.keys()],
    edges: 'both',
  });
}

/** What conditions see: continuous states past their bounds if they went there, all others within. */
export function conditionStates(formulas: Formulas, states: readonly NodeId[]): NodeId[] {
  const seen = formulas.boundedAll(states);
  for (const index of movingStates(formulas.model)) seen[index] = present(states[index]);
  return seen;
}

function advanceTime(formulas: Formulas, time: NodeId, dt: NodeId): NodeId {
  const { graph, layout } = formulas;
  const step = formulas.sub(dt, graph.load(layout.timeError));
  const later = formulas.add(time, step);
  formulas.write(layout.time, later);
  formulas.write(layout.timeError, formulas.sub(formulas.sub(later, time), step));
  return later;
}

/** Updates that are due read the integrated states within their bounds, and all old discrete values. */
function updateEvery(
  formulas: Formulas,
  integrated: readonly NodeId[],
  { time, dt, early }: { readonly time: NodeId; readonly dt: NodeId; readonly early: NodeId },
): NodeId[] {
  const { graph, layout, model } = formulas;
  const within = formulas.boundedAll(integrated);
  const states = [...integrated];
  for (const [order, period] of layout.periods.entries()) {
    const every = graph.constant(period);
    const elapsed = formulas.add(graph.load(layout.everyTimers + order), dt);
    const due = graph.binary('ge', elapsed, formulas.sub(every, early));
    formulas.write(layout.everyTimers + order, graph.select(due, formulas.sub(elapsed, every), elapsed));
    for (const [index, state] of model.states.entries()) {
      const next = model.equations.next[index];
      if (next === undefined || state.everySeconds !== period) continue;
      const [value] = formulas.at({ time, dt: every, states: within }, [next]);
      states[index] = graph.select(due, present(value), present(states[index]));
    }
  }
  return states;
}

/** The discrete states without `every`, once a tick; and the clauses whose conditions look at them. */
export function endTickProgram(model: Model, layout: BlockLayout): Formulas {
  const formulas = new Formulas(model, layout);
  const { graph } = formulas;
  const updated = [...model.states.keys()].filter(
    (index) => model.equations.next[index] !== undefined && model.states[index]?.everySeconds === undefined,
  );
  if (updated.length === 0) return formulas;
  const point = {
    time: graph.load(layout.time),
    dt: graph.load(layout.tickSeconds),
    states: formulas.loadStates(),
  };
  const values = formulas.at(
    point,
    updated.map((index) => present(model.equations.next[index])),
  );
  const states = [...point.states];
  for (const [position, index] of updated.entries()) states[index] = present(values[position]);
  settle(formulas, {
    point: { ...point, dt: graph.load(layout.stepSeconds), states },
    seen: formulas.boundedAll(states),
    clauses: clausesLookingAt(model, updated),
    edges: 'rising',
  });
  return formulas;
}

function clausesLookingAt(model: Model, states: readonly number[]): number[] {
  const { graph, slots, whens } = model.equations;
  const watched = new Set(states.map((index) => slots.states + index));
  return [...whens.keys()].filter((index) =>
    graph.reachable([present(whens[index]).condition]).some((id) => {
      const node = graph.node(id);
      return node.kind === 'load' && watched.has(node.slot);
    }),
  );
}

/** Outputs and predicted measurements at the present state. */
export function observeProgram(model: Model, layout: BlockLayout): Formulas {
  const formulas = new Formulas(model, layout);
  const { graph } = formulas;
  const point = {
    time: graph.load(layout.time),
    dt: graph.load(layout.tickSeconds),
    states: formulas.loadStates(),
  };
  const { outputs, predictions } = model.equations;
  for (const [index, node] of formulas.at(point, outputs).entries())
    formulas.write(layout.outputs + index, node);
  for (const [index, node] of formulas.at(point, predictions).entries()) {
    formulas.write(layout.predictions + index, node);
  }
  return formulas;
}
