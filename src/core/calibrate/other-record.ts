/** A fitted model on another record of the machine: what it is worth where it was not fitted. */

import { type Backend, defaultBackend } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { samplesOf, splitRows } from './data.ts';
import type { Recording } from './recording.ts';
import { type ErrorSummary, summariseErrors } from './residuals.ts';
import type { CalibrationResult } from './result.ts';
import { Sweep } from './sweep.ts';

/** The model with the fitted values in place of its own. Its document stays as it was. */
export function fittedModel({ model, estimates }: CalibrationResult): Model {
  const find = (of: 'parameter' | 'start', index: number, otherwise: number): number =>
    estimates.find(({ unknown }) => unknown.of === of && unknown.index === index)?.value ?? otherwise;
  return {
    ...model,
    parameters: model.parameters.map((it, index) => ({ ...it, value: find('parameter', index, it.value) })),
    states: model.states.map((it, index) => ({ ...it, start: find('start', index, it.start) })),
  };
}

/**
 * How the model meets a record in open loop, from the start values on; by measurement, for those that the record has.
 *
 * @throws GemelError `RECORD_WINDOW`, `MODEL_TOO_LARGE`
 */
export function testOn(
  model: Model,
  recording: Recording,
  options: { readonly stretch?: string; readonly backend?: Backend } = {},
): ReadonlyMap<string, ErrorSummary> {
  const { stretch, backend = defaultBackend() } = options;
  const { train: rows, measured } = splitRows(recording, stretch === undefined ? {} : { train: stretch });
  const sweep = new Sweep(model, recording, { unknowns: [], backend });
  const predicted = model.measurements.map((): number[] => []);
  const leg = { values: new Float64Array(), fromRow: rows.first, toRow: rows.last };
  const run = sweep.run([leg], ({ row, measurement, prediction }) => {
    if (Number.isNaN(recording.measurements[measurement]?.[row] ?? NaN)) return;
    predicted[measurement]?.push(prediction);
  });
  while (run.next().done !== true);
  return new Map(
    measured.map((index) => [
      model.measurements[index]?.name ?? '',
      summariseErrors(predicted[index] ?? [], samplesOf(recording, index, rows)),
    ]),
  );
}
