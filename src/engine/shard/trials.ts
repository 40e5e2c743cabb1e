/**
 * Trials in a shard: twins with two lanes, of two versions of their model, on the same samples. Readers see the live one; the
 * other is its shadow. Both are lanes like all others: which is which is only counted by, and what a swap exchanges.
 */

import { assertInvariant, GemelError } from '../../core/diagnose/index.ts';
import { createMigration, type Migration } from '../../core/estimate/index.ts';
import type { Model } from '../../core/model/index.ts';
import {
  advance,
  Block,
  boundaryAfter,
  boundaryOf,
  carryOver,
  copyBefore,
  copyOfNow,
  kOf,
  lookAhead,
  rehearse,
  samplesFrom,
} from '../block/index.ts';
import { isInBounds } from '../ingest/index.ts';
import { countedElsewhere, isCountedElsewhere, type QueuedSample } from '../lanes/index.ts';
import type { LaneAhead, Reporter, ShardTwin, ToShard } from '../protocol/index.ts';
import { signalAt, signalNamesOf } from '../twin/index.ts';
import type { Blocks, Place, Running } from './blocks.ts';
import type { ShardModels } from './models.ts';

export interface ShardTrialsOptions {
  readonly blocks: Blocks;
  readonly reporter: Reporter;
  readonly models: ShardModels;
}

export class ShardTrials {
  readonly #options: ShardTrialsOptions;
  /** By number of the live lane, that of the shadow; and the other way round. */
  readonly #shadows = new Map<number, number>();
  readonly #lives = new Map<number, number>();
  readonly #migrations = new Map<string, Migration>();

  constructor(options: ShardTrialsOptions) {
    this.#options = options;
  }

  /** Notes a lane that came from elsewhere, if it is a shadow. */
  enter({ index, shadowOf }: ShardTwin): void {
    if (shadowOf !== undefined) this.#pair(shadowOf, index);
  }

  /** A lane goes: the other one of its twin is alone. */
  leave(twin: number): void {
    const live = this.#lives.get(twin) ?? twin;
    this.#lives.delete(this.#shadows.get(live) ?? -1);
    this.#shadows.delete(live);
  }

  /**
   * Begins a shadow, as far on as its twin is. What it begins with does not depend on how far that was.
   *
   * @throws GemelError `TWIN_UNKNOWN`, `MIGRATION_INVALID`, `MODEL_INVALID`, `MODEL_TOO_LARGE` or `DURATION_RANGE`.
   */
  begin(
    { of, model: { id, document }, twin, atMs }: Extract<ToShard, { kind: 'shadow' }>,
    nowMs: number,
  ): Running {
    const { blocks, reporter, models } = this.#options;
    const place = blocks.place(of);
    if (place === undefined) throw new GemelError('TWIN_UNKNOWN', `no twin has the number ${of}`);
    const { block: live } = place.running;
    const { model, motion } = models.compile(id, document);
    const migration = this.#migration(live.model, model);
    live.workIn();
    const { belief, k } = this.#beliefAt(place, Math.round(atMs / live.periodMs));
    const { periodMs, latenessMs } = twin;
    const options = { model, motion, periodMs, latenessMs, reporter };
    const block = new Block({ ...options, twins: [twin], nowMs: k * periodMs });
    carryOver(belief, block, migration);
    this.#hearAlike(place, block, boundaryAfter(live, k));
    advance(block, kOf(live));
    this.#pair(of, twin.index);
    return blocks.add(block, nowMs);
  }

  /** Exchanges the roles of two lanes. @returns when the newest tick was due of the one that was live. */
  swap({ live, shadow }: { readonly live: number; readonly shadow: number }): number | undefined {
    const { blocks } = this.#options;
    const now = blocks.place(live);
    const before = blocks.place(shadow);
    if (now === undefined || before === undefined) return undefined;
    this.leave(live);
    this.#pair(live, shadow);
    setShadow(now, false);
    setShadow(before, true);
    // What it found was told to nobody: what still holds is told anew.
    now.running.block.detection.forgetTold(now.running.block.side(now.lane)?.detection);
    return before.running.block.beliefMs;
  }

  /** Whether a lane is a shadow. */
  isShadow(twin: number): boolean {
    return this.#lives.has(twin);
  }

