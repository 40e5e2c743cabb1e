/**
 * The Jacobian of a model's equations as nodes of a program: only what is not 0 by structure.
 *
 * Notation  J (n×n) ∂f/∂x, sparse, by rows
 */

import type { NodeId } from '../graph/index.ts';
import { jacobian } from '../graph/index.ts';
import type { Unknowns } from './unknowns.ts';

export interface SparseJacobian {
  /** Row i: ∂fᵢ/∂xⱼ by j. */
  readonly byState: readonly ReadonlyMap<number, NodeId>[];
  /** ∂fᵢ/∂t; undefined where it is 0 by structure. */
  readonly byTime: readonly (NodeId | undefined)[];
}

/** At the states and the time of the lanes; rows of held states are 0. */
export function jacobianOf(unknowns: Unknowns): SparseJacobian {
  const { graph, layout, moving } = unknowns;
  const slopes = unknowns.freeSlopes(unknowns.time, unknowns.x);
  const slots = [...moving.map((index) => layout.states + index), layout.time];
  const byState = moving.map(() => new Map<number, NodeId>());
  const byTime: (NodeId | undefined)[] = moving.map(() => undefined);
  for (const { row, column, node } of jacobian(graph, slopes, slots)) {
    // √x has no finite derivative at 0, where a tank is empty: a wrong Jacobian costs steps, none would end it all.
    const finite = graph.select(unknowns.isFinite(node), node, unknowns.constant(0));
    const value = unknowns.unlessHeld(row, finite);
    if (column < moving.length) byState[row]?.set(column, value);
    else byTime[row] = value;
  }
  return { byState, byTime };
}
