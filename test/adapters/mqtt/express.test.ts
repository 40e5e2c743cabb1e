/** The short way of telemetry: what goes it, what does not, and that nobody can tell the difference. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, test } from 'node:test';
import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { createCounters } from '../../../src/adapters/mqtt/counters.ts';
import { Express, ExpressLane } from '../../../src/adapters/mqtt/express.ts';
import { guard } from '../../../src/adapters/mqtt/gate.ts';
import { Turns } from '../../../src/adapters/mqtt/turns.ts';
import { createInbox } from '../../../src/adapters/mqtt/inbox.ts';
import { createEmbeddedBroker, type MessageListener } from '../../../src/adapters/mqtt/index.ts';
import { createNotes } from '../../../src/adapters/mqtt/notes.ts';
import { connectClient, until } from './support.ts';

interface Sent {
  readonly topic?: string;
  readonly text: string;
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
  readonly id?: number;
}

function publish({ topic = 'ours/a', text, qos = 1, retain = false, id = 1 }: Sent): Buffer {
  const more = qos === 0 ? {} : { messageId: id };
  return mqttPacket.generate({ cmd: 'publish', topic, payload: text, qos, retain, dup: false, ...more });
}

const ping = mqttPacket.generate({ cmd: 'pingreq' });

/** A lane that has just sent a message the long way, so that the short way is open for half a second. */
function lane(listener?: MessageListener) {
  const taken: string[] = [];
  const written: number[] = [];
  const time = { nowMs: 0 };
  let rooms = 0;
  const inbox = createInbox(createCounters(), createNotes());
  inbox.on((message) => {
    taken.push(Buffer.from(message.payload).toString());
    return listener?.(message);
  });
  const isOurs = (topic: string) => topic.startsWith('ours/');
  const express = new Express({ inbox, isOurs, nowMs: () => time.nowMs });
  const socket = {
    destroyed: false,
    writable: true,
    destroy() {
      socket.destroyed = true;
      return socket as never;
    },
    write(bytes: Uint8Array) {
      const view = Buffer.from(bytes);
      for (let at = 0; at < view.length; at += 4) {
        assert.equal(view.readUInt16BE(at), 0x4002);
        written.push(view.readUInt16BE(at + 2));
      }
      return true;
    },
  };
  const made = new ExpressLane(express, socket, () => rooms++);
  assert.deepEqual(made.take(ping), ping);
  return { lane: made, taken, written, time, socket, express, rooms: () => rooms };
}

