/**
 * A step of an adaptive method as a program: how long it is, the method's trial, a look at what happens in it, and what
 * becomes of it. A step in which nothing happens is taken at once; all else is left for the control to decide.
 *
 * Notation  h step · s seconds since the beginning of the piece · e error as a part of what is allowed
 * Source    Hairer & Wanner, Solving Ordinary Differential Equations II (1996), IV.2 (proportional-integral control,
 *           stiffness).
 */

import type { NodeId } from '../graph/index.ts';
import type { Program } from '../kernel/index.ts';
import type { Watched } from './events.ts';
import { watchStep } from './events.ts';
import { present } from './formulas.ts';
import { solverMemory } from './layout.ts';
import type { Unknowns } from './unknowns.ts';
import { phases } from './work.ts';

/** What a method makes of a step from the states, time and h of each lane. */
export interface Trial {
  readonly next: readonly NodeId[];
  /** Estimate of the error of each unknown. */
  readonly error: readonly NodeId[];
  /** More that counts as an error, as a part of what is allowed. */
  readonly otherError?: NodeId;
  /** Slopes after the step, where the method knows them. */
  readonly last?: readonly NodeId[];
  /** p₁ … p₄ of the dense output. */
  readonly dense: readonly (readonly NodeId[])[];
  /** h times the rate of the fastest mode, roughly. */
  rate(scale: readonly NodeId[]): NodeId;
}

export interface Method {
  readonly trial: (unknowns: Unknowns, h: NodeId) => Trial;
  /** With `auto`: whether it is the stiff one, and from which rate on the other is better. */
  readonly stiff: boolean;
  isBetterOther(unknowns: Unknowns, rate: NodeId): NodeId;
}

/** More steps than this in one tick are given up. */
const stepLimit = 100_000;

/** With `auto`, so many steps must speak for the other method. */
const votesToSwitch = 15;

const safety = 0.9;
const shrinkLimit = 0.2;
const growthLimit = 8;
/** Exponents of the present and the last error: 1/5 − 0.75·β and β, both methods being of order 5. */
const integral = 0.04;
const proportional = 1 / 5 - 0.75 * integral;

/** Changes of the step are rounded to this, so that the last bits of `exp` and `log` of a backend do not show. */
const grain = 2 ** -12;

/** More than this many units of the last place of the time are no tight step. */
const tight = 1e3;

export function stepProgram(unknowns: Unknowns, method: Method, watched: Watched): Program {
  const { graph, layout, work, x, time } = unknowns;
  const { lt, le, ge, select, and, not, constant } = shorthand(unknowns);
  const since = graph.load(work.since);
  const length = graph.load(work.length);
  const { h, wanted, toTheEnd } = chosenStep(unknowns, unknowns.sub(length, since));
  const trial = method.trial(unknowns, h);
  const scale = unknowns.scale(x, trial.next);
  const norm = unknowns.norm(trial.error, scale);
  const e = trial.otherError === undefined ? norm : graph.binary('max', norm, trial.otherError);
  const isGood = le(e, constant(1));

  const { found, truths } = work.watched
    ? watchStep(unknowns, { trial, h, watched })
    : { found: constant(0), truths: [] };
  const isTaken = and(isGood, not(found));
  for (const [i, index] of unknowns.moving.entries()) {
    unknowns.write(layout.states + index, select(isTaken, present(trial.next[i]), present(x[i])));
    if (trial.last !== undefined) {
      const slot = work.slope + i;
      unknowns.write(slot, select(isTaken, present(trial.last[i]), graph.load(slot)));
    }
  }
  for (const [index, truth] of truths.entries()) {
    const slot = layout.whenTruth + index;
    unknowns.write(slot, select(isGood, truth, graph.load(slot)));
  }
  const later = select(toTheEnd, length, unknowns.add(since, h));
  unknowns.write(work.since, select(isTaken, later, since));
  unknowns.write(layout.time, select(isTaken, unknowns.add(graph.load(work.base), later), time));

  controlStep(unknowns, { h, wanted, e, isGood });
  const switches = vote(unknowns, method, { rate: () => trial.rate(scale), isGood });
  const tried = unknowns.add(graph.load(work.tried), constant(1));
  const resolution = unknowns.mul(
    constant(1e-15),
    graph.binary('max', unknowns.abs(unknowns.add(graph.load(work.base), length)), length),
  );
  const isOver = le(unknowns.sub(length, later), unknowns.mul(constant(4), resolution));
  const isTight = le(h, unknowns.mul(constant(tight), resolution));
  // The explicit method needs the slopes that the stiff one does not leave.
  const onward = method.stiff
    ? select(switches, constant(phases.fresh), constant(phases.going))
    : constant(phases.going);
  const further = select(ge(tried, constant(stepLimit)), constant(phases.exhausted), onward);
  const good = select(found, constant(phases.event), select(isOver, constant(phases.ended), further));
  const bad = select(
    isTight,
    constant(phases.tight),
    select(lt(tried, constant(stepLimit)), constant(phases.going), further),
  );
  unknowns.write(work.phase, select(isGood, good, bad));
  unknowns.write(work.tried, tried);
  unknowns.write(work.h, h);
  unknowns.write(work.look, found);
  unknowns.writeEach('next', trial.next);
  if (work.watched)
    for (const [i, node] of trial.dense.flat().entries()) unknowns.write(work.dense + i, node);
  return unknowns;
}

