/**
 * A time update by cubature points: spread around the mean, advanced as ordinary lanes, gathered again.
 *
 * A point is what the machine might be, so it is held within the bounds like a machine (Kandepu et al. 2008). The points
 * of a twin are members of a scratch memory: slot s of member m of twin j of a chunk of T stands at
 * (s·M + m)·T + j. For the stepper that is a block of M·T lanes, for the kernels that spread and gather one of T lanes
 * with M times the slots, so nothing is ever transposed. The last member is the twin itself; where the points alone do
 * not tell everything (discrete states that are known, `when` clauses, the memory of an adaptive method), it is advanced
 * with them, as a point of weight 0.
 *
 * The new factor is the triangle of [(x₊ − x₋)/2√n, (x₊ + x₋)/2√n − x̄/√n, √Q]: the same squares as those of the 2n
 * deviations from the mean, but the second half is nearly 0 where the equations are nearly linear.
 *
 * Notation  n estimated states · M = 2n + 1 members · x₊ x₋ the points x̄ ± √n·S₍ᵢ₎ · Q process noise over the span
 * Source    Arasaratnam & Haykin, "Cubature Kalman filters", IEEE Trans. Automatic Control 54 (2009), eqs. 28–39 and the
 *           square-root version in VI; Julier & Uhlmann, "Unscented filtering and nonlinear estimation", Proc. IEEE 92
 *           (2004), of which it is the case κ = 0; Kandepu, Foss & Imsland, J. Process Control 18 (2008), 4.
 */

import type { NodeId } from '../graph/index.ts';
import type { Program } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { Formulas, present } from '../solve/index.ts';
import { type BeliefLayout, changingStates, placeInFactor } from './belief.ts';
import { Algebra, type Entry, triangularise } from './factor.ts';
import type { Touched } from './selection.ts';

export type Moment = 'substep' | 'end-of-tick';

/** What is advanced, and where it lies. */
export interface PointPlan {
  readonly model: Model;
  readonly layout: BeliefLayout;
  readonly moment: Moment;
  /** What the advancing kernel reads and writes. */
  readonly touched: Touched;
  /** Whether the twin itself is advanced with its points. */
  readonly hasCentre: boolean;
  /** Members, the twin itself included. */
  readonly members: number;
  /** After the members' slots: the factor, the span in seconds, and what the timers were before. */
  readonly factor: number;
  readonly span: number;
  readonly timers: number;
  readonly slots: number;
}

export function pointPlan(
  model: Model,
  layout: BeliefLayout,
  {
    moment,
    touched,
    memory,
  }: { readonly moment: Moment; readonly touched: Touched; readonly memory: boolean },
): PointPlan {
  const n = layout.estimated.length;
  const members = 2 * n + 1;
  const known = changingStates(model, moment).filter(
    (index) => model.states[index]?.kind === 'discrete' && !layout.estimated.includes(index),
  );
  const factor = layout.factor * members;
  const span = factor + (n * (n + 1)) / 2;
  const timers = span + 1;
  return {
    model,
    layout,
    moment,
    touched,
    hasCentre: memory || n === 0 || model.whens.length > 0 || known.length > 0,
    members,
    factor,
    span,
    timers,
    slots: timers + layout.periods.length,
  };
}

/** How many members are advanced, from the first on. */
export function advancedMembers({ hasCentre, members }: PointPlan): number {
  return hasCentre ? members : members - 1;
}

/** Slot `slot` of a member, as the kernels over T lanes see it. */
export function memberSlot({ members }: PointPlan, slot: number, member: number): number {
  return slot * members + member;
}

/** The twin itself in a plan's members. */
export function twinSlot(plan: PointPlan, slot: number): number {
  return memberSlot(plan, slot, plan.members - 1);
}

/** Writes every point's slots from the twin's own and the factor. */
export function spreadProgram(plan: PointPlan): Program {
  const { model, layout, touched } = plan;
  const formulas = new Formulas(model, layout);
  const { graph } = formulas;
  const n = layout.estimated.length;
  const rows = new Map(layout.estimated.map((state, row) => [layout.states + state, row]));
  const root = graph.constant(Math.sqrt(n));
  const write = (slot: number, member: number, node: NodeId): void =>
    formulas.write(memberSlot(plan, slot, member), node);
  for (const slot of new Set([...touched.reads, ...touched.writes])) {
    const own = graph.load(twinSlot(plan, slot));
    const row = rows.get(slot);
    for (let i = 0; i < n; i++) {
      if (row === undefined || i > row) {
        write(slot, i, own);
        write(slot, n + i, own);
        continue;
      }
      const state = present(model.states[slot - layout.states]);
      const reach = formulas.mul(root, graph.load(plan.factor + placeInFactor(row, i)));
      write(slot, i, formulas.bounded(state, formulas.add(own, reach)));
      write(slot, n + i, formulas.bounded(state, formulas.sub(own, reach)));
    }
  }
  for (const order of layout.periods.keys()) {
    formulas.write(plan.timers + order, graph.load(twinSlot(plan, layout.everyTimers + order)));
  }
  return formulas;
}

