/**
 * Whether a filter is as sure as it may be: machines simulated with the noise of their models, so that the truth is known.
 *
 * The normalised error squared of all states together, eᵀP⁻¹e, is χ² with as many degrees of freedom as there are states;
 * its mean over the runs must lie within the 99 % interval of that. And of each state so many errors must lie within the
 * intervals that the filter gives: 50, 90 and 99 % of them.
 *
 * Source  Bar-Shalom, Li & Kirubarajan, Estimation with Applications to Tracking and Navigation (2001), 5.4.
 */

import { readFileSync } from 'node:fs';
import { createEstimator, placeInFactor } from '../src/core/estimate/index.ts';
import { defaultBackend } from '../src/core/kernel/index.ts';
import {
  compileModel,
  compileModelDocument,
  type Model,
  type ModelDocument,
} from '../src/core/model/index.ts';
import { createStepper } from '../src/core/solve/index.ts';
import { chiSquareQuantile, normalQuantile, Rng } from '../src/core/statistics/index.ts';
import { between, type Context, type Finding, type Proof } from './lib/report.ts';

const seed = 20_261_122;
const intervals = [50, 90, 99];

interface Case {
  readonly name: string;
  readonly model: string;
  /** Where it starts, and how surely: away from bounds, which no normal distribution knows. */
  readonly states: Readonly<Record<string, { readonly start: number; readonly uncertainty: number }>>;
  /** In the unit of the input, by time. */
  readonly inputs: Readonly<Record<string, (seconds: number) => number>>;
  readonly tickSeconds: number;
  readonly ticks: number;
}

const cases: readonly Case[] = [
  {
    name: 'tanks',
    model: 'cascaded-tanks',
    states: {
      pump_flow: { start: 3.3, uncertainty: 0.3 },
      upper_level: { start: 1.2, uncertainty: 0.1 },
      lower_level: { start: 1, uncertainty: 0.1 },
    },
    inputs: { pump_signal: (t) => 55 + 15 * Math.sign(Math.sin(t / 60)) },
    tickSeconds: 2,
    ticks: 300,
  },
  {
    name: 'cell',
    model: 'lithium-ion-cell',
    states: {
      charge: { start: 60, uncertainty: 8 },
      fast_overvoltage: { start: 0.02, uncertainty: 0.01 },
      slow_overvoltage: { start: 0.02, uncertainty: 0.01 },
      temperature: { start: 25, uncertainty: 2 },
      fade: { start: 6, uncertainty: 1 },
    },
    inputs: { current: (t) => 0.4 * (1 + Math.sin(t / 40)) },
    tickSeconds: 1,
    ticks: 600,
  },
  {
    name: 'hydraulics',
    model: 'hydraulic-power-unit',
    states: {
      pressure: { start: 110, uncertainty: 3 },
      oil_temperature: { start: 45, uncertainty: 3 },
      filter_dirt: { start: 40, uncertainty: 8 },
      leakage: { start: 0.05, uncertainty: 0.01 },
    },
    inputs: { opening: (t) => 40 + 20 * Math.sin(t / 10) },
    tickSeconds: 0.5,
    ticks: 120,
  },
];

export const consistency: Proof = {
  name: 'consistency',
  summary: 'whether filters of simulated machines are as sure as they may be: 1,000 runs each',
  async run({ quick, note }: Context): Promise<readonly Finding[]> {
    const runs = quick ? 200 : 1000;
    return cases.flatMap((it) => {
      const model = modelOf(it);
      const found = measure(model, it, runs);
      note(`consistency.${it.name}: ${runs} runs of ${it.ticks} ticks, ${found.rejected} samples left out`);
      const name = `consistency.${it.name}`;
      const degrees = found.estimated * runs;
      const [low, high] = [0.005, 0.995].map((p) => chiSquareQuantile(p, degrees) / runs);
      return [
        between(low ?? NaN, high ?? NaN, { name: `${name}.nees`, value: found.nees, unit: '' }),
        ...intervals.map((percent, i) =>
          between(percent - 3, Math.min(100, percent + 3), {
            name: `${name}.coverage-${percent}`,
            value: found.coverage[i] ?? NaN,
            unit: '%',
          }),
        ),
      ];
    });
  },
};

function modelOf({ model: folder, states }: Case): Model {
  const path = new URL(`../models/${folder}/model.yaml`, import.meta.url);
  const { model: plain } = compileModel({ file: folder, text: readFileSync(path, 'utf8') });
  if (plain === undefined) throw new Error(`${folder} does not compile`);
  const changed = Object.entries(plain.document.states ?? {}).map(([name, it]) => [
    name,
    { ...it, ...states[name] },
  ]);
  const document: ModelDocument = { ...plain.document, states: Object.fromEntries(changed) };
  const { model, diagnostics } = compileModelDocument(document, folder);
  if (model === undefined) throw new Error(`${folder}: ${diagnostics[0]?.message}`);
  return model;
}

