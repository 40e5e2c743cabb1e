/**
 * Linear equations with a sparse matrix of expressions, solved by elimination that is itself an expression.
 *
 * What is 0 by structure costs nothing: the order of the pivots is chosen once, for the least fill-in, and the
 * elimination is unrolled. Pivots are taken from the diagonal whatever their values, since one program serves all lanes;
 * the caller judges the result.
 *
 * Notation  A (n×n) by rows · p pivot's row and column · L multipliers · U what is right of the pivots
 * Source    Markowitz, "The elimination form of the inverse and its application to linear programming", Management
 *           Science 3 (1957): the pivot with the least (entries in its row − 1)·(entries in its column − 1).
 */

import type { Graph, NodeId } from '../graph/index.ts';
import { present } from './formulas.ts';

type Row = ReadonlyMap<number, NodeId>;

export interface Factors {
  /** The solution of A·x = b. */
  solve(b: readonly NodeId[]): NodeId[];
}

interface Pivot {
  readonly at: number;
  readonly inverse: NodeId;
  /** Row and multiplier of what was eliminated with it. */
  readonly below: readonly (readonly [number, NodeId])[];
  /** Column and value of what stands in its row. */
  readonly right: readonly (readonly [number, NodeId])[];
}

/** Every diagonal element must be there. */
export function factorise(graph: Graph, matrix: readonly Row[]): Factors {
  const rows = new Map(matrix.map((row, index) => [index, new Map(row)]));
  const pivots: Pivot[] = [];
  while (rows.size > 0) {
    const at = cheapestPivot(rows);
    const pivotRow = present(rows.get(at));
    rows.delete(at);
    const inverse = graph.binary('div', graph.constant(1), present(pivotRow.get(at)));
    pivotRow.delete(at);
    const below: (readonly [number, NodeId])[] = [];
    for (const [index, row] of rows) {
      const entry = row.get(at);
      if (entry === undefined) continue;
      row.delete(at);
      const factor = graph.binary('mul', entry, inverse);
      below.push([index, factor]);
      for (const [column, value] of pivotRow) {
        const product = graph.binary('mul', factor, value);
        const old = row.get(column);
        row.set(column, old === undefined ? graph.unary('neg', product) : graph.binary('sub', old, product));
      }
    }
    pivots.push({ at, inverse, below, right: [...pivotRow] });
  }
  return { solve: (b) => solveWith(graph, pivots, b) };
}

/** The lowest of the best, so that the order is the same each time. */
function cheapestPivot(rows: ReadonlyMap<number, Row>): number {
  const inColumn = new Map<number, number>();
  for (const row of rows.values()) {
    for (const column of row.keys()) inColumn.set(column, (inColumn.get(column) ?? 0) + 1);
  }
  let best = -1;
  let least = Infinity;
  for (const [index, row] of rows) {
    const cost = (row.size - 1) * ((inColumn.get(index) ?? 1) - 1);
    if (cost >= least) continue;
    least = cost;
    best = index;
  }
  return best;
}

function solveWith(graph: Graph, pivots: readonly Pivot[], b: readonly NodeId[]): NodeId[] {
  const x = [...b];
  for (const { at, below } of pivots) {
    for (const [index, factor] of below) {
      x[index] = graph.binary('sub', present(x[index]), graph.binary('mul', factor, present(x[at])));
    }
  }
  for (const { at, inverse, right } of pivots.toReversed()) {
    let value = present(x[at]);
    for (const [column, entry] of right) {
      value = graph.binary('sub', value, graph.binary('mul', entry, present(x[column])));
    }
    x[at] = graph.binary('mul', value, inverse);
  }
  return x;
}
