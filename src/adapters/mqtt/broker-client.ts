/**
 * An external broker, reached with mqtt.js.
 *
 * What is ours and not the library's: the waits between attempts (growing, with jitter; the library's are fixed),
 * the subscriptions (renewed whenever the broker has no session of ours), the queue of what is to be sent (bounded;
 * the library's is not), and the acknowledgement, which is sent only after the engine has taken the message.
 *
 * MQTT 3.1.1 is spoken, which every broker understands.
 */

import net from 'node:net';
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient, Store } from 'mqtt';
import { explainConnectionError } from './connection-error.ts';
import { reconnectWaitMs, type ReconnectWaits } from './backoff.ts';
import { type BrokerAddress, parseBrokerAddress } from './broker-address.ts';
import { createCounters } from './counters.ts';
import { createInbox } from './inbox.ts';
import { createNotes } from './notes.ts';
import { type OutgoingLimits, type OutgoingMessage, OutgoingQueue } from './outgoing-queue.ts';
import { assertTopic, FilterSet } from './topics.ts';
import {
  defaultStatusTopic,
  type MqttStatus,
  type MqttTransport,
  offlinePayload,
  onlinePayload,
} from './transport.ts';

export interface BrokerClientOptions extends BrokerAddress {
  /** The same at every start of the same project, and of no other client: see `stableClientId`. */
  readonly clientId: string;
  /** Where the engine says that it is there, and the broker that it is not. Default `gemel/status`. */
  readonly statusTopic?: string;
  /** Default 30. A broker that is silent for one and a half of it is given up. */
  readonly keepaliveSeconds?: number;
  /** How long the broker may take to answer a connection. Default 10 s. */
  readonly connectTimeoutMs?: number;
  readonly reconnect?: Partial<ReconnectWaits>;
  readonly queue?: Partial<OutgoingLimits>;
  /** Uniform in [0, 1); for tests. */
  readonly random?: () => number;
}

/** Messages of QoS 1 not yet acknowledged, and as many of QoS 0 not yet written; the rest waits in our queue. */
const window = 500;
/** Filters in one SUBSCRIBE: brokers limit the size of a packet. */
const filtersAtOnce = 200;
/** `start` does not wait longer than this for the first attempt. */
const patienceMs = 2_000;
/** A connection that lasts less does not set the waits back: two engines of one identifier throw each other out. */
const steadyMs = 5_000;
/** How long `stop` waits for what is still to be acknowledged. */
const farewellMs = 2_000;

/**
 * Creates the client of an external broker; `start` connects it.
 *
 * @throws GemelError `BROKER_URL`.
 */
