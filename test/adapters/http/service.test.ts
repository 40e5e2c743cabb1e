/** Models, health, readiness, events, refusals and metrics. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import * as schemas from '../../../src/adapters/http/schemas.ts';
import type { Readiness } from '../../../src/adapters/http/index.ts';
import { createApp } from './harness.ts';

test('lists the models and describes one with its document, signals and equations', async (t) => {
  const { get } = await createApp(t);
  const list = await get('/api/v1/models');
  assert.deepEqual(
    (list.body.models as { id: string; unitsChecked: boolean }[]).map(({ id, unitsChecked }) => [
      id,
      unitsChecked,
    ]),
    [
      ['machine@1.0.0', false],
      ['pump@1.0.0', true],
    ],
  );
  const { status, body } = await get('/api/v1/models/pump@1.0.0');
  assert.equal(status, 200);
  assert.deepEqual(Value.Errors(schemas.ModelDetail, body), []);
  assert.equal(
    body.equations,
    'cooling = cooler * (temperature - ambient)\nder(temperature) = (motor_power - cooling) / heat_capacity',
  );
  assert.equal((body.document as { model: string }).model, 'pump');
});

test('is healthy as soon as it answers', async (t) => {
  const { get } = await createApp(t, { version: '1.2.3' });
  for (const url of ['/health', '/api/v1/health']) {
    const { status, body } = await get(url);
    assert.equal(status, 200);
    assert.deepEqual([body.status, body.version, body.twins], ['ok', '1.2.3', 4]);
    assert.equal(typeof body.uptimeSeconds, 'number');
  }
});

test('is ready once the fleet has ticked and what it depends on is there', async (t) => {
  let mqtt: Readiness = { status: 'failing', detail: 'broker away' };
  const { get, fleet } = await createApp(t, { readiness: { mqtt: () => mqtt } });
  for (const url of ['/ready', '/api/v1/ready']) {
    const { status, body } = await get(url);
    assert.equal(status, 503);
    assert.equal(body.code, 'HTTP_NOT_READY');
    assert.equal(body.detail, 'fleet: no twin has had a tick yet; mqtt: broker away');
    assert.deepEqual(body.checks, {
      fleet: { status: 'failing', detail: 'no twin has had a tick yet' },
      mqtt: { status: 'failing', detail: 'broker away' },
    });
  }
  fleet.tick();
  mqtt = { status: 'degraded', detail: 'broker away for 3 s' };
  assert.deepEqual((await get('/ready')).body.status, 'degraded');
  mqtt = { status: 'ok' };
  const ready = await get('/ready');
  assert.deepEqual([ready.status, ready.body.status], [200, 'ready']);
  fleet.failure = 'worker 1 has died';
  assert.equal((await get('/ready')).body.detail, 'fleet: worker 1 has died');
});

test('shows events and refusals, newest first, of all twins or of one', async (t) => {
  const { get, fleet } = await createApp(t);
  fleet.raise({ message: 'first' });
  fleet.raise({ twin: 'pump-2', message: 'second', subject: 'overheated' });
  const all = (await get('/api/v1/events')).body.events as { message: string }[];
  assert.deepEqual(
    all.map(({ message }) => message),
    ['second', 'first'],
  );
  for (const event of all) assert.deepEqual(Value.Errors(schemas.Event, event), []);
  assert.equal(((await get('/api/v1/events?twin=pump-2')).body.events as object[]).length, 1);
  assert.equal(((await get('/api/v1/events?limit=1')).body.events as object[]).length, 1);

  const refusals = (await get('/api/v1/refusals?twin=pump-1')).body.refusals as object[];
  assert.equal(refusals.length, 1);
  assert.deepEqual(Value.Errors(schemas.Refusal, refusals[0]), []);
  assert.equal(((await get('/api/v1/refusals?twin=pump-2')).body.refusals as object[]).length, 0);
});

test('renders metrics where it is given some', async (t) => {
  const metrics = {
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    render: async () => 'gemel_x 1\n',
  };
  const { get } = await createApp(t, { metrics });
  const { text, headers } = await get('/metrics');
  assert.equal(text, 'gemel_x 1\n');
  assert.equal(headers['content-type'], metrics.contentType);
  const without = await createApp(t);
  assert.equal((await without.get('/metrics')).status, 404);
});
