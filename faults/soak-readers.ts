/**
 * Who reads while an engine is soaked: twenty readers of the stream, one of MQTT, requests of the page and of the history, and clients of
 * the broker that come and go.
 *
 *   node faults/soak-readers.ts HTTP_URL MQTT_URL
 */

import mqtt from 'mqtt';
import { WebSocket } from 'ws';
import { wait } from '../bench/lib/scope.ts';

const [http = '', broker = ''] = process.argv.slice(2);

for (let i = 0; i < 20; i++) void follow(`machine-${i + 1}*`);
const states = await mqtt.connectAsync(broker, { clientId: 'soak-reader' });
await states.subscribeAsync('gemel/machine-1/state');
for (const path of ['/api/v1/twins/machine-1/state', '/', '/api/v1/alarms', '/metrics']) void ask(path, 50);
void ask('/api/v1/twins/machine-7/history?signal=temperature&last=5min&parts=100', 500);
void comeAndGo();

async function follow(twins: string): Promise<void> {
  for (;;) {
    const socket = new WebSocket(`${http.replace('http', 'ws')}/api/v1/stream`);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', twins: [twins] })));
    socket.on('error', () => undefined);
    socket.on('message', () => undefined);
    await new Promise((resolve) => socket.on('close', resolve));
    await wait(1000);
  }
}

async function ask(path: string, everyMs: number): Promise<void> {
  for (;;) {
    await fetch(`${http}${path}`).then(
      (answer) => answer.arrayBuffer(),
      () => undefined,
    );
    await wait(everyMs);
  }
}

async function comeAndGo(): Promise<void> {
  for (let i = 0; ; i++) {
    const client = await mqtt
      .connectAsync(broker, { clientId: `passer-by-${i}`, reconnectPeriod: 0 })
      .catch(() => undefined);
    await client?.publishAsync('gemel/nobody/telemetry', '{"speed":1}', { qos: 1 }).catch(() => undefined);
    await client?.endAsync(i % 2 === 0);
    await wait(100);
  }
}
