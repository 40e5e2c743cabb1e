/** The history of a twin as a Parquet file, and files that are sent to it. */

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { createHistoryFiles } from '../../../src/adapters/history/index.ts';
import { fileBytes } from '../../../src/adapters/http/routes/history-files.ts';
import type { HistorySamples } from '../../../src/engine/index.ts';
import { createFakeHistory, historyFromMs as fromMs } from './fake-history.ts';
import { createApp } from './harness.ts';

const path = '/api/v1/twins/pump-1/history';
const compressors = { ZSTD: (input: Uint8Array) => zstdDecompressSync(input) };

async function open(t: TestContext) {
  const inserted: HistorySamples[] = [];
  const history = {
    ...createFakeHistory(),
    async insert(samples: readonly HistorySamples[]) {
      inserted.push(...samples);
      return { late: 1 };
    },
  };
  const historyFiles = createHistoryFiles(history, {
    recorded: () => undefined,
    nowMs: () => fromMs,
    keepMs: 1e12,
  });
  const app = await createApp(t, { history, historyFiles });
  const post = (payload: string | Buffer, query = '', type = 'text/csv') =>
    app.send({ method: 'POST', url: `${path}${query}`, payload, headers: { 'content-type': type } });
  return { ...app, inserted, post };
}

test('a span comes as Parquet, with twin, signal and unit in each row', async (t) => {
  const { app } = await open(t);
  const url = `${path}.parquet?signal=temperature&from=${fromMs}&to=${fromMs + 6_000_000}`;
  const reply = await app.inject({ url, headers: { host: 'localhost:8080' } });
  assert.equal(reply.statusCode, 200);
  assert.equal(reply.headers['content-type'], 'application/vnd.apache.parquet');
  const rows = await parquetReadObjects({ file: new Uint8Array(reply.rawPayload).buffer, compressors });
  assert.equal(rows.length, 6000);
  assert.deepEqual(rows[5999], {
    time: new Date(fromMs + 5_999_000),
    twin: 'pump-1',
    signal: 'temperature',
    unit: 'degC',
    value: 5999,
  });
});

test('without a signal it has all there are', async (t) => {
  const { app } = await open(t);
  const url = `${path}.parquet?from=${fromMs}&to=${fromMs + 5000}`;
  const reply = await app.inject({ url, headers: { host: 'localhost:8080' } });
  const rows = await parquetReadObjects({ file: new Uint8Array(reply.rawPayload).buffer, compressors });
  assert.deepEqual([...new Set(rows.map(({ signal }) => signal))], ['temperature', 'measured temperature_1']);
});

test('a CSV file goes into the history, converted into its units; a dry run only says what would come of it', async (t) => {
  const { inserted, post } = await open(t);
  const csv =
    'time,temperature [K],measured temperature_1\n2026-11-21T13:00:01Z,300,2\n2026-11-21T13:00:00Z,299,\n';
  const expected = {
    twin: 'pump-1',
    rows: 2,
    samples: 3,
    signals: [
      {
        signal: 'temperature',
        unit: 'degC',
        samples: 2,
        from: '2026-11-21T13:00:00.000Z',
        to: '2026-11-21T13:00:01.000Z',
      },
      {
        signal: 'measured temperature_1',
        unit: 'degC',
        samples: 1,
        from: '2026-11-21T13:00:01.000Z',
        to: '2026-11-21T13:00:01.000Z',
      },
    ],
  };
  assert.deepEqual((await post(csv, '?dry_run=true')).body, { ...expected, dryRun: true, late: 0, old: 0 });
  assert.equal(inserted.length, 0);
  const { status, body } = await post(csv);
  assert.equal(status, 200);
  assert.deepEqual(body, { ...expected, dryRun: false, late: 1, old: 0 });
  assert.deepEqual(
    inserted.map(({ series: { signal }, points }) => [signal, [...points.values]]),
    [
      ['temperature', [25.85, 26.85]],
      ['measured temperature_1', [2]],
    ],
  );
});

