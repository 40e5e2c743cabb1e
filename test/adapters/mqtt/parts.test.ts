/** The small parts of the MQTT adapters, each by itself: topics, frames, waits, queue, addresses. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import {
  createBrokerClient,
  FilterSet,
  reconnectWaitMs,
  stableClientId,
} from '../../../src/adapters/mqtt/index.ts';
import { type BrokerAddress, parseBrokerAddress } from '../../../src/adapters/mqtt/broker-address.ts';
import { Addresses } from '../../../src/adapters/mqtt/addresses.ts';
import { createFrameLimit } from '../../../src/adapters/mqtt/frame-limit.ts';
import { createNotes } from '../../../src/adapters/mqtt/notes.ts';
import { OutgoingQueue } from '../../../src/adapters/mqtt/outgoing-queue.ts';

describe('filters', () => {
  // The examples of MQTT 3.1.1, section 4.7.
  const cases: readonly [string, string, boolean][] = [
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['#', 'any/thing', true],
    ['#', '$SYS/uptime', false],
    ['+/monitor/Clients', '$SYS/monitor/Clients', false],
    ['$SYS/#', '$SYS/uptime', true],
    ['$SYS/monitor/+', '$SYS/monitor/Clients', true],
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['Accounts', 'ACCOUNTS', false],
    ['a/b', 'a/b', true],
  ];
  for (const [filter, topic, expected] of cases) {
    test(`${filter} ${expected ? 'matches' : 'does not match'} ${topic}`, () => {
      const filters = new FilterSet();
      filters.add(filter);
      assert.equal(filters.matches(topic), expected);
    });
  }
});

describe('the limit on packets', () => {
  const publish = (bytes: number) =>
    mqttPacket.generate({
      cmd: 'publish',
      topic: 't',
      payload: Buffer.alloc(bytes),
      qos: 0,
      retain: false,
      dup: false,
    });

  test('lets through what is within it, however the bytes are cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 20_000 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 5_000 }),
        (sizes, chunkBytes) => {
          const packets = sizes.map((size) => publish(size));
          const largest = Math.max(...packets.map((packet) => packet.length));
          const stream = Buffer.concat(packets);
          const within = createFrameLimit(largest);
          const beyond = createFrameLimit(largest - 1);
          let found: number | undefined;
          for (let at = 0; at < stream.length; at += chunkBytes) {
            const chunk = stream.subarray(at, at + chunkBytes);
            assert.equal(within.look(chunk), undefined);
            found ??= beyond.look(chunk);
          }
          assert.equal(found, largest);
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });

  test('any bytes at all neither throw nor hang', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        createFrameLimit(100).look(bytes);
      }),
      { seed: 7 },
    );
  });
});

describe('waits between attempts', () => {
  const waits = { firstMs: 1_000, longestMs: 30_000 };

  test('the longest doubles from one second to thirty', () => {
    const longest = Array.from({ length: 8 }, (_, attempt) => reconnectWaitMs(attempt, waits, () => 1));
    assert.deepEqual(longest, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    assert.equal(
      reconnectWaitMs(1_000_000, waits, () => 1),
      30_000,
    );
  });

  test('the whole of it is random, but never nothing', () => {
    assert.equal(
      reconnectWaitMs(3, waits, () => 0.25),
      2_000,
    );
    assert.equal(
      reconnectWaitMs(3, waits, () => 0),
      50,
    );
  });
});

describe('the queue to a broker that is away', () => {
  const state = (topic: string, payload: string) =>
    ({ topic, payload, options: { qos: 0, retain: false } }) as const;
  const event = (payload: string) => ({ topic: 'e', payload, options: { qos: 1, retain: false } }) as const;

  test('keeps the newest state of each topic, drops the oldest, and counts', () => {
    const counters = { droppedStates: 0, droppedEvents: 0 };
    const queue = new OutgoingQueue({ states: 2, events: 2 }, counters);
    for (const message of [state('a', '1'), state('b', '1'), state('a', '2'), state('c', '1')])
      queue.add(message);
    assert.equal(queue.size, 2);
    assert.deepEqual(
      [queue.takeState(), queue.takeState(), queue.takeState()].map(
        (message) => message && [message.topic, message.payload],
      ),
      [['a', '2'], ['c', '1'], undefined],
    );
    assert.deepEqual(counters, { droppedStates: 2, droppedEvents: 0 });
  });

  test('keeps events in order up to the limit, then drops the oldest', () => {
    const counters = { droppedStates: 0, droppedEvents: 0 };
    const queue = new OutgoingQueue({ states: 2, events: 3_000 }, counters);
    for (let index = 0; index < 10_000; index += 1) queue.add(event(String(index)));
    const taken: unknown[] = [];
    for (let next = queue.takeEvent(); next !== undefined; next = queue.takeEvent()) taken.push(next.payload);
    assert.deepEqual(
      taken,
      Array.from({ length: 3_000 }, (_, index) => String(7_000 + index)),
    );
    assert.equal(counters.droppedEvents, 7_000);
  });
});

describe('the address of a broker', () => {
  const parsed = (address: BrokerAddress) => parseBrokerAddress(address);

  test('has the usual port of its protocol, and never shows a password', () => {
    for (const [url, shown] of [
      ['mqtt://plant', 'mqtt://plant:1883'],
      ['mqtts://plant', 'mqtts://plant:8883'],
      ['ws://plant/mqtt', 'ws://plant:80/mqtt'],
      ['wss://plant', 'wss://plant:443'],
      ['mqtt://me:secret@[::1]:1884', 'mqtt://[::1]:1884'],
    ] as const) {
      assert.equal(parsed({ url }).shown, shown);
    }
    const { options } = parsed({ url: 'mqtt://me:sec%20ret@[::1]:1884' });
    assert.deepEqual([options.host, options.username, options.password], ['::1', 'me', 'sec ret']);
    assert.equal(parsed({ url: 'mqtt://me:a@plant', user: 'you', password: 'b' }).options.username, 'you');
  });

  const bad: readonly [BrokerAddress, RegExp][] = [
    [{ url: 'plant:1883' }, /not the address|cannot be reached/],
    [{ url: 'plant' }, /not the address/],
    [{ url: 'mqtt://' }, /not the address/],
    [{ url: 'mqqt://plant' }, /cannot be reached by `mqqt`/],
    [{ url: 'https://plant' }, /cannot be reached by `https`/],
    [{ url: 'mqtts://plant', certificate: 'x' }, /needs its key/],
    [{ url: 'mqtt://plant', ca: 'x' }, /not encrypted/],
  ];
  for (const [address, message] of bad) {
    test(`${JSON.stringify(address)} is refused`, () => {
      assert.throws(() => parseBrokerAddress(address), { code: 'BROKER_URL', message });
      assert.throws(() => createBrokerClient({ ...address, clientId: 'x' }), { code: 'BROKER_URL' });
    });
  }

  test('a password in a wrong address is not repeated', () => {
    assert.throws(
      () => parsed({ url: 'mqtt://me:secret@:x' }),
      (error: Error) => !error.message.includes('secret'),
    );
  });

  test('the identifier is the same for the same project, and within what every broker takes', () => {
    assert.equal(stableClientId('host /srv/plant'), stableClientId('host /srv/plant'));
    assert.notEqual(stableClientId('host /srv/plant'), stableClientId('host /srv/other'));
    assert.match(stableClientId('x'), /^[0-9a-zA-Z]{1,23}$/);
  });
});

test('notes of one kind come once in ten seconds and say how many were left out', () => {
  let nowMs = 0;
  const notes = createNotes(() => nowMs);
  const said: string[] = [];
  const stop = notes.on(({ message }) => said.push(message));
  for (let index = 0; index < 5; index += 1) notes.saySometimes('x', { level: 'warning', message: 'x' });
  notes.saySometimes('y', { level: 'warning', message: 'y' });
  nowMs = 10_000;
  notes.saySometimes('x', { level: 'warning', message: 'x' });
  stop();
  notes.say({ level: 'info', message: 'z' });
  assert.deepEqual(said, ['x', 'y', 'x (and 4 more like it before)']);
});

test('addresses are counted by IPv4 address, and by the first 64 bits of IPv6', () => {
  const addresses = new Addresses();
  for (const one of [
    '10.0.0.1',
    '::ffff:10.0.0.1',
    '10.0.0.2',
    '2001:db8::1',
    '2001:0db8:0:0:9::2',
    'fe80::1%eth0',
  ])
    addresses.enter(one);
  const counted = ['10.0.0.1', '10.0.0.2', '2001:db8:0:0:ff::', '2001:db8:0:1::', 'fe80::2', '::1'];
  assert.deepEqual(
    counted.map((one) => addresses.of(one)),
    [2, 1, 2, 0, 1, 0],
  );
  addresses.leave('::ffff:10.0.0.1');
  addresses.leave('10.0.0.1');
  assert.equal(addresses.of('10.0.0.1'), 0);
});
