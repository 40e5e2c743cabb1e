/**
 * Which hidden states the sensors can tell, before any sample has come.
 *
 * A covariance does not depend on what the samples are, only on where the belief is. So the extended filter is run from the
 * model's start over a horizon, once with samples that agree with every prediction and once without any: what is then
 * left of a state's deviation is what the sensors leave. A state that they leave although something measured depends on
 * it is either tied to others (given those it would be known: the inverse of the covariance says how well) or hardly seen.
 *
 * Notation  S (n×n) factor of the covariance P after the horizon, n estimated states
 * Source    Särkkä, Bayesian Filtering and Smoothing (2013), 4.3; Whittaker, Graphical Models in Applied Multivariate
 *           Statistics (1990), 5.8 (the inverse covariance: variances given all others).
 */

import type { Backend } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { present } from '../solve/index.ts';
import { beliefLayoutOf, placeInFactor, statesBehind } from './belief.ts';
import { createEstimator, type Estimator } from './estimator.ts';
import { inverseOf, Matrix } from './matrix.ts';

/** What the sensors do to one uncertain state. */
interface StateTold {
  readonly state: string;
  /** Standard deviation after the horizon without a sample, SI. */
  readonly without: number;
  /** With all of them. */
  readonly deviation: number;
  /** `told`: less than 70 % is left · `unseen`: no sensor depends on it · `weak`: hardly · `tied`: only along with others. */
  readonly verdict: 'told' | 'unseen' | 'weak' | 'tied';
  /** The states it cannot be told from. */
  readonly from: readonly string[];
}

export interface Observability {
  /** How long the sensors looked on: ten minutes, or as far as a number of substeps reaches. */
  readonly horizonSeconds: number;
  /** Inputs without a default, and what they were held at, SI. */
  readonly assumedInputs: Readonly<Record<string, number>>;
  readonly states: readonly StateTold[];
  /** What cannot be told, in sentences. */
  readonly findings: readonly string[];
}

const longestSeconds = 600;
const substepsAtMost = 40_000;
const ticks = 300;
/** With more states than these a filter of slopes takes long to compile. */
const unrolledStates = 20;
/** From this part of a deviation on, a state counts as not told: less than half of its variance is gone. */
const untold = 0.7;
/** A state whose deviation falls to this part of that of its start without any sample needs none. */
const settled = 0.25;
/** A state whose deviation is this part of the others' doing would be known if they were. */
const tied = 0.5;
/** The correlation from which on another state is named. */
const strong = 0.6;

/** @throws GemelError `MODEL_TOO_LARGE` as `createEstimator` does. */
export function checkObservability(model: Model, options: { readonly backend: Backend }): Observability {
  const assumed = assumedInputs(model);
  const { estimated } = beliefLayoutOf(model);
  const name = (index: number): string => present(model.states[index]).name;
  const sensors = model.measurements.flatMap(({ noise }, index) => (noise === undefined ? [] : [index]));
  if (estimated.length === 0) return { horizonSeconds: 0, assumedInputs: assumed, states: [], findings: [] };
  if (sensors.length === 0) {
    const findings = ['no measurement has `noise`, so no sample corrects a state'];
    return { horizonSeconds: 0, assumedInputs: assumed, states: [], findings };
  }
  const estimator = createEstimator(linearised(model, estimated.length), options);
  const horizonSeconds = Math.min(
    longestSeconds,
    (longestSeconds / estimator.substeps(longestSeconds)) * substepsAtMost,
  );
  const { filtered, free } = run(model, estimator, { assumed, sensors, horizonSeconds });
  const seen = statesBehind(
    model,
    sensors.map((index) => present(model.equations.predictions[index])),
  );
  const states = estimated.map((index, row): StateTold => {
    const [deviation, without] = [filtered, free].map((factor) => Math.sqrt(factor.dot(row, row)));
    const common = { state: name(index), without: without ?? NaN, deviation: deviation ?? NaN, from: [] };
    const { uncertainty } = present(model.states[index]);
    // What forgets its start by itself is known as well as a sensor could tell it.
    if (common.without < settled * uncertainty) return { ...common, verdict: 'told' };
    if (!seen.has(index)) return { ...common, verdict: 'unseen' };
    if (common.deviation < untold * common.without) return { ...common, verdict: 'told' };
    const others = tiesOf(filtered, row).map((other) => name(present(estimated[other])));
    return others.length > 0 ? { ...common, verdict: 'tied', from: others } : { ...common, verdict: 'weak' };
  });
  const order = new Map(model.states.map((state, index) => [state.name, index]));
  states.sort((a, b) => (order.get(a.state) ?? 0) - (order.get(b.state) ?? 0));
  return { horizonSeconds, assumedInputs: assumed, states, findings: findingsOf(states, horizonSeconds) };
}

