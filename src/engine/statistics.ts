/** What a fleet counts, gathered from those who count it. */

import type { FleetStatistics } from './fleet.ts';
import type { Ingest } from './ingest.ts';
import type { ShardCounters } from './messages.ts';
import type { RefusalReason } from './refusal.ts';
import { sumCounters } from './reporter.ts';
import type { Saving } from './saving.ts';
import type { ShardClient } from './shard-client.ts';
import { addCounts } from './shard-refusal.ts';

export interface Counted {
  readonly clients: readonly ShardClient[];
  /** Of shards that are no more. */
  readonly retired: readonly ShardCounters[];
  readonly ingest: Ingest['counters'];
  readonly saving: Saving['counters'];
  /** At the door. */
  readonly refused: Readonly<Record<RefusalReason, number>>;
  readonly events: number;
  readonly twins: number;
}

export function statisticsOf(counted: Counted): FleetStatistics {
  const { clients, retired, ingest, saving, refused, events, twins } = counted;
  const known = clients.map(({ counters }) => counters).filter((counters) => counters !== undefined);
  const shards = sumCounters([...known, ...retired]);
  return {
    ...shards,
    ...saving,
    events,
    twins,
    inFlight: clients.reduce((sum, { onTheirWay }) => sum + onTheirWay, 0),
    failedWorkers: clients.filter(({ failure }) => failure !== undefined).length,
    messages: ingest.messages,
    ignoredMessages: ingest.ignored,
    acceptedSamples: ingest.accepted,
    refusedSamples: addCounts(refused, shards.refusedSamples),
  };
}
