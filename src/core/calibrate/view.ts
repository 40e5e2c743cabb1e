/** A calibration as plain data in the units of its document: for JSON, terminals and reports. */

import { fromSi, fromSiDifference, type Unit } from '../units/index.ts';
import type { Finding } from './identifiability.ts';
import type { Gap } from './recording.ts';
import type { ErrorSummary } from './residuals.ts';
import type { CalibrationResult, Estimate, MeasurementFit } from './result.ts';

export interface CalibrationView {
  /** `name@version` of the model that was fitted. */
  readonly model: string;
  readonly method: CalibrationResult['method'];
  /** It was stopped before it had converged. */
  readonly interrupted: boolean;
  readonly estimates: readonly EstimateView[];
  /** Whether the intervals were widened because residuals follow each other. */
  readonly widened: boolean;
  /** Row by row, in the order of the estimates; null where there is no interval. */
  readonly correlations: readonly (readonly (number | null)[])[];
  readonly measurements: readonly MeasurementView[];
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  readonly constantInputs: readonly string[];
  readonly starts: readonly {
    readonly start: number;
    readonly steps: number;
    readonly state: string;
    readonly errors: readonly (number | null)[];
  }[];
}

export interface EstimateView {
  readonly name: string;
  /** A parameter, or where a state starts. */
  readonly of: 'parameter' | 'start';
  /** Empty for a pure number. */
  readonly unit: string;
  readonly before: number;
  readonly value: number;
  /** Null at a bound, and where the record does not determine it at all. */
  readonly standardError: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly bound?: 'min' | 'max';
}

export interface MeasurementView {
  readonly name: string;
  readonly unit: string;
  readonly train: ErrorView;
  readonly test?: ErrorView;
  readonly whiteness?: {
    readonly isWhite: boolean;
    readonly lags: number;
    readonly statistic: number;
    readonly probability: number;
    readonly autocorrelation: readonly number[];
  };
}

interface ErrorView {
  readonly samples: number;
  readonly rmse: number | null;
  readonly fitPercent: number | null;
  readonly bias: number | null;
  readonly largest: number;
}

export function viewOf(result: CalibrationResult): CalibrationView {
  const { model, method, interrupted, widened, findings, gaps, constantInputs } = result;
  return {
    model: model.id,
    method,
    interrupted,
    estimates: result.estimates.map(estimateView),
    widened,
    correlations: result.correlations.map((row) => Array.from(row, number)),
    measurements: result.measurements.map(measurementView),
    findings,
    gaps,
    constantInputs,
    starts: result.starts.map(({ start, steps, state, errors }) => ({
      start,
      steps,
      state,
      errors: errors.map((error, k) => difference(error, model.measurements[k]?.unit)),
    })),
  };
}

function estimateView({ unknown, value, standardError, low, high, bound }: Estimate): EstimateView {
  const { unit } = unknown.signal;
  return {
    name: unknown.name,
    of: unknown.of,
    unit: symbolOf(unit),
    before: reading(unknown.value, unit) ?? 0,
    value: reading(value, unit) ?? 0,
    standardError: difference(standardError, unit),
    low: reading(low, unit),
    high: reading(high, unit),
    ...(bound === undefined ? {} : { bound }),
  };
}

function measurementView({ signal, train, test, whiteness }: MeasurementFit): MeasurementView {
  const { unit } = signal;
  return {
    name: signal.name,
    unit: symbolOf(unit),
    train: errorView(train, unit),
    ...(test === undefined ? {} : { test: errorView(test, unit) }),
    ...(whiteness === undefined
      ? {}
      : {
          whiteness: {
            isWhite: whiteness.isWhite,
            lags: whiteness.lags,
            statistic: rounded(whiteness.statistic),
            probability: rounded(whiteness.probability),
            autocorrelation: whiteness.autocorrelation.map(rounded),
          },
        }),
  };
}

function errorView({ samples, rmse, fitPercent, bias, largest }: ErrorSummary, unit: Unit): ErrorView {
  return {
    samples,
    rmse: difference(rmse, unit),
    fitPercent: number(fitPercent),
    bias: difference(bias, unit),
    largest: difference(largest, unit) ?? 0,
  };
}

/** Empty for a pure number. */
export function symbolOf({ symbol }: Unit): string {
  return symbol === '1' ? '' : symbol;
}

function reading(si: number, unit: Unit): number | null {
  return number(fromSi(si, unit));
}

function difference(si: number, unit: Unit | undefined): number | null {
  return number(unit === undefined ? si : fromSiDifference(si, unit));
}

/** Conversion leaves noise in the last digits; JSON has no NaN. */
function number(value: number): number | null {
  return Number.isFinite(value) ? rounded(value) : null;
}

function rounded(value: number): number {
  return Number(value.toPrecision(10));
}
