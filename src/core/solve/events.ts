/**
 * Where within a step something happens: a `when` condition becomes true, a state passes a bound, or a state that a
 * bound holds comes off it.
 *
 * Conditions are truth values of any form (`a < b and not c`), so the moment is found by bisection on the dense
 * output, to the last bits of the time; a method that needs a function with a sign would gain a few evaluations and
 * only serve plain comparisons. A step is looked at in four points, so what is true for less than a quarter of a
 * step may pass unseen.
 *
 * Notation  θ part of the step, from 0 to 1
 */

import type { Lane } from './lane.ts';
import type { Trial } from './system.ts';

const looks = 4;

/** Bisections at most; 2^-52 is the last bit. */
const bisections = 52;

export interface Step {
  readonly trial: Trial;
  readonly seconds: number;
  readonly length: number;
}

export interface EventWatch {
  /**
   * The earliest θ found at which something has happened, or 1 if nothing has up to the end. Afterwards the lane
   * knows which conditions were false just before, so that settling there fires them.
   */
  earliest(step: Step): number;
  /** The first clause that came up at the moment found last; −1 if none did. */
  readonly clause: number;
  /** The first unknown that reached or left a bound at that moment; −1 if none did. */
  readonly unknown: number;
}

export function watchEvents(lane: Lane): EventWatch {
  const { whenTruth, fired } = lane.layout;
  const clauses = lane.layout.outputs - fired;
  const truth = lane.memory.subarray(whenTruth, whenTruth + clauses);
  const before = new Float64Array(clauses);
  const x = new Float64Array(lane.size);
  const slope = new Float64Array(lane.size);
  const bounded = [...lane.min.keys()].filter((i) => isFinite(lane.min[i]) || isFinite(lane.max[i]));
  let clause = -1;
  let unknown = -1;

  const happens = ({ trial, seconds, length }: Step, theta: number): boolean => {
    clause = -1;
    unknown = -1;
    if (theta === 1) x.set(trial.next);
    else trial.interpolate(theta, x);
    for (const i of bounded) {
      const value = x[i] ?? NaN;
      const within = value >= (lane.min[i] ?? 0) && value <= (lane.max[i] ?? 0);
      if (!within && lane.held[i] === 0 && unknown < 0) unknown = i;
    }
    const time = seconds + theta * length;
    if (unknown < 0 && lane.held.some((side) => side !== 0)) {
      lane.freeSlopes(time, x, slope);
      unknown = lane.held.findIndex((side, i) => side !== 0 && (slope[i] ?? 0) * side < 0);
    }
    if (clauses > 0) {
      const now = lane.conditions(time, x);
      clause = now.findIndex((value, i) => value === 1 && before[i] !== 1);
    }
    return unknown >= 0 || clause >= 0;
  };

  const bisect = (step: Step, from: number, to: number): number => {
    let low = from;
    let high = to;
    for (let i = 0; i < bisections; i++) {
      const middle = (low + high) / 2;
      if (step.seconds + middle * step.length === step.seconds + high * step.length || middle === low) break;
      if (happens(step, middle)) high = middle;
      else low = middle;
    }
    happens(step, high);
    return high;
  };

  return {
    get clause() {
      return clause;
    },
    get unknown() {
      return unknown;
    },
    earliest(step) {
      const held = lane.held.some((side) => side !== 0);
      if (clauses === 0 && bounded.length === 0 && !held) return 1;
      before.set(truth);
      for (let look = 1; look <= looks; look++) {
        if (happens(step, look / looks)) {
          const theta = bisect(step, (look - 1) / looks, look / looks);
          truth.set(before);
          return theta;
        }
        if (clauses > 0) before.set(lane.conditions(step.seconds + (look / looks) * step.length, x));
      }
      return 1;
    },
  };
}

function isFinite(value: number | undefined): boolean {
  return value !== undefined && Math.abs(value) < Infinity;
}
