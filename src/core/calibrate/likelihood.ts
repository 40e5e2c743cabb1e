/**
 * The likelihood of a record under the model's filter: how surprising each sample was, given all before it.
 *
 * The filter follows the machine, so what the model does not know (its process noise) counts as such and not against the
 * parameters, as it would over a whole open loop. For each sample the filter says what it expects, and how surely.
 * Slopes are differences: each unknown is moved up and down in lanes of its own.
 *
 * As a problem of squares, so that the same steps minimise it, each sample gives two rows whose JᵀJ is the Fisher information
 * and whose Jᵀr is half the slope of −2 log L.
 *
 * Notation  v innovation · s its standard deviation · ′ by an unknown
 *           −2 log L = Σ v²/s² + 2 log s + const · rows (v′/s | v/s) and (√2·s′/s | (1 − v²/s²)/√2)
 * Source    Schweppe, Evaluation of likelihood functions for Gaussian signals, IEEE Trans. Inform. Theory 11 (1965) ·
 *           Kristensen, Madsen & Jørgensen, Parameter estimation in stochastic grey-box models, Automatica 40 (2004).
 */

import { GemelError } from '../diagnose/index.ts';
import { createEstimator, type Estimator, isFiltered } from '../estimate/index.ts';
import type { Backend } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import type { Unknown } from './free.ts';
import { addPriors, type Evaluation, type Objective, type RowRange, valuesOf } from './objective.ts';
import { inputAt, type Recording } from './recording.ts';
import { variedValue } from './sweep.ts';
import { Triangle } from './triangle.ts';

export interface LikelihoodOptions {
  readonly model: Model;
  readonly recording: Recording;
  readonly unknowns: readonly Unknown[];
  readonly rows: RowRange;
  readonly firstRow: number;
  readonly backend: Backend;
  readonly tickSeconds?: number;
}

export interface Likelihood extends Objective {
  /** v/s of every sample in the rows that count, one list a measurement. */
  innovations(z: Float64Array): number[][];
}

/** So many filter updates are done at a time, before the caller may pause. */
const pieceUpdates = 2_000;
/** No sample is left out: a likelihood without the worst samples would be made large by making more of them bad. */
const noGate = 1e9;

/** @throws GemelError `FILTER_MISSING` if no measurement has noise, or the filter is switched off; `MODEL_TOO_LARGE` */
export function likelihood(options: LikelihoodOptions): Likelihood {
  const { model, unknowns, recording, rows } = options;
  if (!isFiltered(model)) {
    throw new GemelError('FILTER_MISSING', `${model.id} has no filter, so samples have no likelihood`, {
      hint: 'give measurements their `noise`, and states theirs, or fit the output error',
    });
  }
  const open = { ...model, filter: { ...model.filter, gate: noGate } };
  const estimator = createEstimator(open, { backend: options.backend });
  const measured = (measurement: number, row: number): number =>
    row < options.firstRow ? NaN : (recording.measurements[measurement]?.[row] ?? NaN);

  function* evaluate(points: readonly Float64Array[]): Generator<void, Evaluation[]> {
    const width = 1 + 2 * unknowns.length;
    const values = points.map((z) => valuesOf(unknowns, z));
    const lanes = new FilterLanes(estimator, options, values);
    const triangles = points.map(() => new Triangle(unknowns.length));
    const costs = new Float64Array(points.length);
    const squares = points.map(() => new Float64Array(model.measurements.length));
    const counts = new Float64Array(model.measurements.length);
    const line = new Float64Array(unknowns.length + 1);
    let updates = 0;
    for (let row = options.firstRow; row <= rows.last; row++) {
      if (row > options.firstRow) lanes.advance(row - 1);
      for (const measurement of model.measurements.keys()) {
        const sample = measured(measurement, row);
        if (Number.isNaN(sample)) continue;
        lanes.correct(measurement, sample);
        if (row < rows.first) continue;
        counts[measurement] = (counts[measurement] ?? 0) + 1;
        for (const [i, triangle] of triangles.entries()) {
          const [v, s] = lanes.innovation(measurement, i * width);
          costs[i] = (costs[i] ?? 0) + (v / s) ** 2 + 2 * Math.log(s);
          const sums = squares[i];
          if (sums !== undefined) sums[measurement] = (sums[measurement] ?? 0) + v * v;
          const slope = (j: number, part: 0 | 1): number => {
            const up = lanes.innovation(measurement, i * width + 1 + 2 * j)[part];
            const down = lanes.innovation(measurement, i * width + 2 + 2 * j)[part];
            return ((up - down) * (unknowns[j]?.scale ?? NaN)) / lanes.step(i, j);
          };
          for (const j of unknowns.keys()) line[j] = slope(j, 0) / s;
          line[unknowns.length] = v / s;
          triangle.add(line);
          for (const j of unknowns.keys()) line[j] = (Math.SQRT2 * slope(j, 1)) / s;
          line[unknowns.length] = (1 - (v / s) ** 2) * Math.SQRT1_2;
          triangle.add(line);
        }
      }
      updates += points.length * width;
      if (updates < pieceUpdates) continue;
      updates = 0;
      yield;
    }
    return points.map((z, i) => {
      const triangle = addPriors(triangles[i] ?? new Triangle(unknowns.length), unknowns, z);
      const cost = (costs[i] ?? NaN) + priorCost(unknowns, z);
      const finite = Number.isFinite(cost) && triangle.data.every(Number.isFinite);
      const meanSquares = [...(squares[i] ?? [])].map((square, k) => square / (counts[k] ?? 0));
      return { cost: finite ? cost : Infinity, triangle, meanSquares };
    });
  }

  return {
    evaluate,
    innovations(z) {
      const lanes = new FilterLanes(estimator, { ...options, unknowns }, [valuesOf(unknowns, z)]);
      const found = model.measurements.map((): number[] => []);
      for (let row = options.firstRow; row <= rows.last; row++) {
        if (row > options.firstRow) lanes.advance(row - 1);
        for (const [measurement, list] of found.entries()) {
          const sample = measured(measurement, row);
          if (Number.isNaN(sample)) continue;
          lanes.correct(measurement, sample);
          const [v, s] = lanes.innovation(measurement, 0);
          if (row >= rows.first) list.push(v / s);
        }
      }
      return found;
    },
  };
}

