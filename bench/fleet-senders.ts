/**
 * The machines of `fleet.10000`: a process of its own that sends four measurements of each pump once a second, each pump at
 * its own moment, with QoS 0.
 *
 *   node bench/fleet-senders.ts URL TWINS
 *
 * Packets are written by hand and those of two milliseconds leave together: this process shares two cores with the
 * engine, and what it takes the engine does not have.
 */

import { once } from 'node:events';
import { connect } from 'node:net';
import { generate } from 'mqtt-packet';
import type { MachinesReport } from './lib/messages.ts';
import { obey } from './lib/told.ts';

const [url = '', twinsText] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const twins = Number(twinsText);
const periodMs = 1000;

let sent = 0;
let cpu = process.cpuUsage();

const socket = connect(Number(port), hostname).setNoDelay();
socket.on('error', fail);
socket.on('close', () => process.exit(1));
socket.write(
  generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: 'bench-senders',
    clean: true,
    keepalive: 0,
  }),
);
await once(socket, 'data');

// Drift-free: message k is due at k · period / twins after the start.
const startMs = performance.now();
let next = 0;
setInterval(() => {
  const due = Math.floor(((performance.now() - startMs) * twins) / periodMs);
  const time = new Date().toISOString();
  const packets: Buffer[] = [];
  for (; next <= due; next++) packets.push(packetOf(next % twins, time));
  sent += packets.length;
  socket.write(Buffer.concat(packets));
}, 2);

obey({
  begin() {
    sent = 0;
    cpu = process.cpuUsage();
  },
  report(): MachinesReport {
    const { user, system } = process.cpuUsage(cpu);
    return { sent, unacknowledged: 0, cpuSeconds: (user + system) / 1e6 };
  },
});

/** PUBLISH with QoS 0: type, remaining length (7 bits a byte), length of the topic, topic, payload. */
function packetOf(twin: number, time: string): Buffer {
  const topic = `gemel/pump-${twin + 1}/telemetry`;
  const payload = telemetry(time);
  const length = 2 + topic.length + payload.length;
  const packet = Buffer.allocUnsafe(3 + length);
  packet[0] = 0x30;
  packet[1] = (length & 0x7f) | 0x80;
  packet[2] = length >> 7;
  packet.writeUInt16BE(topic.length, 3);
  packet.write(topic, 5, 'latin1');
  packet.write(payload, 5 + topic.length, 'latin1');
  return packet;
}

/** With the digits that sensors send. */
function telemetry(time: string): string {
  const near = (value: number, deviation: number, digits: number) =>
    (value + deviation * (2 * Math.random() - 1)).toFixed(digits);
  return (
    `{"time":"${time}","speed":${near(2900, 3, 1)},"flow":${near(161, 0.8, 2)},` +
    `"motor_power":${near(22.18, 0.05, 3)},"bearing_temperature":${near(48.3, 0.2, 2)}}`
  );
}

function fail(error: Error): void {
  console.error(error.message);
  process.exit(1);
}