/** The same model with the filter that takes its slopes: what can be told is a matter of them. */
function linearised(model: Model, states: number): Model {
  const filter =
    states > unrolledStates
      ? ({ method: 'ensemble', members: 2 * states + 1 } as const)
      : ({ method: 'extended' } as const);
  return { ...model, filter: { ...model.filter, ...filter } };
}

/** The middle of the bounds, or the bound there is, or 0. */
function assumedInputs({ inputs }: Model): Record<string, number> {
  return Object.fromEntries(
    inputs
      .filter((input) => input.default === undefined)
      .map(({ name, min, max }) => [
        name,
        min !== undefined && max !== undefined ? (min + max) / 2 : (min ?? max ?? 0),
      ]),
  );
}

interface Course {
  readonly assumed: Readonly<Record<string, number>>;
  readonly sensors: readonly number[];
  readonly horizonSeconds: number;
}

/** The factors after the horizon, with and without samples. */
function run(
  model: Model,
  estimator: Estimator,
  { assumed, sensors, horizonSeconds }: Course,
): { readonly filtered: Matrix; readonly free: Matrix } {
  const { layout } = estimator;
  const memory = estimator.allocate(2);
  const tickSeconds = horizonSeconds / ticks;
  const substeps = estimator.substeps(tickSeconds);
  for (const lane of [0, 1]) {
    estimator.initialise(memory, 2, lane, {
      parameters: Float64Array.from(model.parameters, ({ value }) => value),
      inputs: Float64Array.from(model.inputs, (input) => input.default ?? assumed[input.name] ?? 0),
      states: Float64Array.from(model.states, ({ start }) => start),
    });
    memory[layout.tickSeconds * 2 + lane] = tickSeconds;
    memory[layout.stepSeconds * 2 + lane] = tickSeconds / substeps;
  }
  const both = { memory, capacity: 2, lanes: Uint32Array.of(0, 1), count: 2 };
  const first = { ...both, count: 1 };
  for (let tick = 0; tick < ticks; tick++) {
    estimator.beginTick(both);
    estimator.predict(both, substeps);
    estimator.endTick(both);
    estimator.observe(both);
    for (const sensor of sensors) {
      memory[(layout.measured + sensor) * 2] = memory[(layout.predictions + sensor) * 2] ?? NaN;
      estimator.correct(first, sensor);
    }
  }
  const [filtered, free] = [0, 1].map((lane) => {
    const factor = new Matrix(layout.estimated.length, layout.estimated.length);
    for (let row = 0; row < factor.rows; row++) {
      for (let column = 0; column <= row; column++) {
        factor.set(row, column, memory[(layout.factor + placeInFactor(row, column)) * 2 + lane] ?? NaN);
      }
    }
    return factor;
  });
  return { filtered: present(filtered), free: present(free) };
}

/** The rows that a row is tied to: given them it would be known much better. The strongest first. */
function tiesOf(factor: Matrix, row: number): number[] {
  const inverse = inverseOf(factor);
  // P⁻¹ = S⁻ᵀ·S⁻¹: its diagonal is one over the variance given all others.
  let precision = 0;
  for (let k = 0; k < factor.rows; k++) precision += inverse.at(k, row) ** 2;
  const own = Math.sqrt(factor.dot(row, row));
  if (!(1 / Math.sqrt(precision) < tied * own)) return [];
  const ties = Array.from({ length: factor.rows }, (_, other) => {
    const size = own * Math.sqrt(factor.dot(other, other));
    return { other, tie: other === row || !(size > 0) ? 0 : Math.abs(factor.dot(row, other)) / size };
  }).sort((a, b) => b.tie - a.tie);
  const strongest = ties.filter(({ tie }) => tie >= strong);
  return (strongest.length > 0 ? strongest : ties.slice(0, 1)).map(({ other }) => other);
}

/** A sentence for each state that cannot be told; one for both sides of a tie. */
function findingsOf(states: readonly StateTold[], horizonSeconds: number): string[] {
  const said = new Set<string>();
  const seconds = `${Number(horizonSeconds.toPrecision(3))} s`;
  return states.flatMap(({ state, verdict, from, without, deviation }) => {
    if (verdict === 'told' || said.has(state)) return [];
    if (verdict === 'unseen') return [`nothing that is measured depends on \`${state}\``];
    if (verdict === 'weak') {
      const percent = Math.min(100, Math.round((100 * deviation) / without));
      return [
        `the sensors hardly tell \`${state}\`: ${percent} % of its uncertainty is left after ${seconds}`,
      ];
    }
    for (const other of from) said.add(other);
    const others = from.map((name) => `\`${name}\``).join(' and ');
    return [`\`${state}\` cannot be told from ${others} with these sensors`];
  });
}
