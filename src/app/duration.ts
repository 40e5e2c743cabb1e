/**
 * Durations as people write them: "500 ms", "10min", "2 h". A bare number is refused: of two programs one means
 * seconds and the other milliseconds.
 */

import type { ErrorCode } from '../core/diagnose/index.ts';
import { type Dimension, parseQuantity, sameDimension, toSi } from '../core/units/index.ts';
import type { DurationRange } from './options.ts';

/** What is wrong with a value, ready to become a diagnostic or an error. */
export interface ValueProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly expected?: string;
  readonly hint?: string | undefined;
}

export type DurationResult = { readonly seconds: number } | { readonly problem: ValueProblem };

/** Metre, kilogram, second, ampere, kelvin, mole, candela. */
const timeDimension: Dimension = [0, 0, 1, 0, 0, 0, 0];

/** The seconds of a duration, if it is one and lies in `range`. */
export function parseDuration(written: string | number, range?: DurationRange): DurationResult {
  const text = String(written).trim();
  if (text !== '' && Number.isFinite(Number(text))) {
    return refused(
      `\`${text}\` has no unit of time`,
      `write \`${text} s\` or \`${text} ms\`: a bare number could mean either`,
    );
  }
  const quantity = parseQuantity(text);
  if ('problem' in quantity || !sameDimension(quantity.unit.dimension, timeDimension)) {
    return refused(
      `\`${text}\` is not a duration`,
      'write a number and a unit of time, such as 500 ms, 10 s, 5 min or 2 h',
    );
  }
  const seconds = toSi(quantity.value, quantity.unit);
  if (range && !(seconds >= secondsOf(range.atLeast) && seconds <= secondsOf(range.atMost))) {
    return {
      problem: {
        code: 'VALUE_OUT_OF_BOUNDS',
        message: `\`${text}\` is out of range`,
        expected: `${range.atLeast} to ${range.atMost}`,
      },
    };
  }
  return { seconds };
}

/** The seconds of a duration that is written in this program. */
export function secondsOf(text: string): number {
  const parsed = parseDuration(text);
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  return parsed.seconds;
}

function refused(message: string, hint: string): DurationResult {
  return { problem: { code: 'DURATION_SYNTAX', message, hint } };
}
