/** Arguments as people write them: durations (10min, 500ms), assignments (ambient=30degC), lists (a,b). */

import { parseDuration } from '../app/index.ts';
import { didYouMean } from '../core/diagnose/index.ts';
import { readEventTime } from '../engine/index.ts';
import { usageError } from './terminal.ts';

/**
 * Seconds of a duration given to an option.
 *
 * @throws GemelError `USAGE`.
 */
export function durationArgument(option: string): (written: string) => number {
  return (written) => {
    const parsed = parseDuration(written);
    if ('problem' in parsed) throw usageError(`${option}: ${parsed.problem.message}`, parsed.problem.hint);
    if (!(parsed.seconds > 0)) throw usageError(`${option}: \`${written}\` must be more than zero`);
    return parsed.seconds;
  };
}

/** Gathers `name=value` of an option that may come several times. @throws GemelError `USAGE`. */
export function assignmentArgument(
  option: string,
): (written: string, before: Readonly<Record<string, string>> | undefined) => Record<string, string> {
  return (written, before = {}) => {
    const equals = written.indexOf('=');
    const name = written.slice(0, equals).trim();
    const value = written.slice(equals + 1).trim();
    if (equals < 1 || name === '' || value === '') {
      throw usageError(`${option}: \`${written}\` is not name=value`, `write it as ${option} ambient=30degC`);
    }
    if (Object.hasOwn(before, name)) throw usageError(`${option}: \`${name}\` is given twice`);
    return { ...before, [name]: value };
  };
}

/**
 * Unix milliseconds of a time given to an option. One without a zone would be taken for that of this machine.
 *
 * @throws GemelError `USAGE`.
 */
export function timeArgument(option: string): (written: string) => number {
  return (written) => {
    const ago = /^-\s*([^-].*)$/.exec(written)?.[1];
    if (ago !== undefined) return Date.now() - durationArgument(option)(ago) * 1000;
    const timeMs = readEventTime(written, 'iso');
    if (timeMs !== undefined) return timeMs;
    const hint = 'write it with its zone, as 2026-11-22T13:00:00Z, or how long ago, as -2h';
    throw usageError(`${option}: \`${written}\` is not a time`, hint);
  };
}

/** @throws GemelError `USAGE` if nothing can be in the span. */
export function checkSpan({ from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Span): void {
  if (!(from < to)) throw usageError('--from is not before --to: nothing can be between');
}

/** Unix milliseconds. */
interface Span {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Splits `a,b,c`; empty parts are refused. @throws GemelError `USAGE`. */
export function listArgument(option: string): (written: string) => readonly string[] {
  return (written) => {
    const names = written.split(',').map((name) => name.trim());
    if (names.includes('')) throw usageError(`${option}: \`${written}\` has an empty name`);
    return names;
  };
}

/** A whole number within limits. @throws GemelError `USAGE`. */
export function integerArgument(option: string, atMost: number): (written: string) => number {
  return (written) => {
    const value = Number(written);
    if (!/^\d+$/.test(written) || !(value <= atMost)) {
      throw usageError(`${option}: \`${written}\` is not a whole number from 0 to ${atMost}`);
    }
    return value;
  };
}

/** "did you mean …" for a name, or the names that there are. */
export function nameHint(name: string, names: readonly string[]): string {
  const all = names.length === 0 ? 'there are none' : `there are: ${names.join(', ')}`;
  return didYouMean(name, names) ?? all;
}
