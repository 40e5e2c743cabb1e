/** A publisher for commands: it comes to an end, also where the broker has done so first. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { connectPublisher } from '../../../src/adapters/mqtt/index.ts';

/** Takes a connection, and then says nothing. */
async function silentBroker() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    // CONNACK: accepted, no session.
    socket.once('data', () => socket.write(Buffer.of(0x20, 2, 0, 0)));
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const die = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: `mqtt://127.0.0.1:${port}`, die };
}

for (const isGone of [true, false]) {
  test(`stops although a message is not acknowledged, from a broker that ${isGone ? 'is gone' : 'is there'}`, async () => {
    const broker = await silentBroker();
    const notes: string[] = [];
    const publisher = await connectPublisher({
      url: broker.url,
      farewellMs: 50,
      onNote: (note) => notes.push(note),
    });
    const published = publisher.publish('a', '1', { qos: 1, retain: false }).then(
      () => 'acknowledged',
      () => 'not acknowledged',
    );
    if (isGone) broker.die();
    while (isGone && notes.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await publisher.stop();
    broker.die();
    const gone = `the broker ${broker.url} is gone; it is tried again every second`;
    assert.deepEqual(notes, isGone ? [gone] : []);
    assert.notEqual(await Promise.race([published, Promise.resolve('open')]), 'acknowledged');
  });
}
