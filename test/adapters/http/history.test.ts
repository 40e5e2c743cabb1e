/** The routes of the history: samples, parts, tables and CSV, and every refusal. */

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import type { History } from '../../../src/engine/index.ts';
import { createFakeHistory, historyFromMs as fromMs, sensor, temperature } from './fake-history.ts';
import { createApp } from './harness.ts';

const open = (t: TestContext, history = createFakeHistory()) => createApp(t, { history });
const path = '/api/v1/twins/pump-1/history';

test('without a signal it lists what there is of the twin', async (t) => {
  const { get } = await open(t);
  const { status, body } = await get(path);
  assert.equal(status, 200);
  assert.deepEqual(body, { twin: 'pump-1', signals: [temperature, sensor] });
});

test('gives the samples of a span, from included and to not, and says if there are more', async (t) => {
  const { get } = await open(t);
  const { status, body } = await get(
    `${path}?signal=temperature&from=2026-11-22T13:00:01Z&to=${fromMs + 4000}`,
  );
  assert.equal(status, 200);
  assert.deepEqual(body, {
    twin: 'pump-1',
    from: '2026-11-22T13:00:01.000Z',
    to: '2026-11-22T13:00:04.000Z',
    signals: [{ ...temperature, times: [fromMs + 1000, fromMs + 2000, fromMs + 3000], values: [1, 2, 3] }],
  });
  const first = await get(`${path}?signal=temperature&from=${fromMs}&to=${fromMs + 4000}&limit=2`);
  assert.deepEqual(first.body.signals, [
    { ...temperature, times: [fromMs, fromMs + 1000], values: [0, 1], more: true },
  ]);
});

test('gives several signals at once, in parts with least, most, mean and count', async (t) => {
  const { get } = await open(t);
  const { body } = await get(
    `${path}?signal=temperature,%20measured%20temperature_1&parts=2&to=${fromMs + 4000}&last=4s`,
  );
  const parts = {
    begins: [fromMs, fromMs + 2000],
    count: [2, 1],
    least: [0, 2],
    most: [1, 2],
    mean: [0.5, 2],
  };
  assert.deepEqual(body.signals, [
    { ...temperature, ...parts },
    { ...sensor, ...parts },
  ]);
});

test('parts may have a length: they begin at multiples of it, and the first is whole', async (t) => {
  const { get } = await open(t);
  const from = fromMs + 90_000;
  const { body } = await get(`${path}?signal=temperature&parts=1min&from=${from}&to=${fromMs + 200_000}`);
  assert.equal(body.from, '2026-11-22T13:01:00.000Z');
  assert.equal(Date.parse(String(body.to)), fromMs + 200_000);
  const [{ begins } = {}] = body.signals as { begins?: number[] }[];
  assert.deepEqual(begins, [fromMs + 60_000, fromMs + 120_000]);
});

test('as CSV with `parts` it has a row a part, however many there are', async (t) => {
  const { get } = await open(t);
  const span = `from=${fromMs}&to=${fromMs + 12_000_000}`;
  const { text } = await get(`${path}.csv?signal=temperature&parts=1s&hold=2s&${span}`);
  const rows = text.trimEnd().split('\n');
  assert.deepEqual(rows.slice(0, 3), [
    'begins,signal,count,least,most,mean,quality',
    '2026-11-22T13:00:00.000Z,temperature,2,0,1,0.5,1',
    '2026-11-22T13:00:01.000Z,temperature,1,2,2,2,0.5',
  ]);
  // The history of these tests has two parts in each span: 12,000 parts are asked for 2,000 at a time.
  assert.equal(rows.length, 1 + 2 * 6);
  assert.equal(rows.at(-1), '2026-11-22T15:46:41.000Z,temperature,1,2,2,2,0.5');
  const { text: plain } = await get(`${path}.csv?signal=temperature&parts=3&${span}`);
  assert.equal(plain.split('\n')[0], 'begins,signal,count,least,most,mean');
});

