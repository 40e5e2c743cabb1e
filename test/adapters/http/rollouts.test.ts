/** The routes of the rollouts: what is answered fits its schema, numbers in the model's units, and refusals have their status. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import * as schemas from '../../../src/adapters/http/rollout-schemas.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import { pumpDocument } from './fake-fleet.ts';
import { createRealApp } from './real-app.ts';

const next = {
  ...pumpDocument,
  version: '1.1.0',
  parameters: { ...pumpDocument.parameters, cooler: { unit: 'W/K', value: 130 } },
};
const begun = { id: 'cooler', model: 'pump@1.1.0', of: { twins: ['pump-1'] } };

test('shows what the two versions made of the same samples', async (t) => {
  const { request, clock } = await createRealApp(t);
  assert.equal((await request('POST', '/api/v1/models', next)).status, 201);
  const rng = new Rng(3);
  // The machine is at rest at 35 °C: 1,500 W go in and out.
  const sample = async () => {
    const temperature = 35 + 0.1 * rng.normal();
    await request('POST', '/api/v1/twins/pump-1/inputs', { motor_power: 1500, temperature_1: temperature });
    await clock.advance(500);
  };
  for (let i = 0; i < 20; i++) await sample();
  const { status, body, headers } = await request('POST', '/api/v1/rollouts', begun);
  assert.equal(status, 201);
  assert.equal(headers['location'], '/api/v1/rollouts/cooler');
  assert.deepEqual(Value.Errors(schemas.Rollout, body), []);
  for (let i = 0; i < 450; i++) await sample();

  const shown = (await request('GET', '/api/v1/rollouts/cooler')).body as schemas.Rollout;
  assert.deepEqual(Value.Errors(schemas.Rollout, shown), []);
  assert.equal(shown.verdict, 'worse');
  const [measurement] = shown.comparison.measurements;
  assert.equal(measurement?.unit, 'degC');
  assert.ok((measurement?.samples ?? 0) >= 449);
  // The thermometer's own noise, in kelvin, and the filter's share on top.
  assert.ok(
    (measurement?.oldRmse ?? 0) > 0.09 && (measurement?.oldRmse ?? 0) < 0.12,
    `${measurement?.oldRmse}`,
  );
  assert.ok((measurement?.newRmse ?? 0) > (measurement?.oldRmse ?? 0));
  const horizons = shown.comparison.ahead.map(({ horizonSeconds }) => horizonSeconds);
  assert.deepEqual(horizons, [2.5, 5, 7.5, 10]);

  const shadow = (await request('GET', '/api/v1/twins/pump-1/shadow')).body;
  assert.deepEqual(Value.Errors(schemas.Shadow, shadow), []);
  assert.equal((shadow['comparison'] as schemas.Comparison).verdict, 'worse');
  const { rollouts } = (await request('GET', '/api/v1/rollouts')).body as { rollouts: unknown[] };
  assert.deepEqual(Value.Errors(schemas.RolloutSummary, rollouts[0]), []);
});

test('tells on how many twins the new version stands still in the shadow, and what was done last', async (t) => {
  const { request, clock } = await createRealApp(t);
  // The root of what is below 0 for this cooler.
  const cooling = 'cooler * sqrt((cooler - 1000 [W/K]) / 1 [W/K]) * (temperature - ambient)';
  const equations = { ...next.equations, cooling };
  const broken = { ...next, equations };
  assert.equal((await request('POST', '/api/v1/models', broken)).status, 201);
  await request('POST', '/api/v1/twins/pump-1/inputs', { motor_power: 1500, temperature_1: 35 });
  await clock.advance(500);
  await request('POST', '/api/v1/rollouts', begun);
  await request('POST', '/api/v1/twins/pump-1/inputs', { temperature_1: 35 });
  await clock.advance(2000);
  const { still, last, list } = (await request('GET', '/api/v1/rollouts/cooler')).body as schemas.Rollout;
  assert.equal(still, 1);
  assert.equal(list[0]?.still, true);
  assert.deepEqual([last?.act, last?.message], ['start', 'pump@1.1.0 runs in the shadow of 1 twin']);
});

test('lists of its twins those that are asked for, and counts what they ran before', async (t) => {
  const { request } = await createRealApp(t);
  await request('POST', '/api/v1/models', next);
  await request('POST', '/api/v1/rollouts', { ...begun, of: { twins: ['pump-2', 'pump-1'] } });
  const listed = async (query: string) => {
    const { status, body } = await request('GET', `/api/v1/rollouts/cooler?${query}`);
    assert.equal(status, 200, query);
    assert.deepEqual(Value.Errors(schemas.Rollout, body), []);
    const { list, total, from } = body as schemas.Rollout;
    assert.deepEqual(from, { 'pump@1.0.0': 2 });
    return [list.map(({ id }) => id), total];
  };
  assert.deepEqual(await listed(''), [['pump-2', 'pump-1'], 2]);
  assert.deepEqual(await listed('limit=1&offset=1'), [['pump-1'], 2]);
  assert.deepEqual(await listed('limit=0'), [[], 2]);
  assert.deepEqual(await listed('twin=pump-2'), [['pump-2'], 1]);
  assert.deepEqual(await listed('state=refused'), [[], 0]);
  const inIt = async (twin: string) =>
    (await request('GET', `/api/v1/rollouts?twin=${twin}`)).body['rollouts'];
  assert.equal(((await inIt('pump-2')) as unknown[]).length, 1);
  assert.deepEqual(await inIt('machine'), []);
});

test('of the names of a part tells the first twenty', async (t) => {
  const { request } = await createRealApp(t);
  await request('POST', '/api/v1/models', next);
  // One that is named twice takes part once.
  const twins = Array.from({ length: 25 }, (_, i) => `pump-${1 + (i % 2)}`);
  const { body } = await request('POST', '/api/v1/rollouts', { ...begun, of: { twins } });
  assert.deepEqual(body['of'], { twins: twins.slice(0, 20) });
  assert.equal((body as schemas.Rollout).total, 2);
});

test('refuses with the status of the reason', async (t) => {
  const { request } = await createRealApp(t);
  await request('POST', '/api/v1/models', next);
  await request('POST', '/api/v1/rollouts', begun);
  const refusal = async (method: string, url: string, body?: object) => {
    const { status, body: problem } = await request(method, url, body);
    return [status, problem['code']];
  };
  const start = (more: object) => refusal('POST', '/api/v1/rollouts', { ...begun, id: 'other', ...more });
  assert.deepEqual(await start({ id: 'cooler', of: { twins: ['pump-2'] } }), [409, 'ROLLOUT_EXISTS']);
  assert.deepEqual(await start({}), [422, 'ROLLOUT_TWINS']);
  assert.deepEqual(await start({ of: { twins: ['pump-9'] } }), [404, 'TWIN_UNKNOWN']);
  assert.deepEqual(await start({ model: 'pump@9.9.9' }), [404, 'MODEL_UNKNOWN']);
  assert.deepEqual(await start({ of: {} }), [422, 'HTTP_INVALID']);
  assert.deepEqual(await start({ of: { percent: 0 } }), [422, 'ROLLOUT_INVALID']);
  assert.deepEqual(await start({ stage: 'dark' }), [422, 'HTTP_INVALID']);
  assert.deepEqual(await refusal('GET', '/api/v1/rollouts/nobody'), [404, 'ROLLOUT_UNKNOWN']);
  assert.deepEqual(await refusal('POST', '/api/v1/rollouts/cooler/rollback'), [409, 'ROLLOUT_STATE']);
  assert.deepEqual(await refusal('GET', '/api/v1/twins/pump-2/shadow'), [404, 'TRIAL_UNKNOWN']);
  assert.deepEqual(await refusal('GET', '/api/v1/twins/pump-7/shadow'), [404, 'TWIN_UNKNOWN']);
});

test('says of a body that fits no choice which there are', async (t) => {
  const { request } = await createRealApp(t);
  const told = async (body: object) => (await request('POST', '/api/v1/rollouts', body)).body['detail'];
  const choices = '{ "twins": [ text, … ] } or { "group": text } or { "percent": number, "group"?: text }';
  assert.equal(await told({ ...begun, of: { percent: 'ten' } }), `#/of must be ${choices}, not an object`);
  assert.equal(await told({ ...begun, of: 10 }), `#/of must be ${choices}, not 10`);
  assert.equal(await told({ ...begun, stage: 'both' }), '#/stage must be one of shadow, live, not "both"');
  const inputs = await request('POST', '/api/v1/twins/pump-1/step', {
    seconds: 1,
    inputs: { motor_power: [1] },
  });
  assert.match(
    String(inputs.body['detail']),
    /must be a number or \{ "value": number, "unit": text \}, not an array/,
  );
});
