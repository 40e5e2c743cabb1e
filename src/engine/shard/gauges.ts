/** What a shard's counters say of the present, without the lanes that are shadows. */

import type { Block } from '../block/index.ts';
import type { ShardCounters } from '../protocol/index.ts';

const statuses = ['running', 'waiting', 'quarantined'] as const;

/** Overwrites the gauges. */
export function gauge(counters: ShardCounters, blocks: Iterable<Block>, nowMs: number): void {
  counters.running = 0;
  counters.waiting = 0;
  counters.quarantined = 0;
  counters.queueDepth = 0;
  counters.behindSeconds = 0;
  counters.silentSensors = 0;
  for (const block of blocks) {
    const { memory } = block;
    const { status } = memory.frameLayout;
    for (let lane = 0; lane < block.lanes; lane++) {
      const side = block.side(lane);
      if (side === undefined || side.isShadow) continue;
      const name = statuses[memory.note(lane, status)];
      if (name !== undefined) counters[name]++;
      counters.queueDepth += side.samples.waiting;
    }
    counters.silentSensors += block.silentSensors;
    counters.behindSeconds = Math.max(counters.behindSeconds, (nowMs - block.nextDueMs) / 1000);
  }
}
