/** MQTT: the engine's port to it, the broker inside the process, the client of one outside, and a plain publisher. */

export { type ReconnectWaits, reconnectWaitMs } from './backoff.ts';
export { type BrokerAddress, stableClientId } from './broker-address.ts';
export { type BrokerClientOptions, createBrokerClient } from './broker-client.ts';
export {
  type ConnectFleetOptions,
  connectFleet,
  eventJson,
  type FleetConnection,
  type FleetConnectionCounters,
  type Publication,
  type PublishingFleet,
} from './connect-fleet.ts';
export {
  type BrokerLimits,
  createEmbeddedBroker,
  defaultBrokerLimits,
  type EmbeddedBrokerOptions,
} from './embedded-broker.ts';
export type { OutgoingLimits } from './outgoing-queue.ts';
export { connectPublisher, type Publisher, type PublisherOptions } from './publisher.ts';
export { FilterSet } from './topics.ts';
export {
  defaultStatusTopic,
  type MessageListener,
  type MqttCounters,
  type MqttMessage,
  type MqttNote,
  type MqttStatus,
  type MqttTransport,
  type PublishOptions,
} from './transport.ts';
