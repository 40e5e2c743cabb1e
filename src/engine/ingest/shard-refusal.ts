/** A sample that a shard refused, as readers are told of it: in words, and in the signal's own unit. */

import { fromSi } from '../../core/units/index.ts';
import { shardReasons, type ShardRefusal } from '../protocol/index.ts';
import type { Target } from './ingest.ts';
import type { RefusalReason, Refused } from './refusal.ts';

const messages = {
  'out-of-order': 'a newer sample of this signal was already applied',
  repeated: 'the same value with the same time was already applied',
  replaced: 'another value of the same signal and time came before its tick',
  'too-late': 'it came later than the lateness that the twin allows',
  'queue-full': 'too many samples waited for their tick, and this was the oldest',
  'unknown-twin': 'the twin ended before its tick',
} as const satisfies Record<ShardRefusal['reason'], string>;

/** Undefined for a twin or signal that is not there any more. */
export function describeRefusal(
  { reason, atMs, signal, timeMs, value }: ShardRefusal,
  target: Target | undefined,
): Refused | undefined {
  const described = target?.table.signals[signal];
  if (target === undefined || described === undefined) return undefined;
  const shown = Number(fromSi(value, described.unit).toPrecision(6));
  const got = `${shown} ${described.unit.symbol} at ${new Date(timeMs).toISOString()}`;
  return { reason, atMs, twin: target.config.id, signal: described.name, got, message: messages[reason] };
}

/** All refusals by reason: those at the door, and those of the shards. */
export function addCounts(
  door: Readonly<Record<RefusalReason, number>>,
  shards: Readonly<Record<string, number>>,
): Record<RefusalReason, number> {
  const total = { ...door };
  for (const reason of shardReasons) total[reason] += shards[reason] ?? 0;
  return total;
}
