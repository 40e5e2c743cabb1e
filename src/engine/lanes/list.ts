/** A list of lanes of a block that are computed together. It grows with need and is used again and again. */

import type { Selection } from '../../core/estimate/index.ts';
import type { BlockMemory } from './memory.ts';

const none: Float64Array = new Float64Array(0);

export class LaneList implements Selection {
  memory = none;
  capacity = 0;
  lanes = new Uint32Array(16);
  count = 0;

  /** Begins anew, with lanes of this memory as it is now. */
  clear({ slots, capacity }: BlockMemory): this {
    this.memory = slots;
    this.capacity = capacity;
    this.count = 0;
    return this;
  }

  push(lane: number): void {
    if (this.count === this.lanes.length) {
      const grown = new Uint32Array(this.count * 2);
      grown.set(this.lanes);
      this.lanes = grown;
    }
    this.lanes[this.count++] = lane;
  }

  /** The lane at a place of the list. */
  at(place: number): number {
    return this.lanes[place] ?? 0;
  }

  /** All lanes of a memory. */
  all(memory: BlockMemory): this {
    this.clear(memory);
    for (let lane = 0; lane < memory.lanes; lane++) this.push(lane);
    return this;
  }

  /** One lane. */
  only(memory: BlockMemory, lane: number): this {
    this.clear(memory);
    this.push(lane);
    return this;
  }
}
