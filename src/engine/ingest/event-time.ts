/**
 * Event times as machines write them, to Unix milliseconds.
 *
 * A number may be seconds or milliseconds. Told by size: 1e11 seconds is the year 5138 and 1e11 milliseconds is
 * March 1973, so no machine that runs today is misread. Text must be ISO 8601 and say its zone: without one the
 * same text means 24 different moments.
 */

import type { TimeFormat } from '../twin/index.ts';

const firstMilliseconds = 1e11;
/** 100 million days from 1970, the end of JavaScript's dates. */
const lastMilliseconds = 8.64e15;

const iso =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))$/;

/** The time in Unix milliseconds, or undefined if `value` is none. `arrival` is the caller's matter. */
export function readEventTime(value: unknown, format: TimeFormat): number | undefined {
  if (typeof value === 'string') return format === 'auto' || format === 'iso' ? readIso(value) : undefined;
  if (typeof value !== 'number' || format === 'iso') return undefined;
  const seconds = format === 's' || (format === 'auto' && value < firstMilliseconds);
  const timeMs = seconds ? value * 1000 : value;
  return timeMs >= 0 && timeMs <= lastMilliseconds ? timeMs : undefined;
}

function readIso(text: string): number | undefined {
  const match = text.length <= 64 ? iso.exec(text) : null;
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const [fraction, , sign, zoneHours, zoneMinutes] = match.slice(7);
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  // A leap second is written as :60 and taken as the first moment of the next minute.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const offsetMinutes = Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0);
  if (offsetMinutes > 15 * 60) return undefined;
  const fractionMs = fraction === undefined ? 0 : Number(`0.${fraction}`) * 1000;
  const utcMs = Date.UTC(year, month - 1, day, hour, minute, second) + fractionMs;
  const timeMs = utcMs - (sign === '-' ? -offsetMinutes : offsetMinutes) * 60_000;
  return timeMs >= 0 ? timeMs : undefined;
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