/** Finds the unknown with the largest error, or the first that is not finite: for telling why a lane stopped. */
export function worstProgram(unknowns: Unknowns, method: Method): Program {
  const { graph, work } = unknowns;
  const { next, error } = method.trial(unknowns, graph.load(work.h));
  const scale = unknowns.scale(unknowns.x, next);
  const parts = unknowns.each((i) => unknowns.div(unknowns.abs(present(error[i])), present(scale[i])));
  let worst = unknowns.constant(0);
  let largest = parts[0] ?? unknowns.constant(0);
  for (const [i, part] of parts.entries()) {
    const isLarger = graph.binary('gt', part, largest);
    worst = graph.select(isLarger, unknowns.constant(i), worst);
    largest = graph.select(isLarger, part, largest);
  }
  const broken = unknowns.first(parts.map((part) => unknowns.not(unknowns.isFinite(part))));
  unknowns.write(work.unknown, graph.select(graph.binary('ge', broken, unknowns.constant(0)), broken, worst));
  return unknowns;
}

/** The step to try, with `rest` seconds to go: ends of pieces are hit exactly. */
function chosenStep(unknowns: Unknowns, rest: NodeId) {
  const { graph, model } = unknowns;
  const { ge, gt, select, constant } = shorthand(unknowns);
  const remembered = memory(unknowns, 'step');
  const longest = constant(model.stepSeconds);
  const limited = model.stepSeconds < Infinity ? graph.binary('min', remembered, longest) : remembered;
  const wanted = unknowns.moving.length === 0 ? rest : limited;
  const toTheEnd = ge(wanted, unknowns.mul(rest, constant(1 - 1e-6)));
  // Two equal steps rather than one long and one tiny.
  const half = unknowns.mul(rest, constant(0.5));
  return { h: select(toTheEnd, rest, select(gt(wanted, half), half, wanted)), wanted, toTheEnd };
}

interface Judged {
  readonly h: NodeId;
  readonly wanted: NodeId;
  readonly e: NodeId;
  readonly isGood: NodeId;
}

/** Writes the length of the next step, the error that it was chosen by, and whether this one was rejected. */
function controlStep(unknowns: Unknowns, { h, wanted, e, isGood }: Judged): void {
  const { graph, work } = unknowns;
  const { lt, select, constant } = shorthand(unknowns);
  const max = (a: NodeId, b: NodeId): NodeId => graph.binary('max', a, b);
  const min = (a: NodeId, b: NodeId): NodeId => graph.binary('min', a, b);
  const log = (a: NodeId): NodeId => graph.unary('log', a);
  const before = memory(unknowns, 'error');
  const logE = log(max(e, constant(1e-10)));
  const byBoth = unknowns.add(
    unknowns.mul(constant(-proportional), logE),
    unknowns.mul(constant(integral), log(max(before, constant(1e-4)))),
  );
  const exponent = select(isGood, byBoth, unknowns.mul(constant(-1 / 5), logE));
  const exact = max(constant(shrinkLimit), unknowns.mul(constant(safety), graph.unary('exp', exponent)));
  const factor = unknowns.mul(
    graph.unary('floor', unknowns.mul(exact, constant(1 / grain))),
    constant(grain),
  );
  const most = select(graph.load(work.rejected), constant(1), constant(growthLimit));
  const grown = unknowns.mul(h, min(most, factor));
  // A step that was cut short says little about how long one may be.
  const longer = select(lt(h, wanted), max(wanted, grown), grown);
  const shorter = unknowns.mul(h, select(unknowns.isFinite(e), factor, constant(0.1)));
  remember(unknowns, 'step', select(isGood, longer, shorter));
  remember(unknowns, 'error', select(isGood, e, before));
  unknowns.write(work.rejected, unknowns.not(isGood));
}

/** With `auto`: counts what speaks for the other method, and changes over. Whether it does. */
function vote(
  unknowns: Unknowns,
  method: Method,
  { rate, isGood }: { readonly rate: () => NodeId; readonly isGood: NodeId },
): NodeId {
  const { ge, select, and, constant } = shorthand(unknowns);
  if (unknowns.model.method !== 'auto') return constant(0);
  const votes = memory(unknowns, 'votes');
  const fewer = unknowns.graph.binary('max', constant(0), unknowns.sub(votes, constant(2)));
  const counted = select(method.isBetterOther(unknowns, rate()), unknowns.add(votes, constant(1)), fewer);
  const switches = and(isGood, ge(counted, constant(votesToSwitch)));
  remember(unknowns, 'votes', select(switches, constant(0), select(isGood, counted, votes)));
  remember(
    unknowns,
    'stiff',
    select(switches, constant(method.stiff ? 0 : 1), constant(method.stiff ? 1 : 0)),
  );
  return switches;
}

function memory({ graph, layout }: Unknowns, place: keyof typeof solverMemory): NodeId {
  return graph.load(layout.solver + solverMemory[place]);
}

function remember(unknowns: Unknowns, place: keyof typeof solverMemory, node: NodeId): void {
  unknowns.write(unknowns.layout.solver + solverMemory[place], node);
}

function shorthand(unknowns: Unknowns) {
  const { graph } = unknowns;
  const comparison = (operator: 'lt' | 'le' | 'gt' | 'ge') => (a: NodeId, b: NodeId) =>
    graph.binary(operator, a, b);
  return {
    lt: comparison('lt'),
    le: comparison('le'),
    gt: comparison('gt'),
    ge: comparison('ge'),
    select: (condition: NodeId, yes: NodeId, no: NodeId) => graph.select(condition, yes, no),
    and: (a: NodeId, b: NodeId) => unknowns.and(a, b),
    not: (a: NodeId) => unknowns.not(a),
    constant: (value: number) => graph.constant(value),
  };
}
