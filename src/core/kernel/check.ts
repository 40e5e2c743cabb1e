/** What every backend checks: programs when they are compiled, lanes when they run. */

import { assertInvariant, GemelError } from '../diagnose/index.ts';
import type { Lanes, Program } from './kernel.ts';

/** More operations than this are refused: compiling them would take seconds. */
const operationLimit = 200_000;

/** @throws GemelError `MODEL_TOO_LARGE` if there are more operations than a kernel can have. */
export function checkOperations(count: number): void {
  if (count <= operationLimit) return;
  throw new GemelError(
    'MODEL_TOO_LARGE',
    `a step of the model needs ${count} operations; at most ${operationLimit} are possible`,
    { hint: 'split the machine into several models, or choose `method: euler`' },
  );
}

export function checkWrites({ writes }: Program): void {
  const written = new Set(writes.map(({ slot }) => slot));
  assertInvariant(written.size === writes.length, 'a program writes each slot at most once');
}

/** How many slots the program's highest slot makes necessary. Asserts that no slot is written twice. */
export function slotsOf(program: Program): number {
  checkWrites(program);
  const { graph, writes } = program;
  let highest = -1;
  for (const { slot } of writes) highest = Math.max(highest, slot);
  for (const id of graph.reachable(writes.map(({ node }) => node))) {
    const node = graph.node(id);
    if (node.kind === 'load') highest = Math.max(highest, node.slot);
  }
  return highest + 1;
}

/** @throws GemelError `SHAPE_MISMATCH` if the lanes, or that many slots of them, lie outside the memory. */
export function checkLanes({ memory, capacity, from, to }: Lanes, slots: number): void {
  const whole = Number.isInteger(from) && Number.isInteger(to) && Number.isInteger(capacity);
  if (whole && from >= 0 && from <= to && to <= capacity && slots * capacity <= memory.length) return;
  throw new GemelError(
    'SHAPE_MISMATCH',
    `lanes ${from} to ${to} of ${capacity}, ${slots} slots each, do not fit a memory of ${memory.length} numbers`,
  );
}
