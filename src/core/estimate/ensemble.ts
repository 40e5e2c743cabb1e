/**
 * A time update by an ensemble: N members that keep their shape from tick to tick, for models with many states.
 *
 * The members are mean + S·W. W (n×N) is the ensemble made white: rows of mean 0, W·Wᵀ = (N − 1)·I. After the step the
 * members' deviations are taken apart into the new S, lower triangular, and the new W; then noise widens S alone. So the
 * members stay the images of those before, which a filter by points forgets, and nothing is drawn at random after the
 * start. Corrections change the mean and S and leave W as it is: of all square roots of the corrected covariance, a member
 * goes to the one that takes least from those before it.
 *
 * Its sums are loops and not graphs: with many states and members an unrolled program would be too large.
 *
 * Notation  n estimated states · N members · S (n×n) factor · W (n×N) · A (n×N) deviations of the members
 * Source    Whitaker & Hamill, "Ensemble data assimilation without perturbed observations", Monthly Weather Review 130
 *           (2002); Tippett et al., "Ensemble square root filters", ibid. 131 (2003); Raanes, Carrassi & Bertino,
 *           "Extending the square root method to account for additive forecast noise", ibid. 143 (2015).
 */

import type { Backend } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { present } from '../solve/index.ts';
import { Rng } from '../statistics/index.ts';
import { type BeliefLayout, changingStates, placeInFactor } from './belief.ts';
import { Matrix, whiten } from './matrix.ts';
import type { Advance } from './points.ts';
import type { Selection } from './selection.ts';
import type { TimeUpdate } from './time-update.ts';

/** The same ensemble for every twin, so that a twin's belief depends on nothing but the twin. */
const seed = 20_261_122;

/** A part of a member's old deviation that stays in the new one, so that a state that stood still for all has a direction. */
const memory = 1e-12;

/** W at the start: draws of a standard normal distribution, made white. */
export function firstEnsemble({ estimated, memberCount }: BeliefLayout): Matrix {
  const rng = new Rng(seed);
  const draws = new Matrix(estimated.length, memberCount);
  for (let i = 0; i < draws.values.length; i++) draws.values[i] = rng.normal();
  draws.centreRows();
  whiten(draws);
  return draws;
}

