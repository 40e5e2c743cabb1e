/** The HTTP interface over the engine itself: what the fake fleet promises, the real one keeps. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import * as schemas from '../../../src/adapters/http/schemas.ts';
import { createRealApp } from './real-app.ts';

test('a twin is told, ticks, is read and stepped', async (t) => {
  const { request, clock } = await createRealApp(t);
  const waiting = await request('GET', '/api/v1/twins/pump-1/state');
  assert.deepEqual(Value.Errors(schemas.State, waiting.body), []);
  assert.deepEqual([waiting.body.status, waiting.body.waitingFor], ['waiting', ['motor_power']]);
  const refused = await request('POST', '/api/v1/twins/pump-1/step', { seconds: 1 });
  assert.deepEqual([refused.status, refused.body.code], [409, 'TWIN_WAITING']);

  const inputs = { motor_power: { value: 2, unit: 'kW' }, ambient: 25, temperature_1: 36 };
  assert.equal((await request('POST', '/api/v1/twins/pump-1/inputs', inputs)).status, 202);
  await clock.advance(1000);
  const running = await request('GET', '/api/v1/twins/pump-1/state');
  assert.deepEqual(Value.Errors(schemas.State, running.body), []);
  assert.equal(running.body.status, 'running');
  assert.deepEqual(running.body.inputs, { motor_power: 2000, ambient: 25 });

  // der(T) = (P - C (T - Ta)) / H has the closed form T∞ + (T0 - T∞) exp(-t C / H), with T∞ = Ta + P / C.
  const before = temperatureOf(running.body);
  const stepped = await request('POST', '/api/v1/twins/pump-1/step', {
    seconds: 60,
    inputs: { ambient: 30 },
  });
  assert.equal(stepped.status, 200);
  const settled = 30 + 2000 / 100;
  const expected = settled + (before - settled) * Math.exp((-60 * 100) / 40_000);
  assert.ok(Math.abs(temperatureOf(stepped.body) - expected) < 1e-6);
  assert.equal((await request('GET', '/ready')).status, 200);
});

test('every refusal of an input has its reason', async (t) => {
  const { request } = await createRealApp(t);
  const cases: [Record<string, unknown>, string][] = [
    [{ ambeint: 20 }, 'unknown-signal'],
    [{ ambient: 'warm' }, 'not-a-number'],
    [{ ambient: 1000 }, 'out-of-bounds'],
    [{ ambient: { value: 1, unit: 'bar' } }, 'bad-unit'],
    [{ ambient: [[[[1]]]] }, 'not-a-number'],
  ];
  for (const [inputs, reason] of cases) {
    const { status, body } = await request('POST', '/api/v1/twins/pump-1/inputs', inputs);
    assert.equal(status, 422);
    assert.deepEqual(
      (body.errors as { reason: string }[]).map((error) => error.reason),
      [reason],
    );
  }
  const old = { ambient: 20, time: '2020-01-01T00:00:00Z' };
  const { body } = await request('POST', '/api/v1/twins/pump-1/inputs', old);
  assert.equal((body.errors as { reason: string }[])[0]?.reason, 'too-late');
  const { refusals } = (await request('GET', '/api/v1/refusals')).body as { refusals: { reason: string }[] };
  assert.equal(refusals.length, 6);
  for (const refusal of refusals) assert.deepEqual(Value.Errors(schemas.Refusal, refusal), []);
});

test('a plain route gives the states, and steps them by the formulas as they stand', async (t) => {
  const { request } = await createRealApp(t);
  assert.deepEqual((await request('GET', '/state')).body, { temperature: 65, rpm: 1500 });
  const { body } = await request('POST', '/update?ambient=30');
  assert.deepEqual(body, { temperature: 65 + (30 - 65) * 0.05 * 1, rpm: 1500 });
  assert.deepEqual((await request('GET', '/state')).body, body);
});

function temperatureOf(body: Record<string, unknown>): number {
  return (body.states as { temperature: number }).temperature;
}
