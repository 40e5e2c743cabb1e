/**
 * The algebra of square roots of covariances, as expressions.
 *
 * An entry that is 0 by structure is no node at all, and costs nothing; that is how triangles, states at rest and
 * sensors that see few states make small programs.
 *
 * Notation  S (n×n) lower triangular, P = S·Sᵀ · A (n×m) any matrix with P = A·Aᵀ · g (n) = Sᵀ·h, h the row of a
 *           measurement · r variance of its noise · s = gᵀg + r variance of its innovation
 * Source    Björck, "Solving linear least squares problems by Gram–Schmidt orthogonalization", BIT 7 (1967): the
 *           triangle of the modified process is as good as Householder's;
 *           Carlson, "Fast triangular formulation of the square root filter", AIAA Journal 11 (1973).
 */

import type { Graph, NodeId } from '../graph/index.ts';

/** Undefined: 0 by structure. */
export type Entry = NodeId | undefined;

/** A matrix, row by row. */
export type Rows = readonly (readonly Entry[])[];

/** Sums and products in which what is 0 by structure takes no part. */
export class Algebra {
  readonly graph: Graph;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  add(a: Entry, b: Entry): Entry {
    if (a === undefined) return b;
    return b === undefined ? a : this.graph.binary('add', a, b);
  }

  sub(a: Entry, b: Entry): Entry {
    if (b === undefined) return a;
    return a === undefined ? this.graph.unary('neg', b) : this.graph.binary('sub', a, b);
  }

  mul(a: Entry, b: Entry): Entry {
    return a === undefined || b === undefined ? undefined : this.graph.binary('mul', a, b);
  }

  /** Σ aᵢ·bᵢ, from the last to the first. */
  dot(a: readonly Entry[], b: readonly Entry[]): Entry {
    let sum: Entry;
    for (let i = Math.min(a.length, b.length) - 1; i >= 0; i--) sum = this.add(sum, this.mul(a[i], b[i]));
    return sum;
  }

  /** A node for an entry. */
  node(a: Entry): NodeId {
    return a ?? this.graph.constant(0);
  }
}

/**
 * The lower triangular S with S·Sᵀ = A·Aᵀ, by the modified Gram–Schmidt process on the rows of A.
 *
 * A row that depends on those before it has a diagonal of 0 and leaves those after it alone.
 */
export function triangularise(graph: Graph, a: Rows): Rows {
  const algebra = new Algebra(graph);
  const rows = a.map((row) => [...row]);
  const factor: Entry[][] = rows.map(() => []);
  for (const [i, row] of rows.entries()) {
    const columns = [...row.keys()].filter((column) => row[column] !== undefined);
    const [only] = columns;
    const rest = factor.slice(i);
    if (columns.length < 2 || only === undefined) {
      const entry = only === undefined ? undefined : row[only];
      eliminateSingle(graph, { entry, column: only, rows: rows.slice(i), factor: rest });
      continue;
    }
    const length = graph.unary('sqrt', algebra.node(algebra.dot(row, row)));
    const inverse = inverseOf(graph, length);
    rest[0]?.push(length);
    for (const [k, other] of rows.slice(i + 1).entries()) {
      const entry = algebra.mul(algebra.dot(row, other), inverse);
      rest[k + 1]?.push(entry);
      const part = algebra.mul(entry, inverse);
      for (const column of columns)
        other[column] = algebra.sub(other[column], algebra.mul(part, row[column]));
    }
  }
  return factor;
}

/** A row of a single entry: its column is that of the factor but for the sign. */
function eliminateSingle(
  graph: Graph,
  {
    entry,
    column,
    rows,
    factor,
  }: { entry: Entry; column: number | undefined; rows: Entry[][]; factor: Entry[][] },
): void {
  if (entry === undefined || column === undefined) {
    for (const row of factor) row.push(undefined);
    return;
  }
  const isNegative = graph.binary('lt', entry, graph.constant(0));
  const sign = graph.select(isNegative, graph.constant(-1), graph.constant(1));
  for (const [k, row] of rows.entries()) {
    const value = row[column];
    row[column] = undefined;
    if (k === 0) factor[k]?.push(graph.unary('abs', entry));
    else factor[k]?.push(value === undefined ? undefined : graph.binary('mul', value, sign));
  }
}

/** 1/x, or 0 where x is 0. */
function inverseOf(graph: Graph, x: NodeId): NodeId {
  const isPositive = graph.binary('gt', x, graph.constant(0));
  return graph.select(isPositive, graph.binary('div', graph.constant(1), x), graph.constant(0));
}

export interface Correction {
  /** The factor after the measurement. */
  readonly factor: Rows;
  /** What the mean moves by for an innovation of 1. */
  readonly gain: readonly Entry[];
}

/**
 * The factor after a scalar measurement, and its gain.
 *
 * With aⱼ = r + Σ gᵢ² over i ≥ j and vⱼ = Σ gᵢ·S₍ᵢ₎ over i > j, column j becomes √(aⱼ₊₁/aⱼ)·S₍ⱼ₎ − gⱼ/√(aⱼ·aⱼ₊₁)·vⱼ. All sums
 * are of squares, so no diagonal can reach 0. A column with g = 0, by structure or in numbers, stays as it is, to the bit.
 */
export function correctFactor(
  graph: Graph,
  { factor, g, r }: { readonly factor: Rows; readonly g: readonly Entry[]; readonly r: NodeId },
): Correction {
  const algebra = new Algebra(graph);
  const after = factor.map((row) => [...row]);
  const sums: Entry[] = factor.map(() => undefined);
  let a = r;
  for (let j = g.length - 1; j >= 0; j--) {
    const gj = g[j];
    if (gj === undefined) continue;
    const larger = graph.binary('add', a, graph.binary('mul', gj, gj));
    const scale = graph.unary('sqrt', graph.binary('div', a, larger));
    const turn = graph.binary('div', gj, graph.binary('mul', larger, scale));
    for (let k = j; k < factor.length; k++) {
      const entry = factor[k]?.[j];
      const row = after[k];
      if (row !== undefined) row[j] = algebra.sub(algebra.mul(scale, entry), algebra.mul(turn, sums[k]));
      sums[k] = algebra.add(sums[k], algebra.mul(gj, entry));
    }
    a = larger;
  }
  return {
    factor: after,
    gain: sums.map((sum) => (sum === undefined ? undefined : graph.binary('div', sum, a))),
  };
}
