/** The stream over real sockets: what is subscribed to is sent, and a slow reader costs nobody anything. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { matchesPattern } from '../../../src/adapters/http/stream/protocol.ts';
import { createFakeFleet } from './fake-fleet.ts';
import { startServer } from './harness.ts';
import { connect, type Message, statesOf } from './stream-client.ts';

test('sends the present state at once, then every tick, of the twins asked for', async (t) => {
  const { fleet, port } = await startServer(t);
  const client = await connect(t, port);
  client.say({ type: 'subscribe', twins: ['pump-*'] });
  assert.deepEqual(await client.next('subscribed'), {
    type: 'subscribed',
    twins: ['pump-1', 'pump-2', 'pump-3'],
    units: {
      'pump@1.0.0': {
        temperature: 'degC',
        cooling: 'W',
        motor_power: 'W',
        ambient: 'degC',
        temperature_1: 'degC',
      },
    },
    everyMs: 0,
  });
  assert.deepEqual(
    statesOf(await client.next('state')).map(({ twin, tick }) => [twin, tick]),
    [
      ['pump-1', 0],
      ['pump-2', 0],
      ['pump-3', 0],
    ],
  );
  fleet.tick();
  const [first] = statesOf(await client.next('state'));
  assert.deepEqual(first, JSON.parse(fleet.snapshot('pump-1')?.toJson() ?? ''));
  fleet.tick('machine');
  fleet.tick('pump-2');
  assert.deepEqual(
    statesOf(await client.next('state')).map(({ twin }) => twin),
    ['pump-2'],
  );
});

test('sends only the signals asked for, with their units', async (t) => {
  const { port } = await startServer(t);
  const client = await connect(t, port);
  client.say({ type: 'subscribe', twins: ['pump-1'], signals: ['temperature', 'ambient'] });
  assert.deepEqual((await client.next('subscribed')).units, {
    'pump@1.0.0': { temperature: 'degC', ambient: 'degC' },
  });
  const [state] = statesOf(await client.next('state'));
  const { states, inputs, outputs, measurements } = state as unknown as Record<string, unknown>;
  assert.deepEqual([states, inputs, outputs, measurements], [{ temperature: 35 }, { ambient: 20 }, {}, {}]);
});

test('with everyMs only the newest of each twin is sent, and that is not called missed', async (t) => {
  const { fleet, port } = await startServer(t, { limits: { stream: { sweepMs: 10 } } });
  const client = await connect(t, port);
  client.say({ type: 'subscribe', twins: ['pump-1'], everyMs: 100 });
  await client.next('state');
  for (let i = 0; i < 50; i++) fleet.tick('pump-1');
  let newest = 0;
  let messages = 0;
  while (newest < 50) {
    newest = statesOf(await client.next('state'))[0]?.tick ?? 0;
    messages++;
  }
  assert.ok(messages <= 2, `${messages} messages`);
  assert.equal(client.received.filter(({ type }) => type === 'missed').length, 0);
});

test('sends the events of the twins asked for, and those that concern all', async (t) => {
  const { fleet, port } = await startServer(t);
  const client = await connect(t, port);
  client.say({ type: 'subscribe', twins: ['pump-1'] });
  await client.next('state');
  fleet.raise({ twin: 'pump-2', message: 'not asked for' });
  fleet.raise({ twin: 'pump-1', message: 'too hot', subject: 'overheated' });
  fleet.raise({ twin: '*', message: 'suspended' });
  assert.deepEqual(await client.next('event'), {
    type: 'event',
    twin: 'pump-1',
    time: '2026-11-22T13:00:00.000Z',
    kind: 'raised',
    severity: 'warning',
    message: 'too hot',
    subject: 'overheated',
  });
  assert.equal((await client.next('event')).message, 'suspended');
});

test('a new subscription takes the place of the one before; after unsubscribe nothing more comes', async (t) => {
  const { fleet, port } = await startServer(t);
  const client = await connect(t, port);
  client.say({ type: 'subscribe', twins: ['pump-1'] });
  await client.next('state');
  client.say({ type: 'subscribe', twins: ['machine'] });
  await client.next('state');
  fleet.tick();
  assert.deepEqual(
    statesOf(await client.next('state')).map(({ twin }) => twin),
    ['machine'],
  );
  client.say({ type: 'unsubscribe' });
  await client.next('unsubscribed');
  fleet.tick();
  client.say({ type: 'ping' });
  await client.next('pong');
  assert.equal(client.received.filter(({ type }) => type === 'state').length, 3);
});

test('answers what it does not understand with code, detail and hint, and goes on', async (t) => {
  const { port } = await startServer(t);
  const client = await connect(t, port);
  const cases: [unknown, string, RegExp, RegExp][] = [
    ['{not json', 'STREAM_MESSAGE', /not JSON/, /./],
    ['[[[[[[', 'STREAM_MESSAGE', /not JSON/, /./],
    ['null', 'STREAM_MESSAGE', /unknown message type/, /subscribe/],
    [{ type: 'subscrbe' }, 'STREAM_MESSAGE', /unknown message type "subscrbe"/, /did you mean `subscribe`/],
    [{ type: 'subscribe' }, 'STREAM_MESSAGE', /twins is missing/, /./],
    [{ type: 'subscribe', twins: [], x: 1 }, 'STREAM_MESSAGE', /./, /./],
    [
      { type: 'subscribe', twins: ['pump-1'], signal: ['a'] },
      'STREAM_MESSAGE',
      /unknown field/,
      /did you mean `signals`/,
    ],
    [{ type: 'subscribe', twins: ['pump-1'], everyMs: -1 }, 'STREAM_MESSAGE', /everyMs/, /./],
    [{ type: 'subscribe', twins: ['pmup-1'] }, 'TWIN_UNKNOWN', /"pmup-1"/, /did you mean `pump-1`/],
    [{ type: 'subscribe', twins: ['zzz*'] }, 'TWIN_UNKNOWN', /"zzz\*"/, /twins lists them/],
    [
      { type: 'subscribe', twins: ['pump-1'], signals: ['temprature'] },
      'SIGNAL_UNKNOWN',
      /temprature/,
      /`temperature`/,
    ],
    [{ type: 'subscribe', twins: Array.from({ length: 40 }, () => 'p*') }, 'STREAM_MESSAGE', /32/, /./],
  ];
  for (const [message, code, detail, hint] of cases) {
    client.say(message);
    const error = await client.next('error');
    assert.equal(error.code, code, JSON.stringify(message));
    assert.match(String(error.detail), detail);
    assert.match(String(error.hint), hint);
  }
  client.socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
  assert.match(String((await client.next('error')).detail), /binary/);
  client.say({ type: 'ping' });
  await client.next('pong');
});

test('closes a client that sends too much at once, or too often', async (t) => {
  const { port } = await startServer(t, {
    limits: { stream: { messageBurst: 5, messagesPerSecond: 0.001 } },
  });
  const talkative = await connect(t, port);
  for (let i = 0; i < 6; i++) talkative.say({ type: 'ping' });
  assert.equal((await talkative.next('error')).code, 'STREAM_TOO_FAST');
  assert.equal(await talkative.closed, 1008);
  const large = await connect(t, port);
  large.say('x'.repeat(70_000));
  assert.equal(await large.closed, 1009);
});

test('a slow reader is told how many it missed and gets the newest; memory is bounded, others lose nothing', async (t) => {
  const twins = 20;
  const rounds = 200;
  const fleet = createFakeFleet(twins);
  fleet.padding = 'x'.repeat(20_000);
  const stream = { bufferedBytes: 200_000, sweepMs: 20, messageBurst: rounds };
  const { server, port } = await startServer(t, { fleet, limits: { stream } });
  const slow = await connect(t, port);
  const quick = await connect(t, port);
  for (const client of [slow, quick]) {
    client.say({ type: 'subscribe', twins: ['pump-*'] });
    await client.next('subscribed');
  }
  slow.socket.pause();

  // Each round is 400 kB for each reader, 80 MB in all: many times what kernel and server may hold for the slow one.
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let round = 0; round < rounds; round++) {
    fleet.tick();
    quick.say({ type: 'ping' });
    await quick.next('pong');
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  assert.ok(most < 30e6, `${most} bytes in buffers`);
  assert.ok(server.statistics().stream.missed > 1000);
  assert.equal(countStates(quick.received), twins * (rounds + 1));

  slow.socket.resume();
  const newest = new Map<string, number>();
  while ([...newest.values()].filter((tick) => tick === fleet.ticks).length < twins) {
    for (const { twin, tick } of statesOf(await slow.next('state'))) {
      assert.ok(tick >= (newest.get(twin) ?? 0), 'an older state came after a newer one');
      newest.set(twin, tick);
    }
  }
  const missed = slow.received
    .filter(({ type }) => type === 'missed')
    .reduce((sum, { count }) => sum + Number(count), 0);
  assert.equal(
    countStates(slow.received) + missed,
    twins * (rounds + 1),
    'some are neither sent nor told as missed',
  );
});

test('a reader that reads nothing for too long is closed', async (t) => {
  const fleet = createFakeFleet(5);
  fleet.padding = 'x'.repeat(200_000);
  const limits = { stream: { bufferedBytes: 50_000, stuckMs: 200, sweepMs: 20 } };
  const { server, port } = await startServer(t, { fleet, limits });
  const client = await connect(t, port);
  client.say({ type: 'subscribe', twins: ['pump-*'] });
  await client.next('subscribed');
  client.socket.pause();
  while (server.statistics().stream.stuck === 0) {
    fleet.tick();
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.socket.resume();
  await client.closed;
  assert.equal(server.statistics().stream.readers, 0);
});

test('a reader that does not answer pings is closed; one that does stays', async (t) => {
  const { server, port } = await startServer(t, { limits: { stream: { heartbeatMs: 200 } } });
  const deaf = await connect(t, port, { autoPong: false });
  const well = await connect(t, port);
  assert.equal(server.statistics().stream.readers, 2);
  await deaf.closed;
  well.say({ type: 'ping' });
  await well.next('pong');
  assert.equal(server.statistics().stream.readers, 1);
});

test('refuses more readers than are allowed, other pages, other hosts and other paths', async (t) => {
  const { port } = await startServer(t, { limits: { stream: { readers: 1 } } });
  const url = `ws://127.0.0.1:${port}/api/v1/stream`;
  assert.deepEqual(await refusal(url, { origin: 'https://evil.example' }), [403, 'HTTP_CROSS_ORIGIN']);
  assert.deepEqual(await refusal(url, { headers: { host: 'evil.example' } }), [421, 'HTTP_FOREIGN_HOST']);
  assert.deepEqual(await refusal(`ws://127.0.0.1:${port}/api/v1/steram`, {}), [404, 'HTTP_NOT_FOUND']);
  await connect(t, port, { origin: `http://127.0.0.1:${port}` });
  assert.deepEqual(await refusal(url, {}), [503, 'STREAM_FULL']);
});

test('says goodbye to its readers when the server stops', async (t) => {
  const { server, port } = await startServer(t);
  const client = await connect(t, port);
  await server.stop();
  assert.equal(await client.closed, 1001);
});

test('a pattern with wildcards takes no longer than its length allows', () => {
  assert.ok(matchesPattern('pump-*', 'pump-17'));
  assert.ok(matchesPattern('*', 'x'));
  assert.ok(matchesPattern('a*c*e', 'abcde'));
  assert.ok(!matchesPattern('a*c', 'abcd'));
  assert.ok(!matchesPattern('pump-1', 'pump-17'));
  // Tried star by star it would never end.
  assert.ok(!matchesPattern(`${'a*'.repeat(100)}b`, 'a'.repeat(128)));
});

function countStates(messages: readonly Message[]): number {
  const states = messages.filter(({ type }) => type === 'state');
  return states.reduce((sum, message) => sum + statesOf(message).length, 0);
}

async function refusal(url: string, options: object): Promise<[number | undefined, string]> {
  const socket = new WebSocket(url, options);
  const [, response] = await once(socket, 'unexpected-response');
  let text = '';
  for await (const chunk of response) text += chunk;
  socket.on('error', () => {});
  socket.terminate();
  return [response.statusCode, JSON.parse(text).code];
}
