/** What comes out of a calibration: values with intervals, errors on both stretches, and what the data could not tell. */

import type { Model, Signal } from '../model/index.ts';
import { studentQuantile } from '../statistics/index.ts';
import { constantInputs, type Split } from './data.ts';
import type { Candidate } from './fit.ts';
import type { Unknown } from './free.ts';
import { type Finding, identify } from './identifiability.ts';
import { addPriors, inflationOf, samplesToWiden, valuesOf } from './objective.ts';
import type { Gap, Recording } from './recording.ts';
import { type ErrorSummary, summariseErrors, whitenessOf, type Whiteness } from './residuals.ts';
import { inverseOfSquare, memoryOf, SlopeProducts } from './spread.ts';
import type { Leg, Sweep } from './sweep.ts';
import { Triangle } from './triangle.ts';

/** One fitted quantity, SI. */
export interface Estimate {
  readonly unknown: Unknown;
  readonly value: number;
  /** Infinite where the record does not determine it at all. */
  readonly standardError: number;
  /** The 95 % interval, by Student's t. Not cut at the bounds. */
  readonly low: number;
  readonly high: number;
  /** The bound that it ended at; there is then no interval, and error and limits are NaN. */
  readonly bound?: 'min' | 'max';
}

/** How one measurement is met, SI. */
export interface MeasurementFit {
  readonly signal: Signal;
  readonly train: ErrorSummary;
  readonly test?: ErrorSummary;
  /** Of the residuals in the stretch that was fitted. */
  readonly whiteness?: Whiteness;
  /** One a row from `firstRow` on; NaN where nothing was measured. */
  readonly measured: Float64Array;
  readonly predicted: Float64Array;
}

export interface CalibrationResult {
  readonly model: Model;
  /** What was made small; whiteness is of what this left over: errors of the open loop, or innovations of the filter. */
  readonly method: 'output-error' | 'maximum-likelihood';
  readonly estimates: readonly Estimate[];
  /** Of the estimates with each other, row by row. */
  readonly correlations: readonly Float64Array[];
  /** Whether the residuals follow each other, so that the intervals were widened for it (from 50 samples on). */
  readonly widened: boolean;
  readonly measurements: readonly MeasurementFit[];
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  /** Inputs that stand still in the stretch that was fitted. */
  readonly constantInputs: readonly string[];
  /** Seconds of the rows from `firstRow` on. */
  readonly times: Float64Array;
  readonly split: Split;
  readonly starts: readonly StartSummary[];
  /** It was stopped before it had converged. */
  readonly interrupted: boolean;
}

/** Where a fit came from and to. */
interface StartSummary {
  readonly start: number;
  readonly steps: number;
  readonly state: Candidate['state'];
  /** Root mean squares of the errors, one a measurement, SI. */
  readonly errors: readonly number[];
}

/** A standard error of so many scales is as good as none. */
const undetermined = 1e4;

export interface Fitted {
  readonly model: Model;
  readonly recording: Recording;
  readonly unknowns: readonly Unknown[];
  readonly sweep: Sweep;
}

export interface Outcome {
  readonly z: Float64Array;
  readonly split: Split;
  readonly interrupted: boolean;
  readonly starts: readonly Candidate[];
  /** Of a fit by likelihood: the information that its filter had, and what was left over by each measurement, v/s. */
  readonly filter?: { readonly triangle: Triangle; readonly innovations: readonly (readonly number[])[] };
}

