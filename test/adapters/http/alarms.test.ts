/** Alarms over REST: lists, acts, and everything that people and programs get wrong. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApp, type TestApp } from './harness.ts';

const id = 'pump-1~when~too_hot';
const path = `/api/v1/alarms/${id}`;

function raise({ fleet }: TestApp, twin = 'pump-1', severity: 'warning' | 'critical' = 'warning'): void {
  const atMs = fleet.alarms.nowMs();
  fleet.alarms.raise({ twin, kind: 'when', subject: 'too_hot', severity, message: `${twin} is hot`, atMs });
}

const idsOf = (body: Record<string, unknown>) => (body.alarms as { id: string }[]).map((alarm) => alarm.id);

test('lists what asks most first, filtered and page by page, with the counts of all', async (t) => {
  const it = await createApp(t);
  raise(it, 'pump-1');
  raise(it, 'pump-2', 'critical');
  raise(it, '*');
  it.fleet.alarms.acknowledge('*~when~too_hot', { by: 'Ann' });
  const all = await it.get('/api/v1/alarms');
  assert.deepEqual(idsOf(all.body), ['pump-2~when~too_hot', id, '*~when~too_hot']);
  assert.deepEqual((all.body.counts as Record<string, object>).warning, {
    unacknowledged: 1,
    acknowledged: 1,
    returned: 0,
    shelved: 0,
    suppressed: 0,
  });
  for (const [query, ids] of [
    ['twin=pump-1', [id]],
    ['twin=*', ['*~when~too_hot']],
    ['severity=critical', ['pump-2~when~too_hot']],
    ['state=acknowledged&severity=warning', ['*~when~too_hot']],
    ['state=normal', []],
    ['offset=10', []],
  ] as const) {
    assert.deepEqual(idsOf((await it.get(`/api/v1/alarms?${query}`)).body), ids, query);
  }
  const first = await it.get('/api/v1/alarms?severity=warning&limit=1');
  assert.deepEqual([idsOf(first.body), first.body.total], [[id], 2]);
  const second = await it.get(String(first.body.next));
  assert.deepEqual([idsOf(second.body), second.body.next], [['*~when~too_hot'], undefined]);
  assert.deepEqual(idsOf((await it.get('/api/v1/twins/pump-2/alarms')).body), ['pump-2~when~too_hot']);
  assert.deepEqual((await it.get('/api/v1/twins/pump-3/alarms')).body, { alarms: [] });
});

test('an alarm is acknowledged, shelved and taken off the shelf, each with who did it', async (t) => {
  const it = await createApp(t);
  raise(it);
  const seen = await it.post(`${path}/acknowledge`, { by: ' Ann ', note: 'on my way' });
  assert.deepEqual([seen.status, seen.body.state], [200, 'acknowledged']);
  assert.deepEqual(seen.body.acknowledged, {
    by: 'Ann',
    time: '2026-11-22T13:00:00.000Z',
    note: 'on my way',
  });
  const aside = await it.post(`${path}/shelve`, { by: 'Bob', why: 'new sensor', seconds: 60 });
  assert.deepEqual(aside.body.shelved, {
    by: 'Bob',
    time: '2026-11-22T13:00:00.000Z',
    until: '2026-11-22T13:01:00.000Z',
    why: 'new sensor',
  });
  for (const until of ['2026-11-22T15:00:00+01:00', Date.parse('2026-11-22T14:00:00Z')]) {
    const { body } = await it.post(`${path}/shelve`, { by: 'Bob', why: 'longer', until });
    assert.equal((body.shelved as { until: string }).until, '2026-11-22T14:00:00.000Z');
  }
  const back = await it.post(`${path}/unshelve`, { by: 'Bob' });
  assert.deepEqual([back.body.state, back.body.shelved], ['unacknowledged', undefined]);
  assert.deepEqual((await it.get(path)).body, back.body);
});

test('nonsense is refused with what is wrong', async (t) => {
  const it = await createApp(t);
  raise(it);
  const shelve = { by: 'Ann', why: 'x' };
  const cases: readonly (readonly [string, unknown, number, string])[] = [
    ['/api/v1/alarms/pump-1~when~too_hto/acknowledge', { by: 'Ann' }, 404, 'ALARM_UNKNOWN'],
    ['/api/v1/alarms/%00/acknowledge', { by: 'Ann' }, 404, 'ALARM_UNKNOWN'],
    [`/api/v1/alarms/${'a~'.repeat(190)}/acknowledge`, { by: 'Ann' }, 404, 'ALARM_UNKNOWN'],
    [`/api/v1/alarms/${'a'.repeat(500)}/acknowledge`, { by: 'Ann' }, 400, 'HTTP_MALFORMED'],
    [`${path}/acknowledge`, undefined, 422, 'HTTP_INVALID'],
    [`${path}/acknowledge`, {}, 422, 'HTTP_INVALID'],
    [`${path}/acknowledge`, [], 422, 'HTTP_INVALID'],
    [`${path}/acknowledge`, { by: '' }, 422, 'HTTP_INVALID'],
    [`${path}/acknowledge`, { by: '  ' }, 422, 'HTTP_INVALID'],
    [`${path}/acknowledge`, { by: 'A\nnn' }, 422, 'HTTP_INVALID'],
    [`${path}/acknowledge`, { by: 7 }, 422, 'HTTP_INVALID'],
    [`${path}/acknowledge`, { by: 'x'.repeat(101) }, 422, 'HTTP_INVALID'],
    [`${path}/acknowledge`, { by: 'Ann', note: null }, 422, 'HTTP_INVALID'],
    [`${path}/acknowledge`, { by: 'Ann', nota: 'x' }, 422, 'HTTP_INVALID'],
    [`${path}/shelve`, shelve, 422, 'HTTP_INVALID'],
    [`${path}/shelve`, { ...shelve, seconds: 1, until: 2 }, 422, 'HTTP_INVALID'],
    [`${path}/shelve`, { ...shelve, seconds: 0 }, 422, 'HTTP_INVALID'],
    [`${path}/shelve`, { ...shelve, seconds: '60' }, 422, 'HTTP_INVALID'],
    [`${path}/shelve`, { ...shelve, until: 'tomorrow' }, 422, 'HTTP_INVALID'],
    [`${path}/shelve`, { by: 'Ann', seconds: 60 }, 422, 'HTTP_INVALID'],
    [`${path}/shelve`, { ...shelve, until: '2026-11-22T12:59:59Z' }, 422, 'ALARM_TIME'],
    [`${path}/shelve`, { ...shelve, seconds: 86_401 }, 422, 'ALARM_TIME'],
    [`${path}/shelve`, { ...shelve, seconds: 1e300 }, 422, 'ALARM_TIME'],
    [`${path}/unshelve`, { by: 'Ann' }, 409, 'ALARM_STATE'],
    [`${path}/forget`, { by: 'Ann' }, 404, 'HTTP_NOT_FOUND'],
  ];
  for (const [url, body, status, code] of cases) {
    const answer = await it.post(url, body);
    const what = `${url.slice(0, 60)} ${JSON.stringify(body)}`;
    assert.deepEqual([answer.status, answer.body.code], [status, code], what);
  }
  assert.equal((await it.get(path)).body.state, 'unacknowledged');
  await it.post(`${path}/acknowledge`, { by: 'Ann' });
  const twice = await it.post(`${path}/acknowledge`, { by: 'Bob' });
  assert.deepEqual(
    [twice.status, twice.body.code, twice.body.detail],
    [409, 'ALARM_STATE', `alarm \`${id}\` is acknowledged already by Ann`],
  );
  for (const [query, status, detail] of [
    ['twin=pump-9', 404, /there is no twin "pump-9"/],
    ['state=nonsense', 422, /\?state must be one of unacknowledged, acknowledged, .*, not "nonsense"/],
    ['severity=info', 422, /\?severity must be one of warning, critical, not "info"/],
    ['stat=normal', 422, /unknown query parameter "stat"/],
    ['limit=0', 422, /\?limit/],
    ['limit=1001', 422, /\?limit/],
    ['offset=-1', 422, /\?offset/],
  ] as const) {
    const answer = await it.get(`/api/v1/alarms?${query}`);
    assert.equal(answer.status, status, query);
    assert.match(String(answer.body.detail), detail);
  }
  assert.equal((await it.get('/api/v1/twins/pump-9/alarms')).status, 404);
  assert.equal((await it.get(`/api/v1/alarms/${id}x`)).body.hint, `did you mean \`${id}\`?`);
});
