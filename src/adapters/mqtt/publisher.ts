/** A plain publisher for commands that only send, such as `gemel play`: each message is a promise that ends when it is acknowledged. */

import { setTimeout as later } from 'node:timers/promises';
import mqtt from 'mqtt';
import { GemelError } from '../../core/diagnose/index.ts';
import { type BrokerAddress, parseBrokerAddress } from './broker-address.ts';
import { explainConnectionError } from './connection-error.ts';
import { assertTopic } from './topics.ts';
import type { PublishOptions } from './transport.ts';

export interface Publisher {
  /** The address without user and password. */
  readonly address: string;
  /** Resolves once the broker has the message (QoS 1: acknowledged; QoS 0: written), also after a reconnection. */
  publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void>;
  /** Waits for what is on its way, if somebody is there who could acknowledge it, but not for ever. */
  stop(): Promise<void>;
}

export interface PublisherOptions extends BrokerAddress {
  /** Default 10 s. */
  readonly connectTimeoutMs?: number;
  /** A broker that does not answer is waited for so long in the end. Default 2 s. */
  readonly farewellMs?: number;
  /** Told that the broker is gone, and that it is back: meanwhile messages wait. */
  readonly onNote?: (note: string) => void;
}

/**
 * Connects, or fails at once: unlike an engine, a command has somebody waiting for it. Later losses are mended.
 *
 * @throws GemelError `BROKER_URL`, `BROKER_UNREACHABLE`; `publish` throws `TOPIC_INVALID`.
 */
export async function connectPublisher(options: PublisherOptions): Promise<Publisher> {
  const { shown, options: addressOptions } = parseBrokerAddress(options);
  const client = mqtt.connect({
    ...addressOptions,
    protocolVersion: 4,
    clean: true,
    connectTimeout: options.connectTimeoutMs ?? 10_000,
    reconnectPeriod: 1_000,
    reconnectOnConnackError: true,
  });
  await new Promise<void>((resolve, reject) => {
    let problem = 'the connection was closed';
    const refuse = (error: Error): void => {
      problem = explainConnectionError(error);
      fail();
    };
    const fail = (): void => {
      client.end(true);
      reject(
        new GemelError('BROKER_UNREACHABLE', `cannot reach the broker ${shown}: ${problem}`, {
          hint: 'check that the broker runs, and its address, user and password',
        }),
      );
    };
    client.once('connect', () => {
      client.off('error', refuse);
      client.off('close', fail);
      resolve();
    });
    client.once('error', refuse);
    client.once('close', fail);
  });
  tellOfLosses(client, shown, options.onNote ?? (() => undefined));
  return {
    address: shown,
    async publish(topic, payload, { qos, retain }) {
      assertTopic(topic);
      const bytes = typeof payload === 'string' ? payload : Buffer.from(payload);
      await client.publishAsync(topic, bytes, { qos, retain });
    },
    stop: () => end(client, options.farewellMs ?? 2000),
  };
}

function tellOfLosses(client: mqtt.MqttClient, shown: string, tell: (note: string) => void): void {
  let isLost = false;
  client.on('close', () => {
    if (!isLost && !client.disconnecting) tell(`the broker ${shown} is gone; it is tried again every second`);
    isLost = true;
  });
  client.on('connect', () => {
    if (isLost) tell(`the broker ${shown} is there again`);
    isLost = false;
  });
}

async function end(client: mqtt.MqttClient, farewellMs: number): Promise<void> {
  if (client.connected) await Promise.race([client.endAsync(), later(farewellMs, undefined, { ref: false })]);
  else await client.endAsync(true);
  client.stream.destroy();
}
