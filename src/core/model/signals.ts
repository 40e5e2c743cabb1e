/** Reads the declared quantities of a document: names, units, values and bounds, all converted to SI. */

import {
  convertible,
  dimensionless,
  parseQuantity,
  parseUnit,
  toSi,
  toSiDifference,
  type Unit,
} from '../units/index.ts';
import type { Health, Input, Measurement, Parameter, Signal, State } from './model.ts';
import { checkName } from './names.ts';
import type { Path, Problems } from './problems.ts';
import type { ModelDocument } from './schema.ts';

/** The second half of a continuous state's noise unit: a random walk's deviation grows with √time. */
const ROOT_SECOND = 's^0.5';

export interface Signals {
  readonly inputs: readonly Input[];
  readonly parameters: readonly Parameter[];
  /** Kind is settled once the equations are known. */
  readonly states: readonly Omit<State, 'kind'>[];
  readonly measurements: readonly Measurement[];
  /** Names whose unit could not be read: what they touch is not checked further. */
  readonly broken: ReadonlySet<string>;
}

/** Reads inputs, parameters, states and measurements; `isDiscrete` tells states with `next`. */
export function readSignals(
  document: ModelDocument,
  problems: Problems,
  isDiscrete: (state: string) => boolean,
): Signals {
  const reader = new Reader(document.units !== 'unchecked', problems);
  const inputs = entries(document.inputs).map(([name, it]): Input => {
    const signal = reader.signal(['inputs', name], name, it);
    return { ...signal, ...reader.value('default', it.default, ['inputs', name], signal) };
  });
  const parameters = entries(document.parameters).map(([name, it]): Parameter => {
    const path = ['parameters', name];
    const signal = reader.signal(path, name, it);
    const { value = 0 } = reader.value('value', it.value, path, signal);
    return {
      ...signal,
      value,
      calibrate: it.calibrate ?? false,
      ...reader.deviation('uncertainty', it.uncertainty, path, { signal }),
    };
  });
  const states = entries(document.states).map(([name, it]) => {
    const path = ['states', name];
    const signal = reader.signal(path, name, it);
    const { start = 0 } = reader.value('start', it.start, path, signal);
    const kind = isDiscrete(name) ? 'discrete' : 'continuous';
    const per = kind === 'discrete' ? '' : ROOT_SECOND;
    const { noise } = reader.deviation('noise', it.noise, path, { signal, per });
    const { uncertainty } = reader.deviation('uncertainty', it.uncertainty, path, { signal, zero: 'known' });
    return {
      ...signal,
      start,
      ...(noise === undefined ? {} : { noise }),
      uncertainty: uncertainty ?? defaultUncertainty(kind, noise),
      ...reader.every(it.every, path),
    };
  });
  const measurements = entries(document.measurements).map(([name, it]): Measurement => {
    const path = ['measurements', name];
    const signal = reader.signal(path, name, it);
    return { ...signal, ...reader.deviation('noise', it.noise, path, { signal }) };
  });
  return { inputs, parameters, states, measurements, broken: reader.broken };
}

/** Ten minutes of a random walk; or ten steps of a discrete state at once, which a sample or two then settles. */
function defaultUncertainty(kind: State['kind'], noise: number | undefined): number {
  if (noise === undefined) return 0;
  return noise * (kind === 'continuous' ? Math.sqrt(600) : 10);
}

/** A `health` entry and the signal it is about. */
export interface HealthEntry {
  readonly name: string;
  readonly it: NonNullable<ModelDocument['health']>[string];
  readonly of: Signal;
  readonly unitsChecked: boolean;
}

