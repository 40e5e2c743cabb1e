/**
 * A time update by cubature points: spread around the mean, advanced as ordinary lanes, gathered again.
 *
 * A point is what the machine might be, so it is held within the bounds like a machine (Kandepu et al. 2008). Where the
 * points alone do not tell everything (discrete states that are known, `when` clauses, the memory of an adaptive method),
 * the twin itself is advanced with them, as a point of weight 0.
 *
 * The new factor is the triangle of [(x₊ − x₋)/2√n, (x₊ + x₋)/2√n − x̄/√n, √Q]: the same squares as those of the 2n
 * deviations from the mean, but the second part is nearly 0 where the equations are nearly linear.
 *
 * Notation  n estimated states · M = 2n + 1 members · x₊ x₋ the points x̄ ± √n·S₍ᵢ₎ · Q process noise over the span
 * Source    Arasaratnam & Haykin, "Cubature Kalman filters", IEEE Trans. Automatic Control 54 (2009), eqs. 28–39 and the
 *           square-root version in VI; Julier & Uhlmann, "Unscented filtering and nonlinear estimation", Proc. IEEE 92
 *           (2004), of which it is the case κ = 0; Kandepu, Foss & Imsland, J. Process Control 18 (2008), 4.
 */

import type { NodeId } from '../graph/index.ts';
import type { Backend, Kernel } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { Formulas, present } from '../solve/index.ts';
import { type BeliefLayout, changingStates, type Moment, placeInFactor } from './belief.ts';
import type { Entry } from './factor.ts';
import {
  type FactorRow,
  type Frame,
  frameOf,
  keepTimers,
  memberSlot,
  noiseOf,
  twinSlot,
  writeFactor,
} from './frame.ts';
import type { Touched } from './selection.ts';
import { createTimeUpdate, type TimeUpdate } from './time-update.ts';

export interface Advance {
  readonly moment: Moment;
  /** Advances members as ordinary lanes. */
  readonly run: Kernel;
  /** What it reads and writes. */
  readonly touched: Touched;
  /** Whether it notes itself what is not finite; else that is seen in what it leaves. */
  readonly tellsFinite: boolean;
  /** Whether it keeps memory of its own from one time to the next. */
  readonly remembers: boolean;
  /** The slot of the block that says how long one time is, in seconds. */
  readonly spanSlot: number;
}

export function createPointUpdate(
  model: Model,
  layout: BeliefLayout,
  { run, spanSlot, remembers, tellsFinite, ...what }: Advance & { readonly backend: Backend },
): TimeUpdate {
  const n = layout.estimated.length;
  const frame = frameOf(model, layout, { ...what, members: 2 * n + 1, work: 0 });
  const known = changingStates(model, what.moment).filter(
    (index) => model.states[index]?.kind === 'discrete' && !layout.estimated.includes(index),
  );
  const hasCentre = remembers || n === 0 || model.whens.length > 0 || known.length > 0;
  const advanced = hasCentre ? 2 * n + 1 : 2 * n;
  return createTimeUpdate(
    frame,
    { before: spread(frame), run, advanced, after: gather(frame, { advanced, tellsFinite }), spanSlot },
    what.backend,
  );
}

/** Writes every point's slots from the twin's own and the factor. */
function spread(frame: Frame): Formulas {
  const { model, layout, touched } = frame;
  const formulas = new Formulas(model, layout);
  const { graph } = formulas;
  const n = layout.estimated.length;
  const rows = new Map(layout.estimated.map((state, row) => [layout.states + state, row]));
  const root = graph.constant(Math.sqrt(n));
  const write = (slot: number, member: number, node: NodeId): void =>
    formulas.write(memberSlot(frame, slot, member), node);
  for (const slot of new Set([...touched.reads, ...touched.writes])) {
    const own = graph.load(twinSlot(frame, slot));
    const row = rows.get(slot);
    for (let i = 0; i < n; i++) {
      if (row === undefined || i > row) {
        write(slot, i, own);
        write(slot, n + i, own);
        continue;
      }
      const state = present(model.states[slot - layout.states]);
      const reach = formulas.mul(root, graph.load(frame.factor + placeInFactor(row, i)));
      write(slot, i, formulas.bounded(state, formulas.add(own, reach)));
      write(slot, n + i, formulas.bounded(state, formulas.sub(own, reach)));
    }
  }
  keepTimers(frame, formulas);
  return formulas;
}

