/**
 * The broker inside the engine's process: aedes, with every limit set on purpose.
 *
 * Messages reach the engine through `authorizePublish`, the only hook that aedes runs before it acknowledges: the
 * acknowledgement is held until the engine has taken the message. What the engine publishes goes to subscribers
 * only, never back into the engine.
 */

import type { EventEmitter } from 'node:events';
import type net from 'node:net';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import { Addresses } from './addresses.ts';
import { BoundedSessions } from './broker-sessions.ts';
import { createCounters } from './counters.ts';
import { Express } from './express.ts';
import { type Gate, guard } from './gate.ts';
import { createInbox } from './inbox.ts';
import { listen, type Listening } from './listen.ts';
import { createNotes } from './notes.ts';
import { neverWait, watchFrozen } from './slow-readers.ts';
import { assertTopic, FilterSet, isFilter, isTopic } from './topics.ts';
import { Turns } from './turns.ts';
import {
  defaultStatusTopic,
  type MqttStatus,
  type MqttTransport,
  offlinePayload,
  onlinePayload,
} from './transport.ts';

export interface BrokerLimits {
  /** Connections at a time. Default 1,000. */
  readonly clients: number;
  /**
   * Connections of one address at a time, so that one does not take them all. Default 900, or nine tenths of `clients`: behind one
   * gateway there may be nearly all machines, and on this computer nearly all programs.
   */
  readonly clientsPerAddress: number;
  /** The largest packet a client may send, with its header. Default 1 MiB. */
  readonly packetBytes: number;
  /** Levels of a topic. Default 32. */
  readonly topicLevels: number;
  /** Filters a client may subscribe to. Default 1,000. */
  readonly subscriptions: number;
  /** How long a new connection may take to say CONNECT. Default 10 s. */
  readonly connectTimeoutMs: number;
  /** A client that has messages to take and takes none for so long is closed. Default 30 s. */
  readonly frozenMs: number;
  /**
   * A client with so many bytes unsent gets no further messages of QoS 0 until it has read, and with twice as
   * many none at all. Default 8 MiB.
   */
  readonly behindBytes: number;
  /** Messages of the engine on their way to subscribers; above it states are dropped. Default 20,000. */
  readonly publishing: number;
  /** Messages kept for one absent client with a persistent session. Default 1,000. */
  readonly sessionMessages: number;
  /** Persistent sessions; the one longest away is given up first. Default 1,000. */
  readonly sessions: number;
  /** Topics with a retained message. Default 10,000. */
  readonly retained: number;
}

export const defaultBrokerLimits: BrokerLimits = {
  clients: 1_000,
  clientsPerAddress: 900,
  packetBytes: 1_048_576,
  topicLevels: 32,
  subscriptions: 1_000,
  connectTimeoutMs: 10_000,
  frozenMs: 30_000,
  behindBytes: 8_388_608,
  publishing: 20_000,
  sessionMessages: 1_000,
  sessions: 1_000,
  retained: 10_000,
};

export interface EmbeddedBrokerOptions {
  /** Where to listen. Default `127.0.0.1` and `::1`; an IPv6 address that is not there is only noted. */
  readonly hosts?: readonly string[];
  /** 0 for any free port: see `status().addresses`. */
  readonly port: number;
  readonly limits?: Partial<BrokerLimits>;
  /** Where the engine says that it is there. Default `gemel/status`. */
  readonly statusTopic?: string;
}

/** aedes forwards so many messages at once; more wait in line. Its default is 100. */
const concurrency = 10_000;

/** Packets taken from a client that goes on sending before its CONNECT is answered. aedes has 42. */
const earlyPackets = 10_000;

