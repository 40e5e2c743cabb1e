/**
 * A recorded machine, filtered from its first row to its last, and smoothed if asked.
 *
 * An input holds from its row to the next; a row's samples are compared at its time, one after the other in the order of
 * the model's measurements. A sensor that insists is believed as by a live twin (`patience`).
 */

import { GemelError } from '../diagnose/index.ts';
import type { Backend } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { type NamedValues, present, startValues, type Stop, stopOf } from '../solve/index.ts';
import { changingStates, placeInFactor } from './belief.ts';
import { createEstimator, type Estimator } from './estimator.ts';
import { Matrix } from './matrix.ts';
import { Tape } from './smoother.ts';

/** What went in and what was measured, in model order, SI; absent where the record has none. */
export interface SampleRecord {
  /** Seconds, ascending. */
  readonly times: Float64Array;
  readonly inputs: readonly (Float64Array | undefined)[];
  /** NaN: no sample. */
  readonly measurements: readonly (Float64Array | undefined)[];
}

export interface RecordOptions {
  readonly backend: Backend;
  /** Default: filter only. */
  readonly smooth?: 'smooth';
  /** The longest tick. Default: from row to row. */
  readonly tickSeconds?: number;
  /** By name, over the model's own. */
  readonly parameters?: NamedValues;
  readonly states?: NamedValues;
}

/** One a row. */
export interface StateEstimate {
  readonly name: string;
  readonly mean: Float64Array;
  /** Standard deviation. */
  readonly deviation: Float64Array;
}

/** One a row; NaN where there was no sample. */
interface MeasurementEstimate {
  readonly name: string;
  /** What the sensor should have read, before its sample was seen. */
  readonly predicted: Float64Array;
  readonly innovation: Float64Array;
  readonly deviation: Float64Array;
  /** 1 where the gate left the sample out. */
  readonly rejected: Uint8Array;
}

/** All values are SI, in model order. */
export interface RecordEstimate {
  readonly times: Float64Array;
  readonly states: readonly StateEstimate[];
  /** The estimated states, with the samples after each row too. */
  readonly smoothed?: readonly StateEstimate[];
  readonly measurements: readonly MeasurementEstimate[];
  /** Samples that were weighed, and those of them that the gate left out, or let in only when they insisted. */
  readonly samples: number;
  readonly rejected: number;
  /**
   * Σ log N(innovation; 0, its variance) over the samples that corrected, each with its −½·log 2π; the start is known as
   * the model says (not diffuse).
   */
  readonly logLikelihood: number;
  /** Present if the record could not be followed to its end; rows end before it. */
  readonly stopped?: Stop;
}

/** More values than this are not kept. */
const valueLimit = 40_000_000;

/**
 * @throws GemelError `INPUT_MISSING`, `SIGNAL_UNKNOWN`, `VALUE_OUT_OF_BOUNDS` for what it starts from,
 * `SIMULATION_TOO_LARGE`, `SHAPE_MISMATCH` if a column has not a value for each row.
 */
