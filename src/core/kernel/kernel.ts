/**
 * What a backend makes out of a graph: a kernel, a function that runs one program over many lanes.
 *
 * A lane is one instance (a twin, a particle, a scenario). Lanes lie in blocks, slot by slot: slot s of lane j is
 * `memory[s * capacity + j]`. A kernel knows nothing of models, and no lane sees another.
 */

import type { Graph, NodeId } from '../graph/index.ts';

/** Expressions and where their values go. All reads happen before all writes; a slot is written at most once. */
export interface Program {
  readonly graph: Graph;
  readonly writes: readonly SlotWrite[];
}

export interface SlotWrite {
  readonly slot: number;
  readonly node: NodeId;
}

/** The lanes `from` up to, but without, `to` of a block with room for `capacity`. */
export interface Lanes {
  readonly memory: Float64Array;
  readonly capacity: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Runs the program for each of the lanes, in place, `repetitions` times over: once if not said. Allocates nothing, if
 * the memory is the backend's own.
 *
 * @throws GemelError `SHAPE_MISMATCH` if the lanes or the program's slots lie outside the memory.
 */
export type Kernel = (lanes: Lanes, repetitions?: number) => void;

export interface Backend {
  /** What computes, and how it rounds, for people and records: `wasm strict`. */
  readonly arithmetic: string;
  /** @throws GemelError `MODEL_TOO_LARGE` if the program has more operations than the backend can take. */
  (program: Program): Kernel;
  /**
   * Memory for lanes, all zeros, that this backend's kernels are fastest on. They take any other too.
   *
   * @throws GemelError `MEMORY_EXHAUSTED` if there is not so much.
   */
  allocate(length: number): Float64Array;
}
