/** Whose the lanes of each block were, as the journal says it; and up to which tick each twin was published. */

import type { CheckpointPart } from '../protocol/index.ts';
import { applyChanges, type FleetRecord } from './fleet-record.ts';
import type { TickRecord } from './tick-record.ts';

export class RecordedBlocks {
  /** Ids by lane, by shard and block. */
  readonly #lanes = new Map<string, readonly string[]>();
  readonly #models = new Map<string, string>();
  /** When the newest tick of each block was due. */
  readonly #dueMs = new Map<string, number>();
  readonly #toldMs = new Map<string, number>();

  /** Begins with the blocks of a checkpoint, if it says them. */
  constructor(parts: readonly CheckpointPart[] = []) {
    for (const { shard, block, model, twins } of parts) {
      if (shard === undefined || block === undefined) continue;
      this.#lanes.set(keyOf({ shard, block }), twins);
      this.#models.set(keyOf({ shard, block }), model);
    }
  }

  /** The twins of a block by lane; undefined if it is not known. */
  lanes(block: Pick<TickRecord, 'shard' | 'block'>): readonly string[] | undefined {
    return this.#lanes.get(keyOf(block));
  }

  /** `Model.id` of what the lanes of a block run; undefined if it is not known. */
  model(block: Pick<TickRecord, 'shard' | 'block'>): string | undefined {
    return this.#models.get(keyOf(block));
  }

  change({ begins, blocks = [] }: FleetRecord): void {
    if (begins === true) {
      for (const key of this.#lanes.keys()) this.#settle(key);
      this.#lanes.clear();
      this.#models.clear();
    }
    for (const change of blocks) {
      const key = keyOf(change);
      this.#settle(key);
      const lanes = applyChanges(this.#lanes.get(key) ?? [], change);
      if (lanes.length === 0) this.#lanes.delete(key);
      else this.#lanes.set(key, lanes);
      if (change.model !== undefined) this.#models.set(key, change.model);
    }
  }

  tick(record: TickRecord): void {
    this.#dueMs.set(keyOf(record), record.dueMs);
  }

  /** When the newest published tick of each twin was due. */
  told(): ReadonlyMap<string, number> {
    for (const key of this.#lanes.keys()) this.#settle(key);
    return this.#toldMs;
  }

  /** What a block has published counts for the twins that it now has. */
  #settle(key: string): void {
    const dueMs = this.#dueMs.get(key);
    if (dueMs === undefined) return;
    for (const twin of this.#lanes.get(key) ?? []) {
      if (!((this.#toldMs.get(twin) ?? Number.NEGATIVE_INFINITY) >= dueMs)) this.#toldMs.set(twin, dueMs);
    }
    this.#dueMs.delete(key);
  }
}

function keyOf({ shard, block }: Pick<TickRecord, 'shard' | 'block'>): string {
  return `${shard} ${block}`;
}
