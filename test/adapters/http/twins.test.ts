/** The routes of the twins: listing, describing, reading, telling and stepping them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import * as schemas from '../../../src/adapters/http/schemas.ts';
import { createFakeFleet, someRefusal } from './fake-fleet.ts';
import { createApp } from './harness.ts';

test('lists the twins page by page, with the path of the next page', async (t) => {
  const { get } = await createApp(t);
  const { status, body } = await get('/api/v1/twins?limit=2');
  assert.equal(status, 200);
  assert.deepEqual([body.total, body.limit, body.offset], [4, 2, 0]);
  assert.equal(body.next, '/api/v1/twins?limit=2&offset=2');
  const next = await get(String(body.next));
  assert.deepEqual(idsOf(next.body), ['pump-3', 'machine']);
  assert.equal(next.body.next, undefined);
});

test('filters the twins by the beginning of their id, model, group and status', async (t) => {
  const { get } = await createApp(t);
  assert.deepEqual(idsOf((await get('/api/v1/twins?prefix=mach')).body), ['machine']);
  assert.deepEqual(idsOf((await get('/api/v1/twins?model=machine')).body), ['machine']);
  assert.deepEqual(idsOf((await get('/api/v1/twins?model=pump@1.0.0')).body), ['pump-1', 'pump-2', 'pump-3']);
  const workshop = (await get('/api/v1/twins?group=workshop')).body;
  assert.deepEqual(idsOf(workshop), ['machine']);
  assert.equal((workshop.twins as { group?: string }[])[0]?.group, 'workshop');
  assert.deepEqual(idsOf((await get('/api/v1/twins?status=quarantined')).body), []);
  const { body } = await get('/api/v1/twins?model=pump&limit=1');
  assert.equal(body.next, '/api/v1/twins?model=pump&limit=1&offset=1');
});

test('lists the groups with how many twins each has', async (t) => {
  const { get } = await createApp(t);
  assert.deepEqual((await get('/api/v1/groups')).body, { groups: [{ name: 'workshop', twins: 1 }] });
  assert.deepEqual((await get('/api/v1/groups?model=pump')).body, { groups: [] });
  assert.equal((await get('/api/v1/groups?modle=pump')).status, 422);
});

test('describes a twin with its signals in their own units', async (t) => {
  const { get } = await createApp(t);
  const { status, body } = await get('/api/v1/twins/pump-1');
  assert.equal(status, 200);
  assert.deepEqual(Value.Errors(schemas.TwinDetail, body), []);
  assert.deepEqual(body.topics, ['gemel/pump-1/telemetry', 'plant/pump-1/power']);
  const signals = body.signals as { name: string }[];
  assert.deepEqual(
    signals.find(({ name }) => name === 'ambient'),
    {
      name: 'ambient',
      role: 'input',
      unit: 'degC',
      title: 'Ambient temperature',
      min: -40,
      max: 60,
      value: 20,
    },
  );
  assert.deepEqual(
    signals.find(({ name }) => name === 'heat_capacity'),
    {
      name: 'heat_capacity',
      role: 'parameter',
      unit: 'kJ/K',
      min: 5,
      max: 200,
      value: 40,
    },
  );
  assert.deepEqual(
    signals.find(({ name }) => name === 'temperature_1'),
    {
      name: 'temperature_1',
      role: 'measurement',
      unit: 'degC',
      noise: 0.1,
    },
  );
});

test('gives the newest snapshot with the unit of each signal', async (t) => {
  const { get, fleet } = await createApp(t);
  fleet.tick();
  const { status, body, headers } = await get('/api/v1/twins/pump-1/state');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  assert.deepEqual(Value.Errors(schemas.State, body), []);
  assert.deepEqual(body.units, {
    temperature: 'degC',
    cooling: 'W',
    motor_power: 'W',
    ambient: 'degC',
    temperature_1: 'degC',
  });
  assert.equal(body.tick, 4);
  fleet.tick('pump-1');
  assert.equal((await get('/api/v1/twins/pump-1/state')).body.tick, 5);
});

test('a time without a zone is refused: it would be that of this machine', async (t) => {
  const { post, fleet } = await createApp(t);
  const body = { ambient: 22, time: '2026-11-22T13:00:00' };
  const { status, body: refused } = await post('/api/v1/twins/pump-1/inputs', body);
  assert.deepEqual([status, refused.code], [422, 'HTTP_INVALID']);
  assert.match(String(refused.detail), /^#\/time must be a time with its zone, as in 2026-11-22T13:00:00Z/);
  assert.deepEqual(fleet.given, []);
});

test('takes inputs and says which', async (t) => {
  const { post, fleet } = await createApp(t);
  const inputs = { ambient: 22, motor_power: { value: 1.2, unit: 'kW' } };
  const { status, body } = await post('/api/v1/twins/pump-1/inputs', {
    ...inputs,
    time: '2026-11-22T13:00:00Z',
  });
  assert.equal(status, 202);
  assert.deepEqual(body, { twin: 'pump-1', accepted: ['ambient', 'motor_power'] });
  assert.deepEqual(fleet.given, [{ id: 'pump-1', values: inputs, timeMs: Date.UTC(2026, 10, 22, 13) }]);
});

test('lists each refused input with its reason, and which were taken', async (t) => {
  const { post, fleet } = await createApp(t);
  fleet.delivery = { accepted: 1, refused: [{ ...someRefusal, hint: 'give a number in degC' }] };
  const { status, body } = await post('/api/v1/twins/pump-1/inputs', {
    ambient: 'warm',
    motor_power: 1,
  });
  assert.equal(status, 422);
  assert.equal(body.code, 'INPUTS_REFUSED');
  assert.equal(body.detail, 'ambient is the text "warm", not a number');
  assert.deepEqual(body.accepted, ['motor_power']);
  assert.deepEqual(body.errors, [
    {
      at: '#/ambient',
      reason: 'not-a-number',
      detail: 'ambient is the text "warm", not a number',
      hint: 'give a number in degC',
    },
  ]);
});

test('refuses inputs that name nothing or have no valid time', async (t) => {
  const { post } = await createApp(t);
  assert.equal((await post('/api/v1/twins/pump-1/inputs', {})).body.code, 'INPUTS_REFUSED');
  const { status, body } = await post('/api/v1/twins/pump-1/inputs', {
    ambient: 1,
    time: 'yesterday',
  });
  assert.equal(status, 422);
  assert.match(String(body.detail), /#\/time/);
});

test('steps a twin with inputs in any unit that fits, converted to SI', async (t) => {
  const { post, fleet } = await createApp(t);
  const { status, body } = await post('/api/v1/twins/pump-1/step', {
    seconds: 10,
    inputs: { ambient: 30, motor_power: { value: 1.5, unit: 'kW' } },
  });
  assert.equal(status, 200);
  assert.deepEqual(Value.Errors(schemas.State, body), []);
  assert.deepEqual(fleet.stepped, [
    { id: 'pump-1', options: { seconds: 10, inputs: { ambient: 303.15, motor_power: 1500 } } },
  ]);
});

test('lists every input that a step cannot take', async (t) => {
  const { post } = await createApp(t);
  const { status, body } = await post('/api/v1/twins/pump-1/step', {
    seconds: 1,
    inputs: { ambeint: 1, ambient: 99, motor_power: { value: 1, unit: 'bar' } },
  });
  assert.equal(status, 422);
  const errors = body.errors as { at: string; reason: string; hint?: string }[];
  assert.deepEqual(
    errors.map(({ at, reason }) => [at, reason]),
    [
      ['#/inputs/ambeint', 'unknown-signal'],
      ['#/inputs/ambient', 'out-of-bounds'],
      ['#/inputs/motor_power', 'bad-unit'],
    ],
  );
  assert.equal(errors[0]?.hint, 'did you mean `ambient`?');
  assert.equal(errors[1]?.hint, 'give -40 to 60 degC');
});

test("answers the engine's own refusals with their codes", async (t) => {
  const { post, fleet } = await createApp(t);
  fleet.stepError = new GemelError('TWIN_WAITING', 'twin "pump-1" waits for motor_power');
  const waiting = await post('/api/v1/twins/pump-1/step', { seconds: 1 });
  assert.deepEqual([waiting.status, waiting.body.code], [409, 'TWIN_WAITING']);
  fleet.stepError = new GemelError('FLEET_STOPPED', 'the fleet has stopped');
  assert.equal((await post('/api/v1/twins/pump-1/step', { seconds: 1 })).status, 503);
});

test('says which twin was probably meant', async (t) => {
  const { get } = await createApp(t);
  for (const url of ['/api/v1/twins/pmup-1', '/api/v1/twins/pmup-1/state']) {
    const { status, body } = await get(url);
    assert.equal(status, 404);
    assert.equal(body.code, 'TWIN_UNKNOWN');
    assert.equal(body.hint, 'did you mean `pump-1`?');
  }
});

test('a fleet without twins has an empty list', async (t) => {
  const fleet = { ...createFakeFleet(), twins: () => [] };
  const { get } = await createApp(t, { fleet });
  assert.equal((await get('/api/v1/twins')).body.total, 0);
});

function idsOf(body: Record<string, unknown>): string[] {
  return (body.twins as { id: string }[]).map(({ id }) => id);
}