/** Writes mean and factor, and the rest of the twin, from the points. */
function gather(
  frame: Frame,
  { advanced, tellsFinite }: { readonly advanced: number; readonly tellsFinite: boolean },
): Formulas {
  const { model, layout } = frame;
  const formulas = new Formulas(model, layout);
  const { graph } = formulas;
  const n = layout.estimated.length;
  const changing = new Set(changingStates(model, frame.moment));
  const noise = noiseOf(frame, formulas);
  const half = graph.constant(0.5 / Math.sqrt(n));
  const sumsOf = new Map<number, NodeId>();
  const rows = layout.estimated.map((state, row): FactorRow => {
    const slot = layout.states + state;
    if (!changing.has(state)) {
      const linear = Array.from({ length: row + 1 }, (_, i) =>
        graph.load(frame.factor + placeInFactor(row, i)),
      );
      return { linear, rest: [], noise: noise(state) };
    }
    const linear: Entry[] = [];
    const sums: NodeId[] = [];
    for (let i = 0; i < n; i++) {
      const plus = graph.load(memberSlot(frame, slot, i));
      const minus = graph.load(memberSlot(frame, slot, n + i));
      linear.push(formulas.mul(formulas.sub(plus, minus), half));
      sums.push(formulas.add(plus, minus));
    }
    const total = sums.reduce((a, b) => formulas.add(a, b));
    sumsOf.set(state, total);
    const mean = formulas.mul(total, graph.constant(0.5 / n));
    const middle = formulas.mul(mean, graph.constant(1 / Math.sqrt(n)));
    // Bounds hold every point, and rounding may not bring their mean past one.
    formulas.write(twinSlot(frame, slot), formulas.bounded(present(model.states[state]), mean));
    const rest = sums.map((sum) => formulas.sub(formulas.mul(sum, half), middle));
    return { linear, rest, noise: noise(state) };
  });
  writeFactor(frame, formulas, rows);
  writeRest(frame, formulas, advanced);
  if (!tellsFinite) writeFinite(frame, formulas, sumsOf);
  return formulas;
}

/** Of numbers that are not all finite neither is the sum. */
function writeFinite(frame: Frame, formulas: Formulas, sums: ReadonlyMap<number, NodeId>): void {
  const { model, layout } = frame;
  const { graph } = formulas;
  let offender = graph.constant(-1);
  for (const state of [...changingStates(model, frame.moment)].reverse()) {
    // A state that is not estimated is the same in all points.
    const value = sums.get(state) ?? graph.load(memberSlot(frame, layout.states + state, 0));
    offender = graph.select(formulas.isFinite(value), offender, graph.constant(state));
  }
  const before = graph.load(twinSlot(frame, layout.offender));
  const first = graph.select(graph.binary('ge', before, graph.constant(0)), before, offender);
  formulas.write(twinSlot(frame, layout.offender), first);
  formulas.write(twinSlot(frame, layout.finite), graph.binary('lt', first, graph.constant(0)));
}

/** What is no estimated state: the same in all points, or the twin's own where that was advanced. */
function writeRest(frame: Frame, formulas: Formulas, advanced: number): void {
  const { layout, members, touched } = frame;
  const { graph } = formulas;
  const loads = (slot: number): NodeId[] =>
    Array.from({ length: advanced }, (_, member) => graph.load(memberSlot(frame, slot, member)));
  const estimated = new Set(layout.estimated.map((state) => layout.states + state));
  const flags = new Set(
    layout.estimated.flatMap((state) => [layout.heldMin + state, layout.heldMax + state]),
  );
  for (const slot of touched.writes) {
    if (estimated.has(slot)) continue;
    if (flags.has(slot) || slot === layout.finite) {
      // A belief is at a bound where all of it is, and finite where all of it is.
      const all = loads(slot).reduce((a, b) => formulas.and(a, b));
      formulas.write(twinSlot(frame, slot), all);
    } else if (slot === layout.offender) {
      const first = loads(slot).reduceRight((found, offender) =>
        graph.select(graph.binary('ge', offender, graph.constant(0)), offender, found),
      );
      formulas.write(twinSlot(frame, slot), first);
    } else if (advanced < members) {
      formulas.write(twinSlot(frame, slot), graph.load(memberSlot(frame, slot, 0)));
    }
  }
}