function priorCost(unknowns: readonly Unknown[], z: Float64Array): number {
  let cost = 0;
  for (const [j, { value, uncertainty, scale }] of unknowns.entries()) {
    if (uncertainty !== undefined) cost += (((z[j] ?? NaN) * scale - value) / uncertainty) ** 2;
  }
  return cost;
}

/** A filter for each point and for each of its unknowns moved up and down. */
class FilterLanes {
  readonly #estimator: Estimator;
  readonly #options: LikelihoodOptions;
  readonly #values: readonly Float64Array[];
  readonly #count: number;
  readonly #selection: Parameters<Estimator['observe']>[0];

  constructor(estimator: Estimator, options: LikelihoodOptions, values: readonly Float64Array[]) {
    this.#estimator = estimator;
    this.#options = options;
    this.#values = values;
    const { model, unknowns, recording, firstRow } = options;
    const width = 1 + 2 * unknowns.length;
    this.#count = values.length * width;
    const memory = estimator.allocate(this.#count);
    const lanes = Uint32Array.from({ length: this.#count }, (_, lane) => lane);
    this.#selection = { memory, capacity: this.#count, lanes, count: this.#count };
    const inputs = Float64Array.from(model.inputs, (_, index) =>
      inputAt({ model, recording }, index, firstRow),
    );
    for (const lane of lanes) {
      const point = values[Math.floor(lane / width)] ?? new Float64Array();
      const groups = {
        parameter: Float64Array.from(model.parameters, ({ value }) => value),
        start: Float64Array.from(model.states, ({ start }) => start),
      };
      for (const [j, { of, index }] of unknowns.entries()) {
        groups[of][index] = variedValue(unknowns, point, { j, variant: lane % width });
      }
      const start = { parameters: groups.parameter, states: groups.start, inputs };
      estimator.initialise(memory, this.#count, lane, start);
    }
    this.#fill(estimator.layout.measured, NaN);
  }

  /** From a row to the next. */
  advance(row: number): void {
    const { model, recording, tickSeconds = Infinity } = this.#options;
    const estimator = this.#estimator;
    const { layout } = estimator;
    const seconds = (recording.times[row + 1] ?? NaN) - (recording.times[row] ?? NaN);
    const ticks = Math.max(1, Math.round(seconds / tickSeconds));
    const substeps = estimator.substeps(seconds / ticks);
    this.#fill(layout.tickSeconds, seconds / ticks);
    this.#fill(layout.stepSeconds, seconds / ticks / substeps);
    for (let tick = 0; tick < ticks; tick++) {
      estimator.beginTick(this.#selection);
      estimator.predict(this.#selection, substeps);
      estimator.endTick(this.#selection);
    }
    for (const index of model.inputs.keys()) {
      this.#fill(layout.inputs + index, inputAt({ model, recording }, index, row + 1));
    }
  }

  correct(measurement: number, sample: number): void {
    const slot = this.#estimator.layout.measured + measurement;
    this.#fill(slot, sample);
    this.#estimator.correct(this.#selection, measurement);
    this.#fill(slot, NaN);
  }

  /** v and s. */
  innovation(measurement: number, lane: number): readonly [number, number] {
    const { innovations, innovationDeviations } = this.#estimator.layout;
    const { memory } = this.#selection;
    const at = (slot: number): number => memory[(slot + measurement) * this.#count + lane] ?? NaN;
    return [at(innovations), at(innovationDeviations)];
  }

  /** By how much unknown j is further up than down, SI. */
  step(point: number, j: number): number {
    const { unknowns } = this.#options;
    const values = this.#values[point] ?? new Float64Array();
    return (
      variedValue(unknowns, values, { j, variant: 1 + 2 * j }) -
      variedValue(unknowns, values, { j, variant: 2 + 2 * j })
    );
  }

  #fill(slot: number, value: number): void {
    this.#selection.memory.fill(value, slot * this.#count, (slot + 1) * this.#count);
  }
}