export function summarise(fitted: Fitted, outcome: Outcome): CalibrationResult {
  const { model, recording, unknowns } = fitted;
  const { z, split } = outcome;
  const values = valuesOf(unknowns, z);
  const leg: Leg = { values, fromRow: split.first, toRow: split.last };
  const predicted = predict(fitted, leg);
  const { filter } = outcome;
  const measurements = split.measured.flatMap((index): MeasurementFit[] => {
    const signal = model.measurements[index];
    const simulated = predicted[index];
    if (signal === undefined || simulated === undefined) return [];
    const fit = fitOf(signal, simulated, { recording, index, split });
    if (filter === undefined) return [fit];
    const whiteness = whitenessOf(filter.innovations[index] ?? []);
    return [{ ...fit, ...(whiteness === undefined ? {} : { whiteness }) }];
  });
  const spread =
    filter === undefined
      ? spreadOf(fitted, outcome, { leg, measurements })
      : informationOf(unknowns, z, { triangle: filter.triangle, measurements });
  const degrees = Math.max(1, spread.samples - unknowns.length);
  const reach = studentQuantile(0.975, degrees);
  const errors = spread.covariance.map((row, j) =>
    spread.lengths[j] === 0 ? Infinity : Math.sqrt(row[j] ?? NaN),
  );
  return {
    model,
    method: filter === undefined ? 'output-error' : 'maximum-likelihood',
    estimates: unknowns.map((unknown, j): Estimate => {
      const value = values[j] ?? NaN;
      const bound = boundOf(unknown, value);
      const relative = errors[j] ?? NaN;
      const error = relative < undetermined ? relative * unknown.scale : Infinity;
      const standardError = bound === undefined ? error : NaN;
      const half = reach * standardError;
      const interval = { standardError, low: value - half, high: value + half };
      return { unknown, value, ...interval, ...(bound === undefined ? {} : { bound }) };
    }),
    correlations: spread.covariance.map((row, i) =>
      row.map((value, j) => (i === j ? 1 : value / ((errors[i] ?? NaN) * (errors[j] ?? NaN)))),
    ),
    widened: spread.widened,
    measurements,
    findings: spread.findings,
    gaps: recording.gaps,
    constantInputs: constantInputs(model, recording, split.train),
    times: recording.times.slice(split.first, split.last + 1),
    split,
    starts: outcome.starts.map(({ start, steps, state, evaluation }) => ({
      start,
      steps,
      state,
      errors: evaluation.meanSquares.map(Math.sqrt),
    })),
    interrupted: outcome.interrupted,
  };
}

/** The whole run, one array a measurement. */
function predict({ model, sweep }: Fitted, leg: Leg): Float64Array[] {
  const rows = leg.toRow - leg.fromRow + 1;
  const predicted = model.measurements.map(() => new Float64Array(rows));
  const run = sweep.run([leg], ({ row, measurement, prediction }) => {
    const values = predicted[measurement];
    if (values !== undefined) values[row - leg.fromRow] = prediction;
  });
  while (run.next().done !== true);
  return predicted;
}

function fitOf(
  signal: Signal,
  predicted: Float64Array,
  it: { readonly recording: Recording; readonly index: number; readonly split: Split },
): MeasurementFit {
  const { first, last, train, test } = it.split;
  const measured =
    it.recording.measurements[it.index]?.slice(first, last + 1) ??
    new Float64Array(predicted.length).fill(NaN);
  const pairs = (rows: Split['train']): { simulated: number[]; samples: number[] } => {
    const there = [...measured.keys()].filter(
      (i) => i + first >= rows.first && i + first <= rows.last && !Number.isNaN(measured[i]),
    );
    const pick = (from: Float64Array): number[] => there.map((i) => from[i] ?? NaN);
    return { simulated: pick(predicted), samples: pick(measured) };
  };
  const fitted = pairs(train);
  const whiteness = whitenessOf(fitted.simulated.map((value, i) => value - (fitted.samples[i] ?? NaN)));
  const tested = test === undefined ? undefined : pairs(test);
  return {
    signal,
    train: summariseErrors(fitted.simulated, fitted.samples),
    ...(tested === undefined ? {} : { test: summariseErrors(tested.simulated, tested.samples) }),
    ...(whiteness === undefined ? {} : { whiteness }),
    measured,
    predicted,
  };
}

interface Spread {
  /** Of the unknowns in their scales. */
  readonly covariance: readonly Float64Array[];
  /** How much each is seen, by data and priors: 0 is not at all. */
  readonly lengths: Float64Array;
  readonly widened: boolean;
  readonly findings: readonly Finding[];
  readonly samples: number;
}

