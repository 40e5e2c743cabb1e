/**
 * The machines of `fleet.1000`: a process of its own that sends the telemetry of many pumps over several connections,
 * each pump at its own moment of the period, with QoS 1.
 *
 *   node bench/fleet-machines.ts URL TWINS PERIOD_MS
 */

import mqtt from 'mqtt';
import type { MachinesReport } from './lib/messages.ts';
import { obey } from './lib/told.ts';

const [url = '', twinsText, periodText] = process.argv.slice(2);
const twins = Number(twinsText);
const periodMs = Number(periodText);
const connections = 20;

let sent = 0;
let unacknowledged = 0;
let cpu = process.cpuUsage();

const clients = await Promise.all(
  Array.from({ length: connections }, (_, index) =>
    mqtt.connectAsync(url, { clientId: `bench-machines-${index}`, reconnectPeriod: 0 }),
  ),
);
for (const client of clients) client.on('close', () => process.exit(1));

// Drift-free: message k is due at k · period / twins after the start.
const startMs = performance.now();
let next = 0;
setInterval(() => {
  const due = Math.floor(((performance.now() - startMs) * twins) / periodMs);
  for (; next <= due; next++) send(next % twins);
}, 2);

obey({
  begin() {
    sent = 0;
    cpu = process.cpuUsage();
  },
  report(): MachinesReport {
    const { user, system } = process.cpuUsage(cpu);
    return { sent, unacknowledged, cpuSeconds: (user + system) / 1e6 };
  },
});

function send(twin: number): void {
  sent++;
  unacknowledged++;
  clients[twin % connections]?.publish(
    `gemel/pump-${twin + 1}/telemetry`,
    telemetry(),
    { qos: 1 },
    (error) => {
      if (!error) unacknowledged--;
    },
  );
}

/** All inputs and six measurements, with the digits that sensors send. */
function telemetry(): string {
  const near = (value: number, deviation: number, digits: number) =>
    Number((value + deviation * (2 * Math.random() - 1)).toFixed(digits));
  return JSON.stringify({
    time: new Date().toISOString(),
    speed_setpoint: near(2900, 20, 0),
    valve: 100,
    ambient: near(21, 0.2, 2),
    speed: near(2890, 5, 1),
    flow: near(135, 2, 2),
    discharge_pressure: near(3.9, 0.05, 3),
    motor_power: near(21, 0.1, 3),
    winding_temperature: near(70, 0.5, 2),
    bearing_temperature: near(48, 0.3, 2),
  });
}
