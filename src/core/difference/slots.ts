/** The slots of a graph that two models share: those of the first model, then those that only the second has. */

import type { Model, VersionLink } from '../model/index.ts';

/** Their names, and what values they may have. */
export class Slots {
  readonly typical: { readonly middle: number; readonly reach: number }[];
  readonly #names: string[];
  readonly #first: Model;

  constructor(first: Model) {
    this.#first = first;
    const signals = [...first.states, ...first.inputs, ...first.parameters];
    this.#names = ['time', 'dt', ...signals.map(({ name }) => name)];
    this.typical = [{ middle: 10, reach: 5 }, { middle: 0.5, reach: 0.25 }, ...signals.map(typicalOf)];
  }

  get count(): number {
    return this.#names.length;
  }

  /** A slot for something that the first model does not have. */
  add(signal: Model['states'][number] | Model['inputs'][number] | Model['parameters'][number]): number {
    const isTaken = this.#names.includes(signal.name);
    this.typical.push(typicalOf(signal));
    return this.#names.push(isTaken ? `${signal.name} (new)` : signal.name) - 1;
  }

  nameOf(slot: number, second: Model, link: VersionLink): string {
    const name = this.#names[slot] ?? `slot ${slot}`;
    const { slots } = this.#first.equations;
    if (slot < 2 || slot >= slots.count) return name;
    const kind = slot >= slots.parameters ? 'parameters' : slot < slots.inputs ? 'states' : undefined;
    const renamed = kind && second[kind].find((_, i) => link[kind][i]?.text === name);
    return renamed?.name ?? name;
  }
}

function typicalOf(signal: Model['states'][number] | Model['inputs'][number] | Model['parameters'][number]): {
  middle: number;
  reach: number;
} {
  const { min, max } = signal;
  if (min !== undefined && max !== undefined) return { middle: (min + max) / 2, reach: 0.4 * (max - min) };
  const value = 'start' in signal ? signal.start : 'value' in signal ? signal.value : (signal.default ?? 1);
  const middle = Math.max(min ?? -Infinity, Math.min(max ?? Infinity, value));
  const size = Math.abs(middle) || 1;
  if (min !== undefined) return { middle: min + Math.max(size, middle - min), reach: 0.5 * size };
  return { middle, reach: 0.5 * size };
}