test('gives each part its quality if it is said how long a sample is good for', async (t) => {
  const { get } = await open(t);
  const asked = `${path}?signal=temperature&to=${fromMs + 4000}&last=4s&hold=2s`;
  const { body } = await get(`${asked}&parts=2`);
  const [{ quality } = {}] = body.signals as { quality?: number[] }[];
  assert.deepEqual(quality, [1, 0.5]);
  assert.equal(
    (await get(asked)).body.detail,
    '?hold is for ?parts: it says how long a sample of them is good for',
  );
});

test('gives a table: of each signal the last sample at or before each time', async (t) => {
  const { get } = await open(t);
  const { body } = await get(
    `${path}?signal=temperature,measured%20temperature_1&from=${fromMs - 1000}&to=${fromMs + 5000}&every=2s`,
  );
  assert.deepEqual(body.times, [fromMs - 1000, fromMs + 1000, fromMs + 3000]);
  assert.deepEqual(body.signals, [
    { ...temperature, values: [null, 1, 3] },
    { ...sensor, values: [null, 1, 3] },
  ]);
});

test('the span is the hour before now unless told otherwise, and begins where `last` says', async (t) => {
  const { get } = await open(t);
  const spanMs = async (query: string) => {
    const { body } = await get(`${path}?signal=temperature&parts=1${query}`);
    return {
      toMs: Date.parse(String(body.to)),
      ms: Date.parse(String(body.to)) - Date.parse(String(body.from)),
    };
  };
  const before = Date.now();
  const { toMs, ms } = await spanMs('');
  assert.ok(toMs >= before && toMs <= Date.now());
  assert.equal(ms, 3_600_000);
  assert.equal((await spanMs('&last=7d')).ms, 7 * 86_400_000);
});

test('a twin that was removed can still be asked for; one that never was is unknown', async (t) => {
  const { get } = await open(t);
  assert.equal((await get('/api/v1/twins/gone/history')).status, 200);
  assert.deepEqual((await get('/api/v1/twins/pump-2/history')).body, { twin: 'pump-2', signals: [] });
  const { status, body } = await get('/api/v1/twins/pmup-1/history');
  assert.deepEqual([status, body.code, body.hint], [404, 'TWIN_UNKNOWN', 'did you mean `pump-1`?']);
});

test('as CSV it has a row a sample, however many there are', async (t) => {
  const { get } = await open(t);
  const { status, headers, text } = await get(
    `${path}.csv?signal=temperature,measured%20temperature_1&from=${fromMs}&to=${fromMs + 1e9}`,
  );
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/csv; charset=utf-8');
  const rows = text.trimEnd().split('\n');
  assert.deepEqual(rows.slice(0, 3), [
    'time,signal,value',
    '2026-11-22T13:00:00.000Z,temperature,0',
    '2026-11-22T13:00:01.000Z,temperature,1',
  ]);
  assert.equal(rows.length, 1 + 2 * 12_000);
  assert.equal(rows.at(-1), '2026-11-22T16:19:59.000Z,measured temperature_1,11999');
  assert.equal(new Set(rows).size, rows.length, 'no row comes twice');
});

test('as CSV with `every` it has a row a time and a column a signal', async (t) => {
  const { get } = await open(t);
  const { text } = await get(
    `${path}.csv?signal=temperature,measured%20temperature_1&from=${fromMs - 1000}&to=${fromMs + 6_000_000}&every=1s`,
  );
  const rows = text.trimEnd().split('\n');
  assert.deepEqual(rows.slice(0, 3), [
    'time,temperature,measured temperature_1',
    '2026-11-22T12:59:59.000Z,,',
    '2026-11-22T13:00:00.000Z,0,0',
  ]);
  assert.equal(rows.length, 6002);
  assert.equal(rows.at(-1), '2026-11-22T14:39:59.000Z,5999,5999');
});

