/** Which twins the frames of each shard are of: what turns a frame's lanes into twins on the readers' side. */

import type { TickReport } from './fleet.ts';
import { type Entry, show } from './fleet-entry.ts';
import type { BlockInfo, FromShard } from './messages.ts';
import type { ShardClient } from './shard-client.ts';

interface FleetBlock {
  readonly info: BlockInfo;
  /** By lane; undefined for a twin that has left. */
  readonly entries: readonly (Entry | undefined)[];
  readonly ids: readonly string[];
}

type FrameMessage = Extract<FromShard, { kind: 'frame' }>;

export class FleetBlocks {
  readonly #entryOf: (twin: number) => Entry | undefined;
  readonly #blocks = new Map<ShardClient, Map<number, FleetBlock>>();

  constructor(entryOf: (twin: number) => Entry | undefined) {
    this.#entryOf = entryOf;
  }

  /** From now on the block has these twins; without any it is gone. */
  set(client: ShardClient, info: BlockInfo): void {
    const blocks = this.#blocks.get(client) ?? new Map<number, FleetBlock>();
    this.#blocks.set(client, blocks);
    if (info.twins.length === 0) {
      blocks.delete(info.block);
      return;
    }
    const entries = info.twins.map((index) => this.#entryOf(index));
    const ids = entries.flatMap((entry) => (entry === undefined ? [] : [entry.info.config.id]));
    blocks.set(info.block, { info, entries, ids });
  }

  forget(client: ShardClient): void {
    this.#blocks.delete(client);
  }

  /** Shows each twin of the frame its part of it. */
  take(client: ShardClient, message: FrameMessage): void {
    const { block, values } = message;
    client.taken(block);
    const entries = this.entries(client, message);
    const frame = { values, lanes: entries.length };
    for (let lane = 0; lane < entries.length; lane++) {
      const entry = entries[lane];
      if (entry !== undefined) show(entry, frame, lane);
    }
  }

  /** The twins of the frame, each with its part of it. */
  entries(client: ShardClient, { block }: FrameMessage): readonly (Entry | undefined)[] {
    return this.#blocks.get(client)?.get(block)?.entries ?? [];
  }

  report(client: ShardClient, message: FrameMessage, seenMs: number): TickReport | undefined {
    const block = this.#blocks.get(client)?.get(message.block);
    if (block === undefined) return undefined;
    const { dueMs, finishedMs, receivedMs } = message;
    return { twins: block.ids, periodMs: block.info.periodMs, dueMs, finishedMs, seenMs, receivedMs };
  }
}
