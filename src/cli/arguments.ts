/** Arguments as people write them: durations (10min, 500ms), assignments (ambient=30degC), lists (a,b). */

import { parseDuration } from '../app/index.ts';
import { didYouMean } from '../core/diagnose/index.ts';
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

/** Unix milliseconds of a time given to an option. @throws GemelError `USAGE`. */
export function timeArgument(option: string): (written: string) => number {
  return (written) => {
    const timeMs = Date.parse(written);
    if (Number.isFinite(timeMs)) return timeMs;
    throw usageError(`${option}: \`${written}\` is not a time`, 'write it as 2026-11-22T13:00:00Z');
  };
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
