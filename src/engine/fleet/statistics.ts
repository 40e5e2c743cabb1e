/** What a fleet counts, gathered from those who count it. */

import { addCounts, type Ingest, type RefusalReason } from '../ingest/index.ts';
import type { ShardClient } from '../members/index.ts';
import { type ShardCounters, sumCounters } from '../protocol/index.ts';
import type { Saving } from '../recovery/index.ts';
import type { FleetStatistics } from './fleet.ts';

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
