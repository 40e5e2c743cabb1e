/** Real sockets: the addresses listened to, ports in use, what is no HTTP at all, and stopping. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { createHttpServer } from '../../../src/adapters/http/index.ts';
import { createFakeFleet } from './fake-fleet.ts';
import { startServer } from './harness.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);

test('localhost is both loopback addresses, and a missing IPv6 is only a note', async (t) => {
  const { server, port } = await startServer(t, { hosts: ['localhost'] });
  assert.equal(server.addresses[0], `http://127.0.0.1:${port}`);
  if (hasIpv6) assert.equal(server.addresses[1], `http://[::1]:${port}`);
  else assert.match(server.notes[0] ?? '', /no IPv6/);
  for (const address of server.addresses) assert.equal((await fetch(`${address}/health`)).status, 200);
});

test('a port in use says which, and what to do', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  await assert.rejects(
    createHttpServer({ fleet: createFakeFleet(), port }),
    (error: Error & { code: string; hint: string }) => {
      assert.equal(error.code, 'PORT_IN_USE');
      assert.equal(error.message, `port ${port} of 127.0.0.1 is already in use`);
      assert.match(error.hint, /choose another port/);
      return true;
    },
  );
});

test('a port that the system keeps for others says so', async (t) => {
  // Whoever runs the tests may have the right to every port, so the system's answer is given in its place.
  t.mock.method(Server.prototype, 'listen', function refuse(this: Server) {
    queueMicrotask(() => this.emit('error', Object.assign(new Error('listen'), { code: 'EACCES' })));
    return this;
  });
  await assert.rejects(createHttpServer({ fleet: createFakeFleet(), port: 80 }), {
    code: 'LISTEN_DENIED',
    message: 'this user may not listen on port 80 of 127.0.0.1',
  });
});

test('a port that is held on IPv6 only is in use as well, and 127.0.0.1 is let go of', {
  skip: !hasIpv6,
}, async (t) => {
  const other = createServer().listen({ port: 0, host: '::1', ipv6Only: true });
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  await assert.rejects(createHttpServer({ fleet: createFakeFleet(), port }), { code: 'PORT_IN_USE' });
  const free = createServer().listen(port, '127.0.0.1');
  await once(free, 'listening');
  free.close();
});

test('an address of another computer is refused', async () => {
  const options = { fleet: createFakeFleet(), port: 0, hosts: ['203.0.113.7'] };
  await assert.rejects(createHttpServer(options), { code: 'LISTEN_ADDRESS', message: /203\.0\.113\.7/ });
});

test('headers over the limit: 431 as a problem', async (t) => {
  const { port } = await startServer(t);
  const flood = Array.from({ length: 500 }, (_, i) => `X-H${i}: ${'v'.repeat(60)}\r\n`).join('');
  const answer = await raw(port, `GET /health HTTP/1.1\r\nHost: localhost\r\n${flood}\r\n`);
  assert.match(answer, /^HTTP\/1\.1 431 /);
  assert.match(answer, /application\/problem\+json[\s\S]*HTTP_HEADERS_TOO_LARGE/);
});

test('what is not HTTP: 400 as a problem', async (t) => {
  const { port } = await startServer(t);
  for (const text of [
    '\x16\x03\x01\x02\x00',
    'GET / HTTP/9.9\r\n\r\n',
    'hello\r\n\r\n',
    'GET /a b HTTP/1.1\r\n\r\n',
  ]) {
    assert.match(await raw(port, text), /^HTTP\/1\.1 400 [\s\S]*"code":"HTTP_MALFORMED"/);
  }
  assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
});

test('a request that is not complete in time: 408 as a problem', async (t) => {
  const { port } = await startServer(t, { limits: { requestTimeoutMs: 50 } });
  const answer = await raw(port, 'POST /api/v1/twins/pump-1/step HTTP/1.1\r\nHost: localhost\r\nContent-Le');
  assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*"code":"HTTP_TIMEOUT"/);
});

test('a body larger than its limit is refused while it is sent', async (t) => {
  const { port } = await startServer(t);
  const head =
    'POST /api/v1/twins/pump-1/step HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  const announced = await raw(port, `${head}Content-Length: 2000000\r\n\r\n{`);
  assert.match(announced, /^HTTP\/1\.1 413 [\s\S]*"code":"HTTP_BODY_TOO_LARGE"/);
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  const chunked = await raw(port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}`);
  assert.match(chunked, /^HTTP\/1\.1 413 /);
});

test('an offer of another protocol is passed over', async (t) => {
  const { port } = await startServer(t);
  const answer = await raw(
    port,
    'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n',
  );
  assert.match(answer, /^HTTP\/1\.1 200 /);
});

test('counts requests by route and status', async (t) => {
  const { server, port } = await startServer(t, {
    routes: { 'GET /state': { twin: 'machine', reply: 'plain' } },
  });
  const at = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then((reply) => reply.text());
  for (const path of ['/state', '/state', '/api/v1/twins/pump-1', '/api/v1/twins/nobody', '/nothing'])
    await at(path);
  const { requests } = server.statistics();
  const of = (route: string, status: number) =>
    requests.find((row) => row.method !== 'HEAD' && row.route === route && row.status === status)?.count;
  assert.equal(of('/state', 200), 2);
  assert.equal(of('/api/v1/twins/:id', 200), 1);
  assert.equal(of('/api/v1/twins/:id', 404), 1);
  assert.equal(of('unknown', 404), 1);
});

test('lets a request finish when it stops, and may be stopped twice', async () => {
  const fleet = createFakeFleet();
  const stepping = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const step = fleet.step.bind(fleet);
  fleet.step = async (id, options) => {
    stepping.resolve();
    await finish.promise;
    return step(id, options);
  };
  const server = await createHttpServer({ fleet, hosts: ['127.0.0.1'], port: 0 });
  const url = `${server.addresses[0]}/api/v1/twins/pump-1/step`;
  const body = JSON.stringify({ seconds: 1 });
  const answer = fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await stepping.promise;
  const stopped = [server.stop(), server.stop()];
  finish.resolve();
  assert.equal((await answer).status, 200);
  await Promise.all(stopped);
  await assert.rejects(fetch(url));
});

/** Sends bytes and gives everything that comes back until the server closes. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  let answer = '';
  socket.on('data', (data) => {
    answer += data.toString();
    if (answer.includes('\r\n\r\n')) socket.end();
  });
  socket.write(text, 'latin1');
  await once(socket, 'close');
  return answer;
}
