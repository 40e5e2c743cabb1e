/** One filtered twin stepped by hand, and the textbook filter it is held against. */

import type { Backend } from '../../../src/core/kernel/index.ts';
import { javascriptBackend } from '../../../src/core/kernel/index.ts';
import {
  createEstimator,
  type Estimator,
  placeInFactor,
  type Selection,
} from '../../../src/core/estimate/index.ts';
import { compileModel, type Model } from '../../../src/core/model/index.ts';

export function compiled(body: string): Model {
  const head = 'gemel: 1\nmodel: example\nversion: 1.0.0\nunits: unchecked\n';
  const { model, diagnostics } = compileModel({ file: 'm.yaml', text: head + body });
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return model;
}

export class Filtered {
  readonly model: Model;
  readonly estimator: Estimator;
  readonly memory: Float64Array;
  readonly selection: Selection;

  constructor(model: Model, backend: Backend = javascriptBackend) {
    this.model = model;
    this.estimator = createEstimator(model, { backend });
    this.memory = this.estimator.allocate(1);
    this.selection = { memory: this.memory, capacity: 1, lanes: Uint32Array.of(0), count: 1 };
    this.estimator.initialise(this.memory, 1, 0, {
      parameters: Float64Array.from(model.parameters, ({ value }) => value),
      inputs: Float64Array.from(model.inputs, (input) => input.default ?? 0),
      states: Float64Array.from(model.states, ({ start }) => start),
    });
    this.memory.fill(
      NaN,
      this.estimator.layout.measured,
      this.estimator.layout.measured + model.measurements.length,
    );
  }

  /** One whole tick, then corrections in the order given: NaN is no sample. */
  tick(seconds: number, samples: readonly number[] = []): this {
    const { estimator, memory, selection } = this;
    const substeps = estimator.substeps(seconds);
    memory[estimator.layout.tickSeconds] = seconds;
    memory[estimator.layout.stepSeconds] = seconds / substeps;
    estimator.beginTick(selection);
    estimator.predict(selection, substeps);
    estimator.endTick(selection);
    this.correct(samples);
    return this;
  }

  correct(samples: readonly number[]): this {
    const { estimator, memory, selection } = this;
    for (const [measurement, value] of samples.entries()) {
      memory[estimator.layout.measured + measurement] = value;
      estimator.correct(selection, measurement);
    }
    estimator.observe(selection);
    return this;
  }

  set(input: string, value: number): this {
    const index = this.model.inputs.findIndex(({ name }) => name === input);
    this.memory[this.estimator.layout.inputs + index] = value;
    return this;
  }

  /** The means of the estimated states, in model order. */
  get mean(): number[] {
    return this.model.states.map((_, index) => this.memory[this.estimator.layout.states + index] ?? NaN);
  }

  /** P = S·Sᵀ over all states, in model order. */
  get covariance(): number[][] {
    const { estimated } = this.estimator.layout;
    const p = this.model.states.map(() => this.model.states.map(() => 0));
    for (const [i, a] of estimated.entries()) {
      for (const [j, b] of estimated.entries()) {
        let sum = 0;
        for (let k = 0; k <= Math.min(i, j); k++) sum += this.factor(i, k) * this.factor(j, k);
        const row = p[a];
        if (row) row[b] = sum;
      }
    }
    return p;
  }

  factor(row: number, column: number): number {
    return this.memory[this.estimator.layout.factor + placeInFactor(row, column)] ?? NaN;
  }

  innovation(measurement = 0): { value: number; deviation: number; rejected: boolean } {
    const { innovations, innovationDeviations, rejected } = this.estimator.layout;
    return {
      value: this.memory[innovations + measurement] ?? NaN,
      deviation: this.memory[innovationDeviations + measurement] ?? NaN,
      rejected: this.memory[rejected + measurement] === 1,
    };
  }
}

export type Matrix = readonly (readonly number[])[];

/** x′ = F·x + w, z = h·x + v: the filter as every textbook has it, on covariances. */
export class Textbook {
  x: number[];
  p: number[][];

  constructor(x: readonly number[], p: Matrix) {
    this.x = [...x];
    this.p = p.map((row) => [...row]);
  }

  predict(f: Matrix, q: Matrix, drive: readonly number[] = []): void {
    this.x = times(f, this.x).map((value, i) => value + (drive[i] ?? 0));
    const fp = product(f, this.p);
    this.p = product(fp, transposed(f)).map((row, i) => row.map((value, j) => value + (q[i]?.[j] ?? 0)));
  }

  correct(h: readonly number[], r: number, z: number): { y: number; s: number } {
    const ph = times(this.p, h);
    const s = dot(h, ph) + r;
    const y = z - dot(h, this.x);
    this.x = this.x.map((value, i) => value + ((ph[i] ?? 0) / s) * y);
    this.p = this.p.map((row, i) => row.map((value, j) => value - ((ph[i] ?? 0) * (ph[j] ?? 0)) / s));
    return { y, s };
  }
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

export function times(a: Matrix, x: readonly number[]): number[] {
  return a.map((row) => dot(row, x));
}

export function transposed(a: Matrix): number[][] {
  return (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? NaN));
}

export function product(a: Matrix, b: Matrix): number[][] {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}

/** exp(A·t) of one step of the classical Runge–Kutta method: the Taylor sum to order 4. */
export function rungeKuttaStep(a: Matrix, h: number): number[][] {
  const identity: number[][] = a.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  let sum: number[][] = identity;
  let term: number[][] = identity;
  for (let k = 1; k <= 4; k++) {
    term = product(term, a).map((row) => row.map((value) => (value * h) / k));
    sum = sum.map((row, i) => row.map((value, j) => value + (term[i]?.[j] ?? 0)));
  }
  return sum;
}
