/** Where a simulation starts from: the model's own values with those of the caller over them, every one checked. */

import { didYouMean, GemelError } from '../diagnose/index.ts';
import type { Model, Signal } from '../model/index.ts';
import type { StartValues } from './stepper.ts';

/** Values by name, SI. */
export type NamedValues = Readonly<Record<string, number>>;

/**
 * An input as a function of time, asked at the start of every tick. Where it says nothing (`undefined`) the constant
 * counts, or the default, or what it said at time 0.
 */
export type InputFunction = (name: string, timeSeconds: number) => number | undefined;

export interface StartOptions {
  readonly parameters?: NamedValues;
  readonly inputs?: NamedValues;
  readonly states?: NamedValues;
  readonly inputAt?: InputFunction;
}

/**
 * @throws GemelError `SIGNAL_UNKNOWN` for a name the model does not have, `INPUT_MISSING` for an input without any
 * value, `VALUE_OUT_OF_BOUNDS` for a value that is not finite or lies outside its bounds.
 */
export function startValues(model: Model, options: StartOptions): StartValues {
  const { parameters = {}, inputs = {}, states = {}, inputAt } = options;
  refuseUnknown(model, 'parameter', model.parameters, parameters);
  refuseUnknown(model, 'input', model.inputs, inputs);
  refuseUnknown(model, 'state', model.states, states);
  return {
    parameters: Float64Array.from(model.parameters, (parameter) =>
      checked('parameter', parameter, own(parameters, parameter.name) ?? parameter.value),
    ),
    inputs: Float64Array.from(model.inputs, (input) => {
      const constant = own(inputs, input.name) ?? input.default;
      const value = inputAt?.(input.name, 0) ?? constant;
      if (value === undefined) {
        throw new GemelError('INPUT_MISSING', `input \`${input.name}\` of ${model.id} has no value`, {
          hint: 'give it one, or a default in the model',
        });
      }
      // Kept as the value that counts where the function says nothing.
      return checked('input', input, constant ?? value);
    }),
    states: Float64Array.from(model.states, (state) =>
      checked('state', state, own(states, state.name) ?? state.start),
    ),
  };
}

/** The value if it is finite and within the signal's bounds. */
export function checked(kind: string, signal: Signal, value: number): number {
  const { name, min = -Infinity, max = Infinity } = signal;
  if (Number.isFinite(value) && value >= min && value <= max) return value;
  const bounds = `${signal.min ?? 'any'} to ${signal.max ?? 'any'}`;
  const expected = Number.isFinite(value) ? `within its bounds, ${bounds} in SI` : 'a finite number';
  throw new GemelError('VALUE_OUT_OF_BOUNDS', `${kind} \`${name}\` is ${value}, and must be ${expected}`);
}

function own(values: NamedValues, name: string): number | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function refuseUnknown(model: Model, kind: string, signals: readonly Signal[], given: NamedValues): void {
  const names = signals.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const hint = didYouMean(name, names) ?? `${kind}s: ${names.join(', ') || 'none'}`;
    throw new GemelError('SIGNAL_UNKNOWN', `${model.id} has no ${kind} \`${name}\``, { hint });
  }
}
