/** Models published over HTTP while twins run, on the engine itself. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { Difference } from '../../../src/adapters/http/model-schemas.ts';
import * as schemas from '../../../src/adapters/http/schemas.ts';
import { createRealApp } from './real-app.ts';

const pump = (version: string, more = '') => `# A pump, by hand.
gemel: 1
model: pump
version: ${version}
title: Pump with cooler
inputs:
  motor_power: { unit: W, min: 0, max: 5000 }
  ambient: { unit: degC, default: 20, min: -40, max: 60, title: Ambient temperature }
parameters:
  heat_capacity: { unit: kJ/K, value: 44, min: 5, max: 200, calibrate: true }
  cooler: { unit: W/K, value: 100 }
states:
  temperature: { unit: degC, start: 35, min: -20, max: 120, noise: 0.02 K/s^0.5 }
equations:
  cooling: cooler * (temperature - ambient)
  der(temperature): (motor_power - cooling) / heat_capacity
measurements:
  temperature_1: { equals: temperature, unit: degC, noise: 0.1 K }
${more}`;

test('a published model is there, and a twin of it runs', async (t) => {
  const { request, clock } = await createRealApp(t);
  const published = await request('POST', '/api/v1/models', pump('1.1.0'));
  assert.equal(published.status, 201);
  assert.equal(published.headers['location'], '/api/v1/models/pump%401.1.0');
  assert.deepEqual([published.body['id'], published.body['versions']], ['pump@1.1.0', ['1.0.0', '1.1.0']]);
  const found = await request('GET', '/api/v1/models/pump%401.1.0');
  assert.deepEqual(found.body, published.body);
  assert.deepEqual(Value.Errors(schemas.ModelDetail, found.body), []);
  assert.equal((await request('GET', '/api/v1/models/pump')).body['id'], 'pump@1.1.0');
  const twin = { id: 'new', model: 'pump@1.1.0', period: '500 ms', inputs: { motor_power: 0 } };
  assert.equal((await request('POST', '/api/v1/twins', twin)).status, 201);
  await clock.advance(1000);
  const state = await request('GET', '/api/v1/twins/new/state');
  assert.deepEqual([state.body['model'], state.body['status']], ['pump@1.1.0', 'running']);
  const { models } = (await request('GET', '/api/v1/models')).body as {
    models: { id: string; twins: number }[];
  };
  assert.deepEqual(
    models.map(({ id, twins }) => [id, twins]),
    [
      ['machine@1.0.0', 1],
      ['pump@1.0.0', 2],
      ['pump@1.1.0', 1],
    ],
  );
});

test('the same document again is no news, and another of the same version is refused with the next one', async (t) => {
  const { request } = await createRealApp(t);
  assert.equal((await request('POST', '/api/v1/models', pump('1.1.0'))).status, 201);
  const again = await request('POST', '/api/v1/models', `${pump('1.1.0')}\n# One comment more.\n`);
  assert.deepEqual([again.status, again.headers['location']], [200, undefined]);
  const refusal = async (text: string) => {
    const { status, body } = await request('POST', '/api/v1/models', text);
    return [status, body['code'], body['hint']];
  };
  const say = (size: string, version: string) =>
    `versions never change; this one ${size}: call it ${version}`;
  assert.deepEqual(await refusal(pump('1.1.0').replace('Pump with', 'Pump, with')), [
    409,
    'MODEL_VERSION_EXISTS',
    say('changes only words', '1.1.1'),
  ]);
  assert.deepEqual(
    (await refusal(pump('1.1.0').replace('value: 44', 'value: 45')))[2],
    say('changes its physics', '1.2.0'),
  );
  assert.deepEqual(
    (await refusal(pump('1.0.0').replaceAll('ambient', 'room')))[2],
    say('breaks its readers', '2.0.0'),
  );
});

test('a document with problems is refused with line, column and picture of each', async (t) => {
  const { request } = await createRealApp(t);
  const wrong = pump('1.1.0').replace('/ heat_capacity', '/ heat_capacty').replace('0.1 K }', '0.1 bar }');
  const { status, body } = await request('POST', '/api/v1/models', wrong);
  assert.deepEqual([status, body['code']], [422, 'MODEL_INVALID']);
  const errors = body['errors'] as { at: string; reason: string; hint: string }[];
  assert.deepEqual(
    errors.map(({ at, reason }) => `${at} ${reason}`),
    ['16:47 NAME_UNKNOWN', '18:60 UNIT_MISMATCH'],
  );
  assert.match(String(body['picture']), /model:16:47 {2}unknown name\n.*heat_capacty\n +\^{12}\n/);
  const [, first] = body['diagnostics'] as { line: number; length: number }[];
  assert.deepEqual([first?.line, first?.length], [18, 7]);
  assert.equal((await request('GET', '/api/v1/models/pump%401.1.0')).status, 404);
});

test('a migration that does not fit the versions that are there is a problem of the document', async (t) => {
  const { request } = await createRealApp(t);
  const { body } = await request(
    'POST',
    '/api/v1/models',
    pump('2.0.0', 'migrates: { states: { temperature: tmperature } }'),
  );
  const [error] = body['errors'] as { at: string; detail: string; hint: string }[];
  assert.deepEqual(
    [error?.at, error?.detail, error?.hint],
    ['19:36', '`tmperature` is no state, input or parameter of pump@1.0.0', 'did you mean `temperature`?'],
  );
});

test('what is no document is refused at the door', async (t) => {
  const { request } = await createRealApp(t);
  const code = async (body: object | string) => {
    const reply = await request('POST', '/api/v1/models', body);
    return [reply.status, reply.body['code']];
  };
  assert.deepEqual(await code(''), [400, 'HTTP_MALFORMED']);
  assert.deepEqual(await code(`gemel: ${'['.repeat(300)}`), [400, 'HTTP_MALFORMED']);
  assert.deepEqual(await code('#'.repeat(300_000)), [413, 'HTTP_BODY_TOO_LARGE']);
  assert.deepEqual(await code('gemel: [1'), [422, 'MODEL_INVALID']);
  assert.deepEqual(await code({ gemel: 1, model: 'x' }), [422, 'MODEL_INVALID']);
  assert.deepEqual(await code({ gemel: 1, model: 'x', version: '1.0.0' }), [201, undefined]);
});

test('a form, as curl sends it unless told otherwise, is refused with what to write', async (t) => {
  const { request } = await createRealApp(t, 'application/x-www-form-urlencoded');
  const { status, body } = await request('POST', '/api/v1/models', pump('1.1.0'));
  assert.deepEqual([status, body['code']], [415, 'HTTP_CONTENT_TYPE']);
  assert.match(String(body['hint']), /--data-binary/);
});

test('the difference of two models is told by their physics', async (t) => {
  const { request } = await createRealApp(t);
  const next = pump('1.1.0').replace('- cooling)', '- cooling - 12 [W/K] * (temperature - ambient))');
  assert.equal((await request('POST', '/api/v1/models', next)).status, 201);
  const { status, body } = await request('GET', '/api/v1/models/pump%401.0.0/diff/pump%401.1.0');
  assert.equal(status, 200);
  assert.deepEqual(
    (body['signals'] as { name: string; changes: { percent?: number }[] }[]).map(({ name, changes }) => [
      name,
      changes[0]?.percent,
    ]),
    [['heat_capacity', 10]],
  );
  const [equation] = body['equations'] as { of: string; meaning: string[] }[];
  assert.deepEqual(equation?.meaning, ['the term 12·(ambient − temperature)/heat_capacity is new']);
  assert.deepEqual(Value.Errors(Difference, body), []);
  const other = await request('GET', '/api/v1/models/pump%401.0.0/diff/machine');
  assert.deepEqual(Value.Errors(Difference, other.body), []);
  assert.equal((await request('GET', '/api/v1/models/pump/diff/pmp')).body['code'], 'MODEL_UNKNOWN');
});
