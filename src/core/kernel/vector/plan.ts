/**
 * The order in which a program's vectors are computed, and which of them get a name.
 *
 * A vector that is used more than once becomes a statement of its own; one used once stands inside the statement that
 * uses it. Statements that no written slot has a part in are invariant: they are computed once, before the loop that
 * repeats the program.
 */

import type { VectorProgram } from './lower.ts';
import type { VectorId } from './vectors.ts';
import { vectorOperands } from './vectors.ts';

export interface Plan {
  readonly constants: readonly VectorId[];
  /** Slots that are read, ascending. */
  readonly loads: readonly number[];
  readonly invariant: readonly VectorId[];
  readonly varying: readonly VectorId[];
  /** For each statement in the varying part, the statements that nothing later uses. */
  readonly lastUses: ReadonlyMap<VectorId, readonly VectorId[]>;
  /** Operations in all, statements and what is inside them. */
  readonly operations: number;
}

/**
 * Deeper expressions are cut: the chains side by side then alternate more often (3 measured best of 1 … 12), and neither
 * this compiler nor the engine's recurs without end.
 */
const deepest = 3;

export function planOf({ vectors, writes }: VectorProgram): Plan {
  const results = writes.map(({ vector }) => vector);
  const written = new Set(writes.map(({ slot }) => slot));

  const ids = reachable(vectors, [...results, ...vectors.requirements]);
  const uses = new Map<VectorId, number>();
  const varies = new Set<VectorId>();
  const named = new Set<VectorId>([...results, ...vectors.requirements]);
  for (const id of ids) {
    const node = vectors.node(id);
    const operands = vectorOperands(node);
    for (const operand of operands) uses.set(operand, (uses.get(operand) ?? 0) + 1);
    if (node.kind === 'load' ? written.has(node.slot) : operands.some((operand) => varies.has(operand)))
      varies.add(id);
    if (node.kind === 'host') for (const operand of operands) named.add(operand);
    if (varies.has(id)) for (const operand of operands) if (!varies.has(operand)) named.add(operand);
  }

  const constants: VectorId[] = [];
  const loads: number[] = [];
  const statements: VectorId[] = [];
  const depths = new Map<VectorId, number>();
  for (const id of ids) {
    const node = vectors.node(id);
    if (node.kind === 'bits') constants.push(id);
    else if (node.kind === 'load') loads.push(node.slot);
    else {
      const depth = 1 + Math.max(0, ...vectorOperands(node).map((operand) => depths.get(operand) ?? 0));
      const isStatement = named.has(id) || (uses.get(id) ?? 0) > 1 || depth > deepest;
      depths.set(id, isStatement ? 0 : depth);
      if (isStatement) statements.push(id);
    }
  }
  const varying = statements.filter((id) => varies.has(id));
  return {
    constants,
    loads: loads.sort((a, b) => a - b),
    invariant: statements.filter((id) => !varies.has(id)),
    varying,
    lastUses: lastUsesOf(vectors, varying, new Set(results)),
    operations: ids.length,
  };
}

function reachable(vectors: VectorProgram['vectors'], roots: readonly VectorId[]): VectorId[] {
  const needed = new Set(roots);
  const found: VectorId[] = [];
  for (let id = vectors.size - 1; id >= 0; id--) {
    if (!needed.has(id)) continue;
    found.push(id);
    for (const operand of vectorOperands(vectors.node(id))) needed.add(operand);
  }
  return found.reverse();
}

/** Results stay to the end. */
function lastUsesOf(
  vectors: VectorProgram['vectors'],
  statements: readonly VectorId[],
  results: ReadonlySet<VectorId>,
): Map<VectorId, VectorId[]> {
  const isStatement = new Set(statements);
  const seen = new Set<VectorId>();
  const lastUses = new Map<VectorId, VectorId[]>();
  for (const statement of statements.toReversed()) {
    const last: VectorId[] = [];
    const pending = [...vectorOperands(vectors.node(statement))];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      if (!isStatement.has(id)) {
        pending.push(...vectorOperands(vectors.node(id)));
      } else if (!seen.has(id)) {
        seen.add(id);
        if (!results.has(id)) last.push(id);
      }
    }
    if (last.length > 0) lastUses.set(statement, last);
  }
  return lastUses;
}
