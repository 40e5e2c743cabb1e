/** The folders of models/: their documents, golden trajectories and pages, and how Gemel runs them. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { compileModel, type Model } from '../../src/core/model/index.ts';
import { simulate, type SimulateOptions, type Trajectory } from '../../src/core/solve/index.ts';

const root = new URL('../../models/', import.meta.url);

/** What golden.py wrote: SI, but for a model whose units are unchecked. */
export interface Golden {
  readonly tick: number;
  /** Each part's inputs hold from its time on, until the next part that names them. */
  readonly inputs: readonly Readonly<Record<string, number>>[];
  readonly start: Readonly<Record<string, number>>;
  readonly time: readonly number[];
  readonly states: Readonly<Record<string, readonly number[]>>;
}

export const folders: readonly string[] = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
  .map(({ name }) => name)
  .sort();

export function textOf(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

export function goldenOf(folder: string): Golden {
  return JSON.parse(textOf(`${folder}/golden.json`)) as Golden;
}

/** The model of a folder; fails with every problem of its document. */
export function modelOf(folder: string): Model {
  const file = `${folder}/model.yaml`;
  const { model, diagnostics } = compileModel({ file, text: textOf(file) });
  assert.deepEqual(
    diagnostics.map(({ code, message, place }) => `${code} in line ${place?.line}: ${message}`),
    [],
  );
  assert.ok(model);
  return model;
}

export interface Difference {
  readonly state: string;
  readonly error: number;
  readonly allowed: number;
  readonly atSeconds: number | undefined;
}

/**
 * Runs a model as its golden trajectory was run, from the same start with the same inputs, and compares each state.
 *
 * The error allowed is `tolerance` of how far a state moves, not of its value, so that temperatures in kelvin hide
 * nothing; and 1e-12 of its value, for the rounding of a slow state that hardly moves (wear). A tolerance of 0 is 0.
 */
export function compareWithGolden(
  model: Model,
  golden: Golden,
  options: { readonly tolerance: number; readonly parameters?: Readonly<Record<string, number>> },
): readonly Difference[] {
  const { tick, inputs, start, time } = golden;
  const inputAt = (name: string, seconds: number): number | undefined =>
    inputs.findLast((part) => name in part && (part.from ?? 0) <= seconds + tick / 1000)?.[name];
  const { parameters = {}, tolerance } = options;
  const seconds = time.at(-1) ?? 0;
  const trajectory = simulate(model, { seconds, tickSeconds: tick, states: start, parameters, inputAt });
  assert.equal(trajectory.stopped, undefined);
  const rows = time.map((at) => Math.round(at / tick));
  for (const [index, row] of rows.entries())
    near((trajectory.time[row] ?? NaN) + 1, (time[index] ?? NaN) + 1, 1e-9);
  return model.states.map(({ name }, index) => {
    const expected = golden.states[name] ?? [];
    assert.equal(expected.length, time.length);
    const range = Math.max(...expected) - Math.min(...expected);
    assert.ok(range > 0, `${name} does not move in the golden run`);
    const largest = Math.max(...expected.map(Math.abs));
    const errors = rows.map((row, at) =>
      Math.abs((trajectory.values[index]?.[row] ?? NaN) - (expected[at] ?? NaN)),
    );
    const error = Math.max(...errors);
    const allowed = tolerance === 0 ? 0 : tolerance * range + 1e-12 * largest;
    return { state: name, error, allowed, atSeconds: time[errors.indexOf(error)] };
  });
}

/** A run to its end, with the value of any state or output by name: at the end, or integrated over the run. */
export function run(model: Model, options: SimulateOptions): Run {
  const trajectory = simulate(model, options);
  assert.equal(trajectory.stopped, undefined);
  const { time } = trajectory;
  const series = (name: string): Float64Array => {
    const values = trajectory.values[trajectory.names.indexOf(name)];
    assert.ok(values, `no state or output ${name}`);
    return values;
  };
  return {
    trajectory,
    series,
    start: (name) => series(name)[0] ?? NaN,
    end: (name) => series(name).at(-1) ?? NaN,
    integral(name) {
      const values = series(name);
      let sum = 0;
      for (let row = 1; row < time.length; row++) {
        const width = (time[row] ?? NaN) - (time[row - 1] ?? NaN);
        sum += (width * ((values[row] ?? NaN) + (values[row - 1] ?? NaN))) / 2;
      }
      return sum;
    },
  };
}

export interface Run {
  readonly trajectory: Trajectory;
  series(name: string): Float64Array;
  start(name: string): number;
  end(name: string): number;
  /** By the trapezoidal rule over the recorded rows. */
  integral(name: string): number;
}

/** Fails unless `got` is within `relative` of `expected`. */
export function near(got: number, expected: number, relative: number): void {
  const error = Math.abs(got - expected);
  assert.ok(error <= relative * Math.abs(expected), `${got} is not within ${relative} of ${expected}`);
}

export const zeroCelsius = 273.15;
