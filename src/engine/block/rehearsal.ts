/**
 * Lanes made again, aside: from copies of what they were, in a block of their own, with the samples that they have by now.
 *
 * What comes of it is nobody's. The lanes themselves keep every bit, nothing is told, and nothing is counted. So the belief
 * that a lane had at some moment can be had later, and it can be asked where a lane would be without its corrections.
 */

import type { QueuedSample } from '../lanes/index.ts';
import { type HistoryCopy, Reporter } from '../protocol/index.ts';
import { Block } from './block.ts';

/** A lane of a block that runs, and the copy of it to begin with. */
export interface Rehearsed {
  readonly block: Block;
  readonly lane: number;
  readonly copy: HistoryCopy;
}

/** The newest copy of before the end of tick k, or failing that of then; undefined if the lane remembers none. */
export function copyBefore(block: Block, lane: number, k: number): HistoryCopy | undefined {
  const copies = block.side(lane)?.history.copies ?? [];
  return copies.findLast((copy) => copy.k < k) ?? copies.findLast((copy) => copy.k === k);
}

/** The lane as it is, for one that remembers nothing. */
export function copyOfNow(block: Block, lane: number): HistoryCopy {
  const numbers = new Float64Array(block.memory.savedCount);
  block.memory.save(lane, numbers);
  return { k: kOf(block), place: block.side(lane)?.samples.applied ?? 0, numbers };
}

/**
 * A block with copies of lanes of one block, all taken before the same tick, standing where these were taken: lane j is
 * `lanes[j]`. Samples from boundary `before` on are left out.
 */
export function rehearse(lanes: readonly [Rehearsed, ...Rehearsed[]], before: number): Block {
  const [{ block, copy: first }] = lanes;
  const { model, motion, periodMs } = block;
  const aside = new Block({
    model,
    motion,
    periodMs,
    // It goes forwards only, and need not remember.
    latenessMs: 0,
    twins: lanes.flatMap(({ lane }) => block.twin(lane) ?? []),
    nowMs: first.k * periodMs,
    reporter: new Reporter(1),
  });
  for (const [at, { lane, copy }] of lanes.entries()) {
    aside.memory.putLane(at, block.memory.copyLane(lane));
    aside.memory.load(at, copy.numbers);
    for (const sample of samplesFrom(block, lane, copy.place)) {
      if (boundaryOf(block, lane, sample) < before) aside.refill(at, { ...sample, receivedMs: Number.NaN });
    }
  }
  return aside;
}

/** Makes ticks up to the end of tick k. */
export function advance(block: Block, k: number): void {
  while (kOf(block) < k) block.tick();
}

/** The tick whose end a block is at. */
export function kOf({ beliefMs, periodMs }: Block): number {
  return Math.round(beliefMs / periodMs);
}

/** The first boundary of the tick after tick k. */
export function boundaryAfter({ motion, periodMs }: Block, k: number): number {
  return k * motion.substeps(periodMs / 1000);
}

/** A lane's samples from a place on, applied or not. */
export function samplesFrom(block: Block, lane: number, place: number): Iterable<QueuedSample> {
  return block.side(lane)?.samples.from(place) ?? [];
}

/** The boundary at which a lane takes a sample. */
export function boundaryOf(block: Block, lane: number, { timeMs }: QueuedSample): number {
  return block.side(lane)?.samples.boundaryOf(timeMs) ?? Number.NaN;
}
