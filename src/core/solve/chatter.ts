/**
 * Events that follow each other ever sooner: a motion that comes to rest, or one that goes on without end.
 *
 * A ball that keeps a part of its speed at each bounce makes infinitely many in a finite time (Zeno's). So, where one
 * clause fires again and again, each time sooner than the last, until that takes less than `tolerance` allows of what it
 * took at first, and what it resets is before and after below the tolerance of its nominal size, the motion is at its
 * end: those states are put to 0 and held there, as by a bound, until their equations push the other way. (That the
 * time shrinks is not enough: it does for a wheel that turns ever faster and has its angle reset.) What goes off a hundred times in a row without the time going on, and does
 * not come to rest, is chattering: the lane stops.
 */

import type { Model } from '../model/index.ts';
import { present } from './formulas.ts';
import type { BlockLayout } from './layout.ts';
import { restSlot, rests as restValues, solverMemory } from './layout.ts';
import type { UnderWay } from './under-way.ts';
import { nominal } from './unknowns.ts';

/** More events than this without the time going on are chattering. */
const chatterLimit = 100;

/** So many firings in a row, each sooner than the last, are the end of a motion. */
const shrinkingLimit = 8;

/** By less than this part two times between firings do not differ. */
const sooner = 1 - 1e-6;

/** The time between firings has shrunk to so many tolerances of what it was. */
const shrunk = 100;

/** What a clause resets that can come to rest: its slots, and how small it must be. */
interface Resting {
  /** Of those in `before`, which. */
  readonly order: number;
  readonly slot: number;
  readonly restSlot: number;
  readonly limit: number;
}

/** One list a clause. */
export type RestingStates = readonly (readonly Resting[])[];

export function restingStates(model: Model, layout: BlockLayout): RestingStates {
  return model.equations.whens.map(({ resets }) =>
    resets
      .filter(({ state }) => layout.resting.includes(state))
      .map(({ state }) => ({
        order: layout.resting.indexOf(state),
        slot: layout.states + state,
        restSlot: restSlot(layout, state),
        limit: model.tolerance * nominal(present(model.states[state])),
      })),
  );
}

export interface Firings {
  readonly resting: RestingStates;
  readonly tolerance: number;
  /** What of the time can be told apart. */
  readonly resolution: number;
}

/** Notes which clause has fired and when, and lets what it resets come to rest. */
export function afterEvent(lanes: UnderWay, lane: number, firings: Firings): void {
  const { work, layout } = lanes;
  const clause = lanes.read(work.firing, lane);
  if (!(clause >= 0)) return;
  const first = layout.solver;
  const time = lanes.read(layout.time, lane);
  const last = lanes.read(first + solverMemory.lastClause, lane);
  const isSame = last === clause + 1;
  const gap = isSame ? time - lanes.read(first + solverMemory.lastFiring, lane) : Infinity;
  const shrinks = gap < lanes.read(first + solverMemory.gap, lane) * sooner || gap <= firings.resolution;
  const shrinking = isSame && shrinks ? lanes.read(first + solverMemory.shrinking, lane) + 1 : 0;
  if (shrinking === 1) lanes.put(first + solverMemory.firstGap, lane, gap);
  lanes.put(first + solverMemory.clauseBefore, lane, last);
  lanes.put(first + solverMemory.lastClause, lane, clause + 1);
  lanes.put(first + solverMemory.lastFiring, lane, time);
  lanes.put(first + solverMemory.gap, lane, gap);
  const atFirst = lanes.read(first + solverMemory.firstGap, lane);
  const isEnd = shrinking >= shrinkingLimit && gap <= shrunk * firings.tolerance * atFirst;
  const rests = isEnd && letRest(lanes, lane, firings.resting[clause] ?? []);
  lanes.put(first + solverMemory.shrinking, lane, rests ? 0 : shrinking);
}

/** Puts the states to rest if all are small enough; whether it did. */
function letRest(lanes: UnderWay, lane: number, states: readonly Resting[]): boolean {
  for (const { slot, order, limit } of states) {
    const before = lanes.read(lanes.work.before + order, lane);
    if (!(Math.abs(before) <= limit && Math.abs(lanes.read(slot, lane)) <= limit)) return false;
  }
  for (const state of states) {
    lanes.put(state.slot, lane, 0);
    lanes.put(state.restSlot, lane, restValues.begins);
  }
  return states.length > 0;
}

/** Counts an event; true if there are too many without the time going on by more than `resolution`. */
export function isChattering(lanes: UnderWay, lane: number, resolution: number): boolean {
  const { work } = lanes;
  const since = lanes.read(work.since, lane);
  const isSoon = since - lanes.read(work.lastEvent, lane) <= resolution;
  const events = isSoon ? lanes.read(work.events, lane) + 1 : 0;
  lanes.put(work.events, lane, events);
  lanes.put(work.lastEvent, lane, since);
  return events >= chatterLimit;
}
