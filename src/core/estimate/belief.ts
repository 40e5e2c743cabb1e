/**
 * What a filtered twin is, as numbers in slots: the slots of every twin, then those of its belief.
 *
 * The belief is the mean, which stands where the states always do, and the covariance P of the estimated states as a
 * square root: a lower triangular S with P = S·Sᵀ. P is never formed, so it can never lose its positive diagonal to
 * rounding, and states of very different size do not disturb each other.
 *
 * Source    Bierman, Factorization Methods for Discrete Sequential Estimation (1977); van der Merwe & Wan, "The
 *           square-root unscented Kalman filter for state and parameter-estimation", ICASSP (2001).
 */

import type { NodeId } from '../graph/index.ts';
import type { Model, State } from '../model/index.ts';
import { type BlockLayout, layoutOf, movingStates, present } from '../solve/index.ts';

/** First slots of the groups that a belief adds; within a group one slot each in model order unless said otherwise. */
export interface BeliefLayout extends BlockLayout {
  /** Lower triangle of the covariance's square root, row by row: n(n+1)/2, n = estimated.length. */
  readonly factor: number;
  /** One a state: its standard deviation, 0 if it is not estimated. Written by `observe`. */
  readonly deviations: number;
  /** One a health: the standard deviation of its quantity. Written by `observe`; NaN before. */
  readonly healthDeviations: number;
  /** One a measurement: the value to correct with; NaN: none. The caller writes it before `correct`, which leaves it. */
  readonly measured: number;
  /** One a measurement, written by `correct`: sample less prediction, and its standard deviation (NaN: not `valid`). */
  readonly innovations: number;
  readonly innovationDeviations: number;
  /** One a measurement, written by `correct`: 1 if the gate left the sample out. */
  readonly rejected: number;
  /** One a member and estimated state, member by member, of an ensemble; none with another method. */
  readonly members: number;
  readonly memberCount: number;
  /**
   * Of the last time update, if they are kept: row by row of the factor what went into it, [A | B | √q] with 2n + 1 entries
   * a row. A (n×n) are the deviations that S before it became, B (n×n) what is not linear, q the noise. None otherwise.
   */
  readonly spans: number;
  readonly spanSlots: number;
  /** The states in the covariance, as indices of the model, in the order of the factor's rows. */
  readonly estimated: readonly number[];
}

/** When states change. */
export type Moment = 'substep' | 'end-of-tick';

/** Whether samples correct the model's states. */
export function isFiltered(model: Model): boolean {
  return model.filter.method !== 'none' && model.measurements.some(({ noise }) => noise !== undefined);
}

export function beliefLayoutOf(model: Model, keepsSpans?: 'keeps spans'): BeliefLayout {
  const base = layoutOf(model);
  const estimated = estimatedStates(model);
  const memberCount = model.filter.method === 'ensemble' ? model.filter.members : 0;
  const n = estimated.length;
  const spanSlots = keepsSpans === undefined ? 0 : n * (2 * n + 1);
  let { slots } = base;
  const take = (count: number): number => {
    const first = slots;
    slots += count;
    return first;
  };
  const groups = {
    factor: take((n * (n + 1)) / 2),
    deviations: take(model.states.length),
    healthDeviations: take(model.health.length),
    measured: take(model.measurements.length),
    innovations: take(model.measurements.length),
    innovationDeviations: take(model.measurements.length),
    rejected: take(model.measurements.length),
    members: take(memberCount * n),
    spans: take(spanSlots),
  };
  return { ...base, ...groups, slots, memberCount, spanSlots, estimated };
}

/** Where row `row`, column `column` ≤ row, of the factor stands after its first slot. */
export function placeInFactor(row: number, column: number): number {
  return (row * (row + 1)) / 2 + column;
}

/**
 * The states that may be uncertain: continuous ones, and discrete ones with noise, unless they begin known exactly,
 * have no noise and depend on nothing that is uncertain. Leaving those out changes no result and saves their points.
 *
 * States at rest come first: their rows of the factor stay as they are in a time update, which then begins with them.
 */
function estimatedStates(model: Model): number[] {
  const { states } = model;
  const sources = sourcesOf(model);
  const candidates = [...states.keys()].filter(
    (index) => states[index]?.kind === 'continuous' || states[index]?.noise !== undefined,
  );
  const uncertain = new Set(
    candidates.filter((index) => {
      const { noise, uncertainty } = present(states[index]);
      return noise !== undefined || uncertainty > 0;
    }),
  );
  for (let grown = true; grown; ) {
    grown = false;
    for (const index of candidates) {
      if (uncertain.has(index) || !present(sources[index]).some((other) => uncertain.has(other))) continue;
      uncertain.add(index);
      grown = true;
    }
  }
  const moving = new Set(changingStates(model, 'any'));
  const rank = (index: number): number => {
    if (moving.has(index)) return 2;
    return states[index]?.noise === undefined ? 0 : 1;
  };
  return [...uncertain].sort((a, b) => rank(a) - rank(b) || a - b);
}

/** The states that a substep, an end of a tick, or either may change, other than by a bound. */
export function changingStates(model: Model, when: Moment | 'any'): number[] {
  const moving = new Set(movingStates(model));
  const isAtEnd = ({ kind, everySeconds }: State): boolean =>
    kind === 'discrete' && everySeconds === undefined;
  const atEnd = [...model.states.keys()].filter((index) => isAtEnd(present(model.states[index])));
  const reset = new Set(
    model.equations.whens.flatMap(({ condition, resets }) => {
      const acts = when !== 'end-of-tick' || statesIn(model, [condition]).some((it) => atEnd.includes(it));
      return acts ? resets.map(({ state }) => state) : [];
    }),
  );
  return [...model.states.keys()].filter((index) => {
    if (reset.has(index)) return true;
    if (atEnd.includes(index)) return when !== 'substep';
    return when !== 'end-of-tick' && (moving.has(index) || model.states[index]?.kind === 'discrete');
  });
}

/** The states that each state's equation and resets look at. */
function sourcesOf(model: Model): readonly (readonly number[])[] {
  const { derivatives, next, whens } = model.equations;
  const roots: NodeId[][] = model.states.map((_, index) =>
    [derivatives[index], next[index]].filter((root) => root !== undefined),
  );
  for (const { condition, resets } of whens) {
    for (const { state, value } of resets) roots[state]?.push(condition, value);
  }
  return roots.map((list) => statesIn(model, list));
}

function statesIn({ equations: { graph, slots }, states }: Model, roots: readonly NodeId[]): number[] {
  return graph.reachable(roots).flatMap((id) => {
    const node = graph.node(id);
    const state = node.kind === 'load' ? node.slot - slots.states : -1;
    return state >= 0 && state < states.length ? [state] : [];
  });
}

/** All states that something depends on, straight or through others. */
export function statesBehind(model: Model, roots: readonly NodeId[]): ReadonlySet<number> {
  const sources = sourcesOf(model);
  const found = new Set(statesIn(model, roots));
  // A set that grows while it is gone through is gone through to its end.
  for (const state of found) for (const source of sources[state] ?? []) found.add(source);
  return found;
}
