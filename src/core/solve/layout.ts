/**
 * Where everything of a running model lies in its block: all that a twin is, as numbers in slots.
 *
 * Nothing of a twin's motion is kept anywhere else, so copying a block copies the twins in it.
 */

import { isAdaptive, type Model } from '../model/index.ts';
import { movingStates } from './integrate.ts';

/** First slots of the groups; within a group one slot each in model order. A block is `slots * capacity` numbers. */
export interface BlockLayout {
  readonly slots: number;
  /** Seconds since the twin's start. */
  readonly time: number;
  /** Length of the tick under way; the caller writes it before `beginTick`. */
  readonly tickSeconds: number;
  /** Length of its substeps, `tickSeconds / substeps(tickSeconds)`; the caller writes it too. */
  readonly stepSeconds: number;
  readonly states: number;
  readonly inputs: number;
  readonly parameters: number;
  /** One a state: 1 if its lower bound held it in this tick. */
  readonly heldMin: number;
  /** One a state: 1 if its upper bound held it in this tick. */
  readonly heldMax: number;
  /** 1 while every state stayed a finite number in this tick. */
  readonly finite: number;
  /** Index of the first state that was not finite in this tick; −1 while all are. */
  readonly offender: number;
  /** One a `when`: how often it fired in this tick. */
  readonly fired: number;
  readonly outputs: number;
  /** One a measurement: what its sensor should read. */
  readonly predictions: number;
  /** Rounding error of `time`, carried to the next substep. Private to the stepper. */
  readonly timeError: number;
  /** One a `when`: whether its condition held when last looked at. Private to the stepper. */
  readonly whenTruth: number;
  /** One a period in `periods`: seconds since it was last due. Private to the stepper. */
  readonly everyTimers: number;
  /** Memory of an adaptive method: places by `solverMemory`, then one for each state that can come to rest. Private. */
  readonly solver: number;
  /** How many that are; none with a fixed step. */
  readonly solverSlots: number;
  /** Moving states that a clause resets, ascending: with an adaptive method they can come to rest. */
  readonly resting: readonly number[];
  /** The different `every` periods of the model, ascending. */
  readonly periods: readonly number[];
}

export function layoutOf(model: Model): BlockLayout {
  let slots = 0;
  const take = (count: number): number => {
    const first = slots;
    slots += count;
    return first;
  };
  const periods = periodsOf(model);
  const resting = isAdaptive(model.method) ? resetUnknowns(model) : [];
  const solverSlots = isAdaptive(model.method) ? solverPlaces + resting.length : 0;
  const groups = {
    time: take(1),
    tickSeconds: take(1),
    stepSeconds: take(1),
    states: take(model.states.length),
    inputs: take(model.inputs.length),
    parameters: take(model.parameters.length),
    heldMin: take(model.states.length),
    heldMax: take(model.states.length),
    finite: take(1),
    offender: take(1),
    fired: take(model.whens.length),
    outputs: take(model.outputs.length),
    predictions: take(model.measurements.length),
    timeError: take(1),
    whenTruth: take(model.whens.length),
    everyTimers: take(periods.length),
    solver: take(solverSlots),
  };
  return { slots, ...groups, solverSlots, resting, periods };
}

/** What an adaptive method remembers from tick to tick, as places after `solver`. */
export const solverMemory = {
  /** Length of the step to try next; 0: not known. */
  step: 0,
  /** Error of the last step taken, as a part of what is allowed; 0: not known. */
  error: 1,
  /** With `auto`: 1 while the stiff method runs. */
  stiff: 2,
  /** With `auto`: how many steps speak for the other method. */
  votes: 3,
  /** Why the lane stopped in this tick, one of `troubles`. */
  trouble: 4,
  /** The `when` clause that went off without end, or −1. */
  clause: 5,
  /** The other clause, if two went off in turn, or −1. */
  otherClause: 6,
  /** The clause that fired last and the one before it, 1 more than their index; 0: none. */
  lastClause: 7,
  clauseBefore: 8,
  /** When it did, and how long after the one before. */
  lastFiring: 9,
  gap: 10,
  /** How often in a row the same clause fired, each time sooner than the last. */
  shrinking: 11,
  /** How long it took the first of those times. */
  firstGap: 12,
} as const;

const solverPlaces = Object.keys(solverMemory).length;

/** What the slot of a state that can come to rest holds, or −1 or 1: the side that its slope pushes to. */
export const rests = { moves: 0, begins: 2 } as const;

/** Whether a state is at rest: one of `rests`. */
export function restSlot(layout: BlockLayout, state: number): number {
  return layout.solver + solverPlaces + layout.resting.indexOf(state);
}

export const troubles = { none: 0, notFinite: 1, stepTooSmall: 2, tooManySteps: 3, chatter: 4 } as const;

function resetUnknowns(model: Model): number[] {
  const reset = new Set(model.equations.whens.flatMap(({ resets }) => resets.map(({ state }) => state)));
  return movingStates(model).filter((index) => reset.has(index));
}

function periodsOf(model: Model): number[] {
  const periods = new Set<number>();
  for (const { everySeconds } of model.states) if (everySeconds !== undefined) periods.add(everySeconds);
  return [...periods].sort((a, b) => a - b);
}
