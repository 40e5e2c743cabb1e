/** Calibrations in threads of their own: one at a time, a queue with an end, stopped when told, and what they say. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CalibrationJobs } from '../../../src/adapters/calibrations/index.ts';
import { compileModelDocument } from '../../../src/core/model/index.ts';

const { model } = compileModelDocument({
  gemel: 1,
  model: 'room',
  version: '1.4.2',
  inputs: { ambient: { unit: 'degC', default: 20 } },
  parameters: { tau: { unit: 's', value: 20, min: 1, max: 1000, calibrate: true } },
  states: { temperature: { unit: 'degC', start: 65 } },
  equations: { 'der(temperature)': '(ambient - temperature) / tau' },
  measurements: { reading: { equals: 'temperature', unit: 'degC' } },
});

/** Decay with 50 s. */
function record(rows: number): { time: number; T1: number }[] {
  return Array.from({ length: rows }, (_, t) => ({
    time: t,
    T1: Math.round(1000 * (20 + 45 * Math.exp(-t / 50) + Math.sin(t * t) / 50)) / 1000,
  }));
}

const map = { T1: 'reading[degC]' };
const csv = `time,T1\n${record(200)
  .map(({ time, T1 }) => `${time},${T1}`)
  .join('\n')}\n`;
/** Takes minutes if nobody stops it. */
const long = { rows: record(5000), map, starts: 400 };

type Job = ReturnType<CalibrationJobs['start']>;

function jobsOf(t: TestContext, options: { queueLimit?: number; keepLimit?: number } = {}) {
  const jobs = new CalibrationJobs({ nowMs: () => 1000, ...options });
  t.after(() => jobs.close());
  const seen: Job[] = [];
  jobs.onChange((job) => seen.push(job));
  const until = (id: string, states: readonly Job['state'][]): Promise<Job> =>
    new Promise((resolve) => {
      const look = (job: Job): void => {
        if (job.id === id && states.includes(job.state)) resolve(job);
      };
      const now = jobs.get(id);
      if (now !== undefined) look(now);
      jobs.onChange(look);
    });
  const over = (id: string): Promise<Job> => until(id, ['done', 'stopped', 'failed']);
  const start = (request: Parameters<CalibrationJobs['start']>[1]): Job => {
    assert.ok(model);
    return jobs.start(model, request);
  };
  return { jobs, seen, start, over };
}

test('a job runs from CSV to its result, with progress on the way', async (t) => {
  const { seen, start, over } = jobsOf(t);
  const { id, state } = start({ csv, map, train: '0:60%', test: '60%:100%' });
  assert.equal(state, 'running');
  const { state: end, result, progress, endedMs } = await over(id);
  assert.equal(end, 'done');
  assert.equal(endedMs, 1000);
  assert.equal(progress.fraction, 1);
  const [tau] = result?.estimates ?? [];
  assert.ok(tau !== undefined && Math.abs(tau.value - 50) < 0.1 && tau.before === 20);
  assert.equal(result?.document.version, '1.5.0');
  assert.ok(Math.abs(Number(result?.document.parameters?.['tau']?.value) - 50) < 0.1);
  assert.ok((result?.measurements[0]?.test?.rmse ?? 1) < 0.05);
  assert.ok(seen.some((job) => job.state === 'running' && 'reading' in job.progress.errors));
});

test('rows of JSON give the same', async (t) => {
  const { start, over } = jobsOf(t);
  const fromRows = await over(start({ rows: record(200), map }).id);
  const fromCsv = await over(start({ csv, map }).id);
  assert.deepEqual(fromRows.result?.estimates, fromCsv.result?.estimates);
});

test('what is wrong with the data is told by the job', async (t) => {
  const { start, over } = jobsOf(t);
  const wrong = await over(start({ csv, map: { T2: 'reading' } }).id);
  assert.equal(wrong.state, 'failed');
  assert.equal(wrong.problem?.code, 'RECORD_INVALID');
  assert.match(wrong.problem?.message ?? '', /no column `T2`/);
  assert.equal(wrong.problem?.diagnostics.length, 2);
  const torn = await over(start({ csv: 'time,reading\n1,2\n3', map }).id);
  assert.equal(torn.problem?.code, 'RECORD_INVALID');
});

test('one runs at a time, some wait, and more are refused', async (t) => {
  const { jobs, start, over } = jobsOf(t, { queueLimit: 2 });
  const first = start(long);
  const second = start({ csv, map });
  const third = start({ csv, map });
  assert.deepEqual([first.state, second.state, third.state], ['running', 'waiting', 'waiting']);
  assert.throws(() => start({ csv, map }), { code: 'CALIBRATION_BUSY' });
  jobs.stop(third.id);
  assert.equal(jobs.get(third.id)?.state, 'stopped');
  jobs.stop(first.id);
  await over(first.id);
  assert.equal((await over(second.id)).state, 'done');
  assert.deepEqual(
    jobs.list().map(({ id }) => id),
    ['3', '2', '1'],
  );
});

test('told to stop, it ends with the best so far', async (t) => {
  const { jobs, start, over } = jobsOf(t);
  const { id } = start(long);
  jobs.onChange((job) => {
    if ('reading' in job.progress.errors) jobs.stop(id);
  });
  const { state, result } = await over(id);
  assert.equal(state, 'stopped');
  assert.equal(result?.interrupted, true);
  assert.equal(result?.estimates.length, 1);
  jobs.stop(id);
  assert.equal(jobs.get(id)?.state, 'stopped');
});

test('of those that are over some are kept', async (t) => {
  const { jobs, start, over } = jobsOf(t, { keepLimit: 1 });
  const first = start({ csv, map, starts: 1 });
  await over(first.id);
  const second = start({ csv, map, starts: 1 });
  await over(second.id);
  assert.equal(jobs.get(first.id), undefined);
  assert.equal(jobs.get(second.id)?.state, 'done');
});
