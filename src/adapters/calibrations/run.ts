/** A calibration from its request to its result, in pieces between which the thread hears that it is to stop. */

import { setImmediate } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse/sync';
import {
  type CalibrationResult,
  type DataTable,
  newVersion,
  readMapping,
  readRecording,
  startCalibration,
  viewOf,
} from '../../core/calibrate/index.ts';
import { diagnosticsToJson, GemelError } from '../../core/diagnose/index.ts';
import { compileModelDocument, type Model, type ModelDocument } from '../../core/model/index.ts';
import { fromSiDifference } from '../../core/units/index.ts';
import type { CalibrationRequest, JobData, JobProblem, JobProgress, JobResult } from './messages.ts';

export interface JobControl {
  isStopped(): boolean;
  /** Told now and then. */
  progress(progress: JobProgress): void;
}

const progressEveryMs = 100;

/** @throws GemelError as `readRecording` and `startCalibration` do. */
export async function runJob({ document, request }: JobData, control: JobControl): Promise<JobResult> {
  const { model } = compileModelDocument(document);
  if (model === undefined) throw new GemelError('MODEL_INVALID', 'the model does not compile');
  const recording = readRecording(model, tableOf(request), {
    columns: Object.entries(request.map ?? {}).map(([column, name]) => readMapping(`${column}=${name}`)),
    ...(request.everySeconds === undefined ? {} : { everySeconds: request.everySeconds }),
  });
  const { estimateStart, everySeconds: _every, csv: _csv, rows: _rows, map: _map, ...options } = request;
  const calibration = startCalibration(model, recording, {
    ...options,
    ...(estimateStart === undefined || estimateStart === false
      ? {}
      : { startOf: estimateStart === true ? 'all' : estimateStart }),
  });
  let toldMs = 0;
  while (!calibration.done && !(control.isStopped() && calibration.hasResult)) {
    if (control.isStopped()) calibration.hurry();
    calibration.advance();
    const nowMs = performance.now();
    if (nowMs - toldMs >= progressEveryMs) {
      toldMs = nowMs;
      control.progress(progressOf(model, calibration.progress));
    }
    await setImmediate();
  }
  const result = calibration.result();
  return { ...viewOf(result), document: nextDocument(document, result) };
}

export function problemOf(error: unknown): JobProblem {
  if (!(error instanceof GemelError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: 'CALIBRATION_FAILED', message, diagnostics: [] };
  }
  const { code, message, hint, diagnostics } = error;
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    diagnostics: diagnosticsToJson(diagnostics),
  };
}

function tableOf({ csv, rows = [] }: CalibrationRequest): DataTable {
  const name = 'data';
  if (csv === undefined) {
    const header = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return { name, header, rows: rows.map((row) => header.map((column) => row[column])) };
  }
  try {
    const lines: string[][] = parse(csv, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      delimiter: [',', ';', '\t'],
    });
    const [header = [], ...body] = lines;
    return { name, header, rows: body };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new GemelError('RECORD_INVALID', `${name}: ${error.message}`, { cause: error });
  }
}

function progressOf(
  model: Model,
  { fraction, round, errors }: { fraction: number; round: number; errors: readonly number[] },
): JobProgress {
  const named = model.measurements.flatMap(({ name, unit }, index) => {
    const error = errors[index] ?? NaN;
    return Number.isFinite(error) ? [[name, fromSiDifference(error, unit)] as const] : [];
  });
  return { fraction, round, errors: Object.fromEntries(named) };
}

function nextDocument(document: ModelDocument, result: CalibrationResult): ModelDocument {
  return JSON.parse(newVersion(JSON.stringify(document), result).text) as ModelDocument;
}