export function createBrokerClient(options: BrokerClientOptions): MqttTransport {
  const { shown, options: addressOptions } = parseBrokerAddress(options);
  const statusTopic = options.statusTopic ?? defaultStatusTopic;
  const waits = { firstMs: 1_000, longestMs: 30_000, ...options.reconnect };
  const random = options.random ?? Math.random;
  const counters = createCounters();
  const notes = createNotes();
  const inbox = createInbox(counters, notes);
  const filters = new FilterSet();
  const queue = new OutgoingQueue({ states: 10_000, events: 10_000, ...options.queue }, counters);
  /** Topics we publish to and also listen to: their messages are our own, come back. */
  const echoes = new Set<string>();

  let state: MqttStatus['state'] = 'stopped';
  let problem = '';
  let attempt = 0;
  let connectedAtMs = 0;
  let sessionSubscribed = false;
  let unacknowledged = 0;
  let unwritten = 0;
  let pumping = false;
  let stopping = false;
  let connectionNumber = 0;
  let timer: NodeJS.Timeout | undefined;
  let firstAttemptDone: () => void = () => undefined;

  const stores = { incomingStore: new Store(), outgoingStore: new Store() };
  const client = mqtt.connect({
    ...addressOptions,
    ...stores,
    manualConnect: true,
    clientId: options.clientId,
    clean: false,
    protocolVersion: 4,
    keepalive: options.keepaliveSeconds ?? 30,
    connectTimeout: options.connectTimeoutMs ?? 10_000,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    will: { topic: statusTopic, payload: Buffer.from(offlinePayload), qos: 1, retain: true },
  } satisfies IClientOptions);

  client.handleMessage = (packet, done) => receive(packet, done);
  client.on('connect', (connack) => connected(connack.sessionPresent));
  client.on('error', (error) => {
    problem = explainConnectionError(error);
  });
  client.on('close', lost);

  return {
    async start() {
      state = 'starting';
      const first = new Promise<void>((resolve) => {
        firstAttemptDone = resolve;
      });
      client.connect();
      await settled(first, patienceMs);
    },
    publish(topic, payload, publishOptions) {
      assertTopic(topic);
      if (filters.matches(topic)) echoes.add(topic);
      queue.add({ topic, payload, options: publishOptions });
      pump();
    },
    // Who reads at a broker outside only that one knows.
    isRead: () => true,
    subscribe(wanted) {
      const fresh = wanted.filter((filter) => filters.add(filter));
      if (state === 'up') subscribeTo(fresh);
    },
    onMessage: (listener) => inbox.on(listener),
    onStatus: (listener) => notes.on(listener),
    status: () => ({
      state,
      detail: detail(),
      addresses: [shown],
      clients: state === 'up' ? 1 : 0,
      queued: queue.size + unacknowledged,
      counters: { ...counters },
    }),
    async stop() {
      if (state === 'stopped' || stopping) return;
      stopping = true;
      clearTimeout(timer);
      const wasUp = state === 'up';
      // A connection that is lost meanwhile ends each of the waits.
      const gone = new Promise<void>((resolve) => client.once('close', () => resolve()));
      const farewell = (promise: Promise<unknown>) => settled(Promise.race([promise, gone]), farewellMs);
      if (wasUp) {
        await farewell(sentAll());
        await farewell(publishStatus(offlinePayload));
      }
      state = 'stopped';
      firstAttemptDone();
      await farewell(client.endAsync(!wasUp));
      // A broker that does not answer is left without a farewell, so that its will message says it.
      client.stream?.destroy();
      notes.say({ level: 'info', message: `disconnected from ${shown}` });
    },
  };

  async function sentAll(): Promise<void> {
    while (queue.size + unacknowledged > 0 && client.connected) {
      pump();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  function detail(): string {
    switch (state) {
      case 'up':
        return `connected to ${shown}`;
      case 'stopped':
        return `not connected to ${shown}`;
      default:
        return problem === '' ? `connecting to ${shown}` : `trying to reach ${shown}: ${problem}`;
    }
  }

  function connected(sessionPresent: boolean): void {
    connectionNumber += 1;
    connectedAtMs = performance.now();
    counters.connections += 1;
    problem = '';
    state = 'up';
    noDelay(client);
    notes.say({
      level: 'info',
      message: `connected to ${shown}${sessionPresent ? ', session continued' : ''}`,
    });
    // A session of an earlier run may lack filters that are new in this one.
    if (!sessionPresent || !sessionSubscribed) subscribeTo(filters.all());
    void publishStatus(onlinePayload);
    pump();
    firstAttemptDone();
  }

  function lost(): void {
    unwritten = 0;
    firstAttemptDone();
    if (stopping || timer !== undefined) return;
    const wasUp = state === 'up';
    if (wasUp && performance.now() - connectedAtMs >= steadyMs) attempt = 0;
    state = 'away';
    if (problem === '') problem = 'the connection was closed';
    if (wasUp || attempt === 0) {
      notes.say({
        level: 'warning',
        message: `${wasUp ? 'lost' : 'cannot reach'} the broker ${shown}: ${problem}`,
        hint: 'it is tried again until it is there; what is to be sent waits in a bounded queue',
      });
    }
    const waitMs = reconnectWaitMs(attempt, waits, random);
    attempt += 1;
    timer = setTimeout(() => {
      timer = undefined;
      client.reconnect(stores);
    }, waitMs);
  }

  function subscribeTo(wanted: readonly string[]): void {
    const present = connectionNumber;
    let open = 0;
    let failed = false;
    for (let from = 0; from < wanted.length; from += filtersAtOnce) {
      open += 1;
      const some = wanted.slice(from, from + filtersAtOnce);
      client.subscribe([...some], { qos: 1 }, (error, granted) => {
        open -= 1;
        if (error !== null && present === connectionNumber && client.connected) {
          failed = true;
          const refused = (granted ?? []).filter((grant) => grant.qos === 128).map((grant) => grant.topic);
          counters.refusedSubscriptions += Math.max(1, refused.length);
          notes.say({
            level: 'error',
            message: `the broker refuses subscriptions, such as to ${(refused[0] ?? some[0]) || '?'}: ${error.message}`,
            hint: 'give the user of Gemel the right to read these topics',
          });
        }
        if (error !== null) failed = true;
        if (open === 0 && !failed) sessionSubscribed = true;
      });
    }
  }

  function receive(packet: IPublishPacket, done: (error?: Error) => void): void {
    const { topic, payload, qos, retain } = packet;
    if (echoes.has(topic) || !filters.matches(topic)) {
      counters.ignored += 1;
      done();
      return;
    }
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    inbox.deliver({ topic, payload: bytes, qos, retain }, (error) => {
      done(error);
      if (error === undefined) return;
      problem = `a message could not be taken: ${error.message}`;
      // Without acknowledgement the broker sends it again, but only on a new connection.
      client.stream.destroy();
    });
  }

  /** Sends from the queue as much as the window lets through. */
  function pump(): void {
    // What is written at once calls back at once: without this it would recurse through the whole queue.
    if (pumping || state !== 'up' || !client.connected) return;
    pumping = true;
    while (unacknowledged < window) {
      const event = queue.takeEvent();
      if (event === undefined) break;
      unacknowledged += 1;
      sendEvent(event);
    }
    while (unwritten < window) {
      const message = queue.takeState();
      if (message === undefined) break;
      unwritten += 1;
      sendState(message);
    }
    pumping = false;
  }

  function sendEvent(event: OutgoingMessage): void {
    client.publish(event.topic, toBuffer(event.payload), event.options, (error) => {
      unacknowledged -= 1;
      if (error === undefined || error === null) counters.published += 1;
      else if (!stopping) queue.add(event);
      pump();
    });
  }

  function sendState(message: OutgoingMessage): void {
    const present = connectionNumber;
    client.publish(message.topic, toBuffer(message.payload), message.options, (error) => {
      if (error === undefined || error === null) counters.published += 1;
      else counters.droppedStates += 1;
      // A lost connection has set the count back already.
      if (present === connectionNumber && client.connected) {
        unwritten -= 1;
        pump();
      }
    });
  }

  function publishStatus(payload: string): Promise<void> {
    return new Promise((resolve) => {
      client.publish(statusTopic, payload, { qos: 1, retain: true }, () => resolve());
    });
  }
}

function toBuffer(payload: string | Uint8Array): string | Buffer {
  return typeof payload === 'string' ? payload : Buffer.from(payload);
}

/** Waits for the promise, however it ends, but not longer than `limitMs`. */
async function settled(promise: Promise<unknown>, limitMs: number): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    limit = setTimeout(resolve, limitMs);
  });
  await Promise.race([promise.catch(() => undefined), patience]);
  clearTimeout(limit);
}

/** Small packets must not wait for the acknowledgement of the one before. WebSockets see to it themselves. */
function noDelay({ stream }: MqttClient): void {
  if (stream instanceof net.Socket) stream.setNoDelay(true);
}