export function createEnsembleUpdate(
  model: Model,
  layout: BeliefLayout,
  { moment, run, touched, spanSlot, backend }: Advance & { readonly backend: Backend },
): TimeUpdate {
  const { estimated, memberCount } = layout;
  const n = estimated.length;
  // The twin itself is the last lane: it carries what is known, and the memory of an adaptive method.
  const lanes = { memory: backend.allocate(layout.factor * (memberCount + 1)), capacity: memberCount + 1 };
  const all = { ...lanes, from: 0, to: lanes.capacity };
  const slots = [...new Set([...touched.reads, ...touched.writes])];
  const changing = new Set(changingStates(model, moment));
  const factor = new Matrix(n, n);
  const white = new Matrix(n, memberCount);
  const spread = new Matrix(n, memberCount);
  const widened = new Matrix(n, 2 * n);
  const timers = new Float64Array(layout.periods.length);
  const kept = new Matrix(n, 2 * n + 1);
  const rest = new Matrix(n, memberCount);

  const at = (slot: number, lane: number): number => lanes.memory[slot * lanes.capacity + lane] ?? NaN;
  const put = (slot: number, lane: number, value: number): void => {
    lanes.memory[slot * lanes.capacity + lane] = value;
  };

  /** The belief of a twin, and its members as lanes. */
  const take = ({ memory: block, capacity }: Selection, lane: number): void => {
    const own = (slot: number): number => block[slot * capacity + lane] ?? NaN;
    for (const slot of slots) for (let m = 0; m < lanes.capacity; m++) put(slot, m, own(slot));
    for (const order of timers.keys()) timers[order] = own(layout.everyTimers + order);
    for (let row = 0; row < n; row++) {
      for (let column = 0; column <= row; column++) {
        factor.set(row, column, own(layout.factor + placeInFactor(row, column)));
      }
      for (let m = 0; m < memberCount; m++) white.set(row, m, own(layout.members + m * n + row));
    }
    for (const [row, state] of estimated.entries()) {
      const { min = -Infinity, max = Infinity } = present(model.states[state]);
      const mean = own(layout.states + state);
      for (let m = 0; m < memberCount; m++) {
        let deviation = 0;
        for (let j = 0; j <= row; j++) deviation += factor.at(row, j) * white.at(j, m);
        spread.set(row, m, deviation);
        put(layout.states + state, m, Math.min(Math.max(mean + deviation, min), max));
      }
    }
  };

  /** Means into the twin's own lane, deviations into `spread`. A state at rest keeps both. */
  const collect = (): void => {
    for (const [row, state] of estimated.entries()) {
      if (!changing.has(state)) continue;
      const slot = layout.states + state;
      let sum = 0;
      for (let m = 0; m < memberCount; m++) sum += at(slot, m);
      const { min = -Infinity, max = Infinity } = present(model.states[state]);
      const mean = sum / memberCount;
      const trace = memory * factor.at(row, row);
      for (let m = 0; m < memberCount; m++) spread.set(row, m, at(slot, m) - mean + trace * white.at(row, m));
      put(slot, memberCount, Math.min(Math.max(mean, min), max));
    }
  };

  /** S from the deviations and the noise, W from the deviations alone. */
  const factorise = (seconds: number): void => {
    if (layout.spanSlots > 0) separate(seconds);
    whiten(spread, factor);
    widened.values.fill(0);
    for (const [row, state] of estimated.entries()) {
      for (let column = 0; column <= row; column++) widened.set(row, column, factor.at(row, column));
      widened.set(row, n + row, noise(state, seconds));
    }
    whiten(widened, factor, 1);
  };

  /** A = deviations·Wᵀ/(N − 1), what the columns of S have become; B the triangle of what is left of the deviations. */
  const separate = (seconds: number): void => {
    for (let row = 0; row < n; row++) {
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let m = 0; m < memberCount; m++) sum += spread.at(row, m) * white.at(i, m);
        kept.set(row, i, sum / (memberCount - 1));
      }
      for (let m = 0; m < memberCount; m++) {
        let linear = 0;
        for (let i = 0; i < n; i++) linear += kept.at(row, i) * white.at(i, m);
        rest.set(row, m, spread.at(row, m) - linear);
      }
      kept.set(row, 2 * n, noise(present(estimated[row]), seconds));
    }
    whiten(rest, factor);
    for (let row = 0; row < n; row++) {
      for (let i = 0; i < n; i++) kept.set(row, n + i, i <= row ? factor.at(row, i) : 0);
    }
  };

  const noise = (index: number, seconds: number): number => {
    const { kind, noise: deviation = 0, everySeconds } = present(model.states[index]);
    const isAtEnd = kind === 'discrete' && everySeconds === undefined;
    if (isAtEnd !== (moment === 'end-of-tick')) return 0;
    if (isAtEnd) return deviation;
    if (everySeconds === undefined) return deviation * Math.sqrt(seconds);
    const order = layout.periods.indexOf(everySeconds);
    const lost = (timers[order] ?? NaN) + seconds - at(layout.everyTimers + order, memberCount);
    return deviation * Math.sqrt(Math.round(lost / everySeconds));
  };

  const give = ({ memory: block, capacity }: Selection, lane: number): void => {
    const set = (slot: number, value: number): void => {
      block[slot * capacity + lane] = value;
    };
    for (const slot of touched.writes) set(slot, at(slot, memberCount));
    for (const state of estimated) set(layout.states + state, at(layout.states + state, memberCount));
    for (let i = 0; i < layout.spanSlots; i++) set(layout.spans + i, kept.values[i] ?? NaN);
    const offender = firstOffender();
    set(layout.offender, offender);
    set(layout.finite, offender < 0 ? 1 : 0);
    for (let row = 0; row < n; row++) {
      for (let column = 0; column <= row; column++) {
        set(layout.factor + placeInFactor(row, column), factor.at(row, column));
      }
      for (let m = 0; m < memberCount; m++) set(layout.members + m * n + row, spread.at(row, m));
    }
  };

  /** The first state that is not finite in a member, or −1. */
  const firstOffender = (): number => {
    for (let m = 0; m < lanes.capacity; m++) {
      const offender = at(layout.offender, m);
      if (offender >= 0) return offender;
    }
    return -1;
  };

  return (selection, times) => {
    for (let i = 0; i < selection.count; i++) {
      const lane = selection.lanes[i] ?? 0;
      const seconds = times * (selection.memory[spanSlot * selection.capacity + lane] ?? NaN);
      take(selection, lane);
      run(all, times);
      collect();
      factorise(seconds);
      give(selection, lane);
    }
  };
}
