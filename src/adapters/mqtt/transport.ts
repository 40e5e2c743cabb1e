/**
 * What the engine needs of MQTT, whoever the broker is: one port with two adapters, the embedded broker and the
 * client of an external one. Both pass the same conformance suite.
 */

export interface MqttMessage {
  readonly topic: string;
  /** The bytes as they arrived. Valid until the listener returns or its promise settles; copy what you keep. */
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  /** True for a message that the broker had kept from before the subscription. */
  readonly retain: boolean;
}

/**
 * Takes one message. The sender is given its acknowledgement only after the listener has returned, or after the
 * promise that it returned is fulfilled; if it throws or rejects, the message is not acknowledged and comes again.
 */
export type MessageListener = (message: MqttMessage) => undefined | Promise<void>;

export interface PublishOptions {
  /** 0 for states, of which only the newest counts; 1 for events, which are kept while the broker is away. */
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** Something worth a line in the log. */
export interface MqttNote {
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** Every count an MQTT transport keeps, since it was created. Those that do not apply to an adapter stay 0. */
export interface MqttCounters {
  /** Messages handed to the listeners. */
  received: number;
  /** Messages from an external broker that no filter asked for, or that the engine itself had published. */
  ignored: number;
  /** Messages a listener failed on: not acknowledged. */
  undelivered: number;
  /** Messages given to the broker. */
  published: number;
  /** States replaced by newer ones, or given up because a queue was full. */
  droppedStates: number;
  /** Messages of QoS 1 given up because their queue was full. */
  droppedEvents: number;
  /** Connections accepted by the embedded broker, or made to the external one. */
  connections: number;
  /** Connections refused because the embedded broker had its most clients already. */
  refusedConnections: number;
  /** Connections refused because their address had its most already. */
  crowdedAddresses: number;
  /** Connections closed for a packet that is not MQTT, or that came at the wrong time. */
  brokenConnections: number;
  /** Connections closed for a packet larger than the limit. */
  oversizedPackets: number;
  /** Connections closed for publishing to a topic that begins with `$`. */
  reservedTopics: number;
  /** Subscriptions refused, by the embedded broker over its limit, or by the external broker. */
  refusedSubscriptions: number;
  /** Messages not forwarded to a client that reads too slowly. */
  slowReaderDrops: number;
  /** Connections closed because they took nothing for too long. */
  frozenReaders: number;
  /** Messages not kept for an absent client because its queue was full, and sessions given up. */
  sessionDrops: number;
  /** Messages not retained because there were too many retained topics. */
  retainedDrops: number;
}

export interface MqttStatus {
  /** `up`: messages flow. `away`: an external broker cannot be reached just now, and is tried again. */
  readonly state: 'stopped' | 'starting' | 'up' | 'away';
  /** One line for people, such as `connected to mqtt://plant:1883` or why it is not. Never has a password. */
  readonly detail: string;
  /** Where the embedded broker listens, such as `mqtt://127.0.0.1:1883`, or the external broker's address. */
  readonly addresses: readonly string[];
  /** Clients of the embedded broker; 1 or 0 for an external one. */
  readonly clients: number;
  /** Messages waiting to be sent. */
  readonly queued: number;
  readonly counters: Readonly<MqttCounters>;
}

export interface MqttTransport {
  /**
   * Begins. The embedded broker listens when this resolves; an external broker may still be away, which
   * `status()` says: it is tried again until `stop`.
   *
   * @throws GemelError `PORT_IN_USE`, `LISTEN_ADDRESS` (embedded broker).
   */
  start(): Promise<void>;
  /**
   * Sends, or queues while the broker is away. Never waits; what cannot be kept is counted in `status()`.
   *
   * @throws GemelError `TOPIC_INVALID` for an empty topic or one with `+`, `#` or NUL.
   */
  publish(topic: string, payload: string | Uint8Array, options: PublishOptions): void;
  /** Whether anybody may read what is published to this topic; false only if it is known that nobody does. */
  isRead(topic: string): boolean;
  /** Adds filters whose messages reach the listeners. Survives every reconnection. @throws GemelError `TOPIC_INVALID`. */
  subscribe(filters: readonly string[]): void;
  /** @returns what removes the listener again. */
  onMessage(listener: MessageListener): () => void;
  status(): MqttStatus;
  /** Hears what happens to the connection, for the log. @returns what removes the listener again. */
  onStatus(listener: (note: MqttNote) => void): () => void;
  /** Tells the broker that the engine goes (`offline`), sends what is queued if it can, and closes. */
  stop(): Promise<void>;
}

/** Where an engine says whether it is there: retained `{"status":"online"}` or `{"status":"offline"}`. */
export const defaultStatusTopic = 'gemel/status';

export const onlinePayload = '{"status":"online"}';
export const offlinePayload = '{"status":"offline"}';
