/** How often shards that died were started again: one that dies too often is left, for something else must be wrong. */

import { type ShardCounters, withoutGauges } from '../protocol/index.ts';

const limits = { revivals: 3, withinMs: 600_000 } as const;

export class Revivals {
  /** What the dead had counted: totals go on. */
  readonly counters: ShardCounters[] = [];
  readonly #lately: { readonly shard: number; readonly atMs: number }[] = [];

  /** Whether a shard may be started again; if so, it counts as started. */
  allow(shard: number, nowMs: number): boolean {
    const recent = this.#lately.filter((one) => one.shard === shard && nowMs - one.atMs < limits.withinMs);
    if (recent.length >= limits.revivals) return false;
    this.#lately.push({ shard, atMs: nowMs });
    return true;
  }

  retire(counters: ShardCounters | undefined): void {
    if (counters !== undefined) this.counters.push(withoutGauges(counters));
  }
}
