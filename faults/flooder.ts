/**
 * A process that floods a broker and a page, from an address of its own, and prints what it has done, until it is ended.
 *
 *   node faults/flooder.ts HTTP_PORT MQTT_PORT
 */

import http from 'node:http';
import net from 'node:net';
import { wait } from '../bench/lib/scope.ts';

const [httpPort = 0, mqttPort = 0] = process.argv.slice(2).map(Number);
/** Limits by address must not hit the machines. */
const localAddress = '127.0.0.2';
const done = { 'giant frames': 0, 'malformed frames': 0, 'wrong topics': 0, connects: 0, requests: 0 };

setInterval(() => console.log(JSON.stringify(done)), 200);

for (let i = 0; i < 3; i++) {
  void again(giantFrame);
  void again(malformedFrames);
  void again(wrongTopics);
  void again(badRequest);
}
void again(silentConnects);
for (let i = 0; i < 20; i++) void again(read);

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

async function read(): Promise<void> {
  await request('GET', '/api/v1/twins');
}

function request(method: string, path: string, body?: Buffer): Promise<void> {
  done.requests++;
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const sent = http.request({ port: httpPort, host: '127.0.0.1', localAddress, method, path, headers });
    sent.setTimeout(2000, () => sent.destroy());
    sent.on('error', () => resolve());
    sent.on('close', () => resolve());
    sent.on('response', (answer) => answer.resume());
    sent.end(body);
  });
}