interface Found {
  readonly estimated: number;
  /** Mean over the runs, at the end. */
  readonly nees: number;
  /** Percent of the errors of all states at ten times that lie within each interval. */
  readonly coverage: readonly number[];
  readonly rejected: number;
}

function measure(model: Model, it: Case, runs: number): Found {
  const backend = defaultBackend();
  const estimator = createEstimator(model, { backend });
  const stepper = createStepper(model, { backend });
  const { layout } = estimator;
  const n = layout.estimated.length;
  const belief = estimator.allocate(runs);
  const truth = stepper.allocate(runs);
  const rng = new Rng(seed);
  const all = {
    memory: belief,
    capacity: runs,
    lanes: Uint32Array.from({ length: runs }, (_, i) => i),
    count: runs,
  };
  const lanes = { memory: truth, capacity: runs, from: 0, to: runs };
  const substeps = stepper.substeps(it.tickSeconds);
  const within = (state: number, value: number): number => {
    const { min = -Infinity, max = Infinity } = model.states[state] ?? {};
    return Math.min(Math.max(value, min), max);
  };
  for (let lane = 0; lane < runs; lane++) {
    const values = {
      parameters: Float64Array.from(model.parameters, ({ value }) => value),
      inputs: Float64Array.from(model.inputs, (input) => input.default ?? 0),
      states: Float64Array.from(model.states, ({ start }) => start),
    };
    estimator.initialise(belief, runs, lane, values);
    const drawn = values.states.map((value, i) =>
      within(i, value + (model.states[i]?.uncertainty ?? 0) * rng.normal()),
    );
    stepper.initialise(truth, runs, lane, { ...values, states: drawn });
    for (const memory of [belief, truth]) {
      memory[layout.tickSeconds * runs + lane] = it.tickSeconds;
      memory[layout.stepSeconds * runs + lane] = it.tickSeconds / substeps;
    }
  }
  const inside = intervals.map(() => 0);
  const limits = intervals.map((percent) => normalQuantile(0.5 + percent / 200));
  let [counted, rejected, nees] = [0, 0, 0];
  for (let tick = 1; tick <= it.ticks; tick++) {
    for (const [index, { name, unit }] of model.inputs.entries()) {
      const value = it.inputs[name]?.((tick - 1) * it.tickSeconds);
      if (value === undefined) continue;
      const si = value * unit.factor + unit.offset;
      for (const memory of [belief, truth])
        memory.fill(si, (layout.inputs + index) * runs, (layout.inputs + index + 1) * runs);
    }
    stepper.beginTick(lanes);
    stepper.substep(lanes, substeps);
    stepper.endTick(lanes);
    for (const [index, { noise }] of model.states.entries()) {
      if (noise === undefined) continue;
      for (let lane = 0; lane < runs; lane++) {
        const at = (layout.states + index) * runs + lane;
        truth[at] = within(index, (truth[at] ?? NaN) + noise * Math.sqrt(it.tickSeconds) * rng.normal());
      }
    }
    stepper.observe(lanes);
    estimator.beginTick(all);
    estimator.predict(all, substeps);
    estimator.endTick(all);
    for (const [index, { noise }] of model.measurements.entries()) {
      for (let lane = 0; lane < runs; lane++) {
        const reading =
          (truth[(layout.predictions + index) * runs + lane] ?? NaN) + (noise ?? 0) * rng.normal();
        belief[(layout.measured + index) * runs + lane] = reading;
      }
      estimator.correct(all, index);
      for (let lane = 0; lane < runs; lane++)
        rejected += belief[(layout.rejected + index) * runs + lane] ?? 0;
    }
    estimator.observe(all);
    if (tick % Math.ceil(it.ticks / 10) !== 0 && tick !== it.ticks) continue;
    for (let lane = 0; lane < runs; lane++) {
      const errors = layout.estimated.map(
        (state) =>
          (truth[(layout.states + state) * runs + lane] ?? NaN) -
          (belief[(layout.states + state) * runs + lane] ?? NaN),
      );
      for (const [row, state] of layout.estimated.entries()) {
        const share =
          Math.abs(errors[row] ?? NaN) / (belief[(layout.deviations + state) * runs + lane] ?? NaN);
        counted += 1;
        for (const [i, limit] of limits.entries()) if (share <= limit) inside[i] = (inside[i] ?? 0) + 1;
      }
      if (tick !== it.ticks) continue;
      nees +=
        normalised(
          errors,
          (row, column) => belief[(layout.factor + placeInFactor(row, column)) * runs + lane] ?? NaN,
        ) / runs;
    }
  }
  return { estimated: n, nees, coverage: inside.map((count) => (100 * count) / counted), rejected };
}

/** |S⁻¹·e|². */
function normalised(errors: readonly number[], factor: (row: number, column: number) => number): number {
  const solved: number[] = [];
  for (const [row, error] of errors.entries()) {
    let rest = error;
    for (let column = 0; column < row; column++) rest -= factor(row, column) * (solved[column] ?? NaN);
    solved.push(rest / factor(row, row));
  }
  return solved.reduce((sum, value) => sum + value * value, 0);
}
