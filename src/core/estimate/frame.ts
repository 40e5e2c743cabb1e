/**
 * The scratch memory in which a time update works on a chunk of twins.
 *
 * Slot s of member m of twin j of T stands at (s·M + m)·T + j. For the stepper that is a block of M·T lanes, for the
 * kernels that go before and after it one of T lanes with M times the slots, so nothing is ever transposed. The last
 * member is the twin itself. What is one a twin comes after the members: the factor, a matrix for work, the span.
 */

import type { NodeId } from '../graph/index.ts';
import type { Model } from '../model/index.ts';
import { type Formulas, present } from '../solve/index.ts';
import { type BeliefLayout, type Moment, placeInFactor } from './belief.ts';
import { Algebra, type Entry, triangularise } from './factor.ts';
import type { Touched } from './selection.ts';

export interface Frame {
  readonly model: Model;
  readonly layout: BeliefLayout;
  readonly moment: Moment;
  /** What the advancing kernel reads and writes. */
  readonly touched: Touched;
  /** M, the twin itself included. */
  readonly members: number;
  readonly factor: number;
  readonly matrix: number;
  /** Seconds of the whole span. */
  readonly span: number;
  /** One a period: what its timer was before. */
  readonly timers: number;
  /** What goes into the factor, if the layout keeps it. */
  readonly kept: number;
  readonly slots: number;
}

export interface FrameOptions {
  readonly moment: Moment;
  readonly touched: Touched;
  readonly members: number;
  /** Slots of the matrix for work. */
  readonly work: number;
}

export function frameOf(model: Model, layout: BeliefLayout, { work, ...options }: FrameOptions): Frame {
  const n = layout.estimated.length;
  const factor = layout.factor * options.members;
  const matrix = factor + (n * (n + 1)) / 2;
  const span = matrix + work;
  const timers = span + 1;
  const kept = timers + layout.periods.length;
  return { ...options, model, layout, factor, matrix, span, timers, kept, slots: kept + layout.spanSlots };
}

/** Slot `slot` of a member, as the kernels over T lanes see it. */
export function memberSlot({ members }: Frame, slot: number, member: number): number {
  return slot * members + member;
}

/** The twin's own. */
export function twinSlot(frame: Frame, slot: number): number {
  return memberSlot(frame, slot, frame.members - 1);
}

/** Keeps the timers as they are before the span. */
export function keepTimers(frame: Frame, formulas: Formulas): void {
  const { layout } = frame;
  for (const order of layout.periods.keys()) {
    formulas.write(frame.timers + order, formulas.graph.load(twinSlot(frame, layout.everyTimers + order)));
  }
}

/** What a row of the new factor is made of. */
export interface FactorRow {
  /** What the columns of the old factor have become. */
  readonly linear: readonly Entry[];
  /** What else the step has spread. */
  readonly rest: readonly Entry[];
  readonly noise: Entry;
}

/** Writes the triangle of [A, B, √Q], and these themselves if they are kept. */
export function writeFactor(frame: Frame, formulas: Formulas, rows: readonly FactorRow[]): void {
  const { layout } = frame;
  const { graph } = formulas;
  const algebra = new Algebra(graph);
  const n = layout.estimated.length;
  const wide = rows.map(({ linear, rest, noise }, row) => {
    const entries: Entry[] = Array.from({ length: 2 * n }, (_, i) => (i < n ? linear[i] : rest[i - n]));
    entries[2 * n + row] = noise;
    return entries;
  });
  for (const [row, entries] of triangularise(graph, wide).entries()) {
    for (let i = 0; i <= row; i++) {
      formulas.write(frame.factor + placeInFactor(row, i), algebra.node(entries[i]));
    }
  }
  if (layout.spanSlots === 0) return;
  for (const [row, { noise }] of rows.entries()) {
    const kept = [...Array.from({ length: 2 * n }, (_, i) => wide[row]?.[i]), noise];
    for (const [i, entry] of kept.entries()) {
      formulas.write(frame.kept + row * (2 * n + 1) + i, algebra.node(entry));
    }
  }
}

/** The standard deviation of a state's noise over the span, as an expression; undefined: none. */
export function noiseOf(frame: Frame, formulas: Formulas): (state: number) => Entry {
  const { model, layout, moment } = frame;
  const { graph } = formulas;
  const span = graph.load(frame.span);
  /** How often an update was due, by what its timer has lost. */
  const times = (period: number): NodeId => {
    const order = layout.periods.indexOf(period);
    const before = graph.load(frame.timers + order);
    const after = graph.load(memberSlot(frame, layout.everyTimers + order, 0));
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
