/**
 * A lane of another version of a model from a lane that runs: the belief goes through the migration, and by name all that is
 * known of inputs, sensors and clauses.
 *
 * | what | what becomes of it |
 * | --- | --- |
 * | states and their covariance | as the migration says; values only, if either version estimates nothing |
 * | inputs that a sample has set, newest samples, usual intervals | by name |
 * | whether a `when` holds, timers of `every` | by name, by period: what has fired does not fire again |
 * | time since the twin's start, its number of ticks | go on |
 * | what detection has learnt, memory of an adaptive method | begins anew: it is of the old version |
 */

import { type Migration, placeInFactor } from '../../core/estimate/index.ts';
import type { Block } from './block.ts';

/** `to` is a block of one lane, just made. Its twin begins at once, also where the old version stood still. */
export function carryOver(from: Block, to: Block, migration: Migration): void {
  const { memory } = from;
  const { layout, model } = memory;
  const group = (first: number, count: number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => memory.slot(0, first + i));
  const carried = migration.carry({
    values: group(layout.states, model.states.length),
    covariance: covarianceOf(from),
    parameters: group(layout.parameters, model.parameters.length),
    inputs: group(layout.inputs, model.inputs.length),
  });
  carryInputs(from, to);
  for (const [index, value] of carried.values.entries())
    to.memory.setSlot(0, to.memory.layout.states + index, value);
  // Its time is 0 yet: outputs, clauses and uncertainties are now as of a start with these values.
  to.memory.start(0);
  if (from.motion.belief !== undefined) setCovariance(to, carried.covariance);
  carryClock(from, to);
  carryNotes(from, to);
  to.restored(0);
}

/** n×n over the states of the model, row-major; zeros where nothing is estimated. */
function covarianceOf({ memory, model, motion }: Block): Float64Array {
  const n = model.states.length;
  const covariance = new Float64Array(n * n);
  const belief = motion.belief?.layout;
  if (belief === undefined) return covariance;
  const entry = (row: number, column: number): number =>
    memory.slot(0, belief.factor + placeInFactor(row, column));
  for (const [a, i] of belief.estimated.entries()) {
    for (const [b, j] of belief.estimated.entries()) {
      let sum = 0;
      for (let column = 0; column <= Math.min(a, b); column++) sum += entry(a, column) * entry(b, column);
      covariance[i * n + j] = sum;
    }
  }
  return covariance;
}

/**
 * The lower triangular root of the covariance of what is estimated, row by row (Cholesky). A direction without variance, or
 * whose variance rounding has made negative, gets none.
 */
function setCovariance({ memory, model, motion }: Block, covariance: Float64Array): void {
  const belief = motion.belief?.layout;
  if (belief === undefined) return;
  const n = model.states.length;
  const root: number[][] = [];
  for (const [row, i] of belief.estimated.entries()) {
    const entries: number[] = [];
    for (const [column, j] of belief.estimated.entries()) {
      if (column > row) break;
      let rest = covariance[i * n + j] ?? 0;
      const other = column === row ? entries : (root[column] ?? []);
      for (let k = 0; k < column; k++) rest -= (entries[k] ?? 0) * (other[k] ?? 0);
      const pivot = other[column] ?? 0;
      if (column === row) entries.push(rest > 0 ? Math.sqrt(rest) : 0);
      else entries.push(pivot > 0 ? rest / pivot : 0);
      memory.setSlot(0, belief.factor + placeInFactor(row, column), entries[column] ?? 0);
    }
    root.push(entries);
  }
}

function carryInputs({ memory: from }: Block, { memory: to }: Block): void {
  for (const [a, b] of shared(from.model.inputs, to.model.inputs)) {
    const atMs = from.note(0, from.frameLayout.inputTimes + a);
    // What nobody has said is the configuration's, of either version.
    if (Number.isNaN(atMs)) continue;
    to.setSlot(0, to.layout.inputs + b, from.slot(0, from.layout.inputs + a));
    to.setNote(0, to.frameLayout.inputTimes + b, atMs);
  }
}

function carryClock({ memory: from }: Block, { memory: to }: Block): void {
  to.setSlot(0, to.layout.time, from.slot(0, from.layout.time));
  to.setSlot(0, to.layout.timeError, from.slot(0, from.layout.timeError));
  for (const [a, b] of shared(from.model.whens, to.model.whens))
    to.setSlot(0, to.layout.whenTruth + b, from.slot(0, from.layout.whenTruth + a));
  for (const [b, period] of to.layout.periods.entries()) {
    const a = from.layout.periods.indexOf(period);
    if (a >= 0) to.setSlot(0, to.layout.everyTimers + b, from.slot(0, from.layout.everyTimers + a));
  }
}

function carryNotes(fromBlock: Block, toBlock: Block): void {
  const { memory: from } = fromBlock;
  const { memory: to } = toBlock;
  for (const name of ['beliefMs', 'ticks'] as const)
    to.setNote(0, to.frameLayout[name], from.note(0, from.frameLayout[name]));
  for (const [a, b] of shared(from.model.measurements, to.model.measurements)) {
    for (const name of ['measured', 'measuredTimes', 'intervals', 'seen'] as const)
      to.setNote(0, to.frameLayout[name] + b, from.note(0, from.frameLayout[name] + a));
  }
}

/** What both versions have, by name: its number in the one and in the other. */
function shared(
  from: readonly { readonly name: string }[],
  to: readonly { readonly name: string }[],
): (readonly [number, number])[] {
  return from.flatMap(({ name }, a) => {
    const b = to.findIndex((other) => other.name === name);
    return b < 0 ? [] : [[a, b] as const];
  });
}