function spreadOf(
  { model, recording, unknowns, sweep }: Fitted,
  { z, split }: Outcome,
  { leg, measurements }: { readonly leg: Leg; readonly measurements: readonly MeasurementFit[] },
): Spread {
  const n = unknowns.length;
  const values = valuesOf(unknowns, z);
  const samples = measurements.reduce((sum, { train }) => sum + train.samples, 0);
  const correlation = meanOf(measurements.map(({ whiteness }) => whiteness?.autocorrelation[1] ?? 0));
  const widened =
    samples >= samplesToWiden && measurements.some(({ whiteness }) => whiteness?.isWhite === false);
  // Against what is known beforehand, errors that follow each other count as the few that they are worth.
  const isKnown = unknowns.some(({ uncertainty }) => uncertainty !== undefined);
  const inflation = widened ? inflationOf(correlation, samples) : 1;
  const sigmas = model.measurements.map(({ name }) => {
    const { rmse = NaN } = measurements.find(({ signal }) => signal.name === name)?.train ?? {};
    return Math.max(rmse, Number.MIN_VALUE * 2 ** 60) * (isKnown ? Math.sqrt(inflation) : 1);
  });
  const rows = split.train.last - split.train.first + 1;
  const products = new SlopeProducts(n, widened ? memoryOf(correlation, rows) : { lags: 0, part: 0 });
  const triangle = new Triangle(n);
  const line = new Float64Array(n + 1);
  const slope = new Float64Array(n);
  let open = -1;
  const run = sweep.run([leg], ({ row, measurement, prediction, gradient }) => {
    const measured = recording.measurements[measurement]?.[row] ?? NaN;
    if (row < split.train.first || row > split.train.last || Number.isNaN(measured)) return;
    if (row !== open && open >= 0) products.add(slope);
    if (row !== open) slope.fill(0);
    open = row;
    const sigma = sigmas[measurement] ?? NaN;
    const error = (prediction - measured) / sigma;
    for (const [j, { scale }] of unknowns.entries()) {
      line[j] = ((gradient[j] ?? NaN) * scale) / sigma;
      slope[j] = (slope[j] ?? 0) + (line[j] ?? NaN) * error;
    }
    line[n] = error;
    triangle.add(line);
  });
  while (run.next().done !== true);
  products.add(slope);
  const known = addPriors(triangle.copy(), unknowns, z);
  const lengths = known.columnLengths();
  const inverse = inverseOfSquare(holdAtBounds(known, unknowns, values));
  const variance = samples / Math.max(1, samples - n);
  return {
    covariance: (widened && !isKnown ? products.covariance(inverse) : inverse).map((row) =>
      row.map((it) => it * variance),
    ),
    lengths,
    widened,
    findings: identify({
      unknowns,
      values,
      triangle,
      deviation: Math.sqrt(variance),
      inflation: isKnown ? 1 : inflation,
    }),
    samples,
  };
}

/** Of a fit by likelihood: the inverse of the information, priors included. */
function informationOf(
  unknowns: readonly Unknown[],
  z: Float64Array,
  it: { readonly triangle: Triangle; readonly measurements: readonly MeasurementFit[] },
): Spread {
  const values = valuesOf(unknowns, z);
  const { triangle } = it;
  return {
    covariance: inverseOfSquare(holdAtBounds(triangle.copy(), unknowns, values)),
    lengths: triangle.columnLengths(),
    widened: false,
    findings: identify({ unknowns, values, triangle, deviation: 1, inflation: 1 }),
    samples: it.measurements.reduce((sum, { train }) => sum + train.samples, 0),
  };
}

/** What stands at a bound is as good as given: the intervals of the others are those with it held there. */
function holdAtBounds(triangle: Triangle, unknowns: readonly Unknown[], values: Float64Array): Triangle {
  const line = new Float64Array(unknowns.length + 1);
  for (const [j, unknown] of unknowns.entries()) {
    if (boundOf(unknown, values[j] ?? NaN) === undefined) continue;
    line.fill(0);
    line[j] = 1e9;
    triangle.add(line);
  }
  return triangle;
}

function boundOf({ min, max }: Unknown, value: number): Estimate['bound'] {
  if (value <= min) return 'min';
  return value >= max ? 'max' : undefined;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
