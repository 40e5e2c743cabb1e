/**
 * What the embedded broker keeps for absent clients and late subscribers, in memory and within limits.
 *
 * The memory persistence of aedes keeps everything for ever: a client that subscribed once with a persistent
 * session and never comes back would fill the memory. This one bounds the messages of a session, the number of
 * sessions (the one longest away goes first) and the number of retained topics, and counts what it gives up.
 */

import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import type { Client } from 'aedes';
import type AsyncPersistence from 'aedes-persistence/types/asyncPersistence.js';

/** Its types lie in another folder than its code, where an import of the code does not find them. */
const MemoryPersistence = createRequire(import.meta.url)(
  'aedes-persistence/asyncPersistence.js',
) as new () => AsyncPersistence;

export interface SessionLimits {
  /** Messages kept for one absent client. */
  readonly sessionMessages: number;
  readonly sessions: number;
  readonly retained: number;
}

export interface SessionCounters {
  sessionDrops: number;
  retainedDrops: number;
}

type Subscriptions = Parameters<AsyncPersistence['addSubscriptions']>[1];
type AedesPacket = Parameters<AsyncPersistence['outgoingUpdate']>[1];

export class BoundedSessions extends MemoryPersistence {
  readonly #limits: SessionLimits;
  readonly #counters: SessionCounters;
  readonly #isConnected: (clientId: string) => boolean;
  readonly #retained = new Set<string>();
  /** Messages of each session, oldest first; in the order in which the sessions were last opened. */
  readonly #queues = new Map<string, AedesPacket[]>();

  /** @param counters - counted up in place. */
  constructor(limits: SessionLimits, counters: SessionCounters, isConnected: (clientId: string) => boolean) {
    super();
    this.#limits = limits;
    this.#counters = counters;
    this.#isConnected = isConnected;
  }

  /** aedes insists that this is an async function of the object itself. */
  override async setup(broker: unknown): Promise<void> {
    await super.setup(broker);
  }

  override async storeRetained(packet: AedesPacket): Promise<void> {
    if (packet.cmd !== 'publish') return;
    if (packet.payload.length === 0) this.#retained.delete(packet.topic);
    else if (this.#retained.has(packet.topic) || this.#retained.size < this.#limits.retained) {
      this.#retained.add(packet.topic);
    } else {
      this.#counters.retainedDrops += 1;
      return;
    }
    await super.storeRetained(packet);
  }

  override async addSubscriptions(client: Client, subscriptions: Subscriptions): Promise<void> {
    const queue = this.#queues.get(client.id) ?? [];
    this.#queues.delete(client.id);
    this.#queues.set(client.id, queue);
    if (this.#queues.size > this.#limits.sessions) await this.#forgetOldest();
    await super.addSubscriptions(client, subscriptions);
  }

  override async cleanSubscriptions(client: Pick<Client, 'id'>): Promise<void> {
    this.#queues.delete(client.id);
    // The base class looks only at the identifier.
    await super.cleanSubscriptions(client as Client);
  }

  override async outgoingEnqueue(session: { clientId: string }, packet: AedesPacket): Promise<void> {
    this.#enqueue(session.clientId, packet);
  }

  override async outgoingEnqueueCombi(
    sessions: readonly { clientId: string }[],
    packet: AedesPacket,
  ): Promise<void> {
    for (const session of sessions) this.#enqueue(session.clientId, packet);
  }

  /** Notes under which identifier a kept message was sent, or replaces it by the next packet of its exchange. */
  override async outgoingUpdate(client: Client, packet: AedesPacket): Promise<void> {
    const queue = this.#queues.get(client.id) ?? [];
    for (const [index, kept] of queue.entries()) {
      if (kept.brokerId === packet.brokerId) {
        if (kept.brokerCounter !== packet.brokerCounter) continue;
        Object.assign(kept, { messageId: packet.messageId });
        return;
      }
      if (kept.messageId === packet.messageId) {
        queue[index] = packet;
        return;
      }
    }
    // Given up at the limit, and still sent: there is nothing to keep in step.
  }

  override async outgoingClearMessageId(client: Client, packet: AedesPacket): Promise<AedesPacket> {
    const queue = this.#queues.get(client.id) ?? [];
    const index = queue.findIndex((kept) => kept.messageId === packet.messageId);
    const [cleared] = index < 0 ? [] : queue.splice(index, 1);
    return cleared ?? packet;
  }

  override outgoingStream(client: Client): Readable {
    return Readable.from([...(this.#queues.get(client.id) ?? [])]);
  }

  #enqueue(clientId: string, packet: AedesPacket): void {
    const queue = this.#queues.get(clientId);
    if (queue === undefined) return;
    if (queue.length >= this.#limits.sessionMessages) {
      queue.shift();
      this.#counters.sessionDrops += 1;
    }
    queue.push({ ...packet });
  }

  async #forgetOldest(): Promise<void> {
    for (const [id, queue] of this.#queues) {
      if (this.#isConnected(id)) continue;
      this.#counters.sessionDrops += 1 + queue.length;
      await this.cleanSubscriptions({ id });
      return;
    }
  }
}