test('samples older than what is kept whole are counted', async (t) => {
  const { post } = await open(t);
  const { body } = await post(`time,temperature\n1990-01-01T00:00:00Z,1\n2026-11-21T13:00:00Z,2\n`);
  assert.deepEqual([body.samples, body.old], [2, 1]);
});

test('what it gives as Parquet it takes again', async (t) => {
  const { app, inserted, post } = await open(t);
  const url = `${path}.parquet?from=${fromMs}&to=${fromMs + 5000}`;
  const { rawPayload } = await app.inject({ url, headers: { host: 'localhost:8080' } });
  const { status, body } = await post(rawPayload, '', 'application/vnd.apache.parquet');
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.samples, 10);
  const values = inserted.flatMap(({ points }) => [...points.values]);
  assert.deepEqual(values, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
});

test('a file with a problem is refused whole, with each row that has one', async (t) => {
  const { inserted, post } = await open(t);
  const { status, body } = await post(
    'time,temperature,temperatur [bar]\n2026-11-21T13:00:00Z,1,2\nyesterday,1,\n2026-11-21T13:00:00Z,hot,\n2027-11-21T13:00:00Z,1,\n',
  );
  assert.equal(status, 422);
  assert.equal(body.code, 'HISTORY_FILE');
  assert.equal(body.detail, '4 problems, the first of them listed in errors');
  assert.deepEqual(body.errors, [
    { at: 'row 1', detail: 'pump-1 has no signal `temperatur`: did you mean `temperature`?' },
    { at: 'row 2', detail: '`yesterday` is not a time with its zone, as in 2026-11-22T13:00:00Z' },
    { at: 'row 3', detail: '`hot` of temperature is not a finite number' },
    { at: 'row 4', detail: '2027-11-21T13:00:00.000Z lies in the future' },
  ]);
  assert.deepEqual(inserted, []);
});

test('what is no such file, too large, or of another twin is refused', async (t) => {
  const { post, get, send } = await open(t);
  const codeOf = async (answer: ReturnType<typeof post>) => {
    const { status, body } = await answer;
    return [status, body.code];
  };
  assert.deepEqual(await codeOf(post('PAR2', '', 'application/vnd.apache.parquet')), [422, 'HISTORY_FILE']);
  assert.deepEqual(await codeOf(post('a,b\n"1')), [422, 'HISTORY_FILE']);
  assert.deepEqual(await codeOf(post('')), [422, 'HTTP_INVALID']);
  assert.deepEqual(await codeOf(post('{}', '', 'application/json')), [415, 'HTTP_CONTENT_TYPE']);
  assert.deepEqual(await codeOf(post('time,a\n', '?dry_run=yes')), [422, 'HTTP_INVALID']);
  assert.deepEqual(await codeOf(post(Buffer.alloc(fileBytes + 1))), [413, 'HTTP_BODY_TOO_LARGE']);
  const other = await post('time,twin,signal,value\n2026-11-21T13:00:00Z,gone,temperature,1\n');
  assert.equal(other.body.detail, 'the sample is of gone, not of pump-1');
  const headers = { 'content-type': 'text/csv' };
  const strange = {
    method: 'POST',
    url: '/api/v1/twins/pump-9/history',
    payload: 'time,a\n',
    headers,
  } as const;
  assert.deepEqual(await codeOf(send(strange)), [404, 'TWIN_UNKNOWN']);
  assert.deepEqual(await codeOf(get(`${path}.parquet?signal=oil`)), [422, 'SIGNAL_UNKNOWN']);
});

test('two files are taken at once, not more', async (t) => {
  const { post } = await open(t);
  const csv = `time,temperature\n${'2026-11-21T13:00:00Z,1\n'.repeat(3000)}`;
  const answers = await Promise.all([post(csv), post(csv), post(csv)]);
  const codes = answers.map(({ status, body }) => body.code ?? status);
  assert.deepEqual(codes.toSorted(), [200, 200, 'HISTORY_UNAVAILABLE']);
});
