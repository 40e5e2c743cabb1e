/**
 * A process that floods a broker and a page, from an address of its own, and prints what it has done, until it is ended.
 *
 *   node faults/flooder.ts HTTP_PORT MQTT_PORT
 */

import http from 'node:http';
import net from 'node:net';
import { WebSocket } from 'ws';
import { wait } from '../bench/lib/scope.ts';

const [httpPort = 0, mqttPort = 0] = process.argv.slice(2).map(Number);
/** Limits by address must not hit the machines. */
const localAddress = '127.0.0.2';
const done = {
  'giant frames': 0,
  'malformed frames': 0,
  'wrong topics': 0,
  connects: 0,
  requests: 0,
  'path tricks': 0,
  'readers that do not read': 0,
  /** Answers that must not be: a file of the computer, or a fault of the program. */
  leaks: 0,
};
/** Of each kind, at a time. */
const deafReaders = 10;

setInterval(() => console.log(JSON.stringify(done)), 200);

for (let i = 0; i < 3; i++) {
  void again(giantFrame);
  void again(malformedFrames);
  void again(wrongTopics);
  void again(badRequest);
}
void again(silentConnects);
for (let i = 0; i < 20; i++) void again(read);
for (let i = 0; i < deafReaders; i++) {
  void again(deafSubscriber);
  void again(deafFollower);
}
void again(pathTricks);

async function again(attack: () => Promise<void>): Promise<void> {
  for (;;) {
    await attack().catch(() => undefined);
    await wait(5);
  }
}

/** MQTT 3.1.1 with a clean session; the name is new each time. */
function connectPacket(): Buffer {
  const id = Buffer.from(`flood-${Math.floor(performance.now() * 1000)}`);
  const body = Buffer.concat([Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, id.length]), id]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

function publishPacket(topic: string, payload: Buffer): Buffer {
  const name = Buffer.from(topic);
  const body = Buffer.concat([Buffer.from([name.length >> 8, name.length & 255]), name, payload]);
  return Buffer.concat([Buffer.from([0x30, ...lengthBytes(body.length)]), body]);
}

function lengthBytes(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; bytes.length === 0 || rest > 0; rest = Math.floor(rest / 128))
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
  return bytes;
}

/** Writes these to the broker, until it closes the connection or half a second has gone by. */
async function tell(parts: Iterable<Uint8Array>): Promise<void> {
  const socket = net.connect({ port: mqttPort, host: '127.0.0.1', localAddress });
  let isOpen = true;
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isOpen = false;
      resolve();
    });
  });
  socket.on('error', () => undefined);
  socket.resume();
  for (const part of parts) {
    if (!isOpen) break;
    if (!socket.write(part))
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
  }
  await Promise.race([closed, wait(500)]);
  socket.destroy();
}

/** Says that 200 megabytes come, and begins with them. */
async function giantFrame(): Promise<void> {
  done['giant frames']++;
  const chunk = Buffer.alloc(65_536, 0x61);
  const header = Buffer.from([0x30, ...lengthBytes(200_000_000), 0, 4]);
  await tell([connectPacket(), header, ...Array.from({ length: 64 }, () => chunk)]);
}

async function malformedFrames(): Promise<void> {
  done['malformed frames']++;
  const noise = Buffer.from(Array.from({ length: 2000 }, (_, i) => (i * 7919 + done.connects) % 256));
  await tell(done['malformed frames'] % 2 === 0 ? [noise] : [connectPacket(), noise]);
}

/** Of nobody, too deep, reserved; and half a megabyte of what is no JSON to a twin that exists. */
async function wrongTopics(): Promise<void> {
  done['wrong topics']++;
  const small = Buffer.from('{"thermometer":1}');
  const topics = ['gemel/nobody/telemetry', 'a/'.repeat(100), '$SYS/broker', 'gemel//telemetry'];
  const large = publishPacket('gemel/block-1/telemetry', Buffer.alloc(500_000, 0x5b));
  const one = topics[done['wrong topics'] % topics.length] ?? '';
  await tell([connectPacket(), ...Array.from({ length: 50 }, () => publishPacket(one, small)), large]);
}

