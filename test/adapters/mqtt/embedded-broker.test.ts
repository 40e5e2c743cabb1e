/** What only the embedded broker does: addresses, limits, and surviving whatever is sent to its port. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, test } from 'node:test';
import mqttPacket from 'mqtt-packet';
import {
  createEmbeddedBroker,
  type EmbeddedBrokerOptions,
  type MqttNote,
  type MqttTransport,
} from '../../../src/adapters/mqtt/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import { connectClient, type Ear, freePort, until } from './support.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function broker(options: Partial<EmbeddedBrokerOptions> = {}) {
  const transport = createEmbeddedBroker({ port: 0, hosts: ['127.0.0.1'], ...options });
  const taken: string[] = [];
  const notes: MqttNote[] = [];
  transport.onStatus((note) => notes.push(note));
  transport.onMessage(({ payload }) => {
    taken.push(Buffer.from(payload).toString());
    return undefined;
  });
  transport.subscribe(['data/#']);
  await transport.start();
  cleanups.push(() => transport.stop());
  const url = transport.status().addresses[0] ?? '';
  return { transport, taken, notes, url, port: Number(new URL(url).port) };
}

async function client(...args: Parameters<typeof connectClient>): Promise<Ear> {
  const ear = await connectClient(...args);
  cleanups.push(() => ear.client.endAsync(true));
  return ear;
}

async function connection(port: number): Promise<net.Socket> {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'connect');
  cleanups.push(async () => void socket.destroy());
  return socket;
}

const connectPacket = (clientId: string) =>
  mqttPacket.generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId,
    keepalive: 60,
  });

describe('embedded broker: readers', () => {
  test('knows what nobody has ever subscribed to; a session may come back, so a reader counts on', async () => {
    const { transport, url } = await broker();
    assert.equal(transport.isRead('gemel/a/state'), false);
    const { client: reader } = await client(url, ['gemel/+/state', 'gemel/b/events']);
    assert.deepEqual(
      ['gemel/a/state', 'gemel/b/events', 'gemel/a/events'].map((topic) => transport.isRead(topic)),
      [true, true, false],
    );
    await reader.endAsync();
    assert.equal(transport.isRead('gemel/a/state'), true);
  });

  test('beyond its limit of filters it takes everything as read', async () => {
    const { transport, url } = await broker({ limits: { subscriptions: 2 } });
    await client(url, ['a', 'b']);
    assert.equal(transport.isRead('d'), false);
    await client(url, ['c']);
    assert.equal(transport.isRead('d'), true);
  });
});

describe('embedded broker: addresses', () => {
  test('listens on IPv4 and IPv6 at one port, so that localhost works for every client', async (context) => {
    const { transport, port } = await broker({ hosts: ['127.0.0.1', '::1'] });
    const { addresses } = transport.status();
    if (addresses.length === 1) {
      context.skip('this computer has no IPv6');
      return;
    }
    assert.deepEqual(addresses, [`mqtt://127.0.0.1:${port}`, `mqtt://[::1]:${port}`]);
    await client(`mqtt://127.0.0.1:${port}`);
    await client(`mqtt://[::1]:${port}`);
    assert.equal(transport.status().clients, 2);
  });

  test('an IPv6 address that is not there is a note, not a failure', async () => {
    const { transport, notes } = await broker({ hosts: ['127.0.0.1', '2001:db8::1'] });
    assert.equal(transport.status().addresses.length, 1);
    assert.ok(notes.some(({ message }) => message.includes('does not listen on 2001:db8::1')));
  });

  test('a port in use says which and what to do, and leaves nothing open', async () => {
    const { port } = await broker();
    const second = createEmbeddedBroker({ port, hosts: ['127.0.0.1'] });
    await assert.rejects(second.start(), (error: Error & { code?: string; hint?: string }) => {
      assert.equal(error.code, 'PORT_IN_USE');
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}`));
      assert.match(error.hint ?? '', new RegExp(`port: ${port + 1}.*url: mqtt://localhost:${port}`));
      return true;
    });
    assert.equal(second.status().state, 'stopped');
    await second.stop();
  });

  test('a port in use on the second address only is refused too', async () => {
    const port = await freePort();
    const other = net.createServer().listen(port, '127.0.0.2');
    await once(other, 'listening');
    cleanups.push(() => new Promise((resolve) => other.close(() => resolve())));
    const transport = createEmbeddedBroker({ port, hosts: ['127.0.0.1', '127.0.0.2'] });
    await assert.rejects(transport.start(), { code: 'PORT_IN_USE' });
    const first = net.createServer().listen(port, '127.0.0.1');
    await once(first, 'listening');
    first.close();
  });

  test('what is not an address of this computer is refused', async () => {
    const transport = createEmbeddedBroker({ port: 0, hosts: ['192.0.2.1'] });
    await assert.rejects(transport.start(), { code: 'LISTEN_ADDRESS' });
  });
});

describe('embedded broker: acknowledgement', () => {
  test('is held until the engine has the message', async () => {
    const { transport, url } = await broker();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    transport.onMessage(() => held);
    const { client: machine } = await client(url);
    let acknowledged = false;
    const published = machine.publishAsync('data/a', 'x', { qos: 1 }).then(() => {
      acknowledged = true;
    });
    await until('it is taken', () => transport.status().counters.received === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(acknowledged, false);
    release();
    await published;
  });
});

describe('embedded broker: what clients may not do', () => {
  test('1,000 connections of bytes that are not MQTT: each is closed, counted, and the others go on', async () => {
    const { transport, taken, url, port, notes } = await broker();
    const { client: machine } = await client(url);
    const rng = new Rng(20_261_122);
    const good = connectPacket('x');
    for (let batch = 0; batch < 20; batch += 1) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const socket = net.connect(port, '127.0.0.1');
          socket.on('error', () => undefined);
          socket.resume();
          await once(socket, 'connect');
          const closed = once(socket, 'close');
          socket.end(malformed(good, index, rng));
          await closed;
        }),
      );
    }
    await machine.publishAsync('data/a', 'still here', { qos: 1 });
    assert.deepEqual(taken, ['still here']);
    const { counters } = transport.status();
    assert.ok(counters.brokenConnections > 500, `${counters.brokenConnections} were counted`);
    assert.ok(notes.length < 20, 'the log is not flooded');
    await until('only the good client is left', () => transport.status().clients === 1);
  });

  test('a packet over the limit closes its client before it is read to the end', async () => {
    const { transport, taken, port, url } = await broker({ limits: { packetBytes: 1_000 } });
    const socket = await connection(port);
    const closed = once(socket, 'close');
    socket.write(connectPacket('large'));
    // The header of a PUBLISH that announces 200 MB.
    socket.write(Buffer.from([0x30, 0x80, 0x84, 0xaf, 0x5f, 0, 6]));
    await closed;
    assert.equal(transport.status().counters.oversizedPackets, 1);
    const { client: machine } = await client(url);
    await machine.publishAsync('data/a', 'x'.repeat(950), { qos: 1 });
    assert.equal(taken.length, 1);
  });

  test('a topic that begins with $ closes its client and reaches nobody', async () => {
    const { transport, url } = await broker();
    const { heard } = await client(url, ['$SYS/#']);
    const { client: machine } = await client(url, [], { reconnectPeriod: 0 });
    const closed = new Promise<void>((resolve) => machine.once('close', () => resolve()));
    machine.publish('$SYS/broker/fake', 'x', { qos: 0 });
    await closed;
    assert.equal(transport.status().counters.reservedTopics, 1);
    assert.ok(heard.every(({ topic }) => topic !== '$SYS/broker/fake'));
  });

  test('a will message reaches the engine like any other', async () => {
    const { taken, url } = await broker();
    const { client: machine } = await client(url, [], {
      reconnectPeriod: 0,
      will: { topic: 'data/a', payload: Buffer.from('I am gone'), qos: 1, retain: false },
    });
    machine.stream.destroy();
    await until('the will is there', () => taken.includes('I am gone'));
  });

  test('more clients than the limit are refused', async () => {
    const { transport, url, port } = await broker({ limits: { clients: 2 } });
    await client(url);
    await client(url);
    const socket = await connection(port);
    await once(socket, 'close');
    assert.equal(transport.status().counters.refusedConnections, 1);
    assert.equal(transport.status().clients, 2);
  });

  test('one address cannot take all of them: others still get in, and it does once one of its own has gone', async () => {
    const { transport, url, port } = await broker({ limits: { clients: 5, clientsPerAddress: 2 } });
    const { client: first } = await client(url);
    await client(url);
    const refused = await connection(port);
    await once(refused, 'close');
    assert.equal(transport.status().counters.crowdedAddresses, 1);
    const other = net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    cleanups.push(async () => void other.destroy());
    other.write(connectPacket('other'));
    await once(other, 'data');
    await first.endAsync();
    await until('it has gone', () => transport.status().clients === 2);
    await client(url);
    assert.equal(transport.status().clients, 3);
  });

  test('nine tenths of the connections are for one address, unless another number is given', async () => {
    const { transport, port } = await broker({ limits: { clients: 10 } });
    for (let i = 0; i < 9; i++) await connection(port);
    const refused = await connection(port);
    await once(refused, 'close');
    assert.equal(transport.status().counters.crowdedAddresses, 1);
  });

  test('a connection that says nothing is closed', async () => {
    const { transport, port } = await broker({ limits: { connectTimeoutMs: 30 } });
    const socket = await connection(port);
    await once(socket, 'close');
    assert.equal(transport.status().counters.brokenConnections, 1);
  });

  test('more filters than the limit are refused one by one', async () => {
    const { transport, url } = await broker({ limits: { subscriptions: 2 } });
    const { client: reader } = await client(url, ['a', 'b']);
    await assert.rejects(reader.subscribeAsync('c', { qos: 0 }));
    await reader.unsubscribeAsync('a');
    await reader.subscribeAsync('c', { qos: 0 });
    assert.equal(transport.status().counters.refusedSubscriptions, 1);
  });

  test('a reader that stops reading loses messages, is counted, and holds up nobody', async () => {
    const { transport, url, port, taken } = await broker({ limits: { behindBytes: 1_000_000 } });
    const stuck = await connection(port);
    stuck.write(connectPacket('stuck'));
    stuck.write(
      mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 0 }] }),
    );
    const { client: machine, heard } = await client(url, ['gemel/a/state']);
    stuck.pause();
    const text = 'x'.repeat(20_000);
    for (let index = 0; index < 1_000; index += 1) {
      transport.publish('gemel/a/state', text, { qos: 0, retain: false });
      if (index % 5 === 0) {
        await machine.publishAsync('data/a', String(index), { qos: 1 });
        await until('the good reader has them', () => heard.length === index + 1);
      }
    }
    assert.equal(taken.length, 200);
    const { counters } = transport.status();
    assert.ok(counters.slowReaderDrops > 0, 'the stuck reader was given all');
    assert.equal(counters.droppedStates, 0);
  });

  test('a reader that takes nothing for too long is closed', async () => {
    const { transport, port } = await broker({ limits: { behindBytes: 1_000_000, frozenMs: 100 } });
    const stuck = await connection(port);
    stuck.write(connectPacket('stuck'));
    stuck.write(
      mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 0 }] }),
    );
    await until('it has connected', () => transport.status().clients === 1);
    stuck.pause();
    await until('it is closed', () => {
      transport.publish('gemel/a/state', 'x'.repeat(100_000), { qos: 0, retain: false });
      return transport.status().clients === 0;
    });
    assert.equal(transport.status().counters.frozenReaders, 1);
  });
});

describe('embedded broker: what it keeps', () => {
  test('an absent client with a persistent session gets the newest messages, up to the limit', async () => {
    const { transport, url } = await broker({ limits: { sessionMessages: 10 } });
    const session = { clientId: 'reader', clean: false };
    const first = await client(url, ['gemel/+/events'], session);
    await first.client.endAsync();
    for (let index = 0; index < 25; index += 1) {
      transport.publish('gemel/a/events', String(index), { qos: 1, retain: false });
    }
    await until('all are published', () => transport.status().queued === 0);
    assert.equal(transport.status().counters.sessionDrops, 15);
    const again = await client(url, [], session);
    await until('ten came', () => again.heard.length === 10);
    assert.deepEqual(
      again.heard.map(({ text }) => Number(text)),
      Array.from({ length: 10 }, (_, index) => 15 + index),
    );
    await again.client.endAsync();
    const third = await client(url, ['gemel/last'], session);
    transport.publish('gemel/last', 'last', { qos: 1, retain: false });
    await until('the next one came', () => third.heard.length > 0);
    assert.deepEqual(
      third.heard.map(({ text }) => text),
      ['last'],
      'what was acknowledged does not come again',
    );
  });

  test('of too many sessions the one longest away is given up', async () => {
    const { transport, url } = await broker({ limits: { sessions: 2 } });
    for (const clientId of ['one', 'two', 'three']) {
      const { client: reader } = await client(url, ['gemel/a/events'], { clientId, clean: false });
      await reader.endAsync();
    }
    transport.publish('gemel/a/events', 'x', { qos: 1, retain: false });
    await until('it is published', () => transport.status().queued === 0);
    for (const clientId of ['two', 'three']) {
      const { client: reader, heard } = await client(url, [], { clientId, clean: false });
      await until(`${clientId} has what was kept`, () => heard.length === 1);
      await reader.endAsync();
    }
    const { client: reader, heard } = await client(url, [], { clientId: 'one', clean: false });
    await reader.publishAsync('data/a', 'there and back', { qos: 1 });
    assert.deepEqual(heard, []);
    assert.equal(transport.status().counters.sessionDrops, 1);
  });

  test('more retained topics than the limit are not retained, and counted', async () => {
    const { transport, url } = await broker({ limits: { retained: 3 } });
    // One of the three is the engine's own status.
    for (const topic of ['a', 'b', 'c', 'a']) transport.publish(topic, topic, { qos: 0, retain: true });
    transport.publish('a', '', { qos: 0, retain: true });
    transport.publish('d', 'd', { qos: 0, retain: true });
    await until('all are published', () => transport.status().queued === 0);
    const { heard } = await client(url, ['#']);
    await until('the retained ones came', () => heard.length === 3);
    assert.deepEqual(heard.map(({ topic }) => topic).toSorted(), ['b', 'd', 'gemel/status']);
    assert.equal(transport.status().counters.retainedDrops, 1);
  });
});

test('what is published before the start or after the end is counted as dropped', async () => {
  const transport: MqttTransport = createEmbeddedBroker({ port: 0, hosts: ['127.0.0.1'] });
  transport.publish('a', 'x', { qos: 0, retain: false });
  await transport.start();
  await transport.stop();
  transport.publish('a', 'x', { qos: 1, retain: false });
  const { counters } = transport.status();
  assert.deepEqual([counters.droppedStates, counters.droppedEvents], [1, 1]);
});

/** Random bytes; a good CONNECT with bytes changed, cut short or followed by rubbish; packets that should not come first. */
function malformed(good: Buffer, index: number, rng: Rng): Buffer {
  const noise = Buffer.from(Array.from({ length: 1 + rng.below(200) }, () => rng.below(256)));
  switch (index % 5) {
    case 0:
      return noise;
    case 1: {
      const changed = Buffer.from(good);
      changed[rng.below(changed.length)] = rng.below(256);
      return Buffer.concat([changed, noise]);
    }
    case 2:
      return good.subarray(0, rng.below(good.length));
    case 3:
      return Buffer.concat([good, noise]);
    default:
      return mqttPacket.generate({
        cmd: 'publish',
        topic: 'data/a',
        payload: 'x',
        qos: 0,
        retain: false,
        dup: false,
      });
  }
}
