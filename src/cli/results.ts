/** A trajectory in the units of its document: as CSV, as JSON of its end, as a summary for people, as lines of a plot. */

import { unlinkSync, writeFileSync } from 'node:fs';
import { displayName, reasonOf } from '../app/index.ts';
import { GemelError } from '../core/diagnose/index.ts';
import type { Model } from '../core/model/index.ts';
import type { Trajectory } from '../core/solve/index.ts';
import { fromSi, type Unit } from '../core/units/index.ts';
import type { PlotData } from './plot/index.ts';
import { columns } from './columns.ts';

/** One quantity over time, in its own unit. */
export interface Series {
  readonly name: string;
  /** Empty for a pure number. */
  readonly unit: string;
  readonly kind: 'state' | 'output';
  readonly values: Float64Array;
}

export interface Results {
  readonly timeSeconds: Float64Array;
  readonly series: readonly Series[];
}

/** Converts a trajectory; `only` chooses among its names and orders them. */
export function resultsOf(
  model: Model,
  trajectory: Trajectory,
  only: readonly string[] | undefined,
): Results {
  const states = new Set(model.states.map(({ name }) => name));
  const all = trajectory.names.map((name, index): Series => {
    const unit = trajectory.units[index];
    const values = trajectory.values[index] ?? new Float64Array();
    return {
      name,
      unit: unit === undefined || unit.symbol === '1' ? '' : unit.symbol,
      kind: states.has(name) ? 'state' : 'output',
      values: unit === undefined ? values : values.map((value) => inUnit(value, unit)),
    };
  });
  const series = only ? only.flatMap((name) => all.filter((each) => each.name === name)) : all;
  return { timeSeconds: trajectory.time, series };
}

/** Conversion leaves noise in the last digits (22.000000000000057 degC); a number that is not converted stays as it is. */
function inUnit(si: number, unit: Unit): number {
  if (unit.factor === 1 && unit.offset === 0) return si;
  return Number(fromSi(si, unit).toPrecision(13));
}

/** CSV with a header such as `time [s],level [m]`; times and values are the shortest that read back the same. */
export function toCsv({ timeSeconds, series }: Results): string {
  const header = ['time [s]', ...series.map(({ name, unit }) => (unit ? `${name} [${unit}]` : name))];
  const lines = [header.join(',')];
  for (let row = 0; row < timeSeconds.length; row++) {
    const time = Number((timeSeconds[row] ?? 0).toPrecision(13));
    lines.push([time, ...series.map(({ values }) => values[row])].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** The end of the simulation: its time in seconds, and every value in its own unit. */
export function endOf({ timeSeconds, series }: Results) {
  const valuesOf = (kind: Series['kind']) =>
    Object.fromEntries(
      series.filter((each) => each.kind === kind).map(({ name, values }) => [name, values.at(-1) ?? null]),
    );
  return { time: timeSeconds.at(-1) ?? 0, states: valuesOf('state'), outputs: valuesOf('output') };
}

/** A table for people: where each quantity began and ended, and between what it moved. */
export function toSummary({ series }: Results): string {
  const rows = [
    ['', 'start', 'end', 'lowest', 'highest', ''],
    ...series.map(({ name, unit, values }) => [
      name,
      brief(values[0]),
      brief(values.at(-1)),
      brief(extreme(values, Math.min)),
      brief(extreme(values, Math.max)),
      unit,
    ]),
  ];
  return `${columns(rows).join('\n')}\n`;
}

export function toPlotData(title: string, { timeSeconds, series }: Results): PlotData {
  return { title, timeSeconds, lines: series.map(({ name, unit, values }) => ({ name, unit, values })) };
}

/**
 * Writes a file whole or not at all.
 *
 * @throws GemelError `FILE_UNREADABLE` with the reason, such as a full disk.
 */
export function writeResult(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const reason = reasonOf(error);
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') unlinkSync(path);
    throw new GemelError('FILE_UNREADABLE', `${displayName(path)} cannot be written: ${reason}`, {
      cause: error,
    });
  }
}

function extreme(values: Float64Array, pick: (a: number, b: number) => number): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => pick(a, b));
}

function brief(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(6)));
}
