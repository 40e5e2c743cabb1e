/**
 * Blocks that are behind: what is told of it, and the ticks that they give up.
 *
 * With a journal a block that is a minute and more behind asks, and stands until it is told: then it is written which ticks
 * there are not. While a shard recovers it is known beforehand where a block stood, and it is held there.
 */

import { formatSpan } from '../basics/index.ts';
import { Block } from '../block/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Reporter, ToShard } from '../protocol/index.ts';
import { severities } from '../snapshot/index.ts';
import type { Blocks, Running } from './blocks.ts';
import type { ShardModels } from './models.ts';

/** Of real time, whatever the speed of the clock. */
const suspendedMs = 60_000;
/** Deadlines that are missed again and again are told so often. */
const remindMs = 60_000;

/** Ticks of a block that were due after the one moment and up to the other. */
interface Gap {
  readonly afterMs: number;
  readonly untilMs: number;
}

export interface GapsOptions {
  readonly blocks: Blocks;
  readonly models: ShardModels;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** Asks whether ticks may be given up. */
  readonly ask: (running: Running, gap: Gap) => void;
}

export class Gaps {
  readonly #options: GapsOptions;
  /** Blocks that have asked. */
  readonly #asked = new Set<Running>();
  /** Blocks whose last tick was late: how late, and at which tick, it was told. */
  readonly #late = new WeakMap<Running, { readonly lateMs: number; readonly atMs: number }>();

  constructor(options: GapsOptions) {
    this.#options = options;
  }

  /** Lets a block that is too far behind give up ticks. @returns whether it is to stand until it is told. */
  look(running: Running, { asks }: { readonly asks: boolean }): boolean {
    const { clock, ask } = this.#options;
    const { block } = running;
    const behindMs = clock.nowMs() - block.nextDueMs;
    if (behindMs < Math.max(suspendedMs * (clock.speed ?? 1), block.periodMs)) return false;
    const afterMs = block.beliefMs;
    const untilMs = afterMs + Math.floor(behindMs / block.periodMs) * block.periodMs;
    this.#asked.add(running);
    if (asks) {
      running.heldMs = afterMs;
      ask(running, { afterMs, untilMs });
    } else this.#skip(running, untilMs);
    return asks;
  }

  /** Recovering: lets twins make no tick after a moment, until they are told to give some up. */
  hold({ twins, afterMs }: Extract<ToShard, { kind: 'hold' }>): void {
    for (const running of this.#separate(twins)) running.heldMs = afterMs;
  }

  /** Gives up ticks of some twins, after those before. */
  give({ twins, afterMs, untilMs }: Extract<ToShard, { kind: 'give-up' }>): void {
    for (const running of this.#separate(twins)) {
      running.heldMs = Number.POSITIVE_INFINITY;
      while (running.block.nextDueMs <= afterMs) running.block.tick();
      this.#skip(running, untilMs);
    }
  }

  /**
   * A tick was finished after the next was due. All are counted; told is the first of a row of them, and again when it gets worse, or
   * a minute later: the others of the row are what it cost.
   */
  missed(running: Running, finishedMs: number): void {
    const { block } = running;
    this.#options.reporter.counters.missedDeadlines += block.lanes;
    const lateMs = finishedMs - block.nextDueMs;
    const told = this.#late.get(running);
    if (told !== undefined && lateMs <= 2 * told.lateMs && block.beliefMs - told.atMs < remindMs) return;
    this.#late.set(running, { lateMs, atMs: block.beliefMs });
    const twins = block.lanes === 1 ? 'a twin' : `${block.lanes} twins`;
    const what = `a tick of ${twins} of ${block.model.id} was finished ${formatSpan(lateMs)} after the next was due`;
    this.#tell(block, 'missed-deadline', what);
  }

  /** A tick was finished in time. */
  kept(running: Running): void {
    this.#late.delete(running);
  }

  #skip(running: Running, untilMs: number): void {
    const { block } = running;
    const ticks = Math.floor((untilMs - block.beliefMs) / block.periodMs);
    if (ticks > 0) block.skip(ticks);
    // What was given up before a restart was told then.
    if (!this.#asked.delete(running)) return;
    this.#options.reporter.counters.skippedTicks += ticks * block.lanes;
    const behind = formatSpan(ticks * block.periodMs);
    this.#tell(block, 'resynchronised', `the engine was ${behind} behind and gave up ${ticks} ticks`);
  }

  /** The blocks of twins, without any others. */
  #separate(twins: readonly number[]): Running[] {
    const { blocks, models, reporter } = this.#options;
    const wanted = new Set(twins);
    const found = new Set(twins.flatMap((twin) => blocks.place(twin)?.running ?? []));
    return Array.from(found, (running) => {
      if (running.block.twins.every(({ index }) => wanted.has(index))) return running;
      const { periodMs, latenessMs } = running.block;
      return blocks.part(running, wanted, (twin, copy) =>
        Block.of(copy, { ...models.get(twin.model), twins: [twin], periodMs, latenessMs, reporter }),
      );
    });
  }

  #tell(block: Block, kind: 'missed-deadline' | 'resynchronised', message: string): void {
    const only = block.lanes === 1 ? block.twin(0)?.index : undefined;
    const severity = severities[kind];
    this.#options.reporter.event({ twin: only ?? -1, timeMs: block.beliefMs, kind, severity, message });
  }
}
