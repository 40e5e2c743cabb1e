/** Blocks of the past as far as they are this replay's: which of its twins were in which lanes. */

import type { TickRecord } from '../journal/index.ts';

type BlockName = Pick<TickRecord, 'shard' | 'block'>;

export interface OwnBlock {
  /** Tells it from all others of this replay. */
  readonly number: number;
  /** How many lanes the block had. */
  readonly lanes: number;
  /** The twins that are ours, by number and by name, and the lanes where they were. */
  readonly twins: readonly number[];
  readonly ids: readonly string[];
  readonly places: Uint32Array;
  /** How many more are ours, but not known well enough to be made again. */
  readonly lost: number;
}

export class OwnBlocks {
  readonly #lanesOf: (block: BlockName) => readonly string[] | undefined;
  readonly #known = new Map<number, OwnBlock>();
  #numbers = 0;

  constructor(lanesOf: (block: BlockName) => readonly string[] | undefined) {
    this.#lanesOf = lanesOf;
  }

  /** Twins came, went or moved. */
  clear(): void {
    this.#known.clear();
  }

  /** @param enter - gives the number of a twin of ours; `lost` if it is not known; undefined if it is not ours. */
  of(block: BlockName, enter: (id: string) => number | 'lost' | undefined): OwnBlock {
    const key = block.shard * 2 ** 32 + block.block;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const lanes = this.#lanesOf(block) ?? [];
    const found = lanes.flatMap((id, place) => {
      const twin = enter(id);
      return twin === undefined ? [] : [{ id, place, twin }];
    });
    const here = found.flatMap(({ id, place, twin }) => (twin === 'lost' ? [] : [{ id, place, twin }]));
    const own = {
      number: this.#numbers++,
      lanes: lanes.length,
      twins: here.map(({ twin }) => twin),
      ids: here.map(({ id }) => id),
      places: Uint32Array.from(here, ({ place }) => place),
      lost: found.length - here.length,
    };
    this.#known.set(key, own);
    return own;
  }
}
