/**
 * A shard of the past: the engine's own, on a clock that stands where the replay is.
 *
 * What the shard was told (samples, commands) is laid down in the order of the journal, and given to it when the tick comes
 * that had it.
 */

import { GemelError } from '../../core/diagnose/index.ts';
import {
  type BlockInfo,
  type CheckpointPart,
  type FromShard,
  type LaneCopy,
  sampleColumns,
  type ShardTwin,
  type ToShard,
} from '../protocol/index.ts';
import { Shard, type ShardModels, type ShownBlock } from '../shard/index.ts';
import { type LaidRows, type LaidSample, WaitingSamples } from './waiting-samples.ts';

export interface SiteStart extends Pick<Extract<ToShard, { kind: 'start' }>, 'models' | 'twins'> {
  /** The checkpoint to begin with. */
  readonly parts: readonly CheckpointPart[];
  /** When it was made. */
  readonly atMs: number;
}

/** What a block is: lane j is of the twin `info.twins[j]`. */
export interface Shown extends ShownBlock {
  readonly info: BlockInfo;
}

/** All that a twin is, to go on in another shard. */
export interface Leaving {
  readonly lane: LaneCopy;
  readonly waiting: LaidRows;
}

/** A block, and a twin in it. */
interface Standing {
  readonly block: number;
  readonly twin: number;
}

export class ReplaySite {
  readonly #shard: Shard;
  readonly #infos = new Map<number, BlockInfo>();
  readonly #waiting = new WaitingSamples();
  readonly #commands: { readonly record: number; readonly message: ToShard }[] = [];
  #nowMs: number;
  #parts: readonly CheckpointPart[] = [];
  #left: LaneCopy | undefined;
  #changes = 0;
  /** The newest frame of each block. */
  readonly #frames = new Map<number, Float64Array<ArrayBuffer>>();
  /** By list of twins: where they were when there had been so many changes. */
  readonly #found = new WeakMap<
    readonly number[],
    { readonly changes: number; readonly blocks: readonly Standing[] }
  >();

  constructor({ parts, atMs, ...start }: SiteStart, models: ShardModels) {
    this.#nowMs = atMs;
    this.#shard = new Shard({
      clock: { nowMs: () => this.#nowMs, sleepUntil: () => new Promise(() => undefined) },
      models,
      send: (message) => this.#hear(message),
    });
    this.#shard.receive({ kind: 'start', ...start, restore: parts, recover: true });
    for (const part of parts) {
      const ids = new Set(part.twins);
      const here = start.twins.filter(({ id, model }) => model === part.model && ids.has(id));
      const untilMs = part.madeMs ?? atMs;
      for (const { block } of this.#blocksOf(here.map(({ index }) => index)))
        this.#shard.receive({ kind: 'run-to', block, untilMs });
    }
  }

  /** Makes the ticks of all twins that were due by then. */
  runTo(untilMs: number): void {
    this.#shard.receive({ kind: 'run-to', untilMs });
  }

  /** Counts how often twins have come to other blocks, or lanes. */
  get changes(): number {
    return this.#changes;
  }

  has(twin: number): boolean {
    return this.#shard.standing(twin) !== undefined;
  }

  /** Lays down a sample of a record. Records come in order. */
  lay(record: number, sample: LaidSample): void {
    this.#waiting.lay(record, sample);
  }

  /** Lays down a command of a record. */
  layCommand(record: number, message: ToShard): void {
    this.#commands.push({ record, message });
  }

  /** Gives the shard what it was told up to a record. */
  give(through: number): void {
    for (
      let next = this.#commands[0];
      next !== undefined && next.record <= through;
      next = this.#commands[0]
    ) {
      this.#giveSamples(next.record);
      this.#commands.shift();
      this.#shard.receive(next.message);
    }
    this.#giveSamples(through);
  }

