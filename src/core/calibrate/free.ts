/** What calibration may change: parameters, and where states start. */

import { didYouMean, GemelError } from '../diagnose/index.ts';
import type { Model, Signal, State } from '../model/index.ts';
import type { Direction } from '../solve/index.ts';

/** One unknown, SI. */
export interface Unknown extends Direction {
  readonly name: string;
  readonly signal: Signal;
  /** Where the document has it. */
  readonly value: number;
  /** −∞ or ∞ where there is no bound. */
  readonly min: number;
  readonly max: number;
  /** Standard deviation of what is known of it beforehand; absent: any value within bounds is as likely. */
  readonly uncertainty?: number;
  /** The size of a change that matters: makes unknowns of all units comparable. */
  readonly scale: number;
}

export interface FreeOptions {
  /** Fit where these states start, or all that move. */
  readonly startOf?: readonly string[] | 'all';
}

/** More unknowns than this are refused: the work grows with their square. */
const unknownLimit = 200;

/**
 * @throws GemelError `CALIBRATION_NOTHING` if nothing may be changed, `SIGNAL_UNKNOWN` for a state that there is not,
 * `MODEL_TOO_LARGE` for more than 200 unknowns.
 */
export function unknownsOf(model: Model, { startOf = [] }: FreeOptions): Unknown[] {
  const parameters = model.parameters.flatMap((parameter, index) =>
    parameter.calibrate ? [unknownOf(parameter, { of: 'parameter', index, value: parameter.value })] : [],
  );
  const names = model.states.map(({ name }) => name);
  for (const name of startOf === 'all' ? [] : startOf) {
    if (names.includes(name)) continue;
    const hint = didYouMean(name, names) ?? `states: ${names.join(', ') || 'none'}`;
    throw new GemelError('SIGNAL_UNKNOWN', `${model.id} has no state \`${name}\``, { hint });
  }
  const starts = model.states.flatMap((state, index) =>
    startOf === 'all' || startOf.includes(state.name)
      ? [unknownOf(withoutDefault(model, state), { of: 'start', index, value: state.start })]
      : [],
  );
  const unknowns = [...parameters, ...starts];
  if (unknowns.length === 0) {
    throw new GemelError('CALIBRATION_NOTHING', `no parameter of ${model.id} is marked \`calibrate\``, {
      hint: 'write `calibrate: true` beside the parameters that are to be fitted',
    });
  }
  if (unknowns.length > unknownLimit) {
    throw new GemelError(
      'MODEL_TOO_LARGE',
      `${unknowns.length} quantities are to be fitted; at most ${unknownLimit} can be`,
    );
  }
  return unknowns;
}

/** Every state as an unknown start. */
export function everyStart(model: Model): Unknown[] {
  return model.states.map((state, index) =>
    unknownOf(withoutDefault(model, state), { of: 'start', index, value: state.start }),
  );
}

/** An uncertainty that the document does not give is a filter's default, and knows nothing of where the record starts. */
function withoutDefault(model: Model, { uncertainty, ...state }: State): Signal & { uncertainty?: number } {
  return model.document.states?.[state.name]?.uncertainty === undefined ? state : { ...state, uncertainty };
}

type Given = Direction & { readonly value: number };

function unknownOf(signal: Signal & { readonly uncertainty?: number }, given: Given): Unknown {
  const { min = -Infinity, max = Infinity, uncertainty } = signal;
  const { value } = given;
  const range = Math.min(max - min, Number.MAX_VALUE);
  const known = uncertainty !== undefined && uncertainty > 0 ? { uncertainty } : {};
  const isReading = signal.unit.offset !== 0;
  // Zero of a temperature in degC says nothing about the size of a change.
  const size = given.of === 'parameter' && !isReading ? Math.abs(value) : 0;
  const scale =
    size || known.uncertainty || (max - min < Infinity ? range / 10 : isReading ? 10 : Math.abs(value) || 1);
  return { ...given, name: signal.name, signal, min, max, ...known, scale };
}
