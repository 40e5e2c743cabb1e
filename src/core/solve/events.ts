/**
 * Where within a step something happens: a `when` condition becomes true, a state passes a bound, or a state that is held
 * comes off. And what is done there.
 *
 * Conditions are truth values of any form (`a < b and not c`), so the moment is found by bisection on the dense
 * output, to the last bits of the time; a method that needs a function with a sign would gain a few evaluations and
 * only serve plain comparisons. A step is looked at in four points, so what is true for less than a quarter of a
 * step may pass unseen.
 *
 * Notation  θ part of the step, from 0 to 1 · p₁ … p₄ (n each) its dense output
 */

import type { NodeId } from '../graph/index.ts';
import type { Program } from '../kernel/index.ts';
import { present } from './formulas.ts';
import { conditionStates, settleAll } from './programs.ts';
import type { Trial } from './trial.ts';
import type { Unknowns } from './unknowns.ts';
import { truthOf } from './watch.ts';
import { denseDegree } from './work.ts';

export const looks = 4;

/** Whether held unknowns are looked at too, which costs the slopes. */
export type Watched = 'free' | 'held';

interface Step {
  readonly trial: Pick<Trial, 'next' | 'dense'>;
  readonly h: NodeId;
  readonly watched: Watched;
}

/**
 * Looks at a whole step: in which quarter something happens first, 0 if nothing does, and which conditions hold just
 * before, so that settling there fires the others; if nothing happens, at the end.
 */
export function watchStep(
  unknowns: Unknowns,
  step: Step,
): { readonly found: NodeId; readonly truths: readonly NodeId[] } {
  const { graph } = unknowns;
  let truths = loadTruths(unknowns);
  let found = graph.constant(0);
  for (let look = 1; look <= looks; look++) {
    const { clause, unknown, now } = inspect(unknowns, step, { theta: graph.constant(look / looks), truths });
    const happens = unknowns.or(isIndex(unknowns, clause), isIndex(unknowns, unknown));
    found = graph.select(found, found, unknowns.mul(happens, graph.constant(look)));
    truths = truths.map((truth, index) => graph.select(found, truth, present(now[index])));
  }
  return { found, truths };
}

/**
 * Halves the part of the step, from `low` to `high`, in which something has happened first. To be repeated until that is
 * one bit of the time wide.
 */
export function bisectProgram(unknowns: Unknowns, watched: Watched): Program {
  const { graph, work, time } = unknowns;
  const [low, high, h] = [graph.load(work.low), graph.load(work.high), graph.load(work.h)];
  const theta = unknowns.mul(unknowns.add(low, high), graph.constant(0.5));
  const step = { trial: triedStep(unknowns), h, watched };
  const { clause, unknown } = inspect(unknowns, step, { theta, truths: loadTruths(unknowns) });
  const happens = unknowns.or(isIndex(unknowns, clause), isIndex(unknowns, unknown));
  const timeAt = (part: NodeId): NodeId => unknowns.add(time, unknowns.mul(part, h));
  const isOver = unknowns.or(graph.binary('eq', theta, low), graph.binary('eq', timeAt(theta), timeAt(high)));
  unknowns.write(work.low, graph.select(unknowns.or(isOver, happens), low, theta));
  unknowns.write(work.high, graph.select(unknowns.and(happens, unknowns.not(isOver)), theta, high));
  return unknowns;
}

/** Looks at the part θ of the step that was tried: what has happened by then? */
export function lookProgram(unknowns: Unknowns, watched: Watched): Program {
  const { graph, work } = unknowns;
  const step = { trial: triedStep(unknowns), h: graph.load(work.h), watched };
  const { clause, unknown } = inspect(unknowns, step, {
    theta: graph.load(work.theta),
    truths: loadTruths(unknowns),
  });
  unknowns.write(work.clause, clause);
  unknowns.write(work.unknown, unknown);
  return unknowns;
}

