/**
 * What one writes oneself: a client of mqtt.js that reads every machine's telemetry from a broker with QoS 1, and counts the
 * messages that it has parsed.
 *
 *   node bench/peers/mqtt-reader.ts URL
 */

import mqtt from 'mqtt';
import { obey } from '../lib/told.ts';

const [url = ''] = process.argv.slice(2);
let received = 0;

const client = await mqtt.connectAsync(url, { clientId: 'reader', reconnectPeriod: 0 });
client.on('message', (_topic, payload) => {
  const values = JSON.parse(payload.toString()) as Readonly<Record<string, unknown>>;
  if (typeof values['time'] === 'number') received++;
});
await client.subscribeAsync('gemel/+/telemetry', { qos: 1 });

obey({
  begin() {
    received = 0;
  },
  report: () => ({ received }),
});
