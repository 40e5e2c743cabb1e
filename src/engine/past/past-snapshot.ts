/**
 * A snapshot of a past tick, made from what the history has of it, so that it reads as the one of then did.
 *
 * A value counts only if it was recorded at that very tick; what is older belongs to another model, or was no number. Samples
 * have their own times. When an input was sampled last is not recorded.
 */

import type { Model } from '../../core/model/index.ts';
import { parseUnit, toSi, toSiDifference, type Unit } from '../../core/units/index.ts';
import type { HistoryReading } from '../ports/index.ts';
import type { Snapshot, SnapshotView } from '../snapshot/index.ts';
import { createSnapshot, createSnapshotView, frameLayoutOf, statusCodes } from '../snapshot/index.ts';
import type { Condition } from './facts.ts';
import { seriesNames } from './series-names.ts';

export interface PastTick {
  readonly twin: string;
  readonly model: Model;
  /** Time of the tick. */
  readonly timeMs: number;
  /** The last value of each signal at that time. */
  readonly readings: readonly HistoryReading[];
  readonly condition: Condition | undefined;
}

export function pastSnapshot({ twin, model, timeMs, readings, condition }: PastTick): Snapshot {
  const view = viewOf(model);
  const layout = frameLayoutOf(model);
  const { states, inputs, outputs, measurements, health } = model;
  const values = new Float64Array(layout.columns).fill(Number.NaN);
  const bySignal = new Map(readings.map((reading) => [reading.signal, reading]));
  const atTick = (name: string): HistoryReading | undefined => {
    const reading = bySignal.get(name);
    return reading?.timeMs === timeMs ? reading : undefined;
  };
  const put = (column: number, reading: HistoryReading | undefined, unit: Unit): void => {
    values[column] = reading === undefined ? Number.NaN : toSi(reading.value, unitOf(reading, unit));
  };
  const putDifference = (column: number, reading: HistoryReading | undefined, unit: Unit): void => {
    values[column] =
      reading === undefined ? Number.NaN : toSiDifference(reading.value, unitOf(reading, unit));
  };
  for (const [i, { name, unit }] of states.entries()) {
    put(layout.states + i, atTick(name), unit);
    values[layout.heldMin + i] = condition?.held[name] === 'min' ? 1 : 0;
    values[layout.heldMax + i] = condition?.held[name] === 'max' ? 1 : 0;
    if (i < layout.uncertaintyCount)
      putDifference(layout.uncertainties + i, atTick(seriesNames.uncertainty(name)), unit);
  }
  for (const [i, { name, unit }] of inputs.entries()) put(layout.inputs + i, atTick(name), unit);
  for (const [i, { name, unit }] of outputs.entries()) put(layout.outputs + i, atTick(name), unit);
  for (const [i, { name, of }] of health.entries()) {
    const unit = [...states, ...outputs].find((signal) => signal.name === of)?.unit;
    const deviation = atTick(seriesNames.uncertainty(seriesNames.health(name)));
    if (i < layout.healthDeviationCount && unit !== undefined)
      putDifference(layout.healthDeviations + i, deviation, unit);
  }
  for (const [i, { name, unit }] of measurements.entries()) {
    put(layout.predictions + i, atTick(seriesNames.expected(name)), unit);
    const measured = bySignal.get(seriesNames.measured(name));
    put(layout.measured + i, measured, unit);
    values[layout.measuredTimes + i] = measured?.timeMs ?? Number.NaN;
    const ofSample = (series: string): HistoryReading | undefined => {
      const reading = bySignal.get(series);
      return reading?.timeMs === measured?.timeMs ? reading : undefined;
    };
    const innovation = seriesNames.innovation(name);
    putDifference(layout.innovations + i, ofSample(innovation), unit);
    putDifference(layout.deviations + i, ofSample(seriesNames.uncertainty(innovation)), unit);
    values[layout.rejected + i] = condition?.rejected.includes(name) === true ? 1 : 0;
    values[layout.silent + i] = condition?.silent.includes(name) === true ? 1 : 0;
  }
  values[layout.status] = statusCodes[condition?.status ?? 'running'];
  values[layout.beliefMs] = timeMs;
  values[layout.ticks] = atTick(seriesNames.tick)?.value ?? 0;
  return createSnapshot(twin, view, { values, lanes: 1 }, 0);
}

const views = new WeakMap<Model, SnapshotView>();

function viewOf(model: Model): SnapshotView {
  let view = views.get(model);
  if (view === undefined) views.set(model, (view = createSnapshotView(model)));
  return view;
}

/** Nearly always the model's; a model that was changed without a new version may have had another. */
function unitOf({ unit: symbol }: HistoryReading, unit: Unit): Unit {
  if (symbol === unit.symbol) return unit;
  const found = parseUnit(symbol);
  return 'unit' in found ? found.unit : unit;
}
