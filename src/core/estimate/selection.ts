/**
 * Kernels over lists of lanes.
 *
 * Neighbours in the list that are neighbours in the block too are computed where they lie; what stands alone is gathered
 * into a scratch memory first, since kernels are slow on single lanes. Either way a lane's result is the same to the bit.
 */

import type { Backend, Program } from '../kernel/index.ts';

/** The first `count` of `lanes`, in any order, each at most once. */
export interface Selection {
  readonly memory: Float64Array;
  readonly capacity: number;
  readonly lanes: Uint32Array;
  readonly count: number;
}

/** What a program reads and writes, ascending. */
export interface Touched {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

export function touchedBy({ graph, writes }: Program): Touched {
  const reads = new Set<number>();
  for (const id of graph.reachable(writes.map(({ node }) => node))) {
    const node = graph.node(id);
    if (node.kind === 'load') reads.add(node.slot);
  }
  const ascending = (slots: Iterable<number>): number[] => [...slots].sort((a, b) => a - b);
  return { reads: ascending(reads), writes: ascending(writes.map(({ slot }) => slot)) };
}

/** A slot of a block, and the one of a scratch memory that stands for it. */
export interface SlotPair {
  readonly block: number;
  readonly scratch: number;
}

/** A scratch memory, and what goes into it and comes out. Its capacity is as many lanes as are in it. */
export class Exchange {
  readonly memory: Float64Array;
  readonly #gathered: readonly SlotPair[];
  readonly #scattered: readonly SlotPair[];

  constructor(memory: Float64Array, pairs: Record<'gathered' | 'scattered', readonly SlotPair[]>) {
    this.memory = memory;
    this.#gathered = pairs.gathered;
    this.#scattered = pairs.scattered;
  }

  /** Copies `count` lanes of a selection, the first being the one at `first`, into the scratch memory. */
  gather({ memory, capacity, lanes }: Selection, first: number, count: number): void {
    const scratch = this.memory;
    const lane = lanes[first] ?? 0;
    const inARow = areInARow(lanes, first, count);
    for (const pair of this.#gathered) {
      const from = pair.block * capacity;
      const to = pair.scratch * count;
      if (inARow) {
        for (let i = 0; i < count; i++) scratch[to + i] = memory[from + lane + i] ?? NaN;
        continue;
      }
      for (let i = 0; i < count; i++) scratch[to + i] = memory[from + (lanes[first + i] ?? 0)] ?? NaN;
    }
  }

  /** Copies the lanes back. */
  scatter({ memory, capacity, lanes }: Selection, first: number, count: number): void {
    const scratch = this.memory;
    const lane = lanes[first] ?? 0;
    const inARow = areInARow(lanes, first, count);
    for (const pair of this.#scattered) {
      const from = pair.scratch * count;
      const to = pair.block * capacity;
      if (inARow) {
        for (let i = 0; i < count; i++) memory[to + lane + i] = scratch[from + i] ?? NaN;
        continue;
      }
      for (let i = 0; i < count; i++) memory[to + (lanes[first + i] ?? 0)] = scratch[from + i] ?? NaN;
    }
  }
}

/** Whether that many lanes of a list are neighbours in the block: copying them is twice as fast then. */
function areInARow(lanes: Uint32Array, first: number, count: number): boolean {
  const lane = lanes[first] ?? 0;
  for (let i = 1; i < count; i++) if (lanes[first + i] !== lane + i) return false;
  return true;
}

/** From so many neighbours on, a run is computed where it lies. */
const runLimit = 8;
/** Lanes gathered at once. */
const gatherLimit = 64;

export type SelectionKernel = (selection: Selection) => void;

/** A program as a kernel over selections; lanes that `skips` says so of are left out. Allocates nothing once it has run. */
export function selectionKernel(
  program: Program,
  backend: Backend,
  skips?: (selection: Selection, lane: number) => boolean,
): SelectionKernel {
  if (program.writes.length === 0) return () => {};
  const kernel = backend(program);
  const { reads, writes } = touchedBy(program);
  const nothing: Float64Array = new Float64Array(0);
  const lanes = { memory: nothing, capacity: 0, from: 0, to: 0 };
  let exchange: Exchange | undefined;
  const alone = { memory: nothing, capacity: 0, lanes: new Uint32Array(gatherLimit), count: 0 };

  const inPlace = ({ memory, capacity }: Selection, from: number, to: number): void => {
    lanes.memory = memory;
    lanes.capacity = capacity;
    lanes.from = from;
    lanes.to = to;
    kernel(lanes);
  };
  const flush = (): void => {
    const { count } = alone;
    if (count === 0) return;
    exchange ??= exchangeOf(backend, reads, writes);
    exchange.gather(alone, 0, count);
    lanes.memory = exchange.memory;
    lanes.capacity = count;
    lanes.from = 0;
    lanes.to = count;
    kernel(lanes);
    exchange.scatter(alone, 0, count);
    alone.count = 0;
  };

  return (selection) => {
    alone.memory = selection.memory;
    alone.capacity = selection.capacity;
    for (let at = 0; at < selection.count; ) {
      const first = selection.lanes[at] ?? 0;
      let end = first;
      while (at < selection.count && selection.lanes[at] === end && skips?.(selection, end) !== true) {
        at++;
        end++;
      }
      if (end === first) at++;
      else if (end - first >= runLimit) inPlace(selection, first, end);
      else {
        for (let lane = first; lane < end; lane++) {
          alone.lanes[alone.count++] = lane;
          if (alone.count === gatherLimit) flush();
        }
      }
    }
    flush();
  };
}

function exchangeOf(backend: Backend, reads: readonly number[], writes: readonly number[]): Exchange {
  const pairs = (slots: readonly number[]): SlotPair[] =>
    slots.map((slot) => ({ block: slot, scratch: slot }));
  const memory = backend.allocate((Math.max(...reads, ...writes) + 1) * gatherLimit);
  return new Exchange(memory, { gathered: pairs(reads), scattered: pairs(writes) });
}
