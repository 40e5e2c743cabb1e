/** Whether an expression is affine in some slots: a sum of them with factors that do not depend on them. */

import type { Graph, GraphNode, NodeId } from '../graph/index.ts';
import { operandsOf } from '../graph/index.ts';

/** Seen from the slots: without them, affine, or anything else. */
type Degree = 0 | 1 | 2;

export function isAffine(graph: Graph, root: NodeId, slots: ReadonlySet<number>): boolean {
  const degrees = new Map<NodeId, Degree>();
  const of = (id: NodeId): Degree => degrees.get(id) ?? 2;
  for (const id of graph.reachable([root])) degrees.set(id, degreeOf(graph.node(id), of, slots));
  return of(root) < 2;
}

function degreeOf(node: GraphNode, of: (id: NodeId) => Degree, slots: ReadonlySet<number>): Degree {
  if (node.kind === 'constant') return 0;
  if (node.kind === 'load') return slots.has(node.slot) ? 1 : 0;
  const operands = operandsOf(node).map(of);
  if (operands.every((degree) => degree === 0)) return 0;
  if (operands.includes(2)) return 2;
  if (node.kind === 'unary') return node.operator === 'neg' ? 1 : 2;
  if (node.kind === 'select') return of(node.condition) === 0 ? 1 : 2;
  switch (node.operator) {
    case 'add':
    case 'sub':
      return 1;
    case 'mul':
      return of(node.left) + of(node.right) === 1 ? 1 : 2;
    case 'div':
      return of(node.right) === 0 ? 1 : 2;
    default:
      return 2;
  }
}
