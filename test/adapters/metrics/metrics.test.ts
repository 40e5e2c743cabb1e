/** The metrics: what they say, and that they keep to the conventions of Prometheus. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { createMetrics, type Metrics } from '../../../src/adapters/metrics/index.ts';
import { createFakeFleet, type FakeFleet } from '../http/fake-fleet.ts';

function createAll(t: TestContext): { metrics: Metrics; fleet: FakeFleet } {
  const fleet = createFakeFleet();
  const metrics = createMetrics({ fleet, version: '1.2.3' });
  t.after(() => metrics.stop());
  metrics.watch({
    http: () => ({
      requests: [
        { method: 'GET', route: '/state', status: 200, count: 7 },
        { method: 'GET', route: '/api/v1/twins/:id', status: 404, count: 2 },
      ],
      stream: { readers: 3, missed: 11, sent: 100, stuck: 1 },
    }),
    mqtt: () => ({ state: 'up', clients: 2, queued: 5, counters: { received: 40, droppedStates: 6 } }),
    history: () => ({ written: 1000, dropped: 3, late: 2, waiting: 50, bytes: 4096 }),
    journal: () => ({ failure: 'the disk is full', waitingBytes: 17, durable: 1234 }),
  });
  return { metrics, fleet };
}

test('tell what runs, the fleet, HTTP, the stream, MQTT, the history and the journal', async (t) => {
  const { metrics, fleet } = createAll(t);
  fleet.tick();
  const text = await metrics.render();
  for (const line of [
    `gemel_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
    'gemel_twins{status="running"} 4',
    'gemel_history_samples_total 1000',
    'gemel_journal_up 0',
    'gemel_journal_waiting_bytes 17',
    'gemel_journal_records_total 1234',
    'gemel_history_dropped_total 3',
    'gemel_history_late_total 2',
    'gemel_history_waiting 50',
    'gemel_history_bytes 4096',
    'gemel_twins{status="quarantined"} 0',
    'gemel_ticks_total 4',
    'gemel_missed_deadlines_total 0',
    'gemel_queue_depth 0',
    'gemel_samples_total{outcome="applied",reason=""} 0',
    'gemel_samples_total{outcome="refused",reason="not-a-number"} 0',
    'gemel_http_requests_total{method="GET",route="/state",status="200"} 7',
    'gemel_stream_readers 3',
    'gemel_stream_missed_total 11',
    'gemel_mqtt_up 1',
    'gemel_mqtt_clients 2',
    'gemel_mqtt_dropped_states_total 6',
  ]) {
    assert.ok(text.split('\n').includes(line), `${line} is not in\n${text}`);
  }
});

test('tell alarms by severity and state, and how much life is left, the least first', async (t) => {
  const { metrics, fleet } = createAll(t);
  for (const severity of ['warning', 'critical'] as const) {
    fleet.alarms.raise({ twin: 'pump-1', kind: severity, severity, message: 'x', atMs: 0 });
  }
  fleet.alarms.acknowledge('pump-1~warning', { by: 'Ann' });
  const text = await metrics.render();
  for (const line of [
    'gemel_alarms{severity="warning",state="unacknowledged"} 0',
    'gemel_alarms{severity="warning",state="acknowledged"} 1',
    'gemel_alarms{severity="critical",state="unacknowledged"} 1',
    'gemel_alarms_kept 2',
    'gemel_alarms_raised_total 2',
    'gemel_alarms_dropped_total 0',
    'gemel_alarms_acknowledged_total 1',
    'gemel_health_percent{twin="pump-1",health="oil"} 50',
  ]) {
    assert.ok(text.split('\n').includes(line), `${line} is not in\n${text}`);
  }
});

test('of a large fleet, only the thousand with the least life left are shown', async (t) => {
  const fleet = createFakeFleet(1200);
  const metrics = createMetrics({ fleet, version: '1' });
  t.after(() => metrics.stop());
  const lines = (await metrics.render()).split('\n');
  assert.equal(lines.filter((line) => line.startsWith('gemel_health_percent{')).length, 1000);
});

test('read counters anew each time instead of adding them up', async (t) => {
  const { metrics } = createAll(t);
  await metrics.render();
  assert.match(await metrics.render(), /^gemel_stream_missed_total 11$/m);
});

test('measure ticks from when they were due, and samples from when they came', async (t) => {
  const { metrics, fleet } = createAll(t);
  // The fake fleet has each tick 3 ms after it was due, with one sample that came 200 ms before that.
  fleet.tick();
  fleet.tick();
  const text = await metrics.render();
  assert.match(text, /^gemel_tick_duration_seconds_count 2$/m);
  assert.match(text, /^gemel_tick_duration_seconds_sum 0\.006$/m);
  assert.match(text, /^gemel_tick_duration_seconds_bucket\{le="0\.0025"\} 0$/m);
  assert.match(text, /^gemel_tick_duration_seconds_bucket\{le="0\.005"\} 2$/m);
  assert.match(text, /^gemel_sample_to_state_seconds_bucket\{le="0\.1"\} 0$/m);
  assert.match(text, /^gemel_sample_to_state_seconds_bucket\{le="0\.25"\} 2$/m);
  metrics.stop();
  fleet.tick();
  assert.match(await metrics.render(), /^gemel_tick_duration_seconds_count 2$/m);
});

test('the event loop is seen to be late when it is', async (t) => {
  const { metrics } = createAll(t);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const until = performance.now() + 100;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const [, worst] =
    /^gemel_event_loop_delay_seconds\{statistic="max"\} (.*)$/m.exec(await metrics.render()) ?? [];
  assert.ok(Number(worst) > 0.05 && Number(worst) < 5, `${worst} s`);
});

test('two sets do not share anything', async (t) => {
  const { metrics, fleet } = createAll(t);
  const other = createMetrics({ fleet: createFakeFleet(), version: '1' });
  t.after(() => other.stop());
  fleet.tick();
  assert.match(await metrics.render(), /^gemel_tick_duration_seconds_count 1$/m);
  assert.match(await other.render(), /^gemel_tick_duration_seconds_count 0$/m);
});

const promtool = 'promtool';
const hasPromtool = spawnSync(promtool, ['--version']).status === 0;

test('promtool finds nothing to criticise', {
  skip: hasPromtool ? false : 'promtool is not installed',
}, async (t) => {
  const { metrics, fleet } = createAll(t);
  fleet.tick();
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
    input: await metrics.render(),
    encoding: 'utf8',
  });
  assert.equal(`${stdout}${stderr}`, '');
  assert.equal(status, 0);
});
