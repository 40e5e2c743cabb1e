/**
 * A record of a machine: what went in and what was measured, row by row, in SI.
 *
 * Read from a table of texts, such as a CSV file has, or of numbers; everything that is wrong with it is told at once.
 */

import { GemelError, type Diagnostic, didYouMean } from '../diagnose/index.ts';
import type { Model, Signal } from '../model/index.ts';
import { convertible, parseUnit, toSi, type Unit } from '../units/index.ts';
import { readTimes } from './times.ts';

export interface Recording {
  /** Seconds since the first row, ascending. */
  readonly times: Float64Array;
  /** One a model input: its value from each row on, until the next. Absent: not in the table. */
  readonly inputs: readonly (Float64Array | undefined)[];
  /** One a measurement: NaN where there is no value. Absent: not in the table. */
  readonly measurements: readonly (Float64Array | undefined)[];
  readonly gaps: readonly Gap[];
  /** Columns that were not used. */
  readonly ignored: readonly string[];
}

/** What is missing, and was passed over. */
export interface Gap {
  /** A signal; absent: whole rows. */
  readonly signal?: string;
  /** Rows without a value, or with one that the sensor cannot read; of whole rows: how many are likely to be missing. */
  readonly missing: number;
  readonly longestSeconds: number;
}

/** What an input is from a row on: as recorded, or its default. */
export function inputAt(
  { model, recording }: { readonly model: Model; readonly recording: Recording },
  index: number,
  row: number,
): number {
  const last = recording.times.length - 1;
  return recording.inputs[index]?.[Math.min(row, last)] ?? model.inputs[index]?.default ?? NaN;
}

