/**
 * The order in which a program's vectors are computed, and which of them get a name.
 *
 * A vector that is used more than once becomes a statement of its own; one used once stands inside the statement that
 * uses it. Statements that no written slot has a part in are invariant: they are computed once, before the loop that
 * repeats the program.
 */

import type { VectorProgram } from './lower.ts';
import type { VectorId, Vectors } from './vectors.ts';

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

export function planOf(program: VectorProgram): Plan {
  const { vectors, writes } = program;
  const needed = neededBy(program);
  const { named, varies } = namesOf(program, needed);

  const constants: VectorId[] = [];
  const loads: number[] = [];
  const invariant: VectorId[] = [];
  const varying: VectorId[] = [];
  const depths = new Uint8Array(vectors.size);
  let operations = 0;
  for (let id = 0; id < vectors.size; id++) {
    if (needed[id] === 0) continue;
    operations++;
    const node = vectors.node(id);
    if (node.kind === 'bits') constants.push(id);
    else if (node.kind === 'load') loads.push(node.slot);
    else {
      let depth = 1;
      for (const operand of vectors.operands(id)) depth = Math.max(depth, 1 + (depths[operand] ?? 0));
      if (named[id] === 0 && depth <= deepest) {
        depths[id] = depth;
        continue;
      }
      named[id] = 1;
      (varies[id] === 1 ? varying : invariant).push(id);
    }
  }
  const results = writes.map(({ vector }) => vector);
  return {
    constants,
    loads: loads.sort((a, b) => a - b),
    invariant,
    varying,
    lastUses: lastUsesOf(vectors, { varying, invariant }, results),
    operations,
  };
}

/** One for each vector that a result or a requirement needs, else 0. */
function neededBy({ vectors, writes }: VectorProgram): Uint8Array {
  const needed = new Uint8Array(vectors.size);
  for (const { vector } of writes) needed[vector] = 1;
  for (const requirement of vectors.requirements) needed[requirement] = 1;
  for (let id = vectors.size - 1; id >= 0; id--) {
    if (needed[id] === 1) for (const operand of vectors.operands(id)) needed[operand] = 1;
  }
  return needed;
}

/** What must be a statement whatever its depth, and what a written slot has a part in. */
function namesOf(
  { vectors, writes }: VectorProgram,
  needed: Uint8Array,
): Record<'named' | 'varies', Uint8Array> {
  const written = new Set(writes.map(({ slot }) => slot));
  const uses = new Uint8Array(vectors.size);
  const named = new Uint8Array(vectors.size);
  const varies = new Uint8Array(vectors.size);
  for (const { vector } of writes) named[vector] = 1;
  for (const requirement of vectors.requirements) named[requirement] = 1;
  for (let id = 0; id < vectors.size; id++) {
    if (needed[id] === 0) continue;
    const node = vectors.node(id);
    const operands = vectors.operands(id);
    if (node.kind === 'load' && written.has(node.slot)) varies[id] = 1;
    for (const operand of operands) {
      if (varies[operand] === 1) varies[id] = 1;
      if (uses[operand] === 1) named[operand] = 1;
      uses[operand] = 1;
    }
    for (const operand of operands) {
      if (node.kind === 'host' || varies[id] !== varies[operand]) named[operand] = 1;
    }
  }
  return { named, varies };
}

/**
 * Results and invariants stay to the end. What an invariant is made of is not looked into: it was used before, and one
 * that is shared would be walked through once for each of the ways to it.
 */
function lastUsesOf(
  vectors: Vectors,
  { varying, invariant }: Pick<Plan, 'varying' | 'invariant'>,
  results: readonly VectorId[],
): Map<VectorId, readonly VectorId[]> {
  const isStatement = new Uint8Array(vectors.size);
  const seen = new Uint8Array(vectors.size);
  for (const statement of varying) isStatement[statement] = 1;
  for (const statement of invariant) {
    isStatement[statement] = 1;
    seen[statement] = 1;
  }
  for (const result of results) seen[result] = 1;
  const lastUses = new Map<VectorId, readonly VectorId[]>();
  for (const statement of varying.toReversed()) {
    const last: VectorId[] = [];
    const pending = [...vectors.operands(statement)];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      if (isStatement[id] === 0) {
        pending.push(...vectors.operands(id));
      } else if (seen[id] === 0) {
        seen[id] = 1;
        last.push(id);
      }
    }
    if (last.length > 0) lastUses.set(statement, last);
  }
  return lastUses;
}
