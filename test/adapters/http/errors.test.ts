/** Every error is problem details, tells what is wrong and what to do, and leaks nothing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApp, type Answer } from './harness.ts';

function assertProblem(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
  assert.equal(answer.body.status, status);
  assert.equal(answer.body.code, code);
  assert.equal(answer.body.type, `urn:gemel:error:${code}`);
  for (const field of ['title', 'detail', 'instance', 'hint']) {
    assert.equal(typeof answer.body[field], 'string', `${field} is missing: ${answer.text}`);
  }
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
}

test('an unknown route: 404, with the nearest one', async (t) => {
  const { get } = await createApp(t);
  const answer = await get('/api/v1/twins/pump-1/sate');
  assertProblem(answer, 404, 'HTTP_NOT_FOUND');
  assert.equal(answer.body.hint, 'did you mean /api/v1/twins/pump-1/state?');
  assert.equal(answer.body.instance, '/api/v1/twins/pump-1/sate');
  assertProblem(await get('/nothing/like/it'), 404, 'HTTP_NOT_FOUND');
});

test('a wrong method: 405, with the right ones', async (t) => {
  const { send } = await createApp(t);
  const answer = await send({ method: 'DELETE', url: '/api/v1/twins/pump-1/state?x=1' });
  assertProblem(answer, 405, 'HTTP_METHOD');
  assert.equal(answer.headers.allow, 'GET, HEAD');
  assertProblem(await send({ method: 'GET', url: '/api/v1/twins/pump-1/step' }), 405, 'HTTP_METHOD');
});

test('a model that is not there: 404, with the nearest one', async (t) => {
  const { get } = await createApp(t);
  const answer = await get('/api/v1/models/pump@1.0.1');
  assertProblem(answer, 404, 'MODEL_UNKNOWN');
  assert.equal(answer.body.hint, 'did you mean `pump@1.0.0`?');
});

test('a body over the limit: 413', async (t) => {
  const { post } = await createApp(t, { limits: { bodyBytes: 1000 } });
  assertProblem(
    await post('/api/v1/twins/pump-1/inputs', { x: 'a'.repeat(2000) }),
    413,
    'HTTP_BODY_TOO_LARGE',
  );
});

test('a body that is not JSON by its type: 415', async (t) => {
  const { send } = await createApp(t);
  const url = '/api/v1/twins/pump-1/inputs';
  for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense']) {
    const answer = await send({ method: 'POST', url, headers: { 'content-type': type }, payload: 'a=1' });
    assertProblem(answer, 415, 'HTTP_CONTENT_TYPE');
  }
});

test('a body that cannot be read: 400', async (t) => {
  const { send } = await createApp(t);
  const url = '/api/v1/twins/pump-1/inputs';
  const headers = { 'content-type': 'application/json' };
  const bodies = {
    'not JSON': '{"inputs":',
    'not UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    'too deep': `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    'deep and open': '{"a":'.repeat(50_000),
    'a poisoned prototype': '{"ambient":{"__proto__":{"polluted":1}}}',
  };
  for (const [name, payload] of Object.entries(bodies)) {
    await t.test(name, async () =>
      assertProblem(await send({ method: 'POST', url, headers, payload }), 400, 'HTTP_MALFORMED'),
    );
  }
});

test('a deep body in a string is only a string', async (t) => {
  const { post } = await createApp(t);
  const answer = await post('/api/v1/twins/pump-1/inputs', { ambient: 1, time: '['.repeat(100) });
  assert.equal(answer.body.code, 'HTTP_INVALID');
});

test('a body that does not fit: 422, every field with its place', async (t) => {
  const { post } = await createApp(t);
  const url = '/api/v1/twins/pump-1/step';
  const missing = await post(url, {});
  assertProblem(missing, 422, 'HTTP_INVALID');
  assert.deepEqual(missing.body.errors, [{ at: '#/seconds', detail: '#/seconds is missing' }]);

  const misspelt = await post(url, { seconds: 1, inptus: { ambient: 20 } });
  assertProblem(misspelt, 422, 'HTTP_INVALID');
  assert.equal(misspelt.body.hint, 'did you mean `inputs`?');

  const several = await post(url, { seconds: '10', inputs: { ambient: 'warm' }, x: 1 });
  assert.deepEqual((several.body.errors as { at: string }[]).map(({ at }) => at).sort(), [
    '#/inputs/ambient',
    '#/seconds',
    '#/x',
  ]);
  for (const seconds of [0, -1, 1e9]) assertProblem(await post(url, { seconds }), 422, 'HTTP_INVALID');
  for (const body of [[], [1], '"text"', 'null', '7']) {
    assertProblem(await post(url, body, { 'content-type': 'application/json' }), 422, 'HTTP_INVALID');
  }
  assertProblem(await post(url), 422, 'HTTP_INVALID');
});

test('a query that does not fit: 422', async (t) => {
  const { get } = await createApp(t);
  const cases = [
    'limt=5',
    'limit=0',
    'limit=',
    'limit=abc',
    'limit=0x10',
    'limit=1e9',
    'limit=1&limit=2',
    'status=ok',
  ];
  for (const query of cases) {
    await t.test(query, async () => assertProblem(await get(`/api/v1/twins?${query}`), 422, 'HTTP_INVALID'));
  }
  const answer = await get('/api/v1/twins?limt=5');
  assert.equal(answer.body.hint, 'did you mean `limit`?');
  assert.equal((answer.body.errors as { at: string }[])[0]?.at, '?limt');
});

test('an address that is not one: 400', async (t) => {
  const { get } = await createApp(t);
  assertProblem(await get('/api/v1/twins/%ff'), 400, 'HTTP_MALFORMED');
  assertProblem(await get(`/api/v1/twins/${'a'.repeat(500)}`), 400, 'HTTP_MALFORMED');
});

test('a fault: 500, told to the log and to nobody else', async (t) => {
  const logged: object[] = [];
  const log = { info() {}, warn() {}, error: (fields: object) => void logged.push(fields) };
  const { post, fleet } = await createApp(t, { log });
  fleet.stepError = new Error('secret detail in /etc/passwd');
  const answer = await post('/api/v1/twins/pump-1/step', { seconds: 1 });
  assertProblem(answer, 500, 'HTTP_INTERNAL');
  assert.doesNotMatch(answer.text, /secret|passwd|\.ts/);
  assert.equal(logged.length, 1);
});

test('a request for a host that is not this one: 421', async (t) => {
  const { get } = await createApp(t);
  assertProblem(await get('/health', { host: 'evil.example:8080' }), 421, 'HTTP_FOREIGN_HOST');
  assertProblem(await get('/health', { host: '127.0.0.1.evil.example' }), 421, 'HTTP_FOREIGN_HOST');
  for (const host of ['localhost:8080', 'LOCALHOST', '127.0.0.1:80', '[::1]:8080', 'gemel.localhost']) {
    assert.equal((await get('/health', { host })).status, 200, host);
  }
});

test('allowed names, and servers that listen beyond loopback, take other hosts', async (t) => {
  const named = await createApp(t, { allowHosts: ['Twins.Plant.example'] });
  assert.equal((await named.get('/health', { host: 'twins.plant.example:443' })).status, 200);
  const open = await createApp(t, { hosts: ['0.0.0.0'] });
  assert.equal((await open.get('/health', { host: 'anything' })).status, 200);
});

test('a page of another origin may read the answer to nothing and change nothing: 403', async (t) => {
  const { get, post } = await createApp(t, { allowOrigins: ['https://plant.example'] });
  const url = '/api/v1/twins/pump-1/step';
  for (const origin of ['https://evil.example', 'null', 'http://localhost:9999']) {
    assertProblem(await post(url, { seconds: 1 }, { origin }), 403, 'HTTP_CROSS_ORIGIN');
  }
  assert.equal((await post(url, { seconds: 1 }, { origin: 'http://localhost:8080' })).status, 200);
  assert.equal((await post(url, { seconds: 1 }, { origin: 'https://plant.example' })).status, 200);
  const read = await get('/health', { origin: 'https://evil.example' });
  assert.equal(read.headers['access-control-allow-origin'], undefined);
});

test('a plain GET of the stream: 426', async (t) => {
  const { get } = await createApp(t);
  assertProblem(await get('/api/v1/stream'), 426, 'HTTP_UPGRADE');
});