/** A table as it was read: cells are texts, numbers, or nothing. */
export interface DataTable {
  /** Shown in messages. */
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export type Cell = string | number | null | undefined;

/** A column that is a signal of the model. */
export interface ColumnMapping {
  readonly column: string;
  /** An input, a measurement, or `time`. */
  readonly name: string;
  /** How the column is written; absent: as its header says in brackets, else the unit of the signal. */
  readonly unit?: string;
}

export interface RecordingOptions {
  /** Default: the columns that have the names of inputs, measurements and `time`. */
  readonly columns?: readonly ColumnMapping[];
  /** Time between two rows, for a table without a column of times. */
  readonly everySeconds?: number;
}

const missingWords = new Set(['', 'nan', 'na', 'n/a', '#n/a', 'null', 'none', '-']);
const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Problems of cells that are told; more would bury the first. */
const shownCells = 10;
/** More rows are refused. */
const rowLimit = 2_000_000;

/** @throws GemelError `RECORD_INVALID` with every problem found, each in `diagnostics`. */
export function readRecording(model: Model, table: DataTable, options: RecordingOptions = {}): Recording {
  const problems: Diagnostic[] = [];
  const report = (message: string, hint?: string): void => {
    problems.push({
      code: 'RECORD_INVALID',
      severity: 'error',
      message: `${table.name}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    });
  };
  const refuseAll = (): void => {
    const [first] = problems;
    if (first === undefined) return;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    throw new GemelError('RECORD_INVALID', `${first.message}${more}`, {
      ...(first.hint === undefined ? {} : { hint: first.hint }),
      diagnostics: problems,
    });
  };
  if (table.rows.length < 2) report(`${table.rows.length} rows of data are too few`, 'give at least two');
  if (table.rows.length > rowLimit) report(`${table.rows.length} rows are more than ${rowLimit}`);
  const columns = resolveColumns(model, table, { options, report });
  refuseAll();
  const time = columns.find(({ mapping }) => mapping.name === 'time');
  const times = readTimes(table, { index: time?.index, unit: time?.mapping.unit, ...options }, report);
  const series = new Map<string, Float64Array>();
  for (const column of columns) {
    if (column.signal === undefined) continue;
    series.set(column.mapping.name, readCells(table, { ...column, signal: column.signal, model }, report));
  }
  const used = new Set(columns.map(({ index }) => index));
  refuseAll();
  const gaps = [
    ...missingRows(times),
    ...[...series].flatMap(([name, values]) => missingValues(name, values, times)),
  ];
  const find = (signals: readonly Signal[]) => signals.map(({ name }) => series.get(name));
  return {
    times,
    inputs: find(model.inputs).map((values) => values && held(values)),
    measurements: find(model.measurements),
    gaps,
    ignored: table.header.filter((header, index) => header.trim() !== '' && !used.has(index)),
  };
}

interface Column {
  readonly index: number;
  readonly mapping: ColumnMapping;
  /** Absent for the time. */
  readonly signal?: Signal & { readonly isInput: boolean };
}

type Report = (message: string, hint?: string) => void;

function resolveColumns(
  model: Model,
  { header }: DataTable,
  { options, report }: { readonly options: RecordingOptions; readonly report: Report },
): Column[] {
  const headers = header.map(splitUnit);
  const names = headers.map(({ column }) => column);
  const signals = new Map<string, Signal & { readonly isInput: boolean }>([
    ...model.measurements.map((it) => [it.name, { ...it, isInput: false }] as const),
    ...model.inputs.map((it) => [it.name, { ...it, isInput: true }] as const),
  ]);
  const given = options.columns ?? [];
  const isSignal = (name: string): boolean => signals.has(name) || name === 'time';
  const own = headers.flatMap(({ column, unit }): ColumnMapping[] => {
    if (!isSignal(column) || given.some((it) => it.column === column || it.name === column)) return [];
    return [{ column, name: column, ...(unit === undefined ? {} : { unit }) }];
  });
  const found: Column[] = [];
  for (const mapping of [...given, ...own]) {
    const { column, name } = mapping;
    const index = names.indexOf(column) >= 0 ? names.indexOf(column) : header.indexOf(column);
    const signal = signals.get(name);
    if (index < 0) report(`there is no column \`${column}\``, meant(column, names));
    else if (!isSignal(name)) {
      report(`${model.id} has no input or measurement \`${name}\``, meant(name, [...signals.keys(), 'time']));
    } else if (found.some((it) => it.mapping.name === name)) report(`\`${name}\` has two columns`);
    else {
      const unit = mapping.unit ?? headers[index]?.unit;
      const whole = { ...mapping, ...(unit === undefined ? {} : { unit }) };
      found.push({ index, mapping: whole, ...(signal === undefined ? {} : { signal }) });
    }
  }
  for (const { name, default: otherwise } of model.inputs) {
    if (otherwise !== undefined || found.some(({ mapping }) => mapping.name === name)) continue;
    report(`no column is the input \`${name}\``, `say which, as in column=${name}`);
  }
  if (!found.some(({ signal }) => signal?.isInput === false)) {
    const known = model.measurements.map(({ name }) => `\`${name}\``).join(', ') || 'none';
    report(`no column is a measurement of ${model.id}`, `its measurements: ${known}`);
  }
  return found;
}

/** `level [mm]` → column `level`, unit `mm`. */
function splitUnit(header: string): { readonly column: string; readonly unit?: string } {
  const [, column = header.trim(), unit] = /^\s*(.*?)\s*\[(.*)\]\s*$/.exec(header) ?? [];
  return unit === undefined ? { column } : { column, unit };
}

function meant(name: string, names: readonly string[]): string {
  const known = names.filter((it) => it !== '').map((it) => `\`${it}\``);
  return didYouMean(name, names) ?? `there are: ${known.join(', ')}`;
}

interface SignalColumn extends Column {
  readonly signal: Signal & { readonly isInput: boolean };
  readonly model: Model;
}

function readCells({ rows }: DataTable, column: SignalColumn, report: Report): Float64Array {
  const { index, mapping, signal, model } = column;
  const { min = -Infinity, max = Infinity } = signal;
  const unit = unitOf(mapping.unit, { signal, model }, report);
  let told = 0;
  const tell = (row: number, cell: Cell, what: string): number => {
    told += 1;
    if (told <= shownCells) report(`row ${row + 1}: \`${String(cell)}\` of \`${signal.name}\` ${what}`);
    return NaN;
  };
  const values = Float64Array.from(rows, (row, i) => {
    const cell = row[index];
    const value = numberOf(cell);
    if (value === 'missing') return NaN;
    if (value === 'not a number') return tell(i, cell, 'is not a number');
    const si = toSi(value, unit);
    if (si >= min && si <= max) return si;
    // A sensor that reads what it cannot is passed over; an input that cannot be was written in another unit.
    return signal.isInput ? tell(i, cell, 'lies outside its bounds') : NaN;
  });
  if (!values.some(Number.isFinite) && told === 0) report(`\`${signal.name}\` has no value in any row`);
  return values;
}

function numberOf(cell: Cell): number | 'missing' | 'not a number' {
  if (cell === null || cell === undefined) return 'missing';
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : 'missing';
  const text = cell.trim();
  if (missingWords.has(text.toLowerCase())) return 'missing';
  return numberForm.test(text) ? Number(text) : 'not a number';
}

function unitOf(
  written: string | undefined,
  { signal, model }: { readonly signal: Signal; readonly model: Model },
  report: Report,
): Unit {
  if (written === undefined || !model.unitsChecked) return signal.unit;
  const parsed = parseUnit(written);
  if ('problem' in parsed) {
    report(`\`${signal.name}\`: ${parsed.problem.message}`, parsed.problem.hint);
    return signal.unit;
  }
  const fits = convertible(parsed.unit, signal.unit);
  if (fits === true) return parsed.unit;
  report(`\`${signal.name}\`: ${fits.message}`, fits.hint ?? `write a unit like ${signal.unit.symbol}`);
  return signal.unit;
}

/** Each missing value is the one before it; at the beginning the first there is. */
function held(values: Float64Array): Float64Array {
  let last = values.find((value) => !Number.isNaN(value)) ?? NaN;
  return values.map((value) => {
    if (!Number.isNaN(value)) last = value;
    return last;
  });
}

function missingValues(signal: string, values: Float64Array, times: Float64Array): Gap[] {
  let missing = 0;
  let longestSeconds = 0;
  let before: number | undefined;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) missing += 1;
    else before = i;
    const since = times[before ?? 0] ?? 0;
    if (Number.isNaN(value))
      longestSeconds = Math.max(longestSeconds, (times[i + 1] ?? times[i] ?? 0) - since);
  }
  return missing === 0 ? [] : [{ signal, missing, longestSeconds }];
}

/** Steps of time much longer than the usual one. */
function missingRows(times: Float64Array): Gap[] {
  const steps = times.subarray(1).map((time, i) => time - (times[i] ?? 0));
  const usual = steps.toSorted()[steps.length >> 1] ?? 0;
  const long = steps.filter((step) => step > 2.5 * usual);
  if (long.length === 0) return [];
  const missing = long.reduce((sum, step) => sum + Math.round(step / usual) - 1, 0);
  return [{ missing, longestSeconds: Math.max(...long) }];
}