/** Creates the embedded broker; `start` makes it listen. Once stopped it is not started again. */
export function createEmbeddedBroker(options: EmbeddedBrokerOptions): MqttTransport {
  const limits = limitsOf(options.limits ?? {});
  const statusTopic = options.statusTopic ?? defaultStatusTopic;
  const counters = createCounters();
  const notes = createNotes();
  const inbox = createInbox(counters, notes);
  const filters = new FilterSet();
  const sockets = new Set<net.Socket>();
  const addressesThere = new Addresses();
  const gates = new WeakMap<Client['conn'], Gate>();
  const subscriptions = new WeakMap<Client, Set<string>>();
  let state: MqttStatus['state'] = 'stopped';
  let listening: Listening | undefined;
  /** All that anybody has ever subscribed to here, since sessions come back; undefined once that is too much to ask. */
  let read: FilterSet | undefined = new FilterSet();
  let publishing = 0;
  let unwatch: () => void = () => undefined;
  const express = new Express({ inbox, isOurs });
  const turns = new Turns();

  const aedes = new Aedes({
    concurrency,
    queueLimit: earlyPackets,
    connectTimeout: limits.connectTimeoutMs,
    maxTopicLevels: limits.topicLevels,
    maxClientsIdLength: 128,
    persistence: new BoundedSessions(limits, counters, isConnected),
    authorizePublish: (_client, packet, done) => take(packet, done),
    authorizeSubscribe: (client, subscription, done) => {
      const own = subscriptions.get(client) ?? new Set();
      subscriptions.set(client, own);
      if (!own.has(subscription.topic) && own.size >= limits.subscriptions) {
        counters.refusedSubscriptions += 1;
        done(null, null);
        return;
      }
      own.add(subscription.topic);
      noteReader(subscription.topic);
      done(null, subscription);
    },
    authorizeForward: (client, packet) => {
      const allowedBytes = limits.behindBytes * (packet.qos === 0 ? 1 : 2);
      if (client.conn.writableLength <= allowedBytes) return packet;
      counters.slowReaderDrops += 1;
      notes.saySometimes('slow', {
        level: 'warning',
        message: `MQTT client ${client.id} reads too slowly: messages to it are dropped`,
      });
      return null;
    },
  });
  aedes.on('client', () => {
    counters.connections += 1;
  });
  aedes.on('clientReady', ({ conn }) => gates.get(conn)?.open());
  aedes.on('unsubscribe', (topics, client) => {
    for (const topic of topics) subscriptions.get(client)?.delete(topic);
  });
  aedes.on('connectionError', (_client, error) => broken(error));
  aedes.on('clientError', (client, error) => broken(error, client.id));
  const emitter: EventEmitter = aedes;
  emitter.on('error', (error: Error) => {
    notes.saySometimes('broker', { level: 'error', message: `the embedded broker failed: ${error.message}` });
  });

  return {
    async start() {
      state = 'starting';
      await aedes.listen();
      try {
        listening = await listen({
          hosts: options.hosts ?? ['127.0.0.1', '::1'],
          port: options.port,
          onSocket: welcome,
          onError: (error) => notes.say({ level: 'error', message: `MQTT listener: ${error.message}` }),
        });
      } catch (error) {
        state = 'stopped';
        await new Promise<void>((resolve) => aedes.close(resolve));
        throw error;
      }
      state = 'up';
      unwatch = watchFrozen(sockets, limits.frozenMs, (socket) => {
        counters.frozenReaders += 1;
        notes.saySometimes('frozen', {
          level: 'warning',
          message: `an MQTT client that took nothing for ${limits.frozenMs / 1_000} s is closed`,
        });
        socket.destroy();
      });
      send(statusTopic, onlinePayload, { qos: 1, retain: true });
      for (const host of listening.absent) {
        notes.say({ level: 'info', message: `MQTT does not listen on ${host}: this computer has no IPv6` });
      }
      notes.say({ level: 'info', message: `MQTT broker on ${addresses().join(' and ')}` });
    },
    publish(topic, payload, publishOptions) {
      assertTopic(topic);
      if (state !== 'up') {
        counters[publishOptions.qos === 0 ? 'droppedStates' : 'droppedEvents'] += 1;
        return;
      }
      // Events are rare and go through up to twice the limit.
      if (publishing >= limits.publishing * (publishOptions.qos === 0 ? 1 : 2)) {
        counters[publishOptions.qos === 0 ? 'droppedStates' : 'droppedEvents'] += 1;
        return;
      }
      send(topic, payload, publishOptions);
    },
    isRead: (topic) => read === undefined || read.matches(topic),
    subscribe(wanted) {
      for (const filter of wanted) filters.add(filter);
      express.forget();
    },
    onMessage: (listener) => inbox.on(listener),
    onStatus: (listener) => notes.on(listener),
    status: () => ({
      state,
      detail: state === 'up' ? `embedded broker on ${addresses().join(' and ')}` : `embedded broker ${state}`,
      addresses: addresses(),
      clients: listening === undefined ? 0 : aedes.connectedClients,
      queued: publishing,
      counters: { ...counters },
    }),
    async stop() {
      if (listening === undefined) return;
      const closing = listening;
      listening = undefined;
      state = 'stopped';
      unwatch();
      await new Promise<void>((resolve) =>
        send(statusTopic, offlinePayload, { qos: 1, retain: true }, resolve),
      );
      // What was just written is still corked: it leaves at the end of this turn of the loop.
      await new Promise((resolve) => setImmediate(resolve));
      const closed = closing.close();
      await new Promise<void>((resolve) => aedes.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };

  function addresses(): readonly string[] {
    if (listening === undefined) return [];
    const { hosts, port } = listening;
    return hosts.map((host) => `mqtt://${host.includes(':') ? `[${host}]` : host}:${port}`);
  }

  function noteReader(filter: string): void {
    if (read === undefined || read.has(filter)) return;
    express.forget();
    if (read.size >= limits.subscriptions) read = undefined;
    // What is no filter the broker itself refuses.
    else if (isFilter(filter)) read.add(filter);
  }

  /** Whether only the engine reads a topic, and a client may publish to it. */
  function isOurs(topic: string): boolean {
    if (read === undefined || read.matches(topic) || !filters.matches(topic)) return false;
    return isTopic(topic) && !topic.startsWith('$') && topic.split('/').length <= limits.topicLevels;
  }

  function isConnected(clientId: string): boolean {
    return Object.hasOwn(connectedClients(aedes), clientId);
  }

  function welcome(socket: net.Socket): void {
    const { remoteAddress: from = '' } = socket;
    if (sockets.size >= limits.clients) {
      counters.refusedConnections += 1;
      return turnAway(socket, 'full', `${limits.clients} clients are connected, which is the limit`);
    }
    if (addressesThere.of(from) >= limits.clientsPerAddress) {
      counters.crowdedAddresses += 1;
      const why = `${from} has ${limits.clientsPerAddress} connections, which is the limit of one address`;
      return turnAway(socket, 'crowded', why);
    }
    sockets.add(socket);
    addressesThere.enter(from);
    socket.once('close', () => {
      sockets.delete(socket);
      addressesThere.leave(from);
    });
    const gate = guard(socket, {
      packetBytes: limits.packetBytes,
      express,
      turns,
      onOversized: (bytes) => {
        counters.oversizedPackets += 1;
        notes.saySometimes('oversized', {
          level: 'warning',
          message: `MQTT packet of ${bytes} bytes refused, its client closed: the limit is ${limits.packetBytes}`,
        });
      },
    });
    gates.set(socket, gate);
    neverWait(socket);
    aedes.handle(socket);
  }

  function turnAway(socket: net.Socket, topic: string, why: string): void {
    socket.on('error', () => undefined);
    socket.destroy();
    notes.saySometimes(topic, { level: 'warning', message: `MQTT connection refused: ${why}` });
  }

  function take(packet: PublishPacket, done: (error?: Error | null) => void): void {
    if (packet.topic.startsWith('$')) {
      counters.reservedTopics += 1;
      done(new Refusal(`topic ${packet.topic} is reserved for the broker`));
      return;
    }
    if (!filters.matches(packet.topic)) {
      done(null);
      return;
    }
    const { topic, payload, qos, retain } = packet;
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    inbox.deliver({ topic, payload: bytes, qos, retain }, (error) => {
      done(error === undefined ? null : new Refusal(error.message));
    });
  }

  function send(
    topic: string,
    payload: string | Uint8Array,
    { qos, retain }: { readonly qos: 0 | 1; readonly retain: boolean },
    sent?: () => void,
  ): void {
    publishing += 1;
    counters.published += 1;
    const packet = { cmd: 'publish' as const, topic, payload: Buffer.from(payload), qos, retain, dup: false };
    aedes.publish(packet, () => {
      publishing -= 1;
      sent?.();
    });
  }

  function broken(error: Error, clientId?: string): void {
    // A peer that just went away sent nothing wrong, and refusals are counted already.
    const gone = 'code' in error && ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(String(error.code));
    if (gone || error instanceof Refusal) return;
    counters.brokenConnections += 1;
    notes.saySometimes('broken', {
      level: 'warning',
      message: `MQTT connection${clientId === undefined ? '' : ` of ${clientId}`} closed: ${error.message}`,
    });
  }
}

function limitsOf(given: Partial<BrokerLimits>): BrokerLimits {
  const limits = { ...defaultBrokerLimits, ...given };
  return { ...limits, clientsPerAddress: given.clientsPerAddress ?? Math.ceil(0.9 * limits.clients) };
}

/** Closes a client for a reason that has a counter of its own: MQTT 3.1.1 has no milder answer to a message. */
class Refusal extends Error {}

/** aedes keeps its clients by identifier in a property that its types leave out. */
function connectedClients(aedes: Aedes): object {
  return 'clients' in aedes && typeof aedes.clients === 'object' && aedes.clients !== null
    ? aedes.clients
    : {};
}
