/**
 * The machines of `ingest`: a process of its own that publishes with QoS 1, as fast as it is acknowledged or at a given rate,
 * and prints a report when it is done.
 *
 *   node bench/ingest-senders.ts '{"url": "mqtt://127.0.0.1:1883", "connections": 4, …}'
 *
 * Packets are made ahead and only their time and number are written in, and acknowledgements are read by hand: this process
 * shares two cores with what it measures.
 */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate } from 'mqtt-packet';
import type { IngestOrder, IngestReport } from './lib/messages.ts';
import { quantile } from './lib/statistics.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as IngestOrder;
const { url, connections, twins, window, together, messagesPerSecond, warmUpMs, measureMs } = order;
const { hostname, port } = new URL(url);

/** Identifiers of packets, from 1 on: MQTT has two bytes for them. */
const identifiers = 65_535;

/** A packet of each twin, and where its time and its identifier are written in. */
interface Template {
  readonly bytes: Buffer;
  readonly timeAt: number;
  readonly identifierAt: number;
}

class Machine {
  readonly #socket: Socket;
  /** When each unacknowledged message was due, by its identifier. */
  readonly #dueMs = new Float64Array(identifiers + 1);
  #identifier = 0;
  #rest: Buffer = Buffer.alloc(0);
  unacknowledged = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('close', () => fail(new Error('the broker has closed a connection')));
  }

  /** As many at once as may be unacknowledged, in one write or in one each. */
  fill(): void {
    const room = window - this.unacknowledged;
    if (room <= 0) return;
    const nowMs = performance.now();
    this.send(Array.from({ length: room }, () => nowMs));
  }

  send(dueMs: readonly number[]): void {
    const packets = dueMs.map((at) => this.#next(at));
    if (together) this.#socket.write(Buffer.concat(packets));
    // A copy, since the next message of the same twin is written into the same bytes.
    else for (const packet of packets) this.#socket.write(Buffer.from(packet));
  }

  #next(dueMs: number): Buffer {
    this.unacknowledged++;
    this.#identifier = (this.#identifier % identifiers) + 1;
    this.#dueMs[this.#identifier] = dueMs;
    turn = (turn + 1) % twins;
    const template = templates[turn];
    if (template === undefined) throw new RangeError('no such twin');
    const { bytes, timeAt, identifierAt } = template;
    writeTime(bytes, timeAt);
    bytes.writeUInt16BE(this.#identifier, identifierAt);
    return bytes;
  }

  /** Acknowledgements are four bytes each: type, length 2, identifier. */
  #read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const nowMs = performance.now();
    const whole = bytes.length - (bytes.length % 4);
    for (let at = 0; at < whole; at += 4) {
      if (bytes[at] !== 0x40) fail(new Error(`a packet of type ${bytes[at]} came instead of a PUBACK`));
      this.unacknowledged--;
      note(nowMs, nowMs - (this.#dueMs[bytes.readUInt16BE(at + 2)] ?? Number.NaN));
    }
    this.#rest = bytes.subarray(whole);
    if (messagesPerSecond === undefined) this.fill();
  }
}

const templates = Array.from({ length: twins }, (_, i) => templateOf(i + 1));
let turn = 0;
let acknowledged = 0;
let beginMs = Number.POSITIVE_INFINITY;
let endMs = Number.POSITIVE_INFINITY;
const delaysMs: number[] = [];

const machines = await Promise.all(Array.from({ length: connections }, (_, i) => open(i)));
const startMs = performance.now();
beginMs = startMs + warmUpMs;
endMs = beginMs + measureMs;
const pacing = messagesPerSecond === undefined ? undefined : pace(messagesPerSecond);
if (pacing === undefined) for (const machine of machines) machine.fill();
await new Promise((resolve) => setTimeout(resolve, warmUpMs));
const cpu = process.cpuUsage();
await new Promise((resolve) => setTimeout(resolve, measureMs));
const { user, system } = process.cpuUsage(cpu);
clearInterval(pacing);
const report: IngestReport = {
  messagesPerSecond: (acknowledged * 1000) / measureMs,
  unacknowledged: machines.reduce((sum, machine) => sum + machine.unacknowledged, 0),
  delayMs: { p50: quantile(delaysMs, 0.5), p99: quantile(delaysMs, 0.99), worst: quantile(delaysMs, 1) },
  cores: (user + system) / 1000 / measureMs,
};
process.stdout.write(JSON.stringify(report), () => process.exit(0));

/** Message k is due at k / rate after the start, whatever became of those before it. */
function pace(rate: number): NodeJS.Timeout {
  let next = 0;
  return setInterval(() => {
    const due = Math.floor(((performance.now() - startMs) * rate) / 1000);
    const batches = machines.map((): number[] => []);
    for (; next <= due; next++) batches[next % machines.length]?.push(startMs + (next * 1000) / rate);
    for (const [i, batch] of batches.entries()) if (batch.length > 0) machines[i]?.send(batch);
  }, 1);
}

function note(atMs: number, delayMs: number): void {
  if (!(atMs >= beginMs && atMs < endMs)) return;
  acknowledged++;
  // Every tenth is enough for a quantile, and memory is bounded.
  if (acknowledged % 10 === 0 && delaysMs.length < 1_000_000) delaysMs.push(delayMs);
}

async function open(index: number): Promise<Machine> {
  const socket = connect(Number(port), hostname).setNoDelay();
  socket.on('error', fail);
  const clientId = `bench-${process.pid}-${index}`;
  socket.write(
    generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId, clean: true, keepalive: 0 }),
  );
  await once(socket, 'data');
  return new Machine(socket);
}

/** PUBLISH with QoS 1: type, remaining length (7 bits a byte), topic, identifier, payload with the digits that sensors send. */
function templateOf(twin: number): Template {
  const topic = `gemel/machine-${twin}/telemetry`;
  const near = (value: number, deviation: number, digits: number) =>
    (value + deviation * (2 * Math.random() - 1)).toFixed(digits);
  const payload =
    `{"time":${'0'.repeat(13)},"speed":${near(2900, 3, 1)},"flow":${near(161, 0.8, 2)},` +
    `"motor_power":${near(22.18, 0.05, 3)},"bearing_temperature":${near(48.3, 0.2, 2)}}`;
  const length = 4 + topic.length + payload.length;
  const bytes = Buffer.alloc(3 + length);
  bytes[0] = 0x32;
  bytes[1] = (length & 0x7f) | 0x80;
  bytes[2] = length >> 7;
  bytes.writeUInt16BE(topic.length, 3);
  bytes.write(topic, 5, 'latin1');
  const identifierAt = 5 + topic.length;
  bytes.write(payload, identifierAt + 2, 'latin1');
  return { bytes, identifierAt, timeAt: identifierAt + 2 + payload.indexOf('0'.repeat(13)) };
}

/** Unix milliseconds, thirteen digits. */
function writeTime(bytes: Buffer, at: number): void {
  let rest = Date.now();
  for (let digit = 12; digit >= 0; digit--) {
    bytes[at + digit] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

function fail(error: Error): never {
  console.error(error.message);
  process.exit(1);
}
