/** The column of times of a record → seconds since its first row; and the parts of a record that are fitted and tested. */

import { GemelError } from '../diagnose/index.ts';
import { convertible, parseQuantity, parseUnit, toSi, type Unit } from '../units/index.ts';
import type { DataTable } from './recording.ts';

export interface TimeColumn {
  /** Absent: there is none. */
  readonly index: number | undefined;
  readonly unit: string | undefined;
  readonly everySeconds?: number;
}

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Numbers are in the column's unit, by default seconds; other times are ISO 8601. All problems go to `report`. */
export function readTimes(
  { rows }: DataTable,
  { index, unit, everySeconds }: TimeColumn,
  report: (message: string, hint?: string) => void,
): Float64Array {
  if (index === undefined) {
    if (everySeconds === undefined) {
      report('there is no column `time`', 'say which it is, as in column=time[s], or how far rows are apart');
    }
    return Float64Array.from(rows, (_, i) => i * (everySeconds ?? 1));
  }
  const factor = secondsOf(unit, report);
  let last = -Infinity;
  let told = false;
  const times = Float64Array.from(rows, (row, i) => {
    const cell = String(row[index] ?? '').trim();
    const time = numberForm.test(cell) ? toSi(Number(cell), factor) : dateSeconds(cell);
    if (!told && !(time > last)) {
      told = true;
      const what = Number.isNaN(time) ? 'is not a time' : 'does not come after the one before';
      report(
        `row ${i + 1}: \`${cell}\` ${what}`,
        'times ascend from row to row; they are numbers, or dates like 2026-11-22T12:00:00Z',
      );
    }
    last = time;
    return time;
  });
  const first = times[0] ?? 0;
  return times.map((time) => time - first);
}

function secondsOf(written: string | undefined, report: (message: string, hint?: string) => void): Unit {
  const second = unitNamed('s');
  const unit = parseUnit(written ?? 's');
  if ('problem' in unit) report(`\`time\`: ${unit.problem.message}`, unit.problem.hint);
  else {
    const fits = convertible(unit.unit, second);
    if (fits === true) return unit.unit;
    report(`\`time\`: ${fits.message}`, fits.hint);
  }
  return second;
}

/** A time without a zone is UTC, so that a record means the same wherever it is read. */
function dateSeconds(text: string): number {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return NaN;
  const zoned = /(z|[+-]\d\d:?\d\d)$/i.test(text) || text.length === 10 ? text : `${text}Z`;
  return Date.parse(zoned.replace(' ', 'T')) / 1000;
}

/** Seconds since the first row; both ends belong to it. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * A stretch of a record as people write it: `0:60%`, `10min:2h`, `:1d`; a bare number is in seconds.
 *
 * @throws GemelError `RECORD_WINDOW` if it cannot be read, or holds no time of the record.
 */
export function readWindow(text: string, seconds: number): Window {
  const parts = text.split(':');
  const [from, to] = parts.map((part, i) => edgeOf(part.trim(), seconds, i === 0 ? 0 : seconds));
  if (parts.length !== 2 || from === undefined || to === undefined) {
    throw new GemelError('RECORD_WINDOW', `\`${text}\` is not a stretch of a record`, {
      hint: 'write where it begins and ends, such as `0:60%` or `10min:2h`',
    });
  }
  if (!(from < to && from < seconds && to > 0)) {
    throw new GemelError('RECORD_WINDOW', `\`${text}\` holds nothing of a record of ${seconds} s`, {
      hint: 'the beginning comes before the end, and both lie within the record',
    });
  }
  return { from, to };
}

function edgeOf(text: string, seconds: number, otherwise: number): number | undefined {
  if (text === '') return otherwise;
  const percent = /^(\d+\.?\d*|\.\d+)\s*%$/.exec(text)?.[1];
  if (percent !== undefined) return (Number(percent) / 100) * seconds;
  const parsed = parseQuantity(text);
  if ('problem' in parsed) return undefined;
  if (numberForm.test(text)) return parsed.value;
  return convertible(parsed.unit, unitNamed('s')) === true ? toSi(parsed.value, parsed.unit) : undefined;
}

function unitNamed(symbol: string): Unit {
  const parsed = parseUnit(symbol);
  if ('unit' in parsed) return parsed.unit;
  throw new RangeError(`no unit ${symbol}`);
}
