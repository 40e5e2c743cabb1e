/** The client of an external broker passes the suite of MQTT transports, with each broker there is. */

import { randomUUID } from 'node:crypto';
import {
  createBrokerClient,
  createEmbeddedBroker,
  stableClientId,
} from '../../../src/adapters/mqtt/index.ts';
import { conformance } from './conformance.ts';
import { createMosquitto, withoutMosquitto } from './support.ts';

conformance('client of mosquitto', withoutMosquitto, async () => {
  const mosquitto = await createMosquitto();
  await mosquitto.start();
  return {
    transport: createBrokerClient({ url: mosquitto.url, clientId: stableClientId(randomUUID()) }),
    url: () => mosquitto.url,
    stop: () => mosquitto.stop(),
  };
});

conformance('client of another Gemel', false, async () => {
  const broker = createEmbeddedBroker({ port: 0, hosts: ['127.0.0.1'], statusTopic: 'other/status' });
  await broker.start();
  const url = broker.status().addresses[0] ?? '';
  return {
    transport: createBrokerClient({ url, clientId: stableClientId(randomUUID()) }),
    url: () => url,
    stop: () => broker.stop(),
  };
});
