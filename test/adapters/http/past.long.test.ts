/** Past moments over HTTP: what was recorded of a running fleet reads as it did then. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openHistory, recordFleet } from '../../../src/adapters/history/index.ts';
import { createHttpApp } from '../../../src/adapters/http/app.ts';
import { guardOf, limitsOf } from '../../../src/adapters/http/server.ts';
import type { TwinConfig } from '../../../src/engine/index.ts';
import { modelOf, startFleet, startMs, twinOf } from '../../engine/support.ts';
import { createApp } from './harness.ts';

const press = (version: string) =>
  modelOf(`
gemel: 1
model: press
version: ${version}
title: Press ${version}
inputs:
  power: { unit: W, default: 0, min: 0, max: 5000 }
  load: { unit: "1" }
states:
  oil: { unit: degC, start: 40, min: 0, max: 90, noise: 0.05 K/s^0.5 }
  cooler: { unit: W/K, start: 90, noise: 0.5 W/K/s^0.5 }
equations:
  spread: (oil - 20 [degC]) * load
  der(oil): (power - cooler * (oil - 20 [degC])) / 20 [kJ/K]
  der(cooler): 0
outputs:
  spread: { unit: K }
measurements:
  probe: { equals: oil, unit: degC, noise: 0.2 K }
health:
  shell: { of: cooler, nominal: 135 W/K, fails: below 50 W/K }
when:
  warm: { condition: "oil > 45 [degC]", raise: the oil gets warm, severity: warning }
`);
const press10 = press('1.0.0');
const press11 = press('1.1.0');

async function open(
  t: TestContext,
  everyMs = 0,
  twins: readonly TwinConfig[] = [twinOf('a', press10), twinOf('b', press10)],
) {
  const folder = mkdtempSync(join(tmpdir(), 'gemel-past-'));
  const { fleet, clock, send } = await startFleet(twins, { models: [press10, press11] });
  const history = openHistory(
    { file: join(folder, 'history.sqlite') },
    { keepMs: 1e12, keepSummariesMs: 1e12 },
  );
  let recording = recordFleet(fleet, history, { everyMs });
  const options = {
    fleet,
    history,
    routes: { 'GET /state': { twin: twins[0]?.id ?? '', reply: 'plain' } },
  } as const;
  const { app } = await createHttpApp(options, guardOf({}), limitsOf({}));
  t.after(async () => {
    recording.stop();
    await app.close();
    await history.close();
    await fleet.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    fleet,
    clock,
    send,
    /** What is gathered leaves for the history. */
    flush() {
      recording.stop();
      recording = recordFleet(fleet, history, { everyMs });
    },
    async get(url: string) {
      const reply = await app.inject({ url, headers: { host: 'localhost' } });
      const body = reply.body === '' ? {} : reply.json<Record<string, unknown>>();
      return { status: reply.statusCode, body, headers: reply.headers };
    },
  };
}

/** Innovations are recorded in fewer digits than shown. */
function inSixDigits(state: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(state);
  return JSON.parse(
    text.replaceAll(/"innovation":([^,}]+)/g, (_all, value: string) => {
      return `"innovation":${Number(Number(value).toPrecision(6))}`;
    }),
  ) as Record<string, unknown>;
}

const at = (seconds: number) => `at=${startMs + seconds * 1000}`;
const iso = (seconds: number) => new Date(startMs + seconds * 1000).toISOString();
const idsOf = (body: Record<string, unknown>, list: string) =>
  (body[list] as { id: string }[]).map(({ id }) => id);

test('every state of a run reads as it did when it was new', async (t) => {
  const { clock, send, flush, get } = await open(t);
  const seen = new Map<number, Record<string, unknown>>();
  for (let second = 1; second <= 20; second++) {
    if (second > 3) send('a', { load: 0.5 + second / 100, power: 3000 });
    // One that is far off is rejected; then the sensor is silent.
    if (second > 5 && second < 12)
      send('a', { time: clock.nowMs() + 300, probe: second === 9 ? 75 : 41 + second / 10 });
    await clock.advance(1000);
    seen.set(second, (await get('/api/v1/twins/a/state')).body);
  }
  flush();
  const statuses = new Set<unknown>();
  for (const [second, then] of seen) {
    const asked = Math.min(second + 0.4, 20);
    const { status, body } = await get(`/api/v1/twins/a/state?${at(asked)}`);
    assert.equal(status, 200);
    const { past, times, ...state } = body;
    const { times: _inputTimes, ...expected } = then;
    assert.deepEqual(state, inSixDigits(expected));
    assert.deepEqual([past, times], [{ at: iso(asked), resolutionMs: 1000 }, {}]);
    statuses.add(JSON.stringify(Object.keys(state)));
    statuses.add(state['status']);
  }
  assert.ok(statuses.has('waiting') && statuses.has('running'));
  assert.match([...seen.values()].map((state) => JSON.stringify(state)).join(''), /"rejected":true/);
  const plain = await get(`/state?${at(10.9)}`);
  assert.deepEqual(plain.body, seen.get(10)?.['states']);
  assert.equal(plain.headers['gemel-time'], iso(10));
  assert.deepEqual((await get('/state?cache=no')).body, seen.get(20)?.['states']);
});

