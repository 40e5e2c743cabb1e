/** Twins that come and go over HTTP, on the engine itself. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeFleet } from './fake-fleet.ts';
import { startServer } from './harness.ts';
import { createRealApp } from './real-app.ts';
import { connect } from './stream-client.ts';

test('a twin that was added runs, takes samples, and can be removed', async (t) => {
  const { request, clock } = await createRealApp(t);
  const added = await request('POST', '/api/v1/twins', { id: 'new', model: 'pump@1.0.0', period: '500 ms' });
  assert.deepEqual([added.status, added.body['id'], added.body['status']], [201, 'new', 'waiting']);
  const told = await request('POST', '/api/v1/twins/new/inputs', { motor_power: 1000 });
  assert.equal(told.status, 202);
  await clock.advance(2000);
  const state = await request('GET', '/api/v1/twins/new/state');
  assert.deepEqual([state.body['status'], state.body['tick']], ['running', 4]);
  assert.equal((await request('DELETE', '/api/v1/twins/new')).status, 204);
  assert.equal((await request('GET', '/api/v1/twins/new')).status, 404);
  assert.equal((await request('DELETE', '/api/v1/twins/new')).status, 404);
});

test('a twin that cannot be added is refused with every reason and its place', async (t) => {
  const { request } = await createRealApp(t);
  const refuse = async (body: object): Promise<unknown[]> => {
    const { status, body: problem } = await request('POST', '/api/v1/twins', body);
    const errors = (problem['errors'] ?? []) as { at: string; reason?: string }[];
    return [status, problem['code'], ...errors.map(({ at, reason }) => `${at} ${reason ?? ''}`.trim())];
  };
  assert.deepEqual(await refuse({ model: 'pump' }), [422, 'HTTP_INVALID', '#/id']);
  assert.deepEqual(await refuse([]), [422, 'HTTP_INVALID']);
  assert.deepEqual(await refuse({ id: 'a b', model: 'pump' }), [422, 'TWIN_REFUSED', '#/id TWIN_NAME']);
  assert.deepEqual(await refuse({ id: 'n-{1..3}', model: 'pump' }), [422, 'TWIN_REFUSED', '#/id TWIN_NAME']);
  assert.deepEqual(await refuse({ id: 'n' }), [422, 'TWIN_REFUSED', '# DOCUMENT_MISSING_KEY']);
  assert.deepEqual(await refuse({ id: 'n', model: 'bump' }), [422, 'TWIN_REFUSED', '#/model MODEL_UNKNOWN']);
  assert.deepEqual(
    await refuse({
      id: 'n',
      model: 'pump',
      inputs: { ambient: '3 bar' },
      bindings: { ambent: { topic: 'a/#' } },
    }),
    [
      422,
      'TWIN_REFUSED',
      '#/inputs/ambient UNIT_MISMATCH',
      '#/bindings/ambent SIGNAL_UNKNOWN',
      '#/bindings/ambent/topic TOPIC_INVALID',
    ],
  );
  assert.deepEqual(await refuse({ id: 'pump-1', model: 'pump' }), [409, 'TWIN_DUPLICATE']);
});

test('a reader of all twins is told of one that comes, before its first state, and of one that goes', async (t) => {
  const fleet = createFakeFleet();
  const { port } = await startServer(t, { fleet });
  const client = await connect(t, port);
  client.say({ type: 'subscribe', twins: ['pump-*'] });
  assert.deepEqual((await client.next('subscribed')).twins, ['pump-1', 'pump-2', 'pump-3']);
  await client.next('state');
  fleet.change('added', 'pump-4');
  fleet.change('added', 'other-1');
  assert.deepEqual((await client.next('subscribed')).twins, ['pump-1', 'pump-2', 'pump-3', 'pump-4']);
  fleet.change('removed', 'pump-2');
  assert.deepEqual((await client.next('subscribed')).twins, ['pump-1', 'pump-3', 'pump-4']);
});

test('a reader of a twin is told the units of the version that it runs from now on', async (t) => {
  const fleet = createFakeFleet();
  const { port } = await startServer(t, { fleet });
  const client = await connect(t, port);
  client.say({ type: 'subscribe', twins: ['pump-1'] });
  const [before] = Object.keys((await client.next('subscribed'))['units'] ?? {});
  fleet.change('changed', 'pump-2');
  fleet.change('changed', 'pump-1');
  const [after] = Object.keys((await client.next('subscribed'))['units'] ?? {});
  assert.deepEqual([before, after], [fleet.twin('pump-3')?.model.id, fleet.twin('pump-1')?.model.id]);
});
