/** Jobs over the stream: those that there are, then each as it comes along, without what came out. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CalibrationJobView, Calibrations } from '../../../src/adapters/http/options.ts';
import { startServer } from './harness.ts';
import { connect } from './stream-client.ts';

function jobsByHand(): Calibrations & { put(id: string, change: Partial<CalibrationJobView>): void } {
  const jobs = new Map<string, CalibrationJobView>();
  const listeners = new Set<(job: CalibrationJobView) => void>();
  return {
    start: () => assert.fail('nothing is started here'),
    get: (id) => jobs.get(id),
    list: () => [...jobs.values()].toReversed(),
    stop: () => {},
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    put(id, change) {
      const before = jobs.get(id) ?? {
        id,
        model: 'pump@1.0.0',
        state: 'running',
        createdMs: 0,
        progress: { fraction: 0, round: 0, errors: {} },
      };
      const job = { ...before, ...change };
      jobs.set(id, job);
      for (const listener of listeners) listener(job);
    },
  };
}

test('a reader is told of the jobs that there are, and of each that changes', async (t) => {
  const calibrations = jobsByHand();
  const { port } = await startServer(t, { calibrations });
  calibrations.put('1', { state: 'done', endedMs: 5, result: { large: 'result' } });
  calibrations.put('2', {});
  const client = await connect(t, port);
  client.say({ type: 'subscribe', topic: 'jobs' });
  assert.deepEqual(await client.next('subscribed'), { type: 'subscribed', topic: 'jobs' });
  const first = await client.next('job');
  assert.deepEqual(first['job'], {
    id: '1',
    model: 'pump@1.0.0',
    state: 'done',
    created: '1970-01-01T00:00:00.000Z',
    ended: '1970-01-01T00:00:00.005Z',
    progress: { fraction: 0, round: 0, errors: {} },
  });
  assert.partialDeepStrictEqual(await client.next('job'), { job: { id: '2', state: 'running' } });
  calibrations.put('2', { progress: { fraction: 0.5, round: 4, errors: { temperature_1: 0.2 } } });
  assert.partialDeepStrictEqual(await client.next('job'), {
    job: { id: '2', progress: { fraction: 0.5, round: 4, errors: { temperature_1: 0.2 } } },
  });
  client.say({ type: 'unsubscribe', topic: 'jobs' });
  assert.deepEqual(await client.next('unsubscribed'), { type: 'unsubscribed', topic: 'jobs' });
  calibrations.put('2', { state: 'done' });
  client.say({ type: 'ping' });
  await client.next('pong');
  assert.equal(client.received.filter(({ type }) => type === 'job').length, 3);
});

test('where nothing is calibrated there are no jobs, and what is not understood is refused', async (t) => {
  const { port } = await startServer(t);
  const client = await connect(t, port);
  client.say({ type: 'subscribe', topic: 'jobs' });
  await client.next('subscribed');
  client.say({ type: 'subscribe', topic: 'jobs', twins: ['pump-1'] });
  assert.partialDeepStrictEqual(await client.next('error'), { code: 'STREAM_MESSAGE' });
  client.say({ type: 'subscribe', topic: 'job' });
  assert.partialDeepStrictEqual(await client.next('error'), { hint: 'topics: states, alarms, jobs' });
});
