/** docs/http.md against the code: its examples are replayed, its routes, codes and limits compared. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { partLimit, rowLimit, sampleLimit, signalLimit } from '../../../src/adapters/http/history/request.ts';
import { fileBytes } from '../../../src/adapters/http/routes/history-files.ts';
import { problemOf } from '../../../src/adapters/http/problem.ts';
import { defaultLimits } from '../../../src/adapters/http/options.ts';
import { catalogue, type ErrorCode, GemelError } from '../../../src/core/diagnose/index.ts';
import { createRealApp } from './real-app.ts';

const text = readFileSync(new URL('../../../docs/http.md', import.meta.url), 'utf8');
/** Without the ends of lines. */
const prose = text.replace(/\s+/g, ' ');

test('each example is answered as the page says', async (t) => {
  const { request, clock } = await createRealApp(t);
  let replayed = 0;
  for (const [, waitSeconds, example] of text.matchAll(/<!-- wait (\d+) s -->|```http\n(.*?)```/gs)) {
    if (waitSeconds !== undefined) {
      await clock.advance(Number(waitSeconds) * 1000);
      continue;
    }
    const [asked = '', answered = ''] = (example ?? '').split('\n\n');
    const [first = '', ...sent] = asked.split('\n');
    const [method = '', url = ''] = first.split(' ');
    const [status, ...expected] = answered.split('\n');
    const { status: actualStatus, body } = await request(
      method,
      url,
      sent.length === 0 ? undefined : JSON.parse(sent.join('\n')),
    );
    assert.equal(actualStatus, Number(status), first);
    assert.partialDeepStrictEqual(body, JSON.parse(expected.join('\n')), first);
    replayed++;
  }
  assert.ok(replayed >= 18, `only ${replayed} examples were found`);
});

test('every route of the OpenAPI document is on the page', async (t) => {
  const { request } = await createRealApp(t);
  const { paths } = (await request('GET', '/api/v1/openapi.json')).body as { paths: Record<string, object> };
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods)) {
      const route = `${method.toUpperCase()} ${path}`.replace('models/{id}', 'models/{name@version}');
      assert.ok(prose.includes(route), `${route} is not on the page`);
    }
  }
});

test('the table of codes has every code that is not a 422, with the right status', () => {
  const rows = new Map(
    [...text.matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm)].map(([, code = '', status]) => [
      code,
      Number(status),
    ]),
  );
  assert.ok(rows.size > 15);
  const statuses = [...rows.values()];
  assert.deepEqual(
    statuses,
    statuses.toSorted((a, b) => a - b),
  );
  for (const code of Object.keys(catalogue) as ErrorCode[]) {
    const { status } = problemOf(new GemelError(code, ''), '');
    if (status !== 422 || code.startsWith('HTTP_')) assert.ok(rows.has(code), `${code} is not in the table`);
    if (rows.has(code)) assert.equal(rows.get(code), status, code);
    rows.delete(code);
  }
  assert.deepEqual([...rows.keys()], []);
});

test('the limits are those of the code', () => {
  const { stream, ...http } = defaultLimits;
  const stated = [
    [http.bodyBytes, 'larger than 1 MiB', 1_048_576],
    [http.headerBytes, 'larger than 16 KiB', 16_384],
    [http.requestTimeoutMs, 'complete within 30 s', 30_000],
    [signalLimit, '| signals | 20 |', 20],
    [partLimit, 'rows of a table as JSON | 2,000 |', 2000],
    [sampleLimit, 'samples of a signal as JSON | 10,000 |', 10_000],
    [fileBytes, '| file that is sent | 32 MiB,', 33_554_432],
    [rowLimit, 'rows of a table as CSV | 10,000,000 |', 10_000_000],
    [stream.readers, '| readers | 2000 |', 2000],
    [stream.messageBytes, '| message from a client | 64 KiB |', 65_536],
    [stream.messagesPerSecond, '20 a second', 20],
    [stream.messageBurst, '50 at once', 50],
    [stream.bufferedBytes, '256 KiB wait', 262_144],
    [stream.stuckMs, 'reads nothing for 30 s', 30_000],
    [stream.heartbeatMs, 'a ping every 30 s', 30_000],
  ] as const;
  for (const [actual, words, value] of stated) {
    assert.ok(prose.includes(words), `"${words}" is not on the page`);
    assert.equal(actual, value, words);
  }
});
