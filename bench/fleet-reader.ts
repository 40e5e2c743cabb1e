/**
 * The reader of `fleet.1000`: a process of its own that subscribes to the states of all twins and notes when they come.
 *
 *   node bench/fleet-reader.ts URL PERIOD_MS
 *
 * It speaks MQTT through the plain packet parser and looks only for the two times in a state, so that a message's own
 * delay is not hidden behind the reader's work for those before it. Times in states are whole milliseconds, rounded
 * down: what is measured is up to 1 ms too much.
 */

import { connect } from 'node:net';
import { generate, parser as createParser } from 'mqtt-packet';
import type { Quantiles, ReaderReport } from './lib/messages.ts';
import { quantile } from './lib/statistics.ts';
import { obey } from './lib/told.ts';

const [url = '', periodText] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const periodMs = Number(periodText);

const beyondTickMs: number[] = [];
const sampleToStateMs: number[] = [];
const states = new Map<string, number>();
let withoutFreshSample = 0;
let arrivedMs = 0;
let cpu = process.cpuUsage();

const socket = connect(Number(port), hostname).setNoDelay();
const parser = createParser({ protocolVersion: 4 });
parser.on('packet', (packet) => {
  if (packet.cmd === 'connack') {
    const subscriptions = [{ topic: 'gemel/+/state', qos: 0 as const }];
    socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions }));
  } else if (packet.cmd === 'suback') {
    ready();
  } else if (packet.cmd === 'publish' && typeof packet.payload !== 'string') {
    take(packet.topic, packet.payload);
  }
});
parser.on('error', fail);
socket.on('error', fail);
socket.on('close', () => process.exit(1));
socket.on('data', (chunk: Buffer) => {
  arrivedMs = Date.now();
  parser.parse(chunk);
});
socket.write(
  generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: 'bench-reader',
    clean: true,
    keepalive: 0,
  }),
);

function take(topic: string, payload: Buffer): void {
  if (!payload.includes('"status":"running"')) return;
  const tickMs = timeAfter(payload, '"time":"', 0);
  const sampleMs = timeAfter(payload, '"speed_setpoint":"', payload.indexOf('"times":'));
  states.set(topic, (states.get(topic) ?? 0) + 1);
  beyondTickMs.push(arrivedMs - tickMs);
  sampleToStateMs.push(arrivedMs - sampleMs);
  if (tickMs - sampleMs > periodMs) withoutFreshSample++;
}

/** The time that stands in quotes after a key. */
function timeAfter(payload: Buffer, key: string, from: number): number {
  const at = payload.indexOf(key, from, 'latin1') + key.length;
  return Date.parse(payload.toString('latin1', at, at + '2026-11-22T13:00:00.500Z'.length));
}

function ready(): void {
  obey({
    begin() {
      beyondTickMs.length = 0;
      sampleToStateMs.length = 0;
      states.clear();
      withoutFreshSample = 0;
      cpu = process.cpuUsage();
    },
    report(): ReaderReport {
      const { user, system } = process.cpuUsage(cpu);
      return {
        states: beyondTickMs.length,
        fewestStates: Math.min(...states.values()),
        twins: states.size,
        beyondTickMs: quantilesOf(beyondTickMs),
        sampleToStateMs: quantilesOf(sampleToStateMs),
        withoutFreshSample: withoutFreshSample / beyondTickMs.length,
        cpuSeconds: (user + system) / 1e6,
      };
    },
  });
}

function quantilesOf(values: readonly number[]): Quantiles {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99), worst: quantile(values, 1) };
}

function fail(error: Error): void {
  console.error(error.message);
  process.exit(1);
}