/** Hundreds of connections that say nothing. */
async function silentConnects(): Promise<void> {
  const sockets = Array.from({ length: 300 }, () => {
    done.connects++;
    return net
      .connect({ port: mqttPort, host: '127.0.0.1', localAddress })
      .on('error', () => undefined)
      .resume();
  });
  await wait(500);
  for (const socket of sockets) socket.destroy();
}

/** Too large, no JSON, of nobody. */
async function badRequest(): Promise<void> {
  const bodies = [Buffer.alloc(5_000_000, 0x20), Buffer.from('{"thermometer":'), Buffer.from('{"x":1}')];
  const twin = done.requests % 2 === 0 ? 'block-1' : 'nobody';
  await request('POST', `/api/v1/twins/${twin}/inputs`, bodies[done.requests % bodies.length]);
}

/** Subscribes to everything over MQTT, and reads nothing of it until it is thrown out. */
async function deafSubscriber(): Promise<void> {
  done['readers that do not read']++;
  const socket = net.connect({ port: mqttPort, host: '127.0.0.1', localAddress });
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  // SUBSCRIBE of `#` with QoS 1, packet 1.
  socket.write(Buffer.concat([connectPacket(), Buffer.from([0x82, 6, 0, 1, 0, 1, 0x23, 1])]));
  await wait(200);
  socket.pause();
  await closed;
}

/** Follows all twins over WebSocket, and reads nothing of it. */
async function deafFollower(): Promise<void> {
  done['readers that do not read']++;
  const socket = new WebSocket(`ws://127.0.0.1:${httpPort}/api/v1/stream`, { localAddress });
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.once('open', () => {
    socket.send('{"type":"subscribe","twins":["*"]}');
    socket.pause();
  });
  await closed;
}

const tricks = [
  '/../../../../etc/passwd',
  '/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
  '/studio/..%2f..%2fpackage.json',
  '/studio/%2e%2e/%2e%2e/package.json',
  '/src/..%5c..%5cpackage.json',
  '//etc/passwd',
  '/vendor/....//....//etc/passwd',
  '/api/v1/twins/..%2f..%2f..%2fetc%2fpasswd/state',
  '/api/v1/twins/%00/state',
  '/api/v1/twins/%ff%fe/state',
  '/api/v1/twins/__proto__/state',
  '/api/v1/twins/constructor/history?signal=__proto__',
  `/api/v1/twins/${'a'.repeat(8000)}/state`,
  `/api/v1/twins?${'x=1&'.repeat(2000)}`,
];

async function pathTricks(): Promise<void> {
  const trick = tricks[done['path tricks']++ % tricks.length] ?? '/';
  const { status, text } = await request('GET', trick);
  // 503 says that it is busy; anything else from 500 on is a fault.
  if ((status >= 500 && status !== 503) || /root:|"name": "gemel"/.test(text)) done.leaks++;
}

async function read(): Promise<void> {
  await request('GET', '/api/v1/twins');
}

interface Answer {
  /** 0: none. */
  readonly status: number;
  readonly text: string;
}

function request(method: string, path: string, body?: Buffer): Promise<Answer> {
  done.requests++;
  return new Promise((resolve) => {
    let [status, text] = [0, ''];
    const headers = { 'content-type': 'application/json' };
    const sent = http.request({ port: httpPort, host: '127.0.0.1', localAddress, method, path, headers });
    sent.setTimeout(2000, () => sent.destroy());
    sent.on('error', () => resolve({ status, text }));
    sent.on('close', () => resolve({ status, text }));
    sent.on('response', (answer) => {
      status = answer.statusCode ?? 0;
      answer.on('data', (chunk: Buffer) => {
        if (text.length < 10_000) text += chunk.toString();
      });
    });
    sent.end(body);
  });
}
