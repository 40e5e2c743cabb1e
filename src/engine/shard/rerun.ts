/** What a shard does of its blocks when it is told to, not by the clock: while it recovers, and in replays. */

import type { LaneAhead, ToShard } from '../protocol/index.ts';
import type { Blocks, Running } from './blocks.ts';

/** Where a twin is. */
export interface Standing {
  readonly block: number;
  /** When the block's newest tick was due. */
  readonly dueMs: number;
}

/** What a block is: column c of lane j is `values[c * lanes + j]`. */
export interface ShownBlock {
  readonly values: Float64Array<ArrayBuffer>;
  /** How trials would have done on their own. */
  readonly ahead: readonly LaneAhead[];
}

export function standingOf(blocks: Blocks, twin: number): Standing | undefined {
  const running = blocks.place(twin)?.running;
  return running && { block: running.number, dueMs: running.block.beliefMs };
}

/** Makes the ticks that were due by then, as fast as it can; those of one block while there is such a block. */
export function runTo(
  blocks: Blocks,
  { untilMs, block }: Extract<ToShard, { kind: 'run-to' }>,
  unite: (running: Running) => void,
): void {
  const due = () => (block === undefined ? blocks.next() : blocks.byNumber(block));
  for (let next = due(); next !== undefined; next = due()) {
    if (next.block.nextDueMs > Math.min(untilMs, next.heldMs)) return;
    next.block.tick();
    unite(next);
  }
}