export function runRecord(model: Model, record: SampleRecord, options: RecordOptions): RecordEstimate {
  checkShape(model, record);
  const { backend, smooth } = options;
  const estimator = createEstimator(model, {
    backend,
    ...(smooth === undefined ? {} : { keepsSpans: 'keeps spans' }),
  });
  const lane = new RecordLane(model, estimator, { record, options });
  const results = new Results(model, record.times.length);
  let stopped: Stop | undefined;
  for (let row = 0; row < record.times.length; row++) {
    if (row > 0) stopped = lane.advanceTo(row);
    if (stopped !== undefined) break;
    lane.correctAt(row, results);
    results.rows = row + 1;
  }
  const done = results.estimate(record.times);
  // What follows the last row that could be followed is no belief to go back from.
  const smoothed = smooth === undefined || stopped !== undefined ? undefined : lane.smoothed(results.rows);
  return {
    ...done,
    ...(smoothed === undefined ? {} : { smoothed }),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

function checkShape(model: Model, { times, inputs, measurements }: SampleRecord): void {
  const wrong = [...inputs, ...measurements].find((it) => it !== undefined && it.length !== times.length);
  if (wrong !== undefined) {
    throw new GemelError(
      'SHAPE_MISMATCH',
      `a column has ${wrong.length} values, the record ${times.length} rows`,
    );
  }
  const columns = 2 * model.states.length + 3 * model.measurements.length;
  if (times.length * columns > valueLimit) {
    throw new GemelError('SIMULATION_TOO_LARGE', `${times.length} rows of ${columns} values are too many`, {
      hint: 'take a shorter stretch of the record',
    });
  }
}

interface Source {
  readonly record: SampleRecord;
  readonly options: RecordOptions;
}

/** One lane that follows a record. */
class RecordLane {
  readonly #model: Model;
  readonly #estimator: Estimator;
  readonly #source: Source;
  readonly #memory: Float64Array;
  readonly #selection;
  readonly #tape: Tape | undefined;
  readonly #endMovesBelief: boolean;
  /** One a measurement: samples left out since the last that was not. */
  readonly #leftOut: number[] = [];
  /** How many time updates there were before each row. */
  readonly #stepsBefore: number[] = [0];

  constructor(model: Model, estimator: Estimator, source: Source) {
    const { record, options } = source;
    this.#model = model;
    this.#estimator = estimator;
    this.#source = source;
    this.#memory = estimator.allocate(1);
    this.#selection = { memory: this.#memory, capacity: 1, lanes: Uint32Array.of(0), count: 1 };
    this.#tape = options.smooth === undefined ? undefined : new Tape(estimator.layout);
    const { estimated } = estimator.layout;
    this.#endMovesBelief = changingStates(model, 'end-of-tick').some((state) => estimated.includes(state));
    const inputs = Object.fromEntries(
      model.inputs.flatMap(({ name }, index) => {
        const value = record.inputs[index]?.[0];
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const { parameters = {}, states = {} } = options;
    estimator.initialise(this.#memory, 1, 0, startValues(model, { parameters, states, inputs }));
  }

  /** In ticks from the row before; returns why it could not go on, if it could not. */
  advanceTo(row: number): Stop | undefined {
    const { times } = this.#source.record;
    const { layout } = this.#estimator;
    const span = (times[row] ?? NaN) - (times[row - 1] ?? NaN);
    const count = Math.max(
      1,
      Math.ceil((span / (this.#source.options.tickSeconds ?? Infinity)) * (1 - 1e-9)),
    );
    for (let tick = 0; tick < count; tick++) {
      this.#tick(span / count);
      const stop = stopOf(this.#model, layout, (slot) => this.#memory[slot] ?? NaN);
      if (stop !== undefined) return stop;
    }
    this.#stepsBefore[row] = this.#tape?.length ?? 0;
    return undefined;
  }

  #tick(seconds: number): void {
    const estimator = this.#estimator;
    const { layout } = estimator;
    const memory = this.#memory;
    const substeps = estimator.substeps(seconds);
    memory[layout.tickSeconds] = seconds;
    memory[layout.stepSeconds] = seconds / substeps;
    estimator.beginTick(this.#selection);
    this.#tape?.before(memory);
    estimator.predict(this.#selection, substeps);
    this.#tape?.after(memory);
    if (this.#endMovesBelief) this.#tape?.before(memory);
    estimator.endTick(this.#selection);
    this.#tape?.after(memory);
  }

  /** Takes the row's inputs and samples. */
  correctAt(row: number, results: Results): void {
    const { record } = this.#source;
    const { layout } = this.#estimator;
    const memory = this.#memory;
    for (const [index, values] of record.inputs.entries()) {
      if (values !== undefined) memory[layout.inputs + index] = values[row] ?? NaN;
    }
    this.#estimator.observe(this.#selection);
    for (const [index, values] of record.measurements.entries()) {
      const sample = values?.[row] ?? NaN;
      results.predict(index, row, memory[layout.predictions + index] ?? NaN);
      memory[layout.measured + index] = sample;
      if (!Number.isFinite(sample)) continue;
      this.#estimator.correct(this.#selection, index);
      results.innovate(index, row, {
        sample,
        innovation: memory[layout.innovations + index] ?? NaN,
        deviation: memory[layout.innovationDeviations + index] ?? NaN,
        rejected: memory[layout.rejected + index] === 1,
      });
      this.#insist(index);
    }
    this.#estimator.observe(this.#selection);
    for (const index of this.#model.states.keys()) {
      results.state(index, row, {
        mean: memory[layout.states + index] ?? NaN,
        deviation: memory[layout.deviations + index] ?? NaN,
      });
    }
  }

  /** After as many samples left out in a row as the model has patience for, the next is believed, as a live twin does. */
  #insist(measurement: number): void {
    const { rejected } = this.#estimator.layout;
    const before = this.#leftOut[measurement] ?? 0;
    if (this.#memory[rejected + measurement] !== 1) {
      this.#leftOut[measurement] = 0;
      return;
    }
    this.#leftOut[measurement] = before + 1;
    if (before < this.#model.filter.patience) return;
    this.#estimator.widen(this.#selection, measurement);
    this.#estimator.correct(this.#selection, measurement);
    this.#leftOut[measurement] = 0;
  }

  /** The estimated states with all samples. */
  smoothed(rows: number): readonly StateEstimate[] {
    const { layout } = this.#estimator;
    const { estimated } = layout;
    const n = estimated.length;
    const series = estimated.map((state) => ({
      name: present(this.#model.states[state]).name,
      mean: new Float64Array(rows),
      deviation: new Float64Array(rows),
    }));
    const keep = (row: number, mean: Float64Array, factor: Matrix): void => {
      for (const [k, state] of estimated.entries()) {
        const { min = -Infinity, max = Infinity } = present(this.#model.states[state]);
        const into = present(series[k]);
        into.mean[row] = Math.min(Math.max(mean[k] ?? NaN, min), max);
        into.deviation[row] = Math.sqrt(factor.dot(k, k));
      }
    };
    const end = new Matrix(n, n);
    for (let row = 0; row < n; row++) {
      for (let column = 0; column <= row; column++) {
        end.set(row, column, this.#memory[layout.factor + placeInFactor(row, column)] ?? NaN);
      }
    }
    const mean = Float64Array.from(estimated, (state) => this.#memory[layout.states + state] ?? NaN);
    keep(rows - 1, mean, end);
    const rowOfStep = new Map(this.#stepsBefore.slice(0, rows).map((step, row) => [step, row]));
    this.#tape?.smooth({ mean, factor: end }, (step, moments) => {
      const row = rowOfStep.get(step);
      if (row !== undefined) keep(row, moments.mean, moments.factor);
    });
    return [...estimated.keys()]
      .sort((a, b) => (estimated[a] ?? 0) - (estimated[b] ?? 0))
      .map((k) => present(series[k]));
  }
}

interface Innovation {
  readonly sample: number;
  readonly innovation: number;
  readonly deviation: number;
  readonly rejected: boolean;
}

/** What is written down row by row. */
class Results {
  rows = 0;
  readonly #states: readonly StateEstimate[];
  readonly #measurements: readonly (MeasurementEstimate & { readonly weighs: boolean })[];
  #samples = 0;
  #rejected = 0;
  #logLikelihood = 0;

  constructor(model: Model, rows: number) {
    const series = (): Float64Array => new Float64Array(rows).fill(NaN);
    this.#states = model.states.map(({ name }) => ({ name, mean: series(), deviation: series() }));
    this.#measurements = model.measurements.map(({ name, noise }) => ({
      name,
      weighs: noise !== undefined,
      predicted: series(),
      innovation: series(),
      deviation: series(),
      rejected: new Uint8Array(rows),
    }));
  }

  predict(measurement: number, row: number, value: number): void {
    present(this.#measurements[measurement]).predicted[row] = value;
  }

  innovate(measurement: number, row: number, it: Innovation): void {
    const into = present(this.#measurements[measurement]);
    into.predicted[row] = it.sample - it.innovation;
    into.innovation[row] = it.innovation;
    into.deviation[row] = it.deviation;
    if (!into.weighs || Number.isNaN(it.deviation)) return;
    this.#samples += 1;
    if (it.rejected) {
      into.rejected[row] = 1;
      this.#rejected += 1;
    } else {
      const share = it.innovation / it.deviation;
      this.#logLikelihood -= 0.5 * Math.log(2 * Math.PI) + Math.log(it.deviation) + 0.5 * share * share;
    }
  }

  state(index: number, row: number, { mean, deviation }: { mean: number; deviation: number }): void {
    const into = present(this.#states[index]);
    into.mean[row] = mean;
    into.deviation[row] = deviation;
  }

  estimate(times: Float64Array): RecordEstimate {
    const { rows } = this;
    return {
      times: times.slice(0, rows),
      states: this.#states.map(({ name, mean, deviation }) => ({
        name,
        mean: mean.slice(0, rows),
        deviation: deviation.slice(0, rows),
      })),
      measurements: this.#measurements.map(({ name, predicted, innovation, deviation, rejected }) => ({
        name,
        predicted: predicted.slice(0, rows),
        innovation: innovation.slice(0, rows),
        deviation: deviation.slice(0, rows),
        rejected: rejected.slice(0, rows),
      })),
      samples: this.#samples,
      rejected: this.#rejected,
      logLikelihood: this.#logLikelihood,
    };
  }
}