/** Reads a `health` entry against the signal it is about; undefined if its limit cannot be read. */
export function readHealth(
  { name, it, of, unitsChecked }: HealthEntry,
  problems: Problems,
): Health | undefined {
  const path = ['health', name];
  const reader = new Reader(unitsChecked, problems);
  const match = /^(below|above)\s+(.+)$/.exec(it.fails.trim());
  if (match?.[1] === undefined || match[2] === undefined) {
    problems.at('QUANTITY_SYNTAX', [...path, 'fails'], `\`${it.fails}\` names no limit`, {
      expected: '"below …" or "above …" and a quantity, such as "below 50 W/K"',
    });
    return undefined;
  }
  const nominal = reader.quantity(it.nominal, [...path, 'nominal'], of.unit);
  const limit = reader.quantity(match[2], [...path, 'fails'], of.unit);
  if (nominal === undefined || limit === undefined) return undefined;
  const failsWhen = match[1] === 'below' ? 'below' : 'above';
  if (!(failsWhen === 'below' ? nominal > limit : nominal < limit)) {
    problems.at(
      'VALUE_OUT_OF_BOUNDS',
      [...path, 'nominal'],
      `\`${name}\` has failed already at its nominal value`,
      {
        hint: `a quantity that fails ${failsWhen} its limit starts ${failsWhen === 'below' ? 'above' : 'below'} it`,
      },
    );
  }
  return { name, of: it.of, nominal, limit, failsWhen };
}

/** Reads a duration such as "500 ms" in seconds; reports what has no unit and what is no positive time. */
export function readDuration(text: string, path: Path, problems: Problems): number | undefined {
  if (bareNumber.test(text)) {
    problems.at('DURATION_SYNTAX', path, `\`${text}\` has no unit of time`, {
      hint: 'write the unit, as in `20 ms` or `10 s`',
    });
    return undefined;
  }
  const seconds = new Reader(true, problems).quantity(text, path, SECOND);
  if (seconds !== undefined && !(seconds > 0)) {
    problems.at('DURATION_RANGE', path, `\`${text}\` is no time that passes`, {
      expected: 'more than 0 s',
    });
    return undefined;
  }
  return seconds;
}

const SECOND: Unit = { ...dimensionless, symbol: 's', dimension: [0, 0, 1, 0, 0, 0, 0] };

const bareNumber = /^[\s\d.eE+-]+$/;

class Reader {
  readonly broken = new Set<string>();
  readonly #checked: boolean;
  readonly #problems: Problems;

  constructor(checked: boolean, problems: Problems) {
    this.#checked = checked;
    this.#problems = problems;
  }