test('where ticks are recorded seldom, the tick and how seldom is said', async (t) => {
  const { clock, send, flush, get } = await open(t, 5000);
  send('a', { load: 1 });
  await clock.advance(30_000);
  flush();
  const { body } = await get(`/api/v1/twins/a/state?${at(22)}`);
  assert.deepEqual(body['past'], { at: iso(22), resolutionMs: 5000 });
  const ageMs = startMs + 22_000 - Date.parse(String(body['time']));
  assert.ok(ageMs >= 0 && ageMs < 5000, `${ageMs}`);
});

test('the twins of a moment are those that were there, as they were', async (t) => {
  const { fleet, clock, send, flush, get } = await open(t);
  send('a', { load: 1 });
  await clock.advance(3000);
  await fleet.remove('b');
  await clock.advance(2000);
  await fleet.add(twinOf('c', press11, { inputs: { load: 1 } }));
  await clock.advance(2000);
  await fleet.remove('a');
  await fleet.add(twinOf('a', press11, { inputs: { load: 1 }, periodMs: 500 }));
  await clock.advance(3000);
  flush();
  const twins = async (query: string) => (await get(`/api/v1/twins?${query}`)).body;
  const before = await twins(at(2));
  assert.deepEqual(idsOf(before, 'twins'), ['a', 'b']);
  assert.deepEqual((before['twins'] as object[])[0], {
    id: 'a',
    model: 'press@1.0.0',
    title: 'Press 1.0.0',
    periodMs: 1000,
    status: 'running',
    tick: 2,
    time: iso(2),
  });
  assert.deepEqual(before['past'], { at: iso(2) });
  assert.deepEqual(idsOf(await twins(`${at(2)}&status=waiting`), 'twins'), ['b']);
  assert.deepEqual(idsOf(await twins(at(4)), 'twins'), ['a']);
  assert.deepEqual(idsOf(await twins(`${at(6)}&model=press@1.1.0`), 'twins'), ['c']);
  const page = await twins(`${at(6)}&limit=1`);
  assert.equal(page['next'], `/api/v1/twins?at=${startMs + 6000}&limit=1&offset=1`);
  assert.deepEqual(
    [idsOf(page, 'twins'), idsOf((await get(String(page['next']))).body, 'twins')],
    [['c'], ['a']],
  );
  const detail = (await get(`/api/v1/twins/a?${at(6)}`)).body;
  assert.deepEqual(
    [detail['model'], detail['periodMs'], detail['past']],
    ['press@1.0.0', 1000, { at: iso(6), resolutionMs: 1000 }],
  );
  assert.equal((await get(`/api/v1/twins/a?${at(9)}`)).body['model'], 'press@1.1.0');

  const refused = async (path: string) => {
    const { status, body } = await get(path);
    return [status, body['code'], body['begins']];
  };
  assert.deepEqual(await refused(`/api/v1/twins/c/state?${at(4)}`), [404, 'PAST_UNKNOWN', iso(6)]);
  assert.deepEqual(await refused(`/api/v1/twins/b/alarms?${at(4)}`), [404, 'PAST_UNKNOWN', undefined]);
  assert.deepEqual(await refused(`/api/v1/twins/x?${at(4)}`), [404, 'TWIN_UNKNOWN', undefined]);
  assert.deepEqual(await refused(`/api/v1/twins/a?${at(-60)}`), [404, 'PAST_UNKNOWN', iso(0)]);
  assert.deepEqual(await refused(`/api/v1/alarms?${at(60)}`), [400, 'PAST_AHEAD', undefined]);
  assert.deepEqual(await refused('/api/v1/events?at=yesterday'), [422, 'HTTP_INVALID', undefined]);
  assert.deepEqual(await refused('/api/v1/events?at=-2bananas'), [422, 'HTTP_INVALID', undefined]);
  assert.deepEqual(await refused(`/api/v1/refusals?${at(4)}`), [422, 'HTTP_INVALID', undefined]);
  assert.deepEqual(idsOf(await twins('at=-8s'), 'twins'), ['a', 'b']);
});

