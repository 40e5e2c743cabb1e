/** Which twins the frames of each shard are of: what turns a frame's lanes into twins on the readers' side. */

import type { Recorder } from '../journal/index.ts';
import { type Entry, isPublished, type ShardClient, show, type Shown, type Trial } from '../members/index.ts';
import type { BlockInfo, FromShard } from '../protocol/index.ts';
import type { TickReport } from './fleet.ts';

interface FleetBlock {
  readonly info: BlockInfo;
  /** By lane; undefined for a twin that has left. */
  readonly entries: readonly (Entry | undefined)[];
  readonly ids: readonly string[];
  /** Those of whose ticks readers are told: the same list as long as they are the same. */
  told: readonly string[];
}

type FrameMessage = Extract<FromShard, { kind: 'frame' }>;

export interface FleetBlocksOptions {
  readonly entryOf: (twin: number) => Entry | undefined;
  readonly shardOf: (client: ShardClient) => number;
  /** Takes the part of a lane in a trial. */
  readonly arrive: (entry: Entry, trial: Trial, shown: Shown) => void;
  /** Notes blocks and ticks. */
  readonly recorder: Recorder | undefined;
}

export class FleetBlocks {
  readonly #options: FleetBlocksOptions;
  readonly #blocks = new Map<ShardClient, Map<number, FleetBlock>>();

  constructor(options: FleetBlocksOptions) {
    this.#options = options;
  }

  /** From now on the block has these twins; without any it is gone. */
  set(client: ShardClient, info: BlockInfo): void {
    const blocks = this.#blocks.get(client) ?? new Map<number, FleetBlock>();
    this.#blocks.set(client, blocks);
    const { entryOf, shardOf, recorder } = this.#options;
    const entries = info.twins.map((index) => entryOf(index));
    const { block } = info;
    const twins = entries.map((entry) => entry?.info.config.id ?? '');
    recorder?.block({ shard: shardOf(client), block, model: info.model, twins });
    if (info.twins.length === 0) {
      blocks.delete(info.block);
      return;
    }
    const ids = twins.filter((id) => id !== '');
    blocks.set(info.block, { info, entries, ids, told: ids });
  }

  forget(client: ShardClient): void {
    for (const { info } of this.#blocks.get(client)?.values() ?? []) this.set(client, { ...info, twins: [] });
    this.#blocks.delete(client);
  }

  /** Writes down which ticks a block gives up, and tells it to. */
  giveUp(client: ShardClient, { block, afterMs, untilMs }: Extract<FromShard, { kind: 'behind' }>): void {
    const known = this.#blocks.get(client)?.get(block);
    if (known === undefined) return;
    const { model, twins } = known.info;
    this.#options.recorder?.gap({ model, twins: known.ids, afterMs, untilMs });
    // A worker that dies meanwhile is told of elsewhere.
    client.request({ kind: 'give-up', twins, afterMs, untilMs }).catch(() => undefined);
  }

  /** Shows each twin of the frame its part of it. */
  take(client: ShardClient, message: FrameMessage): void {
    const { block, values, dueMs } = message;
    client.taken(block);
    const entries = this.entries(client, message);
    const frame = { values, lanes: entries.length };
    for (let lane = 0; lane < entries.length; lane++) {
      const entry = entries[lane];
      if (entry === undefined) continue;
      if (entry.trial === undefined) {
        show(entry, frame, lane);
        entry.dueMs = dueMs;
      } else this.#options.arrive(entry, entry.trial, { frame, lane, dueMs });
    }
    const { shardOf, recorder } = this.#options;
    const { digest } = message;
    // Those of before what is old was told are of the past.
    if (recorder === undefined || digest === undefined || client.recovers) return;
    recorder.tick({ shard: shardOf(client), block, dueMs, through: client.through, digest });
  }

  /** The twins of the frame, each with its part of it. */
  entries(client: ShardClient, { block }: FrameMessage): readonly (Entry | undefined)[] {
    return this.#blocks.get(client)?.get(block)?.entries ?? [];
  }

  /** Those of them of which readers see this tick: not the shadows. */
  published(client: ShardClient, message: FrameMessage): readonly (Entry | undefined)[] {
    const entries = this.entries(client, message);
    if (!entries.some(isInTrial)) return entries;
    return entries.filter((entry) => entry !== undefined && isPublished(entry, message.dueMs));
  }

  report(client: ShardClient, message: FrameMessage, seenMs: number): TickReport | undefined {
    const block = this.#blocks.get(client)?.get(message.block);
    if (block === undefined) return undefined;
    const { dueMs, finishedMs, receivedMs } = message;
    if (block.entries.some(isInTrial)) this.#tellOnly(block, this.published(client, message));
    else block.told = block.ids;
    return { twins: block.told, periodMs: block.info.periodMs, dueMs, finishedMs, seenMs, receivedMs };
  }

  #tellOnly(block: FleetBlock, entries: readonly (Entry | undefined)[]): void {
    const ids = entries.flatMap((entry) => (entry === undefined ? [] : [entry.info.config.id]));
    if (ids.length !== block.told.length || ids.some((id, i) => id !== block.told[i])) block.told = ids;
  }
}

function isInTrial(entry: Entry | undefined): boolean {
  return entry?.trial !== undefined;
}