  /**
   * Makes the ticks of the blocks of these twins up to the one that was due then.
   *
   * @returns the blocks where they are now, in numbers that the next tick overwrites; none if they had made it before.
   */
  tick(twins: readonly number[], dueMs: number): readonly Shown[] {
    this.#nowMs = Math.max(this.#nowMs, dueMs);
    const before = this.#blocksOf(twins);
    if (before.some(({ twin }) => this.#dueMs(twin) >= dueMs)) return [];
    for (const { block } of before) this.#shard.receive({ kind: 'run-to', block, untilMs: dueMs });
    return this.#show(this.#blocksOf(twins).map(({ block }) => block));
  }

  /** What all blocks are. */
  show(): readonly Shown[] {
    return this.#show([...this.#infos.keys()]);
  }

  /** @param position - the last record whose samples are in it. */
  save(position: number): readonly CheckpointPart[] {
    const journal = { last: position, refersFrom: Number.POSITIVE_INFINITY };
    this.#shard.receive({ kind: 'checkpoint', request: 0, journal });
    return this.#parts;
  }

  /** Lets a twin go; undefined if it is not here. */
  letGo(twin: number): Leaving | undefined {
    this.#left = undefined;
    this.#changes++;
    this.#shard.receive({ kind: 'remove', request: 0, twin, leave: true });
    const waiting = this.#waiting.takeOf(twin);
    return this.#left && { lane: this.#left, waiting };
  }

  /** Takes a twin in. */
  take(add: Omit<Extract<ToShard, { kind: 'add' }>, 'kind' | 'request' | 'lane'>, from?: Leaving): void {
    this.#changes++;
    this.#shard.receive({ kind: 'add', request: 0, ...add, ...(from && { lane: from.lane }) });
    if (from !== undefined) this.put(from.waiting);
  }

  /** Begins a shadow of a twin where that is. @throws GemelError, as `beginShadow` of a fleet rejects. */
  shadow(twin: ShardTwin, of: Pick<Extract<ToShard, { kind: 'shadow' }>, 'of' | 'model'>): void {
    this.#changes++;
    this.#shard.receive({ kind: 'shadow', request: 0, twin, ...of, atMs: this.#dueMs(of.of) });
  }

  /** Lays down samples of other places, those that came after a record. */
  put({ rows, records }: LaidRows, after = 0): void {
    const from = records.findIndex((record) => record > after);
    if (from < 0) return;
    const width = sampleColumns.count;
    this.#waiting.put({ rows: rows.subarray(from * width), records: records.subarray(from) });
  }

  #giveSamples(through: number): void {
    const rows = this.#waiting.take(through);
    if (rows !== undefined)
      this.#shard.receive({ kind: 'samples', rows, count: rows.length / sampleColumns.count });
  }

  /** The blocks of these twins, each with one of them. */
  #blocksOf(twins: readonly number[]): readonly Standing[] {
    const known = this.#found.get(twins);
    if (known?.changes === this.#changes) return known.blocks;
    const blocks = new Map<number, number>();
    for (const twin of twins) {
      const block = this.#shard.standing(twin)?.block;
      if (block !== undefined) blocks.set(block, twin);
    }
    const found = Array.from(blocks, ([block, twin]) => ({ block, twin }));
    this.#found.set(twins, { changes: this.#changes, blocks: found });
    return found;
  }

  /** When the newest tick of a twin's block was due. */
  #dueMs(twin: number): number {
    return this.#shard.standing(twin)?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  #show(blocks: readonly number[]): readonly Shown[] {
    return blocks.flatMap((block) => {
      const shown = this.#shard.show(block, this.#frames.get(block));
      const info = this.#infos.get(block);
      if (shown === undefined || info === undefined) return [];
      this.#frames.set(block, shown.values);
      return [{ info, ...shown }];
    });
  }

  #hear(message: FromShard): void {
    switch (message.kind) {
      case 'ready':
        for (const info of message.blocks) this.#infos.set(info.block, info);
        break;
      case 'lanes':
        this.#changes++;
        if (message.block.twins.length === 0) {
          this.#infos.delete(message.block.block);
          this.#frames.delete(message.block.block);
        } else this.#infos.set(message.block.block, message.block);
        break;
      case 'checkpoint':
        this.#parts = message.parts;
        break;
      case 'removed':
        this.#left = message.lane;
        break;
      case 'failed':
        throw new GemelError('WORKER_FAILED', `the replay cannot go on: ${message.message}`);
      case 'added':
      case 'shadowed':
        if (message.problem !== undefined)
          throw new GemelError(message.problem.code, message.problem.message);
        break;
      case 'gave-up':
        this.#changes++;
        break;
      case 'frame':
      case 'behind':
      case 'acknowledged':
      case 'stepped':
      case 'swapped':
      case 'pong':
        break;
    }
  }
}