/** Takes the part θ of the step that was tried, its time being there already: then `when` clauses and bounds. */
export function advanceProgram(unknowns: Unknowns): Program {
  const { graph, layout, work } = unknowns;
  const { next, dense } = triedStep(unknowns);
  const x = work.watched ? within(unknowns, { next, dense }, graph.load(work.theta)) : next;
  const { fires } = settleAll(unknowns, {
    time: unknowns.time,
    dt: graph.load(layout.stepSeconds),
    states: unknowns.statesWith(x),
  });
  unknowns.write(work.firing, unknowns.first(fires));
  for (const [order, state] of layout.resting.entries()) {
    unknowns.write(work.before + order, present(x[unknowns.moving.indexOf(state)]));
  }
  return unknowns;
}

interface Look {
  readonly theta: NodeId;
  /** Conditions that hold already. */
  readonly truths: readonly NodeId[];
}

function inspect(unknowns: Unknowns, { trial, h, watched }: Step, { theta, truths }: Look) {
  const { graph, model, moving, work } = unknowns;
  const x = within(unknowns, trial, theta);
  const time = unknowns.add(unknowns.time, unknowns.mul(theta, h));
  const outside = moving.map((index, i) => {
    const { min, max } = present(model.states[index]);
    if (min === undefined && max === undefined) return undefined;
    const value = present(x[i]);
    const inside = unknowns.and(
      min === undefined ? graph.constant(1) : graph.binary('ge', value, graph.constant(min)),
      max === undefined ? graph.constant(1) : graph.binary('le', value, graph.constant(max)),
    );
    return unknowns.not(unknowns.or(inside, unknowns.held(i)));
  });
  let unknown = unknowns.first(outside);
  if (watched === 'held') {
    const slopes = unknowns.freeSlopes(time, x);
    const off = moving.map((_, i) =>
      work.holdable[i] === true
        ? graph.binary('lt', unknowns.mul(present(slopes[i]), unknowns.held(i)), graph.constant(0))
        : undefined,
    );
    unknown = graph.select(isIndex(unknowns, unknown), unknown, unknowns.first(off));
  }
  const dt = graph.load(unknowns.layout.stepSeconds);
  const now = unknowns
    .at(
      { time, dt, states: conditionStates(unknowns, unknowns.statesWith(x)) },
      model.equations.whens.map(({ condition }) => condition),
    )
    .map((condition) => truthOf(unknowns, condition));
  const rises = now.map((holds, index) => unknowns.and(holds, unknowns.not(present(truths[index]))));
  return { clause: unknowns.first(rises), unknown, now };
}

/** The unknowns at θ; at 1 those of the step itself, to the last bit. */
function within(unknowns: Unknowns, { next, dense }: Step['trial'], theta: NodeId): NodeId[] {
  const { graph, x } = unknowns;
  const atEnd = graph.binary('eq', theta, graph.constant(1));
  return unknowns.each((i) => {
    const inner = dense.reduceRight<NodeId | undefined>((sum, p) => {
      const coefficient = present(p[i]);
      return sum === undefined ? coefficient : unknowns.add(coefficient, unknowns.mul(theta, sum));
    }, undefined);
    const between = unknowns.add(present(x[i]), unknowns.mul(theta, present(inner)));
    return graph.select(atEnd, present(next[i]), between);
  });
}

/** As its program left it. */
function triedStep(unknowns: Unknowns): Step['trial'] {
  const { graph, work, moving } = unknowns;
  const powers = Array.from({ length: denseDegree }, (_, power) => work.dense + power * moving.length);
  return {
    next: unknowns.loadEach('next'),
    dense: powers.map((first) => unknowns.each((i) => graph.load(first + i))),
  };
}

function loadTruths({ graph, model, layout }: Unknowns): NodeId[] {
  return model.whens.map((_, index) => graph.load(layout.whenTruth + index));
}

function isIndex(unknowns: Unknowns, index: NodeId): NodeId {
  return unknowns.graph.binary('ge', index, unknowns.constant(0));
}