  /**
   * Lets go of the samples that wait for a shadow which ends. Those that the live lane has too, but the shadow was to count since
   * it was live when they came, count as applied.
   */
  dismiss({ running: { block }, lane }: Place): void {
    const live = this.#options.blocks.place(this.#lives.get(block.twin(lane)?.index ?? -1) ?? -1);
    const known = new Set(live === undefined ? [] : signalNamesOf(live.running.block.model));
    const names = signalNamesOf(block.model);
    for (const sample of block.side(lane)?.samples ?? []) {
      if (isCountedElsewhere(sample.receivedMs)) continue;
      if (known.has(names[sample.signal] ?? '')) this.#options.reporter.counters.appliedSamples++;
      else block.events.refuse(lane, 'unknown-twin', sample, block.beliefMs);
    }
  }

  /** How the lanes of this block's trials would have done on their own, of those whose turn it is; undefined if it is nobody's. */
  ahead({ block }: Running): readonly LaneAhead[] | undefined {
    if (this.#shadows.size === 0) return undefined;
    const { blocks } = this.#options;
    const pairs = block.twins.flatMap(({ index }, lane) => {
      const live = this.#lives.get(index) ?? index;
      const shadow = this.#shadows.get(live);
      if (shadow === undefined) return [];
      const other = blocks.place(live === index ? shadow : live);
      if (other === undefined || other.running.block.beliefMs !== block.beliefMs) return [];
      // The second of the two to make the tick looks.
      const own = { block, lane };
      const its = { block: other.running.block, lane: other.lane };
      return [
        live === index ? { twin: live, live: own, shadow: its } : { twin: live, live: its, shadow: own },
      ];
    });
    return pairs.length === 0 ? undefined : lookAhead(pairs);
  }

  #pair(live: number, shadow: number): void {
    this.#shadows.set(live, shadow);
    this.#lives.set(shadow, live);
  }

  /**
   * The belief of a lane at the end of tick k, before the samples of that moment, as a block of one lane; if the lane does not
   * reach back so far, that of the first moment that it does.
   */
  #beliefAt({ running: { block }, lane }: Place, k: number): { readonly belief: Block; readonly k: number } {
    const oldest = block.side(lane)?.history.oldest;
    const copy = copyBefore(block, lane, k) ?? oldest ?? copyOfNow(block, lane);
    const at = Math.min(Math.max(k, copy.k), kOf(block));
    const belief = rehearse([{ block, lane, copy }], boundaryAfter(block, at));
    advance(belief, at);
    return { belief, k: at };
  }

  /** Gives a new lane the samples of another from a boundary on, by name, and what it knows of who is silent. */
  #hearAlike({ running: { block: live }, lane }: Place, shadow: Block, from: number): void {
    const names = signalNamesOf(live.model);
    const numbers = new Map(signalNamesOf(shadow.model).map((name, number) => [name, number]));
    const numberOf = (signal: number): number | undefined => numbers.get(names[signal] ?? '');
    for (const sample of samplesFrom(live, lane, 0)) {
      const signal = numberOf(sample.signal);
      if (signal === undefined || !(boundaryOf(live, lane, sample) >= from)) continue;
      const copy: QueuedSample = { ...sample, signal, receivedMs: countedElsewhere(sample.receivedMs) };
      if (isWithin(shadow.model, copy)) shadow.refill(0, copy);
    }
    const inputs = [live.model.inputs.length, shadow.model.inputs.length] as const;
    const told = shadow.side(0)?.told;
    for (const [i, cameMs] of (live.side(lane)?.told.cameMs ?? []).entries()) {
      const signal = numberOf(inputs[0] + i);
      if (told !== undefined && signal !== undefined) told.cameMs[signal - inputs[1]] = cameMs;
    }
  }

  #migration(from: Model, to: Model): Migration {
    const key = `${from.id} ${to.id}`;
    const migration = this.#migrations.get(key) ?? createMigration(from, to);
    this.#migrations.set(key, migration);
    return migration;
  }
}

function setShadow({ running: { block }, lane }: Place, isShadow: boolean): void {
  const side = block.side(lane);
  assertInvariant(side !== undefined, 'a place is that of a lane');
  side.isShadow = isShadow;
}

/** Whether a version takes a value that another has taken. */
function isWithin(model: Model, { signal, value }: QueuedSample): boolean {
  const taken = signalAt(model, signal);
  return taken !== undefined && isInBounds(taken, value);
}
