/**
 * Keeps many clients of MQTT connected, from four addresses of this computer, and tells how many are. One that is cut off tries again
 * after a tenth of a second, as impatient machines do.
 *
 *   node faults/storm-clients.ts PORT COUNT
 */

import net from 'node:net';
import { generate } from 'mqtt-packet';

const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const addresses = ['127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6'];
const againMs = 100;

let connected = 0;
const sockets = new Set<net.Socket>();

process.on('message', () => {
  for (const socket of sockets) socket.resetAndDestroy();
});
process.on('disconnect', () => process.exit(0));
setInterval(() => process.send?.({ connected }), 50);
for (let i = 0; i < count; i++) connect(i);

function connect(index: number): void {
  const localAddress = addresses[index % addresses.length];
  const socket = net.connect({
    port,
    host: '127.0.0.1',
    ...(localAddress !== undefined && { localAddress }),
  });
  let isConnected = false;
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('connect', () => {
    const clientId = `storm-${index}`;
    const hello = {
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: false,
      keepalive: 60,
    } as const;
    socket.write(generate({ ...hello, clientId }));
    const subscriptions = [{ topic: `gemel/block-${1 + (index % 20)}/state`, qos: 0 as const }];
    socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions }));
  });
  socket.once('data', () => {
    isConnected = true;
    connected++;
  });
  socket.resume();
  socket.on('close', () => {
    sockets.delete(socket);
    if (isConnected) connected--;
    setTimeout(() => connect(index), againMs);
  });
}
