/** What of a model's twins is recorded: its series, and how each is read from a snapshot. */

import { isFiltered } from '../../core/estimate/index.ts';
import type { Model, Signal } from '../../core/model/index.ts';
import { parseUnit, roundDeviation, roundShown, type Unit } from '../../core/units/index.ts';
import { type HistorySignal, seriesNames, type Snapshot } from '../../engine/index.ts';

/** A series with a value at each recorded tick. */
interface Computed {
  readonly signal: string;
  readonly unit: Unit;
  readonly value: (snapshot: Snapshot) => number;
}

/** The four series of a measurement; each has a number of its own, in this order, behind those of what is computed. */
export const seriesOfMeasurement = ['expected', 'measured', 'innovation', 'deviation'] as const;

export interface Plan {
  readonly computed: readonly Computed[];
  readonly measured: Model['measurements'];
  /** All of it, by number. */
  readonly series: readonly { readonly signal: string; readonly unit: string }[];
}

/** The signals that the history gets of a twin of this model. */
export function recordedSignals(model: Model): readonly HistorySignal[] {
  return planOf(model).series;
}

export function planOf(model: Model): Plan {
  const { states, outputs, inputs, measurements, health } = model;
  const seen = ({ name, unit }: Signal, read: (snapshot: Snapshot) => number): Computed => ({
    signal: name,
    unit,
    value: (snapshot) => roundShown(read(snapshot), unit),
  });
  const filtered = isFiltered(model);
  const worn = health.flatMap(({ name, of }) => {
    const unit = [...states, ...outputs].find((signal) => signal.name === of)?.unit;
    const left = (snapshot: Snapshot): number => snapshot.health(name).percent;
    const signal = seriesNames.health(name);
    const deviation = (snapshot: Snapshot): number =>
      Number((snapshot.health(name).deviation ?? Number.NaN).toPrecision(9));
    return [
      { signal, unit: percent, value: left },
      ...(filtered && unit !== undefined
        ? [{ signal: seriesNames.uncertainty(signal), unit, value: deviation }]
        : []),
    ];
  });
  const computed = [
    ...states.map((signal) => seen(signal, (snapshot) => snapshot.state(signal.name))),
    ...outputs.map((signal) => seen(signal, (snapshot) => snapshot.output(signal.name))),
    ...inputs.map((signal) => seen(signal, (snapshot) => snapshot.input(signal.name))),
    ...(filtered ? states : []).map(({ name, unit }) => ({
      signal: seriesNames.uncertainty(name),
      unit,
      value: (snapshot: Snapshot) => roundDeviation(snapshot.uncertainty(name)),
    })),
    ...worn,
    { signal: seriesNames.tick, unit: none, value: (snapshot: Snapshot) => snapshot.tick },
  ];
  const ofMeasurements = measurements.flatMap(({ name, unit }) => {
    const innovation = seriesNames.innovation(name);
    const names = {
      expected: seriesNames.expected(name),
      measured: seriesNames.measured(name),
      innovation,
      deviation: seriesNames.uncertainty(innovation),
    };
    return seriesOfMeasurement.map((series) => ({ signal: names[series], unit: unit.symbol }));
  });
  const series = [...computed.map(({ signal, unit }) => ({ signal, unit: unit.symbol })), ...ofMeasurements];
  return { computed, measured: measurements, series };
}

const percent = known('%');
const none = known('1');

function known(symbol: string): Unit {
  const parsed = parseUnit(symbol);
  if (!('unit' in parsed)) throw new RangeError(`no unit ${symbol}`);
  return parsed.unit;
}
