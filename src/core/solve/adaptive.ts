/**
 * A tick of one lane by a method that chooses its steps itself.
 *
 * A tick is cut into pieces at the moments when `every` updates are due; within a piece come steps as long as the
 * tolerance allows, each ended early where an event happens. Ends of pieces are hit exactly.
 *
 * The error of a step is measured against the size of each state, so that it is relative: a tenth of `tolerance·|x|`, and
 * below a hundred-millionth of the state's nominal size (its start or bound, else 1) against that. Steps follow a
 * proportional-integral control.
 *
 * Notation  x (n) states · h step · s seconds since the beginning of the piece · e error as a part of what is allowed
 * Source    Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I (1993), II.4 (first step, norm);
 *           Hairer & Wanner, II (1996), IV.2 (control, stiffness).
 */

import type { Kernel } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { watchEvents } from './events.ts';
import { present } from './formulas.ts';
import type { Lane } from './lane.ts';
import { solverMemory, troubles } from './layout.ts';
import { createRodas5p } from './rodas5p.ts';
import type { Trial } from './system.ts';
import { addScaled, createTsit5 } from './tsit5.ts';

/** More steps than this in one tick are given up. */
const stepLimit = 100_000;

/** More events than this without the time going on are chattering. */
const chatterLimit = 100;

/** With `auto`, so many steps must speak for the other method. */
const votesToSwitch = 15;

/** The part of the tolerance that one step may use up, since errors add up over the steps. */
const share = 0.1;

const safety = 0.9;
const shrinkLimit = 0.2;
const growthLimit = 8;
/** Exponents of the present and the last error: 1/5 − 0.75·β and β, both methods being of order 5. */
const integral = 0.04;
const proportional = 1 / 5 - 0.75 * integral;

/** Runs the lane's tick of `tickSeconds`, from its present time on, in place. */
type AdaptiveTick = () => void;

