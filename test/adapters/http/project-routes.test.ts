/** Routes that a project defines: a plain object at a path of its choice, and a step by POST. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RouteDefinition } from '../../../src/adapters/http/index.ts';
import { createApp } from './harness.ts';

const routes: Record<string, RouteDefinition> = {
  'GET /state': { twin: 'machine', reply: 'plain' },
  'GET /whole': { twin: 'machine', reply: 'full' },
  'POST /update': { twin: 'machine', reply: 'plain', stepSeconds: 1, inputs: ['ambient'] },
};

test('GET answers with the plain states, or with the whole snapshot', async (t) => {
  const { get, fleet } = await createApp(t, { routes });
  const { text, headers } = await get('/state');
  assert.equal(text, '{"temperature":65,"rpm":1500}');
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  fleet.tick('machine');
  assert.equal((await get('/state')).text, '{"temperature":66,"rpm":1501}');
  const whole = await get('/whole');
  assert.equal(whole.body.twin, 'machine');
  assert.deepEqual(whole.body.units, { temperature: 'degC', rpm: 'rpm', ambient: 'degC' });
});

test('POST steps the twin with inputs of the query or of the body', async (t) => {
  const { send, post, fleet } = await createApp(t, { routes });
  const byQuery = await send({ method: 'POST', url: '/update?ambient=30' });
  assert.equal(byQuery.status, 200);
  assert.deepEqual(byQuery.body, { temperature: 66, rpm: 1501 });
  await post('/update', { ambient: 31.5 });
  await send({
    method: 'POST',
    url: '/update?ambient=-4.5e0',
    headers: { 'content-type': 'application/json' },
  });
  assert.deepEqual(
    fleet.stepped.map(({ id, options }) => [id, options.seconds, options.inputs]),
    [
      ['machine', 1, { ambient: 30 }],
      ['machine', 1, { ambient: 31.5 }],
      ['machine', 1, { ambient: -4.5 }],
    ],
  );
});

test('a missing or non-numeric input is a 422 with its reason', async (t) => {
  const { send, post, fleet } = await createApp(t, { routes });
  const missing = await send({ method: 'POST', url: '/update' });
  assert.equal(missing.status, 422);
  assert.equal(missing.body.code, 'INPUTS_REFUSED');
  assert.equal(missing.body.detail, 'input "ambient" is missing');
  assert.deepEqual(missing.body.errors, [
    {
      at: '?ambient',
      reason: 'missing-field',
      detail: 'input "ambient" is missing',
      hint: 'give it as a number in degC, such as ambient=22',
    },
  ]);
  for (const text of ['warm', '', 'nan', 'Infinity', '1e999', '0x10', '1,5', '30&ambient=31']) {
    const answer = await send({ method: 'POST', url: `/update?ambient=${text}` });
    assert.equal(answer.status, 422, text);
    assert.equal((answer.body.errors as { reason: string }[])[0]?.reason, 'not-a-number', text);
  }
  for (const ambient of [null, true, [], {}, 'warm']) {
    assert.equal((await post('/update', { ambient })).status, 422);
  }
  assert.equal(fleet.stepped.length, 0);
});

test('an input that the route does not take is refused with the one that was meant', async (t) => {
  const { send, post } = await createApp(t, { routes });
  const query = await send({ method: 'POST', url: '/update?ambeint=30' });
  assert.deepEqual(
    [query.status, query.body.code, query.body.hint],
    [422, 'HTTP_INVALID', 'did you mean `ambient`?'],
  );
  assert.equal((await post('/update', { ambient: 30, rpm: 3 })).body.code, 'HTTP_INVALID');
  assert.equal((await post('/update', [30])).body.code, 'HTTP_INVALID');
});

test('a route that cannot work is refused at the start, with what to do', async (t) => {
  const plain = { twin: 'machine', reply: 'plain' } as const;
  const cases: [string, object, RegExp][] = [
    ['FETCH /state', plain, /is not a method and a path/],
    ['GET state', plain, /is not a method and a path/],
    ['GET /api/v1/twins', plain, /Gemel itself answers/],
    ['GET /', plain, /Gemel itself answers/],
    ['GET /state', { ...plain, twin: 'machin' }, /twin "machin", which does not exist/],
    ['GET /state', { ...plain, stepSeconds: 1 }, /cannot step/],
    ['POST /state', plain, /without a step/],
    ['POST /state', { ...plain, stepSeconds: 1, inputs: ['ambeint'] }, /takes input "ambeint"/],
    ['GET /state', { ...plain, twn: 'machine' }, /unknown field "twn"/],
  ];
  for (const [key, route, message] of cases) {
    await assert.rejects(createApp(t, { routes: { [key]: route as RouteDefinition } }), {
      name: 'GemelError',
      code: 'ROUTE_INVALID',
      message,
    });
  }
});
