/**
 * The memory in which lanes of an adaptive method are under way: the slots of their block first, then what a step needs.
 *
 * Notation  n moving states, in model order · h step · θ part of a step, from 0 to 1
 */

import type { Model } from '../model/index.ts';
import { present } from './formulas.ts';
import { movingStates } from './integrate.ts';
import type { BlockLayout } from './layout.ts';

export interface Work {
  /** All slots, the block's included. */
  readonly slots: number;
  /** States that the solver moves: the unknowns. */
  readonly moving: readonly number[];
  /** Whether a bound or a rest can hold each unknown. */
  readonly holdable: readonly boolean[];
  /** Whether anything can happen within a step. */
  readonly watched: boolean;
  /** Where the lane lives in its block. */
  readonly home: number;
  /** How many ticks it has still to run, this one included. */
  readonly ticks: number;
  /** Seconds of the tick after the piece under way. */
  readonly rest: number;
  /** The piece: when it began, its seconds, and how many of them are over. */
  readonly base: number;
  readonly length: number;
  readonly since: number;
  /** What the lane needs next: one of `phases`. */
  readonly phase: number;
  /** 1 if something holds an unknown. */
  readonly holds: number;
  /** Steps tried in this tick. */
  readonly tried: number;
  /** 1 after a step was rejected. */
  readonly rejected: number;
  /** Events in a row without the time going on, and when the last was, in seconds since the piece began. */
  readonly events: number;
  readonly lastEvent: number;
  /** The last step tried, and the part θ of it that is looked at or taken. */
  readonly h: number;
  readonly theta: number;
  /** The quarter of the step in which something was seen first, 0 if nothing was; then bounds of θ around it. */
  readonly look: number;
  readonly low: number;
  readonly high: number;
  /** The first `when` clause and the first unknown of which something was seen, or −1. */
  readonly clause: number;
  readonly unknown: number;
  /** The first clause that fired, or −1. */
  readonly firing: number;
  /** One a state that can come to rest: its value at the event, before resets. */
  readonly before: number;
  /** Of the first step: sizes of the slope and of its change. */
  readonly speed: number;
  readonly bend: number;
  /** n each: slopes at the beginning of the step; −1 or 1 where the lower or upper side holds; the states after it. */
  readonly slope: number;
  readonly held: number;
  readonly next: number;
  /** 4·n: the states are x + θ(p₁ + θ(p₂ + θ(p₃ + θp₄))) within the step; p₁ of all unknowns first. */
  readonly dense: number;
}

/** What a lane needs next. */
export const phases = {
  /** A step. */
  going: 0,
  /** Slopes and holds anew, after a jump or at the beginning. */
  fresh: 1,
  /** What happened in the last step, which is good but not taken, found and done. */
  event: 2,
  /** The next piece: this one is over. */
  ended: 3,
  /** A decision, since the step rejected is as short as the time allows. */
  tight: 4,
  /** To be stopped: too many steps. */
  exhausted: 5,
  /** To go home. */
  done: 6,
} as const;

export const denseDegree = 4;

export function workAfter(model: Model, layout: BlockLayout): Work {
  const moving = movingStates(model);
  const n = moving.length;
  let slots = layout.slots;
  const take = (count = 1): number => {
    const first = slots;
    slots += count;
    return first;
  };
  const isBounded = moving.map((index) => {
    const { min, max } = present(model.states[index]);
    return min !== undefined || max !== undefined;
  });
  const watched = model.whens.length > 0 || isBounded.includes(true);
  const places = {
    home: take(),
    ticks: take(),
    rest: take(),
    base: take(),
    length: take(),
    since: take(),
    phase: take(),
    holds: take(),
    tried: take(),
    rejected: take(),
    events: take(),
    lastEvent: take(),
    h: take(),
    theta: take(),
    look: take(),
    low: take(),
    high: take(),
    clause: take(),
    unknown: take(),
    firing: take(),
    before: take(layout.resting.length),
    speed: take(),
    bend: take(),
    slope: take(n),
    held: take(n),
    next: take(n),
    dense: take(watched ? denseDegree * n : 0),
  };
  const holdable = moving.map((index, i) => isBounded[i] === true || layout.resting.includes(index));
  return { ...places, slots, moving, holdable, watched };
}
