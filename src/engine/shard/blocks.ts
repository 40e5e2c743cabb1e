/**
 * The blocks of a shard, and where each twin is in them.
 *
 * A twin that arrives while the shard runs is a block of its own until its time is that of the block to which it
 * belongs; then the two become one. So a twin that comes from another shard, a tick behind or ahead, neither misses a
 * tick nor repeats one, and nobody waits for it.
 */

import { assertInvariant } from '../../core/diagnose/index.ts';
import type { Block } from '../block/index.ts';
import type { BlockInfo, LaneCopy, ShardTwin } from '../protocol/index.ts';

export interface Running {
  readonly block: Block;
  readonly number: number;
  framesOnTheirWay: number;
  publishedMs: number;
  /** It makes no tick that is due later. */
  heldMs: number;
  /** Whether the lanes are others than the fleet was told. */
  changed: boolean;
}

export interface Place {
  readonly running: Running;
  readonly lane: number;
}

export class Blocks {
  readonly #all = new Map<number, Running>();
  readonly #places = new Map<number, Place>();
  #numbers = 0;

  all(): Iterable<Running> {
    return this.#all.values();
  }

  byNumber(number: number): Running | undefined {
    return this.#all.get(number);
  }

  /** Where a twin is, by its number in the fleet. */
  place(twin: number): Place | undefined {
    return this.#places.get(twin);
  }

  /** The block whose tick is due first, of those that are not held. */
  next(): Running | undefined {
    let next: Running | undefined;
    for (const one of this.#all.values()) {
      if (one.block.nextDueMs > one.heldMs) continue;
      if (next === undefined || one.block.nextDueMs < next.block.nextDueMs) next = one;
    }
    return next;
  }

  add(block: Block, nowMs: number): Running {
    const running = {
      block,
      number: this.#numbers++,
      framesOnTheirWay: 0,
      publishedMs: nowMs,
      heldMs: Number.POSITIVE_INFINITY,
      changed: true,
    };
    this.#all.set(running.number, running);
    this.#settle(running, 0);
    return running;
  }

  /** Takes a lane away. A block without lanes is gone. */
  remove({ running, lane }: Place): void {
    const { block } = running;
    this.#places.delete(block.twin(lane)?.index ?? -1);
    block.remove(lane);
    running.changed = true;
    const moved = block.twin(lane);
    if (moved !== undefined) this.#places.set(moved.index, { running, lane });
    if (block.lanes === 0) this.#all.delete(running.number);
  }

  /**
   * Makes one of blocks that have come to the same time: into the bigger one, since each lane is copied.
   *
   * @returns the block that is no more.
   */
  unite(running: Running): Running | undefined {
    if (this.#all.size < 2) return undefined;
    for (const other of this.#all.values()) {
      if (other === running || other.heldMs !== running.heldMs || !other.block.fits(running.block)) continue;
      const [into, from] = other.block.lanes < running.block.lanes ? [running, other] : [other, running];
      const first = into.block.lanes;
      into.block.join(from.block);
      into.changed = true;
      this.#all.delete(from.number);
      this.#settle(into, first);
      return from;
    }
    return undefined;
  }

  /** Parts lanes from a block: those of some twins, but not of all. @returns the block that they are from now on. */
  part(
    running: Running,
    twins: ReadonlySet<number>,
    blockOf: (twin: ShardTwin, copy: LaneCopy) => Block,
  ): Running {
    const [first, ...others] = running.block.twins.flatMap((twin) => {
      const place = twins.has(twin.index) ? this.place(twin.index) : undefined;
      if (place === undefined) return [];
      const block = blockOf(twin, running.block.copyOut(place.lane));
      this.remove(place);
      return [block];
    });
    assertInvariant(first !== undefined, 'some lane is parted');
    for (const other of others) first.join(other);
    return this.add(first, running.publishedMs);
  }

  /** Notes the places of the lanes from `first` on. */
  #settle(running: Running, first: number): void {
    const { block } = running;
    for (let lane = first; lane < block.lanes; lane++) {
      this.#places.set(block.twin(lane)?.index ?? -1, { running, lane });
    }
  }
}

export function infoOf({ block, number }: Running): BlockInfo {
  return {
    block: number,
    model: block.model.id,
    periodMs: block.periodMs,
    twins: block.twins.map(({ index }) => index),
  };
}

export type Members = readonly [ShardTwin, ...ShardTwin[]];

/** The twins by model, period, lateness and the time where they begin, each group in the order given. */
export function groupTwins(twins: readonly ShardTwin[], beginMs: (twin: ShardTwin) => number): Members[] {
  const groups = new Map<string, [ShardTwin, ...ShardTwin[]]>();
  for (const twin of twins) {
    const key = `${beginMs(twin)} ${twin.periodMs} ${twin.latenessMs} ${twin.model}`;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [twin]);
    else members.push(twin);
  }
  return [...groups.values()];
}
