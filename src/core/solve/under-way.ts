/**
 * Lanes under way, side by side in a memory of their own, so that a kernel works on many at once and none waits for a
 * straggler: a lane that is through goes home, and the next that waits, or the last of those here, takes its place.
 *
 * A lane is all in its slots, so its place means nothing to what becomes of it.
 */

import type { Backend, Kernel, Lanes } from '../kernel/index.ts';
import type { BlockLayout } from './layout.ts';
import type { Work } from './work.ts';

/** As many lanes as are worth a kernel's call and still lie in the processor's cache. */
export const most = 64;

interface Options {
  readonly layout: BlockLayout;
  readonly capacity: number;
  readonly backend: Backend;
}

export class UnderWay {
  readonly work: Work;
  readonly layout: BlockLayout;
  readonly capacity: number;
  readonly memory: Float64Array;
  /** What phase of a round each lane takes part in. */
  readonly marks: Uint8Array;
  count = 0;
  readonly #lanes: { memory: Float64Array; capacity: number; from: number; to: number };

  constructor(work: Work, { layout, capacity, backend }: Options) {
    this.work = work;
    this.layout = layout;
    this.capacity = capacity;
    this.memory = backend.allocate(work.slots * capacity);
    this.marks = new Uint8Array(capacity);
    this.#lanes = { memory: this.memory, capacity, from: 0, to: 0 };
  }

  read(slot: number, lane: number): number {
    return this.memory[slot * this.capacity + lane] ?? NaN;
  }

  put(slot: number, lane: number, value: number): void {
    this.memory[slot * this.capacity + lane] = value;
  }

  /** Takes a lane of a block into a place. */
  take({ memory, capacity }: Lanes, home: number, place: number): void {
    for (let slot = 0; slot < this.layout.slots; slot++) {
      this.memory[slot * this.capacity + place] = memory[slot * capacity + home] ?? NaN;
    }
    this.put(this.work.home, place, home);
  }

  /** Brings a lane home. */
  give({ memory, capacity }: Lanes, place: number): void {
    const home = this.read(this.work.home, place);
    for (let slot = 0; slot < this.layout.slots; slot++) {
      memory[slot * capacity + home] = this.memory[slot * this.capacity + place] ?? NaN;
    }
  }

  /** The last lane takes the place. */
  close(place: number): void {
    this.count--;
    if (place === this.count) return;
    for (let slot = 0; slot < this.work.slots; slot++) {
      this.memory[slot * this.capacity + place] = this.memory[slot * this.capacity + this.count] ?? NaN;
    }
  }

  /** Runs a kernel over the lanes that have the mark, as many at once as lie side by side. */
  run(kernel: Kernel, mark: number, repetitions = 1): void {
    const { marks, count } = this;
    for (let from = 0; from < count; from++) {
      if (marks[from] !== mark) continue;
      let to = from + 1;
      while (to < count && marks[to] === mark) to++;
      this.#lanes.from = from;
      this.#lanes.to = to;
      kernel(this.#lanes, repetitions);
      from = to;
    }
  }
}
