/** The counters of a transport, all at zero. */

import type { MqttCounters } from './transport.ts';

export function createCounters(): MqttCounters {
  return {
    received: 0,
    ignored: 0,
    undelivered: 0,
    published: 0,
    droppedStates: 0,
    droppedEvents: 0,
    connections: 0,
    refusedConnections: 0,
    crowdedAddresses: 0,
    brokenConnections: 0,
    oversizedPackets: 0,
    reservedTopics: 0,
    refusedSubscriptions: 0,
    slowReaderDrops: 0,
    frozenReaders: 0,
    sessionDrops: 0,
    retainedDrops: 0,
  };
}