test('models and groups of a moment are those that twins ran then, and were in', async (t) => {
  const { fleet, clock, flush, get } = await open(t, 0, [
    twinOf('a', press10, { group: 'line' }),
    twinOf('b', press10),
  ]);
  await clock.advance(2000);
  await fleet.remove('a');
  await fleet.add(twinOf('c', press11, { group: 'hall' }));
  await clock.advance(2000);
  flush();
  const countsOf = async (path: string, list: string) =>
    ((await get(path)).body[list] as { id?: string; name: string; twins: number }[]).map(
      ({ id, name, twins }) => `${id ?? name} ${twins}`,
    );
  assert.deepEqual(await countsOf(`/api/v1/groups?${at(1)}`, 'groups'), ['line 1']);
  assert.deepEqual(await countsOf(`/api/v1/groups?${at(4)}`, 'groups'), ['hall 1']);
  assert.deepEqual(await countsOf(`/api/v1/groups?model=press@1.1.0&${at(4)}`, 'groups'), ['hall 1']);
  assert.deepEqual(await countsOf(`/api/v1/groups?model=press@1.0.0&${at(4)}`, 'groups'), []);
  assert.deepEqual(await countsOf(`/api/v1/models?${at(1)}`, 'models'), ['press@1.0.0 2']);
  assert.deepEqual(await countsOf(`/api/v1/models?${at(4)}`, 'models'), ['press@1.0.0 1', 'press@1.1.0 1']);
  const { body } = await get(`/api/v1/models/press?${at(1)}`);
  assert.deepEqual([body['id'], body['versions'], body['past']], ['press@1.0.0', ['1.0.0'], { at: iso(1) }]);
  assert.equal((await get(`/api/v1/models/press@1.1.0?${at(1)}`)).body['code'], 'MODEL_UNKNOWN');
  assert.equal((await get(`/api/v1/models?${at(-9)}`)).body['code'], 'PAST_UNKNOWN');
});

test('the last values of every twin are those of now, or of a moment', async (t) => {
  const { fleet, clock, send, flush, get } = await open(t);
  send('a', { load: 1 });
  await clock.advance(3000);
  send('a', { load: 2, probe: 41 });
  await fleet.remove('b');
  await clock.advance(2000);
  flush();
  const valuesOf = async (query: string) =>
    ((await get(`/api/v1/history?${query}`)).body['values'] as Record<string, unknown>[]).map(
      ({ twin, signal, value, unit, time }) => `${twin} ${signal} ${value} ${unit} ${time}`,
    );
  const names = 'signal=load,measured%20probe,tick%20number';
  assert.deepEqual((await valuesOf(names)).toSorted(), [
    `a load 2 1 ${iso(5)}`,
    `a measured probe 41 degC ${iso(3)}`,
    `a tick number 5 1 ${iso(5)}`,
  ]);
  assert.deepEqual((await valuesOf(`${names}&${at(2.5)}`)).toSorted(), [
    `a load 1 1 ${iso(2)}`,
    `a tick number 2 1 ${iso(2)}`,
    `b tick number 0 1 ${iso(0)}`,
  ]);
  const { body } = await get(`/api/v1/history?signal=tick%20number&limit=1&${at(2)}`);
  assert.deepEqual([body['total'], body['past']], [2, { at: iso(2) }]);
  const next = await get(String(body['next']));
  assert.deepEqual((next.body['values'] as object[])[0], {
    twin: 'b',
    signal: 'tick number',
    unit: '1',
    value: 0,
    time: iso(0),
  });
  const { status, body: refused } = await get('/api/v1/history?signal=probe');
  assert.deepEqual(
    [status, refused['code'], refused['hint']],
    [422, 'SIGNAL_UNKNOWN', 'did you mean `measured probe`?'],
  );
  assert.equal((await get('/api/v1/history')).status, 422);
});