describe('the short way', () => {
  test('takes telemetry in order, and acknowledges what asks for it, however the bytes are cut into chunks', () => {
    const qualities = fc.array(fc.constantFrom<0 | 1>(0, 1), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(qualities, fc.integer({ min: 1, max: 500 }), (all, chunkBytes) => {
        const { lane: tried, taken, written } = lane();
        const texts = all.map((_, i) => `${i}`.padEnd((i * 37) % 300, '.'));
        const stream = Buffer.concat(
          all.map((qos, i) => publish({ text: texts[i] ?? '', qos, id: 1000 + i })),
        );
        for (let at = 0; at < stream.length; at += chunkBytes) {
          assert.equal(tried.take(stream.subarray(at, at + chunkBytes)), undefined);
        }
        assert.deepEqual(taken, texts);
        assert.deepEqual(
          written,
          all.flatMap((qos, i) => (qos === 0 ? [] : [1000 + i])),
        );
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  const others: readonly [what: string, packet: Buffer][] = [
    ['another topic', publish({ topic: 'theirs/a', text: 'x' })],
    ['a message to retain', publish({ text: 'x', retain: true })],
    ['QoS 2', publish({ text: 'x', qos: 2 })],
    ['a packet that is no message', ping],
    ['identifier 0', Buffer.from([0x32, 10, 0, 6, ...Buffer.from('ours/a'), 0, 0])],
    ['a topic longer than its packet', Buffer.from([0x30, 4, 0, 99, 0x6f, 0x75])],
  ];
  for (const [what, packet] of others) {
    test(`leaves ${what} to the broker, and all that follows in the same bytes`, () => {
      const { lane: tried, taken, written } = lane();
      const [before, after] = [publish({ text: 'before', id: 7 }), publish({ text: 'after', id: 8 })];
      const given = tried.take(Buffer.concat([before, packet, after, after.subarray(0, 5)]));
      assert.deepEqual(given, Buffer.concat([packet, after]));
      assert.deepEqual([taken, written], [['before'], [7]]);
      assert.equal(tried.take(after.subarray(5)), undefined);
      assert.deepEqual(taken, ['before', 'after']);
    });
  }

  test('is left every half second, so that the broker sees that its client lives', () => {
    const { lane: tried, taken, time } = lane();
    const packet = publish({ text: 'x' });
    const longs: number[] = [];
    for (time.nowMs = 0; time.nowMs <= 2000; time.nowMs += 100) {
      if (tried.take(packet) !== undefined) longs.push(time.nowMs);
    }
    assert.deepEqual(longs, [600, 1200, 1800]);
    assert.equal(taken.length, 21 - longs.length);
  });

  test('is left for one message only of many that came together, the last', () => {
    const { lane: tried, taken, time } = lane();
    time.nowMs += 501;
    const messages = ['a', 'b', 'c'].map((text) => publish({ text }));
    assert.deepEqual(tried.take(Buffer.concat(messages)), messages[2]);
    assert.deepEqual(taken, ['a', 'b']);
  });

  test('is taken by all that a connection has, though a read gives it in pieces', () => {
    const { express, taken, time } = lane();
    const socket = new net.Socket();
    const gate = guard(socket, {
      packetBytes: 1000,
      onOversized: () => assert.fail(),
      express,
      turns: new Turns(),
    });
    gate.open();
    socket.push(ping);
    assert.deepEqual(socket.read(), ping);
    time.nowMs += 1;
    const all = publish({ text: 'a' });
    for (const piece of [all.subarray(0, 5), all.subarray(5), publish({ text: 'b' })]) socket.push(piece);
    socket.read(0);
    assert.equal(socket.readableLength > 0, true);
    assert.equal(socket.read(), null);
    assert.deepEqual(taken, ['a', 'b']);
    assert.equal(socket.readableLength, 0);
    socket.destroy();
  });

  test('lets others have their turn while a connection has much to read', async () => {
    const { express, taken } = lane();
    const turns = new Turns();
    const sockets = [new net.Socket(), new net.Socket()];
    for (const socket of sockets) {
      const gate = guard(socket, { packetBytes: 100_000, onOversized: () => assert.fail(), express, turns });
      gate.open();
      socket.push(ping);
      socket.read();
      // As aedes does.
      socket.on('readable', () => socket.read());
      for (let i = 0; i < 10; i++) socket.push(publish({ text: 'x'.repeat(16_000), qos: 0 }));
    }
    const counts: number[] = [];
    while (taken.length < 20 && counts.length < 50) {
      await new Promise((resolve) => setImmediate(resolve));
      counts.push(taken.length);
    }
    assert.equal(taken.length, 20);
    const steps = counts.map((count, i) => count - (counts[i - 1] ?? 0));
    // Three a turn, and perhaps two turns between two looks.
    assert.ok(Math.max(...steps) <= 6, `${steps}`);
    for (const socket of sockets) socket.destroy();
  });

  test('asks again who reads a topic once somebody else may', () => {
    let isOurs = true;
    const inbox = createInbox(createCounters(), createNotes());
    const express = new Express({ inbox, isOurs: () => isOurs });
    assert.equal(express.isOurs('a'), true);
    isOurs = false;
    assert.equal(express.isOurs('a'), true);
    express.forget();
    assert.equal(express.isOurs('a'), false);
  });

  test('acknowledges what is on the disk, and reads nothing more while 2,000 messages are not', async () => {
    const disk = Promise.withResolvers<void>();
    const { lane: tried, written, rooms } = lane(() => disk.promise);
    for (let id = 1; id <= 2000; id++) {
      assert.equal(tried.isFull(), false);
      tried.take(publish({ text: 'x', id }));
    }
    assert.equal(tried.isFull(), true);
    assert.deepEqual([written, rooms()], [[], 0]);
    disk.resolve();
    await disk.promise;
    assert.equal(written.length, 2000);
    assert.deepEqual([rooms(), tried.isFull()], [1, false]);
  });

  test('closes a connection whose message is not taken, without an acknowledgement, at once or later', async () => {
    for (const fail of [
      () => {
        throw new Error('no');
      },
      () => Promise.reject(new Error('no')),
    ]) {
      const { lane: tried, written, socket, taken } = lane(fail);
      tried.take(Buffer.concat([publish({ text: 'x' }), publish({ text: 'y' })]));
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual([written, socket.destroyed], [[], true]);
      const before = taken.length;
      tried.take(publish({ text: 'z' }));
      assert.equal(taken.length, before);
    }
  });
});

describe('the short way through a broker', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  test('gives every message to the engine, in order, and to whoever subscribes in between from then on', async () => {
    const broker = createEmbeddedBroker({ port: 0, hosts: ['127.0.0.1'] });
    const taken: string[] = [];
    broker.onMessage(({ payload }) => {
      taken.push(Buffer.from(payload).toString());
      return new Promise((resolve) => setImmediate(resolve));
    });
    broker.subscribe(['data/#']);
    await broker.start();
    cleanups.push(() => broker.stop());
    const url = broker.status().addresses[0] ?? '';
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
    cleanups.push(() => socket.destroy());
    let acknowledged = 0;
    socket.write(
      mqttPacket.generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: 'm',
        keepalive: 60,
      }),
    );
    await once(socket, 'data');
    socket.on('data', (bytes: Buffer) => (acknowledged += bytes.length / 4));
    const stream = (from: number, to: number) =>
      Buffer.concat(
        Array.from({ length: to - from }, (_, i) =>
          publish({ topic: 'data/x', text: `${from + i}`, id: from + i + 1 }),
        ),
      );
    const cut = (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += 777) socket.write(bytes.subarray(at, at + 777));
    };
    cut(stream(0, 5000));
    await until('all are acknowledged', () => acknowledged === 5000);
    const reader = await connectClient(url, ['data/#']);
    cleanups.push(() => reader.client.endAsync(true));
    cut(stream(5000, 5100));
    await until('the reader has heard them', () => reader.heard.length === 100);
    assert.deepEqual(
      taken,
      Array.from({ length: 5100 }, (_, i) => `${i}`),
    );
    assert.equal(reader.heard[0]?.text, '5000');
    assert.equal(broker.status().counters.received, 5100);
  });
});
