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

  /** What slots are called, no two alike: by the name in the second model where it was only renamed. */
  names(second: Model, link: VersionLink): (slot: number) => string {
    const { slots } = this.#first.equations;
    const renamed = new Map<number, string>();
    for (const kind of ['states', 'parameters'] as const) {
      const bySlot = new Map(this.#first[kind].map(({ name }, i) => [name, slots[kind] + i]));
      for (const [i, { name }] of second[kind].entries()) {
        const slot = bySlot.get(link[kind][i]?.text ?? '');
        if (slot !== undefined && !renamed.has(slot)) renamed.set(slot, name);
      }
    }
    // One name a slot: what is gone may have had the name that another has now.
    const taken = new Set(renamed.values());
    const names = this.#names.map(
      (name, slot) => renamed.get(slot) ?? (taken.has(name) ? `${name} (old)` : name),
    );
    return (slot) => names[slot] ?? `slot ${slot}`;
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
