/**
 * What every change of the states has in common: held flags, the finite flag, and `when` clauses.
 *
 * A clause fires on a rising edge of its condition. Conditions see continuous states as integrated, past a bound if
 * they went past it, so that `height < 0` is seen of a height held at 0; everything else, and every reset value, sees
 * states within their bounds. All resets of one moment read the states before any of them; of two that reset the same
 * state, the later in the document wins. After a clause has fired and reset something, its condition is looked at
 * again in the new state: a sawtooth that is past its top again one substep later fires again.
 */

import type { NodeId } from '../graph/index.ts';
import type { Formulas, Point } from './formulas.ts';
import { present } from './formulas.ts';

export interface Change {
  /** Time and dt of the moment, and the states as they have become, not held at bounds. */
  readonly point: Point;
  /** The states that conditions see. */
  readonly seen: readonly NodeId[];
  /** Indices of the clauses that are looked at. */
  readonly clauses: readonly number[];
  /** Whether a condition found false ends its truth, so that it can fire again. */
  readonly edges: 'both' | 'rising';
}

/** What came of a change. */
export interface Settled {
  /** Whether each clause that was looked at fired. */
  readonly fires: readonly NodeId[];
  /** All states afterwards. */
  readonly final: readonly NodeId[];
}

/** Writes states, held flags, finite flag, firings and condition truths after a change. */
export function settle(formulas: Formulas, change: Change): Settled {
  const { model, layout, graph } = formulas;
  const { point, clauses } = change;
  const within = formulas.boundedAll(point.states);
  const fires = clauses.map((index) => firing(formulas, index, { ...point, states: change.seen }));
  const after = [...within];
  for (const [position, index] of clauses.entries()) {
    const { resets } = present(model.equations.whens[index]);
    const values = formulas.at(
      { ...point, states: within },
      resets.map(({ value }) => value),
    );
    for (const [order, { state }] of resets.entries()) {
      after[state] = graph.select(
        present(fires[position]).fire,
        present(values[order]),
        present(after[state]),
      );
    }
  }
  const final = formulas.boundedAll(after);
  for (const [position, index] of clauses.entries()) {
    const { fire, holds, held } = present(fires[position]);
    const { condition, resets } = present(model.equations.whens[index]);
    formulas.write(layout.fired + index, formulas.add(graph.load(layout.fired + index), fire));
    const kept = change.edges === 'both' ? holds : formulas.or(held, holds);
    const [again] = resets.length > 0 ? formulas.at({ ...point, states: final }, [condition]) : [kept];
    formulas.write(layout.whenTruth + index, graph.select(fire, truthOf(formulas, present(again)), kept));
  }
  for (const index of model.states.keys()) {
    const reached = [present(point.states[index])];
    if (isReset(formulas, index)) reached.push(present(after[index]));
    writeState(formulas, index, reached, present(final[index]));
  }
  writeFinite(formulas, change, after);
  return { fires: fires.map(({ fire }) => fire), final };
}

interface Firing {
  readonly fire: NodeId;
  /** Whether the condition holds now. */
  readonly holds: NodeId;
  /** Whether it held when last looked at. */
  readonly held: NodeId;
}

function firing(formulas: Formulas, index: number, point: Point): Firing {
  const { condition } = present(formulas.model.equations.whens[index]);
  const [value] = formulas.at(point, [condition]);
  const holds = truthOf(formulas, present(value));
  const held = formulas.graph.load(formulas.layout.whenTruth + index);
  return { fire: formulas.and(holds, formulas.not(held)), holds, held };
}

/** 1 or 0. */
export function truthOf(formulas: Formulas, value: NodeId): NodeId {
  return formulas.not(formulas.not(value));
}

/** Writes a state that changed, and flags its bounds if a value it reached was past one. */
function writeState(formulas: Formulas, index: number, reached: readonly NodeId[], final: NodeId): void {
  const { layout, graph } = formulas;
  const { min, max } = present(formulas.model.states[index]);
  const flag = (slot: number, isPast: (value: NodeId) => NodeId): void => {
    const past = reached.map(isPast).reduce((a, b) => formulas.or(a, b));
    formulas.write(slot, formulas.or(graph.load(slot), past));
  };
  if (min !== undefined) flag(layout.heldMin + index, (value) => formulas.below(min, value));
  if (max !== undefined) flag(layout.heldMax + index, (value) => formulas.above(max, value));
  if (final !== graph.load(layout.states + index)) formulas.write(layout.states + index, final);
}

/**
 * Notes the first state that is not finite. Bounds would hide an infinity, so the values are those before bounds; a reset
 * would hide what it replaces, so both are looked at.
 */
function writeFinite(formulas: Formulas, { point }: Change, after: readonly NodeId[]): void {
  const { graph, layout, model } = formulas;
  const before = graph.load(layout.offender);
  let offender = graph.constant(-1);
  for (const index of [...model.states.keys()].reverse()) {
    const values = new Set([present(point.states[index])]);
    if (isReset(formulas, index)) values.add(present(after[index]));
    const finite = [...values].map((value) => formulas.isFinite(value)).reduce((a, b) => formulas.and(a, b));
    offender = graph.select(finite, offender, graph.constant(index));
  }
  const first = graph.select(graph.binary('ge', before, graph.constant(0)), before, offender);
  formulas.write(layout.offender, first);
  formulas.write(layout.finite, graph.binary('lt', first, graph.constant(0)));
}

function isReset({ model }: Formulas, state: number): boolean {
  return model.equations.whens.some(({ resets }) => resets.some((reset) => reset.state === state));
}
