/**
 * Events that follow each other ever sooner: a motion that comes to rest, or one that goes on without end.
 *
 * A ball that keeps a part of its speed at each bounce makes infinitely many in a finite time (Zeno's). So, where one
 * clause fires again and again, each time sooner than the last, and what it resets is after the reset below the
 * tolerance of its nominal size, the motion is at its end: those states are put to 0 and held there, as by a bound,
 * until their equations push the other way. What goes off a hundred times in a row without the time going on, and does
 * not come to rest, is chattering: the lane stops.
 */

import type { Model } from '../model/index.ts';
import { present } from './formulas.ts';
import { restSlot, rests, solverMemory } from './layout.ts';
import type { UnderWay } from './under-way.ts';
import { nominal } from './unknowns.ts';

/** More events than this without the time going on are chattering. */
const chatterLimit = 100;

/** So many firings in a row, each sooner than the last, are the end of a motion. */
const shrinkingLimit = 8;

/** By less than this part two times between firings do not differ. */
const sooner = 1 - 1e-6;

interface Place {
  readonly lanes: UnderWay;
  readonly lane: number;
}

/** Notes which clause has fired and when, and lets what it resets come to rest. */
export function afterEvent(model: Model, { lanes, lane }: Place): void {
  const { layout } = lanes;
  const clause = lanes.read(lanes.work.firing, lane);
  if (!(clause >= 0)) return;
  const slot = (place: keyof typeof solverMemory): number => layout.solver + solverMemory[place];
  const remembered = (place: keyof typeof solverMemory): number => lanes.read(slot(place), lane);
  const time = lanes.read(layout.time, lane);
  const gap = time - remembered('lastFiring');
  const isSame = remembered('lastClause') === clause + 1;
  const shrinks = isSame && gap < remembered('gap') * sooner;
  const shrinking = shrinks ? remembered('shrinking') + 1 : 0;
  lanes.put(slot('clauseBefore'), lane, remembered('lastClause'));
  lanes.put(slot('lastClause'), lane, clause + 1);
  lanes.put(slot('lastFiring'), lane, time);
  lanes.put(slot('gap'), lane, isSame ? gap : Infinity);
  lanes.put(slot('shrinking'), lane, shrinking);
  if (shrinking >= shrinkingLimit) letRest(model, { lanes, lane, clause });
}

function letRest(model: Model, { lanes, lane, clause }: Place & { readonly clause: number }): void {
  const { layout } = lanes;
  const reset = present(model.equations.whens[clause]).resets.map(({ state }) => state);
  const moving = reset.filter((state) => layout.resting.includes(state));
  const isSmall = (state: number): boolean =>
    Math.abs(lanes.read(layout.states + state, lane)) <=
    model.tolerance * nominal(present(model.states[state]));
  if (moving.length === 0 || !moving.every(isSmall)) return;
  for (const state of moving) {
    lanes.put(layout.states + state, lane, 0);
    lanes.put(restSlot(layout, state), lane, rests.begins);
  }
  lanes.put(layout.solver + solverMemory.shrinking, lane, 0);
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