/** Writes mean and factor, and the rest of the twin, from the points. */
export function gatherProgram(plan: PointPlan): Program {
  const { model, layout, touched } = plan;
  const formulas = new Formulas(model, layout);
  const { graph } = formulas;
  const n = layout.estimated.length;
  const changing = new Set(changingStates(model, plan.moment));
  const noise = noiseOf(plan, formulas);
  const rows: Entry[][] = [];
  const half = graph.constant(0.5 / Math.sqrt(n));
  for (const [row, state] of layout.estimated.entries()) {
    const slot = layout.states + state;
    const entries: Entry[] = [];
    if (changing.has(state)) {
      const sums: NodeId[] = [];
      for (let i = 0; i < n; i++) {
        const plus = graph.load(memberSlot(plan, slot, i));
        const minus = graph.load(memberSlot(plan, slot, n + i));
        entries.push(formulas.mul(formulas.sub(plus, minus), half));
        sums.push(formulas.add(plus, minus));
      }
      const total = sums.reduce((a, b) => formulas.add(a, b));
      const mean = formulas.mul(total, graph.constant(0.5 / n));
      const middle = formulas.mul(mean, graph.constant(1 / Math.sqrt(n)));
      for (const sum of sums) entries.push(formulas.sub(formulas.mul(sum, half), middle));
      // Bounds hold every point, and rounding may not bring their mean past one.
      formulas.write(twinSlot(plan, slot), formulas.bounded(present(model.states[state]), mean));
    } else {
      for (let i = 0; i <= row; i++) entries.push(graph.load(plan.factor + placeInFactor(row, i)));
    }
    entries[2 * n + row] = noise(state);
    rows.push(entries);
  }
  const algebra = new Algebra(graph);
  for (const [row, entries] of triangularise(graph, rows).entries()) {
    for (let i = 0; i <= row; i++) {
      formulas.write(plan.factor + placeInFactor(row, i), algebra.node(entries[i]));
    }
  }
  writeRest(plan, formulas, touched.writes);
  return formulas;
}

/** The standard deviation of a state's noise over the span, as an expression; undefined: none. */
function noiseOf(
  { model, layout, moment, ...plan }: PointPlan,
  formulas: Formulas,
): (state: number) => Entry {
  const { graph } = formulas;
  const span = graph.load(plan.span);
  /** How often an update was due, by what its timer has lost. */
  const times = (period: number): NodeId => {
    const order = layout.periods.indexOf(period);
    const before = graph.load(plan.timers + order);
    const after = graph.load((layout.everyTimers + order) * plan.members);
    const lost = formulas.sub(formulas.add(before, span), after);
    return graph.unary('round', graph.binary('div', lost, graph.constant(period)));
  };
  return (index) => {
    const { kind, noise, everySeconds } = present(model.states[index]);
    const isAtEnd = kind === 'discrete' && everySeconds === undefined;
    if (noise === undefined || isAtEnd !== (moment === 'end-of-tick')) return undefined;
    if (isAtEnd) return graph.constant(noise);
    const amount = everySeconds === undefined ? span : times(everySeconds);
    return formulas.mul(graph.constant(noise), graph.unary('sqrt', amount));
  };
}

/** What is no estimated state: the same in all points, or the twin's own where that was advanced. */
function writeRest(plan: PointPlan, formulas: Formulas, written: readonly number[]): void {
  const { layout, hasCentre } = plan;
  const { graph } = formulas;
  const { length } = layout.estimated;
  const advanced = advancedMembers(plan);
  const loads = (slot: number): NodeId[] =>
    Array.from({ length: advanced }, (_, member) => graph.load(memberSlot(plan, slot, member)));
  const estimated = new Set(layout.estimated.map((state) => layout.states + state));
  const flags = new Set(
    layout.estimated.flatMap((state) => [layout.heldMin + state, layout.heldMax + state]),
  );
  for (const slot of written) {
    if (estimated.has(slot)) continue;
    if (flags.has(slot) || slot === layout.finite) {
      // A belief is at a bound where all of it is, and finite where all of it is.
      const all = loads(slot).reduce((a, b) => formulas.and(a, b));
      formulas.write(twinSlot(plan, slot), all);
    } else if (slot === layout.offender) {
      const first = loads(slot).reduceRight((found, offender) =>
        graph.select(graph.binary('ge', offender, graph.constant(0)), offender, found),
      );
      formulas.write(twinSlot(plan, slot), first);
    } else if (!hasCentre && length > 0) {
      formulas.write(twinSlot(plan, slot), graph.load(memberSlot(plan, slot, 0)));
    }
  }
}
