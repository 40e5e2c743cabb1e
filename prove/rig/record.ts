/**
 * The record of the hydraulic rig: its rows, the experimenters' labels, and which part of it was used for tuning.
 *
 * N. Helwig, E. Pignanelli, A. Schütze, "Condition monitoring of a complex hydraulic system using multivariate
 * statistics", I2MTC 2015; UCI Machine Learning Repository 447, CC BY 4.0. Neighbouring cycles are alike, so it is split by
 * contiguous time: of each interval in which a label is constant, the first 30 % may be used for tuning, the rest judges.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const directory = join(import.meta.dirname, '../../../shared/data/hydraulic-rig');
const tunedShare = 0.3;

export type Label = 'cooler' | 'valve' | 'leakage' | 'accumulator';

const labelColumns = {
  cooler: 'cooler_percent',
  valve: 'valve_percent',
  leakage: 'pump_leakage',
  accumulator: 'accumulator_bar',
} as const satisfies Record<Label, string>;

/** An interval of constant label, in seconds from the beginning, the end exclusive. */
export interface Interval {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

export interface RigRecord {
  readonly seconds: number;
  /** Every column by its name, one value a second. */
  readonly columns: ReadonlyMap<string, Float64Array>;
  readonly labels: Readonly<Record<Label, readonly Interval[]>>;
}

export function hasRecord(): boolean {
  return existsSync(join(directory, 'measurements.csv.gz'));
}

export function readRecord(): RigRecord {
  const text = gunzipSync(readFileSync(join(directory, 'measurements.csv.gz'))).toString();
  const [header = '', ...rows] = text.trim().split('\n');
  const columns = header.split(',').map((name) => [name, new Float64Array(rows.length)] as const);
  for (const [second, row] of rows.entries()) {
    for (const [at, cell] of row.split(',').entries()) {
      const values = columns[at]?.[1];
      if (values !== undefined) values[second] = Number(cell);
    }
  }
  return { seconds: rows.length, columns: new Map(columns), labels: readLabels(rows.length) };
}

export function column(record: RigRecord, name: string): Float64Array {
  const values = record.columns.get(name);
  if (values === undefined) throw new Error(`the record has no column ${name}`);
  return values;
}

/** The label at each second. */
export function labelAt(record: RigRecord, label: Label): Int16Array {
  const values = new Int16Array(record.seconds);
  for (const { from, to, value } of record.labels[label]) values.fill(value, from, to);
  return values;
}

/** 1 for each second that may have been used for tuning with regard to a label. */
export function tunedBy(record: RigRecord, label: Label): Uint8Array {
  const tuned = new Uint8Array(record.seconds);
  for (const { from, to } of record.labels[label]) {
    tuned.fill(1, from, from + Math.floor(tunedShare * (to - from)));
  }
  return tuned;
}

/** When a label changed; the beginning of the record is none. */
export function changesOf(record: RigRecord, label: Label): readonly Interval[] {
  return record.labels[label].slice(1);
}

/**
 * 1 for each second within a minute of an opening of the relief valve, when the oil takes a way that the models do not
 * describe: pressure behind the pump above 185 bar while the load's circuit is open.
 */
export function nearRelief(record: RigRecord): Uint8Array {
  const pressure = column(record, 'pressure_1_bar');
  const flow = column(record, 'flow_1_l_min');
  const near = new Uint8Array(record.seconds);
  for (let second = 0; second < record.seconds; second++) {
    const isOpen = (pressure[second] ?? 0) > 185 && (flow[second] ?? 0) > 0.5;
    if (isOpen) near.fill(1, Math.max(0, second - 60), second + 61);
  }
  return near;
}

/** Joins the rows of the label file into intervals of each label, cut at the end of the record. */
function readLabels(seconds: number): Record<Label, readonly Interval[]> {
  const [header = '', ...rows] = readFileSync(join(directory, 'labels.csv'), 'utf8').trim().split('\n');
  const names = header.split(',');
  const cells = rows.map((row) => row.split(',').map(Number));
  const intervalsOf = (label: Label): readonly Interval[] => {
    const at = names.indexOf(labelColumns[label]);
    const intervals: { from: number; to: number; value: number }[] = [];
    for (const row of cells) {
      const [from = 0, end = 0] = row;
      const value = row[at] ?? Number.NaN;
      const to = Math.min(end, seconds);
      const last = intervals.at(-1);
      if (last?.value === value) last.to = to;
      else intervals.push({ from, to, value });
    }
    return intervals;
  };
  return {
    cooler: intervalsOf('cooler'),
    valve: intervalsOf('valve'),
    leakage: intervalsOf('leakage'),
    accumulator: intervalsOf('accumulator'),
  };
}
