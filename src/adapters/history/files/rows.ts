/**
 * Rows of a file as samples, whatever the file is. Two layouts:
 *
 * | layout | columns | a row is |
 * | --- | --- | --- |
 * | long | `time`, `signal`, `value`, perhaps `twin` and `unit` | a sample |
 * | wide | `time`, perhaps `twin`, and a column for each signal, perhaps with its unit: `level [mm]` | a sample of each signal |
 */

import { didYouMean } from '../../../core/diagnose/index.ts';
import { readTime } from './times.ts';

/** A cell with nothing in it is null, or an empty text. A time may be in Unix milliseconds already. */
export type Cell = string | number | null | { readonly timeMs: number };

/** A file that is being read. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly (readonly Cell[])[]>;
}

export interface FileSample {
  /** Undefined if the file does not say. */
  readonly twin: string | undefined;
  readonly signal: string;
  /** Undefined if the file does not say. */
  readonly unit: string | undefined;
  readonly timeMs: number;
  readonly value: number;
}

/** The samples of a row, or what is wrong with it. */
export type RowReader = (cells: readonly Cell[]) => readonly FileSample[] | string;

/** How rows with these columns are read, or why they cannot be. */
export function rowReader(columns: readonly string[]): RowReader | { readonly problem: string } {
  const named = columns.map((text) => columnOf(text));
  const indexOf = (name: string) => named.findIndex((column) => column.name === name);
  const twice = named.find(({ name }, i) => indexOf(name) !== i);
  if (twice !== undefined) return { problem: `there are two columns \`${twice.name}\`` };
  const time = indexOf('time');
  if (time < 0) return { problem: noTime(columns) };
  const at = { time, twin: indexOf('twin'), signal: indexOf('signal'), value: indexOf('value') };
  if (at.signal < 0 || at.value < 0) return wideReader(named, at);
  const unknown = named.find(({ name }) => !longColumns.includes(name));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown.name, longColumns) ?? `known are ${longColumns.join(', ')}`;
    return { problem: `the column \`${unknown.name}\` is not known: ${hint}` };
  }
  return longReader({ ...at, unit: indexOf('unit') });
}

function noTime(columns: readonly string[]): string {
  const [first = ''] = columns;
  const other = columns.length > 1 ? undefined : Object.keys(separators).find((mark) => first.includes(mark));
  return other === undefined
    ? `there is no column \`time\`, only: ${columns.slice(0, 20).join(', ')}`
    : `there is one column, \`${first}\`: separate columns by commas, not by ${separators[other]}, and write decimals with a point`;
}

/** What some programs write instead of commas. */
const separators: Readonly<Record<string, string>> = { ';': 'semicolons', '\t': 'tabs' };

const longColumns = ['time', 'twin', 'signal', 'unit', 'value'];

interface Column {
  readonly name: string;
  readonly unit: string | undefined;
}

function columnOf(text: string): Column {
  const [, name = text.trim(), unit] = /^\s*(.*?)\s*\[(.*)\]\s*$/.exec(text) ?? [];
  return { name, unit };
}

function longReader(at: Readonly<Record<'time' | 'twin' | 'signal' | 'unit' | 'value', number>>): RowReader {
  return (cells) => {
    const timeMs = timeOf(cells[at.time]);
    if (timeMs === undefined) return notATime(cells[at.time]);
    const signal = textOf(cells[at.signal]);
    if (signal === undefined) return 'there is no signal';
    const value = valueOf(cells[at.value]);
    if (value === undefined) return [];
    if (Number.isNaN(value)) return notANumber(signal, cells[at.value]);
    const [twin, unit] = [textOf(cells[at.twin]), textOf(cells[at.unit])];
    return [{ twin, signal, unit, timeMs, value }];
  };
}

function wideReader(
  columns: readonly Column[],
  at: { readonly time: number; readonly twin: number },
): RowReader | { readonly problem: string } {
  const signals = columns.map((column, index) => ({ ...column, index }));
  const read = signals.filter(({ index }) => index !== at.time && index !== at.twin);
  if (read.length === 0) return { problem: 'there is no column with values' };
  return (cells) => {
    const timeMs = timeOf(cells[at.time]);
    if (timeMs === undefined) return notATime(cells[at.time]);
    const twin = textOf(cells[at.twin]);
    const samples: FileSample[] = [];
    for (const { name, unit, index } of read) {
      const value = valueOf(cells[index]);
      if (value === undefined) continue;
      if (Number.isNaN(value)) return notANumber(name, cells[index]);
      samples.push({ twin, signal: name, unit, timeMs, value });
    }
    return samples;
  };
}

function timeOf(cell: Cell | undefined): number | undefined {
  if (typeof cell === 'object' && cell !== null) return cell.timeMs;
  return cell === undefined || cell === null ? undefined : readTime(String(cell).trim());
}

function textOf(cell: Cell | undefined): string | undefined {
  return typeof cell === 'string' && cell !== '' ? cell : undefined;
}

/** NaN for what is no number; undefined for no value. */
function valueOf(cell: Cell | undefined): number | undefined {
  if (cell === undefined || cell === null || cell === '') return undefined;
  const value = typeof cell === 'string' ? Number(cell) : cell;
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
}

function notATime(cell: Cell | undefined): string {
  return `${shown(cell)} is not a time with its zone, as in 2026-11-22T13:00:00Z`;
}

function notANumber(signal: string, cell: Cell | undefined): string {
  return `${shown(cell)} of ${signal} is not a finite number`;
}

function shown(cell: Cell | undefined): string {
  const text = typeof cell === 'object' && cell !== null ? String(cell.timeMs) : String(cell ?? '');
  return `\`${text.length > 60 ? `${text.slice(0, 57)}…` : text}\``;
}
