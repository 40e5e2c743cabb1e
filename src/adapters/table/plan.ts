/**
 * From the rows of a table to messages: pure, no file and no clock.
 *
 * A row becomes one JSON object with a field for each column, or, if the topic has `{column}` in it, one message for
 * each column. Cells without a number leave their field out.
 */

import { didYouMean } from '../../core/diagnose/index.ts';
import type { TableProblem } from './problem.ts';
import type { TableRow } from './read-table.ts';

export interface TableMapping {
  /** Such as `gemel/rig/telemetry`, or `plant/{column}` for a topic of its own for each column. */
  readonly topic: string;
  /** Default: the first column named `time`, `time_s`, `time_ms`, `timestamp`, `date`, `datetime` or `t`, else the first. */
  readonly timeColumn?: string;
  /** How times are written. Default `auto`: ISO 8601, or a number of seconds (of milliseconds from 1e11). */
  readonly timeUnit?: 'auto' | 's' | 'ms' | 'iso';
  /** The columns to send, each with the name of its field or, in the topic, of itself. Default: all, as they are. */
  readonly columns?: Readonly<Record<string, string>>;
  /** The field that holds the event time. Default `time`; null for none. */
  readonly timeField?: string | null;
}

interface PlannedRow {
  readonly line: number;
  readonly recordedMs: number;
  /** The time as it is written. */
  readonly timeText: string;
  /** Field names and numbers that the row has. */
  readonly values: readonly (readonly [field: string, value: number])[];
  readonly missing: number;
}

export interface SkippedCell {
  readonly line: number;
  readonly column: string;
  readonly text: string;
}

interface Message {
  readonly topic: string;
  readonly payload: string;
}

export interface TablePlan {
  readonly timeColumn: string;
  /** Columns in the order of the table, and their fields. */
  readonly fields: readonly { readonly column: string; readonly field: string }[];
  /** The numbers of a row, or undefined if its time is none; cells that are not numbers go to `skipped`. */
  read(row: TableRow, skipped: (cell: SkippedCell) => void): PlannedRow | undefined;
  /** The messages of a row whose event time is `eventMs`. */
  messages(row: PlannedRow, eventMs: number): readonly Message[];
}

const timeNames = ['time', 'time_s', 'time_ms', 'timestamp', 'date', 'datetime', 't'];
const columnMark = '{column}';
const missingWords = new Set(['', 'nan', 'na', 'n/a', '#n/a', 'null', 'none', '-']);
const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** As seconds this would be the year 5138, as milliseconds it is 1973. */
const millisecondsFrom = 1e11;

/** @returns the plan, or what does not fit between the table and the mapping. */
export function planTable(header: TableRow, mapping: TableMapping): TablePlan | TableProblem {
  const names = header.cells.map((cell) => cell.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    return { line: header.line, message: `the header has two columns named \`${twice}\`` };
  }
  const timeColumn =
    mapping.timeColumn ?? names.find((name) => timeNames.includes(name.toLowerCase())) ?? names[0];
  if (timeColumn === undefined || !names.includes(timeColumn))
    return unknown(header, timeColumn ?? '', names);
  const chosen =
    mapping.columns ??
    Object.fromEntries(names.filter((name) => name !== timeColumn).map((name) => [name, name]));
  const absent = Object.keys(chosen).find((column) => !names.includes(column));
  if (absent !== undefined) return unknown(header, absent, names);
  const indexed = names.flatMap((column, index) => {
    const field = Object.hasOwn(chosen, column) ? chosen[column] : undefined;
    return field === undefined ? [] : [{ column, field, index }];
  });
  if (indexed.length === 0) return { line: header.line, message: 'the table has no column beside the time' };
  const timeIndex = names.indexOf(timeColumn);
  const timeUnit = mapping.timeUnit ?? unitOfName(timeColumn);
  const timeField = mapping.timeField === undefined ? 'time' : mapping.timeField;
  const clash = indexed.find(({ field }) => field === timeField && !mapping.topic.includes(columnMark));
  if (clash !== undefined) {
    return {
      line: header.line,
      message: `column \`${clash.column}\` would be sent as \`${clash.field}\`, which is the field of the time`,
      hint: 'give the column or the time another field',
    };
  }

  return {
    timeColumn,
    fields: indexed,
    read(row, skipped) {
      const timeText = (row.cells[timeIndex] ?? '').trim();
      const recordedMs = parseTimeMs(timeText, timeUnit);
      if (recordedMs === undefined) {
        skipped({ line: row.line, column: timeColumn, text: timeText });
        return undefined;
      }
      const values: [string, number][] = [];
      let missing = 0;
      for (const { column, field, index } of indexed) {
        const text = (row.cells[index] ?? '').trim();
        const value = numberForm.test(text) ? Number(text) : Number.NaN;
        if (Number.isFinite(value)) values.push([field, value]);
        else if (missingWords.has(text.toLowerCase())) missing += 1;
        else skipped({ line: row.line, column, text });
      }
      return { line: row.line, recordedMs, timeText, values, missing };
    },
    messages(row, eventMs) {
      if (row.values.length === 0) return [];
      const time = timeField === null ? {} : { [timeField]: new Date(eventMs).toISOString() };
      if (!mapping.topic.includes(columnMark)) {
        return [
          { topic: mapping.topic, payload: JSON.stringify({ ...time, ...Object.fromEntries(row.values) }) },
        ];
      }
      return row.values.map(([field, value]) => ({
        topic: mapping.topic.replaceAll(columnMark, field),
        payload: timeField === null ? String(value) : JSON.stringify({ ...time, value }),
      }));
    },
  };
}

/** @returns Unix milliseconds, or milliseconds from the beginning if the table counts so; undefined if it is no time. */
export function parseTimeMs(text: string, unit: 'auto' | 's' | 'ms' | 'iso'): number | undefined {
  if (unit !== 'iso' && numberForm.test(text)) {
    const value = Number(text);
    const ms =
      unit === 'ms' || (unit === 'auto' && Math.abs(value) >= millisecondsFrom) ? value : value * 1_000;
    return Math.abs(ms) <= 8.64e15 ? ms : undefined;
  }
  if (unit === 's' || unit === 'ms' || !/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  // A time without a zone is UTC: machines that write one do so, and what is sent must not depend on where it runs.
  const zoned = /(z|[+-]\d\d:?\d\d)$/i.test(text) || text.length === 10 ? text : `${text}Z`;
  const ms = Date.parse(zoned.replace(' ', 'T'));
  return Number.isNaN(ms) ? undefined : ms;
}

function unitOfName(column: string): 'auto' | 's' | 'ms' {
  if (column.endsWith('_ms')) return 'ms';
  return column.endsWith('_s') ? 's' : 'auto';
}

function unknown(header: TableRow, column: string, names: readonly string[]): TableProblem {
  return {
    line: header.line,
    message: `there is no column \`${column}\``,
    hint: didYouMean(column, names) ?? `the table has ${names.map((name) => `\`${name}\``).join(', ')}`,
  };
}
