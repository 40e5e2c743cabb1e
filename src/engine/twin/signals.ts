/** The signals that samples of a model's twins may be of. Samples name them by number: inputs first, then measurements. */

import type { Model, Signal } from '../../core/model/index.ts';

/** By number. */
export function signalsOf({ inputs, measurements }: Model): readonly Signal[] {
  return [...inputs, ...measurements];
}

/** In the order of their numbers. */
export function signalNamesOf(model: Model): string[] {
  return signalsOf(model).map(({ name }) => name);
}

/** Without making a list; undefined for a number that is none. */
export function signalAt({ inputs, measurements }: Model, number: number): Signal | undefined {
  return inputs[number] ?? measurements[number - inputs.length];
}