test('refuses what cannot be answered, and says what is wrong', async (t) => {
  const { get } = await open(t);
  const ask = async (query: string, suffix = '') => {
    const { status, body } = await get(`${path}${suffix}?${query}`);
    const [error] = (body.errors ?? []) as { at: string }[];
    return [status, body.code, error?.at, body.detail];
  };
  assert.deepEqual(await ask('signal=temperature&from=yesterday'), [
    422,
    'HTTP_INVALID',
    '?from',
    '?from must be a time as in 2026-11-22T13:00:00Z, in milliseconds, or how long ago, as in -2h, not "yesterday"',
  ]);
  assert.equal((await ask('signal=temperature&from=-2h&to=-1h'))[0], 200);
  assert.match(String((await ask('signal=temperature&from=-1h&to=-2h'))[3]), /ends before it begins/);
  const noZone = await ask('signal=temperature&to=2026-11-22T13:00:00');
  assert.deepEqual(noZone.slice(0, 3), [422, 'HTTP_INVALID', '?to']);
  assert.deepEqual(await ask('signal=temperature&from=2000&to=1000'), [
    422,
    'HTTP_INVALID',
    '?from',
    'the span ends before it begins',
  ]);
  assert.deepEqual(await ask('signal=temperature&last=15'), [
    422,
    'HTTP_INVALID',
    '?last',
    '?last must be a duration such as 500ms, 10s, 15min or 7d, not "15"',
  ]);
  assert.match(String((await ask('signal=temperature&from=1000&last=15min'))[3]), /either \?from or \?last/);
  assert.match(String((await ask('signal=temperature&parts=2&every=1s'))[3]), /either \?parts or \?every/);
  assert.deepEqual(await ask('signal=temperature&every=1s&last=1h'), [
    422,
    'HTTP_INVALID',
    '?every',
    'this makes 3600 rows, and 2000 are the most',
  ]);
  assert.deepEqual((await ask('signal=temperature&every=0s')).slice(0, 3), [422, 'HTTP_INVALID', '?every']);
  for (const parts of ['0', '1.5', 'many', '-1h', '1e9']) {
    const detail = `?parts must be a whole number such as 300, or a duration such as 1h, not "${parts}"`;
    assert.deepEqual(await ask(`signal=temperature&parts=${parts}`), [422, 'HTTP_INVALID', '?parts', detail]);
  }
  for (const [parts, count] of [
    ['3000', 3000],
    ['1s', 3600],
  ])
    assert.deepEqual(await ask(`signal=temperature&to=${fromMs}&parts=${parts}`), [
      422,
      'HTTP_INVALID',
      '?parts',
      `these are ${count} parts, and 2000 are the most`,
    ]);
  assert.deepEqual((await ask('signal=temperature&limit=1000000')).slice(0, 3), [
    422,
    'HTTP_INVALID',
    '?limit',
  ]);
  assert.deepEqual((await ask('signal=temperature&form=1')).slice(0, 3), [422, 'HTTP_INVALID', '?form']);
  const many = Array.from({ length: 21 }, () => 'temperature').join(',');
  assert.equal((await ask(`signal=${many}`))[3], 'at most 20 signals can be asked for at once');
  assert.deepEqual((await ask('', '.csv')).slice(0, 3), [422, 'HTTP_INVALID', '?signal']);
  assert.deepEqual((await ask('signal=temperature&every=1ms&last=365d', '.csv')).slice(0, 3), [
    422,
    'HTTP_INVALID',
    '?every',
  ]);
});

test('an unknown signal is answered with the name that was meant, or with those that there are', async (t) => {
  const { get } = await open(t);
  const near = await get(`${path}?signal=temprature`);
  assert.deepEqual(
    [near.status, near.body.code, near.body.hint],
    [422, 'SIGNAL_UNKNOWN', 'did you mean `temperature`?'],
  );
  const far = await get(`${path}.csv?signal=x`);
  assert.equal(far.body.hint, 'it has: temperature, measured temperature_1');
});

test('a history that cannot be read is a 503, and one that is not there is no route', async (t) => {
  const broken: History = {
    ...createFakeHistory(),
    signals: async () => {
      throw new GemelError('HISTORY_UNAVAILABLE', 'the history cannot be read: disk I/O error');
    },
  };
  const { status, body } = await (await open(t, broken)).get(path);
  assert.deepEqual([status, body.code], [503, 'HISTORY_UNAVAILABLE']);
  const without = await (await createApp(t)).get(path);
  assert.deepEqual([without.status, without.body.code], [404, 'HTTP_NOT_FOUND']);
});