function createAdaptiveTick(lane: Lane, model: Model): AdaptiveTick {
  const { layout, memory } = lane;
  const watch = watchEvents(lane);
  const n = lane.size;
  const allowed = model.tolerance * share;
  const x = new Float64Array(n);
  const probe = new Float64Array(n);
  const slope = new Float64Array(n);
  const otherSlope = new Float64Array(n);
  const scale = new Float64Array(n);
  const floor = Float64Array.from(
    lane.moving,
    (index) => allowed * 1e-8 * nominal(present(model.states[index])),
  );
  const explicit = createTsit5(lane);
  const stiff = createRodas5p(lane);
  const remembered = (place: keyof typeof solverMemory): number =>
    memory[layout.solver + solverMemory[place]] ?? 0;
  const remember = (place: keyof typeof solverMemory, value: number): void => {
    memory[layout.solver + solverMemory[place]] = value;
  };

  const trialNow = (): Trial => {
    if (model.method === 'tsit5') return explicit;
    return model.method === 'rodas5p' || remembered('stiff') === 1 ? stiff : explicit;
  };

  const stop = (trouble: number, unknown: number, clause = -1): void => {
    memory[layout.finite] = 0;
    memory[layout.offender] = lane.moving[Math.max(0, unknown)] ?? 0;
    remember('trouble', trouble);
    remember('clause', clause);
    remember('step', 0);
  };

  /** The slope anew, after a jump or at the beginning, and which bounds hold their states. */
  const refresh = (seconds: number): void => {
    lane.held.fill(0);
    lane.freeSlopes(seconds, x, slope);
    for (let i = 0; i < n; i++) {
      const outwards = slope[i] ?? 0;
      if ((x[i] ?? 0) <= (lane.min[i] ?? 0) && outwards < 0) lane.held[i] = -1;
      if ((x[i] ?? 0) >= (lane.max[i] ?? 0) && outwards > 0) lane.held[i] = 1;
      if (lane.held[i] === 0) continue;
      slope[i] = 0;
      memory[(lane.held[i] === -1 ? layout.heldMin : layout.heldMax) + (lane.moving[i] ?? 0)] = 1;
    }
    stiff.forget?.();
  };

  const setScale = (one: Float64Array, other: Float64Array): void => {
    for (let i = 0; i < n; i++) {
      const size = Math.max(Math.abs(one[i] ?? 0), Math.abs(other[i] ?? 0));
      scale[i] = allowed * size + (floor[i] ?? 0);
    }
  };

  const norm = (values: Float64Array): number => {
    let largest = 0;
    for (let i = 0; i < n; i++) {
      const part = Math.abs(values[i] ?? NaN) / (scale[i] ?? 1);
      if (!(part <= largest)) largest = part;
      if (Number.isNaN(part)) return Infinity;
    }
    return largest;
  };

  /** The unknown with the largest error, or the first that is not finite. */
  const worst = (values: Float64Array): number => {
    let found = 0;
    for (let i = 0; i < n; i++) {
      const part = Math.abs(values[i] ?? NaN) / (scale[i] ?? 1);
      if (!(part < Infinity)) return i;
      if (part > Math.abs(values[found] ?? 0) / (scale[found] ?? 1)) found = i;
    }
    return found;
  };

  /**
   * A shortest step that hardly moves anything is taken whatever its estimate says: it has a jump of the equations in
   * it, which of a state that was 0 is never small relative to the state.
   */
  const isSmallChange = (next: Float64Array): boolean => {
    for (let i = 0; i < n; i++) {
      const size = Math.max(Math.abs(x[i] ?? 0), (floor[i] ?? 0) / (allowed * 1e-8));
      if (!(Math.abs((next[i] ?? NaN) - (x[i] ?? 0)) <= allowed * size)) return false;
    }
    return true;
  };

  const firstStep = (seconds: number, length: number): number => {
    setScale(x, x);
    const size = norm(x);
    const speed = norm(slope);
    const small = size < 1e-5 || speed < 1e-5 ? 1e-6 * length : (0.01 * size) / speed;
    const h = Math.min(small, length);
    probe.set(x);
    addScaled(probe, slope, h);
    lane.slopes(seconds + h, probe, otherSlope);
    addScaled(otherSlope, slope, -1);
    const bend = norm(otherSlope) / h;
    const steepest = Math.max(speed, bend);
    const next = steepest > 1e-15 ? (0.01 / steepest) ** (1 / 5) : Math.max(1e-6 * length, h * 1e-3);
    return Number.isFinite(bend) ? Math.min(100 * h, next, length) : h * 1e-3;
  };

  /** With `auto`: counts what speaks for the other method, and changes over. True if it did. */
  const vote = (trial: Trial): void => {
    if (model.method !== 'auto') return;
    const rate = trial.stiffness(scale);
    const forOther = trial === explicit ? rate > 3 : rate < 0.5;
    const votes = forOther ? remembered('votes') + 1 : Math.max(0, remembered('votes') - 2);
    remember('votes', votes);
    if (votes < votesToSwitch) return;
    remember('votes', 0);
    remember('stiff', trial === explicit ? 1 : 0);
    remember('error', 0);
  };

  /** Runs a piece from the lane's present time; false if the lane had to stop. */
  const runPiece = (length: number, budget: { steps: number }): boolean => {
    const base = memory[layout.time] ?? 0;
    const resolution = 1e-15 * Math.max(Math.abs(base + length), length);
    let s = 0;
    let fresh = true;
    let events = 0;
    let lastEvent = -Infinity;
    let rejected = false;
    lane.get(x);
    while (length - s > 4 * resolution || s === 0) {
      const seconds = base + s;
      if (fresh) {
        refresh(seconds);
        lane.put(seconds, x);
        const bad = slope.findIndex((value) => !Number.isFinite(value));
        if (bad >= 0) {
          stop(troubles.notFinite, bad);
          return false;
        }
        fresh = false;
        if (n > 0 && !(remembered('step') > 0)) remember('step', firstStep(seconds, length));
      }
      if (budget.steps++ >= stepLimit) {
        lane.put(seconds, x);
        stop(troubles.tooManySteps, worst(explicit.error));
        return false;
      }
      const wanted = n === 0 ? length : Math.min(remembered('step'), model.stepSeconds);
      const rest = length - s;
      const toTheEnd = wanted >= rest * (1 - 1e-6);
      // Two equal steps rather than one long and one tiny.
      const h = toTheEnd ? rest : wanted > rest / 2 ? rest / 2 : wanted;
      const trial = trialNow();
      trial.attempt(seconds, x, slope, h);
      setScale(x, trial.next);
      const e = Math.max(norm(trial.error), Number.isFinite(norm(trial.next)) ? 0 : Infinity);
      if (!(e <= 1) && !(h <= 1e3 * resolution && isSmallChange(trial.next))) {
        const shorter = h * (e < Infinity ? Math.max(shrinkLimit, safety * e ** (-1 / 5)) : 0.1);
        remember('step', shorter);
        rejected = true;
        if (shorter > resolution) continue;
        lane.put(seconds, x);
        stop(troubles.stepTooSmall, worst(Number.isFinite(norm(trial.next)) ? trial.error : trial.next));
        return false;
      }
      const before = Math.max(remembered('error') || 1e-4, 1e-4);
      const growth = safety * Math.min(Math.max(e, 1e-10), 1) ** -proportional * before ** integral;
      const longer = h * Math.min(rejected ? 1 : growthLimit, Math.max(shrinkLimit, growth));
      rejected = false;
      // A step that was cut short says little about how long one may be.
      remember('step', h < wanted ? Math.max(wanted, longer) : longer);
      remember('error', Math.min(e, 1));
      vote(trial);

      const theta = watch.earliest({ trial, seconds, length: h });
      if (theta < 1) trial.interpolate(theta, x);
      else x.set(trial.next);
      s = theta === 1 && toTheEnd ? length : s + theta * h;
      lane.put(base + s, x);
      const firedBefore = firings();
      lane.settle();
      if (memory[layout.finite] !== 1) {
        remember('trouble', troubles.notFinite);
        return false;
      }
      probe.set(x);
      lane.get(x);
      const jumped = firings() !== firedBefore || x.some((value, i) => value !== probe[i]);
      if (theta < 1 || jumped) {
        events = s - lastEvent <= 1e3 * resolution ? events + 1 : 0;
        lastEvent = s;
        if (events >= chatterLimit) {
          stop(troubles.chatter, watch.unknown, watch.clause);
          return false;
        }
        fresh = true;
      } else if (trialNow() !== trial || trial.lastSlope === undefined) lane.slopes(base + s, x, slope);
      else slope.set(trial.lastSlope);
    }
    return true;
  };

  const firings = (): number => {
    let sum = 0;
    for (let slot = layout.fired; slot < layout.outputs; slot++) sum += memory[slot] ?? 0;
    return sum;
  };

  /** How long until the next `every` update or the end of the tick, whichever comes first. */
  const pieceLength = (rest: number): number => {
    let length = rest;
    for (const [order, period] of layout.periods.entries()) {
      const due = period - (memory[layout.everyTimers + order] ?? 0);
      if (due < length - 1e-9 * period) length = Math.max(due, 1e-9 * period);
    }
    return length;
  };

  return () => {
    const tickSeconds = memory[layout.tickSeconds] ?? 0;
    const stepSeconds = memory[layout.stepSeconds] ?? 0;
    const budget = { steps: 0 };
    let rest = tickSeconds;
    while (rest > 0) {
      const length = pieceLength(rest);
      const start = memory[layout.time] ?? 0;
      memory[layout.stepSeconds] = length;
      if (!runPiece(length, budget)) break;
      // Compensated, as with a fixed step.
      const step = length - (memory[layout.timeError] ?? 0);
      memory[layout.time] = start + step;
      memory[layout.timeError] = start + step - start - step;
      lane.updateEvery();
      rest = length === rest ? 0 : rest - length;
    }
    memory[layout.stepSeconds] = stepSeconds;
  };
}

/** A size that is not small for the state. */
function nominal({ start, min = 0, max = 0 }: Model['states'][number]): number {
  return Math.max(Math.abs(start), Math.abs(min), Math.abs(max)) || 1;
}

/** The substeps of an adaptive method over many lanes: each lane for itself, in a memory of its own. */
export function createAdaptiveSubstep(lane: Lane, model: Model): Kernel {
  const tick = createAdaptiveTick(lane, model);
  const { slots } = lane.layout;
  return ({ memory, capacity, from, to }, times = 1) => {
    for (let at = from; at < to; at++) {
      for (let slot = 0; slot < slots; slot++) lane.memory[slot] = memory[slot * capacity + at] ?? NaN;
      if (lane.memory[lane.layout.finite] !== 1) continue;
      for (let i = 0; i < times && lane.memory[lane.layout.finite] === 1; i++) tick();
      for (let slot = 0; slot < slots; slot++) memory[slot * capacity + at] = lane.memory[slot] ?? NaN;
    }
  };
}
