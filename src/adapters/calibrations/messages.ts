/** What a calibration is asked for, and what goes between its thread and the one that serves people. */

import type { CalibrationView, Cell } from '../../core/calibrate/index.ts';
import type { DiagnosticJson, ErrorCode } from '../../core/diagnose/index.ts';
import type { ModelDocument } from '../../core/model/index.ts';

/** The data as CSV or as rows, and how to fit. */
export interface CalibrationRequest {
  /** With a header. */
  readonly csv?: string;
  /** One object a row, by column. */
  readonly rows?: readonly Readonly<Record<string, Cell>>[];
  /** Signals by column, such as `{ "T1": "oil_temperature[degC]" }`. */
  readonly map?: Readonly<Record<string, string>>;
  readonly everySeconds?: number;
  readonly train?: string;
  readonly test?: string;
  readonly starts?: number;
  readonly seed?: number;
  readonly pieces?: number;
  /** Fit where these states start too, or all. */
  readonly estimateStart?: boolean | readonly string[];
  readonly method?: 'output-error' | 'maximum-likelihood';
  readonly tickSeconds?: number;
}

export interface JobProgress {
  /** From 0 to 1. */
  readonly fraction: number;
  readonly round: number;
  /** Typical errors of the best so far by measurement, in their units. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What came out, and the model document with it as its next minor version. */
export interface JobResult extends CalibrationView {
  readonly document: ModelDocument;
}

export interface JobProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly diagnostics: readonly DiagnosticJson[];
}

/** What a thread is given when it begins. */
export interface JobData {
  readonly document: ModelDocument;
  readonly request: CalibrationRequest;
}

export type FromJob =
  | { readonly kind: 'progress'; readonly progress: JobProgress }
  | { readonly kind: 'done'; readonly result: JobResult }
  | { readonly kind: 'failed'; readonly problem: JobProblem };

/** Ends with the best so far. */
export type ToJob = { readonly kind: 'stop' };
