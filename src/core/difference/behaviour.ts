/**
 * What two versions do from the same start: a short simulation of each, and how far every quantity that both have moves apart.
 *
 * The second starts at what the first one's start becomes by its migration, and both have the same inputs.
 */

import { GemelError } from '../diagnose/index.ts';
import type { Migration } from '../estimate/index.ts';
import type { Input, Model, Signal } from '../model/index.ts';
import { simulate, type Trajectory } from '../solve/index.ts';
import { fromSi, fromSiDifference } from '../units/index.ts';

export interface BehaviourDifference {
  readonly seconds: number;
  /** What the inputs of the second version were held at. */
  readonly inputs: readonly { readonly name: string; readonly value: number; readonly unit: string }[];
  readonly deviations: readonly Deviation[];
}

interface Deviation {
  readonly name: string;
  readonly unit: string;
  /** Largest distance of the two, in the unit, and when. */
  readonly largest: number;
  readonly atSeconds: number;
  /** Where each was then, and at the end. */
  readonly before: number;
  readonly after: number;
  readonly endBefore: number;
  readonly endAfter: number;
  /** Largest distance in percent of how far the first one moved; absent if that stood still. */
  readonly percent?: number;
}

const rows = 200;
/** Models with more operations than this are not simulated for a comparison. */
const mostOperations = 20_000;

/** A sentence instead of numbers if one of the two cannot be simulated. */
export function compareBehaviour(
  a: Model,
  b: Model,
  { migration, seconds }: { readonly migration: Migration; readonly seconds: number },
): BehaviourDifference | { readonly why: string } {
  if (Math.max(a.equations.graph.size, b.equations.graph.size) > mostOperations)
    return { why: 'the models are too large to be simulated in passing' };
  const inputs = Object.fromEntries(
    [...a.inputs, ...b.inputs].map((input) => [
      input.name,
      heldAt(b.inputs.find(({ name }) => name === input.name) ?? input),
    ]),
  );
  const of = (model: Model) => Object.fromEntries(model.inputs.map(({ name }) => [name, inputs[name] ?? 0]));
  const start = migration.carry({
    values: Float64Array.from(a.states, (state) => state.start),
    covariance: new Float64Array(a.states.length ** 2),
    parameters: Float64Array.from(a.parameters, ({ value }) => value),
    inputs: Float64Array.from(a.inputs, ({ name }) => inputs[name] ?? 0),
  });
  const states = Object.fromEntries(b.states.map(({ name }, i) => [name, start.values[i] ?? NaN]));
  const options = { seconds, tickSeconds: seconds / rows, everySeconds: seconds / rows };
  let both: readonly [Trajectory, Trajectory];
  try {
    both = [simulate(a, { ...options, inputs: of(a) }), simulate(b, { ...options, inputs: of(b), states })];
  } catch (error) {
    if (!(error instanceof GemelError)) throw error;
    return { why: error.message };
  }
  const [before, after] = both;
  if (before.stopped ?? after.stopped) return { why: 'one of the two cannot be simulated from its start' };
  const shownInputs = b.inputs.map(({ name, unit }) => ({
    name,
    value: tidy(fromSi(inputs[name] ?? 0, unit)),
    unit: unit.symbol,
  }));
  const origins = new Map(b.states.map(({ name }, i) => [name, migration.origins[i]]));
  const deviations = [...b.states, ...b.outputs].flatMap((signal, i) => {
    const old = before.names.indexOf(
      origins.has(signal.name) ? (origins.get(signal.name) ?? '') : signal.name,
    );
    const [x, y] = [before.values[old], after.values[i]];
    return x === undefined || y === undefined ? [] : (deviationOf(signal, { x, y, time: before.time }) ?? []);
  });
  return { seconds, inputs: shownInputs, deviations };
}

/** The default, or the middle of the bounds, or what bound there is. */
function heldAt({ default: otherwise, min, max }: Input): number {
  if (otherwise !== undefined) return otherwise;
  if (min !== undefined && max !== undefined) return (min + max) / 2;
  return min ?? max ?? 0;
}

interface Run {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly time: Float64Array;
}

/** Undefined if the two stay together to rounding. */
function deviationOf(signal: Signal, { x, y, time }: Run): Deviation | undefined {
  const { unit } = signal;
  let at = 0;
  for (const i of x.keys()) if (distance(x, y, i) > distance(x, y, at)) at = i;
  const size = Math.max(...x.map(Math.abs), ...y.map(Math.abs));
  const largest = distance(x, y, at);
  if (!(largest > 1e-9 * size)) return undefined;
  const moved = Math.max(...x) - Math.min(...x);
  const shown = (series: Float64Array, index: number): number => tidy(fromSi(series.at(index) ?? NaN, unit));
  return {
    name: signal.name,
    unit: unit.symbol,
    largest: tidy(fromSiDifference(largest, unit)),
    atSeconds: tidy(time[at] ?? NaN),
    before: shown(x, at),
    after: shown(y, at),
    endBefore: shown(x, -1),
    endAfter: shown(y, -1),
    ...(moved > 1e-9 * size ? { percent: Number(((largest / moved) * 100).toPrecision(3)) } : {}),
  };
}

function distance(x: Float64Array, y: Float64Array, i: number): number {
  return Math.abs((x[i] ?? NaN) - (y[i] ?? NaN));
}

function tidy(value: number): number {
  return Number(value.toPrecision(6));
}