test('a twin whose live version was changed is shown in the version of the moment, and no tick is missing', async (t) => {
  const { fleet, clock, send, flush, get } = await open(t);
  send('a', { load: 1, power: 1000 });
  await clock.advance(5000);
  // The moment of a swap is a tick that the twin has made: while it waits, time goes on.
  const done = async (work: Promise<unknown>) => {
    let isOver = false;
    const end = work.finally(() => (isOver = true));
    while (!isOver) await clock.advance(1000);
    await end;
  };
  await done(fleet.beginShadow('a', 'press@1.1.0'));
  await done(fleet.swapShadow('a'));
  await clock.advance(5000);
  flush();
  const ticks: (readonly [model: unknown, tick: unknown])[] = [];
  const lastSecond = (clock.nowMs() - startMs) / 1000;
  for (let second = 1; second <= lastSecond; second++) {
    const { status, body } = await get(`/api/v1/twins/a/state?${at(second)}`);
    assert.deepEqual([status, body['time']], [200, iso(second)]);
    assert.ok(Number.isFinite((body['states'] as { oil: number }).oil), `at ${second} s`);
    ticks.push([body['model'], body['tick']]);
  }
  const models = ticks.map(([model]) => model);
  assert.deepEqual([...new Set(models)], ['press@1.0.0', 'press@1.1.0']);
  assert.deepEqual(models, models.toSorted(), 'changed once');
  assert.deepEqual(
    ticks.map(([, tick]) => tick),
    ticks.map((_, i) => i + 1),
  );
});

test('alarms and events are those of the moment', async (t) => {
  const { fleet, clock, send, flush, get } = await open(t);
  send('a', { load: 1, power: 5000 });
  await clock.advance(60_000);
  const [alarm] = fleet.alarms.list();
  assert.ok(alarm);
  const secondsTo = (ms: number) => (ms - startMs) / 1000;
  const raised = secondsTo(alarm.raisedMs);
  fleet.alarms.acknowledge(alarm.id, { by: 'Ann' });
  const acknowledged = secondsTo(clock.nowMs());
  send('a', { power: 0 });
  await clock.advance(60_000);
  assert.deepEqual(fleet.alarms.list(), []);
  flush();

  const stateAt = async (second: number) => {
    const { body } = await get(`/api/v1/alarms?${at(second)}`);
    const [one] = body['alarms'] as { state: string }[];
    const { warning } = body['counts'] as { warning: object };
    return [one?.state, Object.entries(warning).find(([, count]) => count === 1)?.[0]];
  };
  assert.deepEqual(await stateAt(raised - 1), [undefined, undefined]);
  assert.deepEqual(await stateAt(raised), ['unacknowledged', 'unacknowledged']);
  assert.deepEqual(await stateAt(acknowledged + 1), ['acknowledged', 'acknowledged']);
  assert.deepEqual(await stateAt(110), [undefined, undefined]);
  const id = encodeURIComponent(alarm.id);
  assert.equal((await get(`/api/v1/alarms/${id}?${at(raised)}`)).body['state'], 'unacknowledged');
  assert.equal((await get(`/api/v1/alarms/${id}?${at(raised - 1)}`)).body['code'], 'ALARM_UNKNOWN');
  const of = async (query: string) => idsOf((await get(`/api/v1/twins/a/alarms?${query}`)).body, 'alarms');
  assert.deepEqual(await of(at(acknowledged)), [alarm.id]);
  assert.deepEqual(await of(`${at(acknowledged)}&state=returned`), []);
  assert.deepEqual(await of(`${at(110)}&state=normal`), [alarm.id]);

  const kinds = async (query: string) =>
    ((await get(`/api/v1/events?${query}`)).body['events'] as { kind: string }[]).map(({ kind }) => kind);
  assert.deepEqual(await kinds(`${at(raised - 1)}&twin=a`), []);
  assert.deepEqual(await kinds(`${at(acknowledged)}&twin=a`), ['alarm-acknowledged', 'raised']);
  assert.deepEqual((await kinds(`${at(110)}&twin=a&limit=1`)).length, 1);
});

test('ten thousand twins at a past moment are listed within a second or so', async (t) => {
  const twins = Array.from({ length: 10_000 }, (_, i) =>
    twinOf(`press-${String(i).padStart(5, '0')}`, press10, { inputs: { load: 1 } }),
  );
  const { clock, flush, get } = await open(t, 0, twins);
  await clock.advance(3000);
  flush();
  await get(`/api/v1/twins/press-00000/state?${at(2)}`);
  const beganMs = performance.now();
  const { body } = await get(`/api/v1/twins?${at(2.5)}&limit=1000`);
  const tookMs = performance.now() - beganMs;
  assert.equal(body['total'], 10_000);
  assert.equal((body['twins'] as { tick: number }[])[999]?.tick, 2);
  t.diagnostic(`${tookMs.toFixed(0)} ms`);
  assert.ok(tookMs < 2000, `${tookMs} ms`);
});

test('without a history there is no past', async (t) => {
  const { status, body } = await (await createApp(t)).get('/api/v1/twins?at=-1h');
  assert.deepEqual(
    [status, body['code'], body['detail']],
    [404, 'PAST_UNKNOWN', 'this project records no history'],
  );
});