  signal(
    path: Path,
    name: string,
    it: { unit: string | 1; title?: string; min?: number | string; max?: number | string },
  ): Signal {
    checkName(name, path, this.#problems);
    const unit = this.unit(String(it.unit), [...path, 'unit']);
    if (unit === undefined) this.broken.add(name);
    const known = unit ?? dimensionless;
    const min = unit && it.min !== undefined ? this.quantity(it.min, [...path, 'min'], known) : undefined;
    const max = unit && it.max !== undefined ? this.quantity(it.max, [...path, 'max'], known) : undefined;
    if (min !== undefined && max !== undefined && !(min < max)) {
      this.#problems.at('VALUE_OUT_OF_BOUNDS', [...path, 'min'], `the bounds of \`${name}\` leave no room`, {
        expected: '`min` below `max`',
      });
    }
    return {
      name,
      unit: known,
      ...(it.title === undefined ? {} : { title: it.title }),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    };
  }

  /** The value of `key`, which must lie inside the signal's bounds. */
  value<K extends string>(
    key: K,
    given: number | string | undefined,
    path: Path,
    signal: Signal,
  ): { [key in K]?: number } {
    if (given === undefined || this.broken.has(signal.name)) return {};
    const value = this.quantity(given, [...path, key], signal.unit);
    if (value === undefined) return {};
    if (value < (signal.min ?? -Infinity) || value > (signal.max ?? Infinity)) {
      this.#problems.at(
        'VALUE_OUT_OF_BOUNDS',
        [...path, key],
        `\`${key}\` of \`${signal.name}\` is outside its bounds`,
        {
          found: String(given),
          hint: 'change the value, or the bounds if they are not physical limits',
        },
      );
    }
    const entry: { [key in K]?: number } = {};
    entry[key] = value;
    return entry;
  }

  /** A standard deviation: a difference in the signal's unit, more than 0 unless `zero` has a meaning. */
  deviation<K extends string>(
    key: K,
    given: string | number | undefined,
    path: Path,
    { signal, per = '', zero }: { readonly signal: Signal; readonly per?: string; readonly zero?: 'known' },
  ): { [key in K]?: number } {
    if (given === undefined || this.broken.has(signal.name)) return {};
    const at = [...path, key];
    const symbol = signal.unit.symbol;
    const unit = this.unit(per === '' ? symbol : symbol === '1' ? `1/${per}` : `(${symbol})/${per}`, at);
    if (unit === undefined) return {};
    const difference = { ...unit, offset: 0, absolute: false };
    const value = this.quantity(given, at, difference, `such as "0.1 ${unit.symbol}"`);
    if (value === undefined) return {};
    const entry: { [key in K]?: number } = {};
    if (value > 0 || (zero === 'known' && value === 0)) entry[key] = value;
    else {
      this.#problems.at(
        'VALUE_OUT_OF_BOUNDS',
        at,
        `the ${key} of \`${signal.name}\` is ${zero === undefined ? 'not positive' : 'negative'}`,
        {
          found: String(given),
          hint:
            zero === 'known' ? 'write 0 if it is known exactly' : `leave \`${key}\` out where there is none`,
        },
      );
    }
    return entry;
  }

  every(given: string | undefined, path: Path): { everySeconds?: number } {
    if (given === undefined) return {};
    const seconds = readDuration(given, [...path, 'every'], this.#problems);
    return seconds === undefined ? {} : { everySeconds: seconds };
  }

  unit(text: string, path: Path): Unit | undefined {
    // Unchecked: the unit is only shown, so any text will do and numbers pass through unchanged.
    if (!this.#checked) return { ...dimensionless, symbol: text };
    const parsed = parseUnit(text);
    if ('unit' in parsed) return parsed.unit;
    const { problem } = parsed;
    const span = { start: problem.at, end: problem.at + problem.length };
    this.#problems.within(problem.code, { path, span }, problem.message, { hint: problem.hint });
    return undefined;
  }

  /** A bare number is in `unit`; a quantity is converted. SI, or undefined after a report. */
  quantity(given: number | string, path: Path, unit: Unit, hint?: string): number | undefined {
    if (typeof given === 'number') return finite(toSi(given, unit)) ?? this.#notFinite(given, path);
    const parsed = parseQuantity(given);
    if ('problem' in parsed) {
      const { problem } = parsed;
      const span = { start: problem.at, end: problem.at + problem.length };
      this.#problems.within(problem.code, { path, span }, problem.message, { hint: problem.hint ?? hint });
      return undefined;
    }
    // In an unchecked document a unit is only shown; a number without one is always in the signal's own.
    if (!this.#checked && unit !== SECOND) return parsed.value;
    if (bareNumber.test(given)) return finite(toSi(parsed.value, unit)) ?? this.#notFinite(given, path);
    const differenceWanted = unit.offset === 0 && !unit.absolute;
    const source =
      differenceWanted && parsed.unit.absolute ? { ...parsed.unit, offset: 0, absolute: false } : parsed.unit;
    const fits = convertible(source, unit);
    if (fits !== true) {
      this.#problems.at('UNIT_MISMATCH', path, fits.message, {
        expected: `a quantity in ${unit.symbol}`,
        found: given,
        hint: fits.hint ?? hint,
      });
      return undefined;
    }
    const si = differenceWanted ? toSiDifference(parsed.value, source) : toSi(parsed.value, source);
    return finite(si) ?? this.#notFinite(given, path);
  }

  #notFinite(given: number | string, path: Path): undefined {
    this.#problems.at('EQUATION_NOT_FINITE', path, `\`${given}\` is no finite number`);
    return undefined;
  }
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function entries<T>(group: Record<string, T> | undefined): [string, T][] {
  return group === undefined ? [] : Object.entries(group);
}
