/** The routes of calibrations, over jobs that a test makes by hand. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import { Calibration } from '../../../src/adapters/http/calibration-schemas.ts';
import type { CalibrationJobView, Calibrations } from '../../../src/adapters/http/options.ts';
import { findProblems } from '../../../src/adapters/http/validation.ts';
import { createApp } from './harness.ts';
import { createRealApp } from './real-app.ts';

const path = '/api/v1/models/pump@1.0.0/calibrations';
const rows = [
  { time: 0, motor_power: 0, temperature_1: 20 },
  { time: 1, motor_power: 100, temperature_1: 21 },
];

function fakeJobs(): Calibrations & { readonly jobs: CalibrationJobView[]; readonly stopped: string[] } {
  const jobs: CalibrationJobView[] = [];
  const stopped: string[] = [];
  return {
    jobs,
    stopped,
    start(model) {
      if (jobs.length === 2) throw new GemelError('CALIBRATION_BUSY', 'two are enough');
      const progress = { fraction: 0.5, round: 3, errors: { temperature_1: 0.25 } };
      const job = {
        id: String(jobs.length + 1),
        model: model.id,
        state: 'running',
        createdMs: 0,
        progress,
      } as const;
      jobs.push(job);
      return job;
    },
    get: (id) => jobs.find((job) => job.id === id),
    list: () => jobs.toReversed(),
    stop: (id) => void stopped.push(id),
    onChange: () => () => {},
  };
}

test('a request becomes a job, which can be looked at, listed and stopped', async (t) => {
  const calibrations = fakeJobs();
  const { get, post, send } = await createApp(t, { calibrations });
  const made = await post(path, { rows, train: '0:60%', starts: 4 });
  assert.equal(made.status, 202);
  assert.equal(made.headers['location'], '/api/v1/models/pump%401.0.0/calibrations/1');
  const shown = await get(String(made.headers['location']));
  assert.deepEqual(shown.body, {
    id: '1',
    model: 'pump@1.0.0',
    state: 'running',
    created: '1970-01-01T00:00:00.000Z',
    progress: { fraction: 0.5, round: 3, errors: { temperature_1: 0.25 } },
  });
  assert.deepEqual((await get(path)).body, { calibrations: [shown.body] });
  assert.deepEqual((await get('/api/v1/models/machine@1.0.0/calibrations')).body, { calibrations: [] });
  const ended = await send({ method: 'DELETE', url: `${path}/1` });
  assert.equal(ended.status, 202);
  assert.deepEqual(calibrations.stopped, ['1']);
});

test('what cannot be asked for is refused', async (t) => {
  const { get, post } = await createApp(t, { calibrations: fakeJobs() });
  const refused = async (body: object, status: number, code: string, url = path): Promise<void> => {
    const answer = await post(url, body);
    assert.deepEqual([answer.status, answer.body['code']], [status, code], answer.text);
  };
  await refused({}, 422, 'HTTP_INVALID');
  await refused({ rows, csv: 'a,b\n1,2\n' }, 422, 'HTTP_INVALID');
  await refused({ rows, starts: 0 }, 422, 'HTTP_INVALID');
  await refused({ rows, strats: 4 }, 422, 'HTTP_INVALID');
  await refused({ rows }, 404, 'MODEL_UNKNOWN', '/api/v1/models/pumpp@1.0.0/calibrations');
  assert.equal((await get(`${path}/7`)).body['code'], 'CALIBRATION_UNKNOWN');
  await post(path, { rows });
  assert.equal((await get('/api/v1/models/machine@1.0.0/calibrations/1')).status, 404);
  await post(path, { rows });
  await refused({ rows }, 503, 'CALIBRATION_BUSY');
});

test('a record may be larger than other requests', async (t) => {
  const { post } = await createApp(t, { calibrations: fakeJobs() });
  const csv = `time,motor_power,temperature_1\n${'0.123456789,100,20\n'.repeat(100_000)}`;
  assert.equal((await post(path, { csv })).status, 202);
});

test('over the engine itself, a record becomes a result of the shape that the document says', async (t) => {
  const { request } = await createRealApp(t);
  // The pump with 50 kJ/K instead of 40: a time constant of 500 s, towards 20 degC + P/(100 W/K).
  const csv = ['time,motor_power,T'];
  let temperature = 35;
  for (let k = 0; k < 120; k++) {
    const power = k % 40 < 20 ? 3000 : 500;
    csv.push(`${k * 60},${power},${(temperature + 0.05 * Math.sin(k * k)).toFixed(3)}`);
    const end = 20 + power / 100;
    temperature = end + (temperature - end) * Math.exp(-60 / 500);
  }
  const body = {
    csv: csv.join('\n'),
    map: { T: 'temperature_1[degC]' },
    train: ':70%',
    test: '70%:',
    starts: 3,
  };
  const made = await request('POST', path, body);
  assert.equal(made.status, 202);
  const at = `${path}/${String(made.body['id'])}`;
  let job = made.body;
  while (job['ended'] === undefined) {
    // An injected request does not let the thread's messages in.
    await setImmediate();
    job = (await request('GET', at)).body;
  }
  assert.equal(job['state'], 'done', JSON.stringify(job['problem']));
  assert.deepEqual(findProblems(Calibration, job, '#'), []);
  const { estimates, document } = job['result'] as {
    estimates: { name: string; value: number; low: number; high: number }[];
    document: { version: string };
  };
  const [capacity] = estimates;
  assert.ok(capacity !== undefined && capacity.name === 'heat_capacity');
  assert.ok(capacity.low < 50 && 50 < capacity.high && Math.abs(capacity.value - 50) < 0.5);
  assert.equal(document.version, '1.1.0');
});
