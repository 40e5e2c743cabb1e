/**
 * What arithmetic this machine is good at: whether it has SIMD, and whether a relaxed `madd` is rounded once here.
 *
 * The results of relaxed kernels differ in their last bits between machines that fuse and those that do not, so whoever
 * must repeat a run elsewhere, bit by bit, records this, or runs strict.
 */

import { Graph } from '../../graph/index.ts';
import { webAssemblyBackend } from './backend.ts';
import type { Arithmetic } from './module.ts';

/** The fastest arithmetic; undefined if there is no WebAssembly with SIMD at all. */
export function fastestArithmetic(): Arithmetic | undefined {
  if (isFused('relaxed') === true) return 'relaxed';
  return isFused('strict') === undefined ? undefined : 'strict';
}

/** Whether a·b + c is rounded once; undefined if such a kernel cannot be made here. */
function isFused(arithmetic: Arithmetic): boolean | undefined {
  const graph = new Graph();
  const product = graph.binary('mul', graph.load(0), graph.load(1));
  const node = graph.binary('add', product, graph.load(2));
  // (1 + ε)(1 − ε) − 1 is −ε², which a rounded product has lost.
  const epsilon = 2 ** -30;
  const memory = Float64Array.of(1 + epsilon, 1 - epsilon, -1);
  try {
    webAssemblyBackend(arithmetic)({ graph, writes: [{ slot: 0, node }] })({
      memory,
      capacity: 1,
      from: 0,
      to: 1,
    });
  } catch {
    return undefined;
  }
  return memory[0] === -(epsilon ** 2);
}
