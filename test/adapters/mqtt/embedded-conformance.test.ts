/** The embedded broker passes the suite of MQTT transports. */

import { createEmbeddedBroker } from '../../../src/adapters/mqtt/index.ts';
import { conformance } from './conformance.ts';

conformance('embedded broker', false, async () => {
  const transport = createEmbeddedBroker({ port: 0 });
  return {
    transport,
    url: () => transport.status().addresses[0] ?? '',
    stop: async () => undefined,
  };
});
