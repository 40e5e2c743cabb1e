/**
 * A table of inputs over time for `gemel simulate --inputs`: CSV with a header, a `time` column and a column for each
 * input. A unit may stand in brackets: `time [min]`, `ambient [degC]`. A value holds until the next row.
 */

import { parse } from 'csv-parse/sync';
import { displayName, readFile } from '../app/index.ts';
import { didYouMean } from '../core/diagnose/index.ts';
import type { Input, Model } from '../core/model/index.ts';
import type { InputFunction } from '../core/solve/index.ts';
import { convertible, parseUnit, toSi, type Unit } from '../core/units/index.ts';
import { usageError } from './terminal.ts';

export interface InputTable {
  readonly inputAt: InputFunction;
  /** Columns that name no input. */
  readonly ignored: readonly string[];
  /** From the first row to the last. */
  readonly seconds: number;
}

interface Series {
  readonly times: number[];
  readonly values: number[];
}

/** @throws GemelError `FILE_UNREADABLE`, `USAGE`. */
export function readInputTable(path: string, model: Model): InputTable {
  const file = displayName(path);
  const [header = [], ...rows] = parseRows(file, readFile(path));
  const columns = header.map(columnOf);
  const timeIndex = columns.findIndex(({ name }) => name === 'time');
  if (timeIndex < 0) {
    throw usageError(`${file} has no column \`time\``, `its columns: ${header.join(', ')}`);
  }
  const times = readTimes(rows, { file, index: timeIndex, unit: columns[timeIndex]?.unit });
  const series = new Map<string, Series>();
  const ignored: string[] = [];
  columns.forEach((column, index) => {
    if (index === timeIndex) return;
    const input = model.inputs.find(({ name }) => name === column.name);
    if (input) series.set(input.name, readSeries(rows, { file, index, column, input, model, times }));
    else ignored.push(refuseNearMiss(column.name, model, file));
  });
  const seconds = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return { ignored, seconds, inputAt: (name, time) => valueAt(series.get(name), time) };
}

/** A column of another name is passed over; one that is nearly an input is a mistake. */
function refuseNearMiss(name: string, model: Model, file: string): string {
  const names = model.inputs.map((input) => input.name);
  const hint = didYouMean(name, names);
  if (hint !== undefined) throw usageError(`${file}: ${model.id} has no input \`${name}\``, hint);
  return name;
}

function parseRows(file: string, text: string): readonly string[][] {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, relax_column_count: false });
  } catch (error) {
    throw usageError(`${file} is not a table: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface Column {
  readonly name: string;
  readonly unit?: string;
}

function columnOf(header: string): Column {
  const [, name = header, unit] = /^(.*?)\s*\[(.*)\]$/.exec(header) ?? [];
  return unit === undefined ? { name } : { name, unit };
}

interface TimeColumn {
  readonly file: string;
  readonly index: number;
  readonly unit: string | undefined;
}

/** Seconds since the first row where the times are dates; as they stand otherwise. */
function readTimes(rows: readonly string[][], { file, index, unit }: TimeColumn): readonly number[] {
  const factor = unitOf(unit ?? 's', 's', file);
  let first: number | undefined;
  let last = Number.NEGATIVE_INFINITY;
  return rows.map((row, i) => {
    const cell = row[index] ?? '';
    let seconds = cell === '' ? Number.NaN : toSi(Number(cell), factor);
    if (Number.isNaN(seconds)) {
      const date = Date.parse(cell) / 1000;
      first ??= date;
      seconds = date - first;
    }
    if (!Number.isFinite(seconds)) throw usageError(`${file}, row ${i + 1}: \`${cell}\` is not a time`);
    if (!(seconds > last))
      throw usageError(`${file}, row ${i + 1}: the time \`${cell}\` does not come after the one before`);
    last = seconds;
    return seconds;
  });
}

interface InputColumn {
  readonly file: string;
  readonly index: number;
  readonly column: Column;
  readonly input: Input;
  readonly model: Model;
  readonly times: readonly number[];
}

function readSeries(
  rows: readonly string[][],
  { file, index, column, input, model, times }: InputColumn,
): Series {
  const unit =
    column.unit === undefined || !model.unitsChecked
      ? input.unit
      : unitOf(column.unit, input.unit.symbol, file);
  const series: Series = { times: [], values: [] };
  rows.forEach((row, i) => {
    const cell = row[index] ?? '';
    if (cell === '') return;
    const value = toSi(Number(cell), unit);
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = input;
    if (!Number.isFinite(value))
      throw usageError(`${file}, row ${i + 1}: \`${cell}\` of ${input.name} is not a number`);
    if (!(value >= min && value <= max)) {
      throw usageError(`${file}, row ${i + 1}: \`${cell}\` of ${input.name} lies outside its bounds`);
    }
    series.times.push(times[i] ?? 0);
    series.values.push(value);
  });
  return series;
}

function unitOf(written: string, wanted: string, file: string): Unit {
  const unit = parseUnit(written);
  const target = parseUnit(wanted);
  if ('problem' in unit) throw usageError(`${file}: ${unit.problem.message}`, unit.problem.hint);
  if ('problem' in target) throw usageError(`${file}: ${target.problem.message}`, target.problem.hint);
  const fits = convertible(unit.unit, target.unit);
  if (fits !== true) throw usageError(`${file}: ${fits.message}`, fits.hint);
  return unit.unit;
}

/** The newest value at or before `time`, by bisection. */
function valueAt(series: Series | undefined, time: number): number | undefined {
  if (!series) return undefined;
  let low = 0;
  let high = series.times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    // Half a nanosecond of patience: the simulation's clock is a sum of many steps.
    if ((series.times[middle] ?? 0) <= time + 5e-10) low = middle + 1;
    else high = middle;
  }
  return series.values[low - 1];
}
