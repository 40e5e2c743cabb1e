/** `gemel alarms` against an engine that runs, and where there is none. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setInterval } from 'node:timers/promises';
import { directoryWith, firstLine, gemel, start } from './run.ts';

const hot = `
gemel: 1
model: hot
version: 1.0.0
inputs:
  limit: { unit: degC, default: 50 }
states:
  oil: { unit: degC, start: 60 }
equations:
  der(oil): 0
when:
  too_hot: { condition: oil > limit, raise: the oil is too hot, severity: critical }
`;

async function startHot(): Promise<string> {
  const directory = directoryWith({
    'hot.yaml': hot,
    'gemel.yaml': 'gemel: 1\nmodels: [hot.yaml]\ntwins:\n  unit-1: { model: hot, period: 100 ms }\n',
  });
  const { page } = JSON.parse(
    await firstLine(start(['up', directory, '--port', '0', '--mqtt-port', '0', '--json'])),
  ) as { page: string };
  for await (const _ of setInterval(20)) {
    const { total } = (await (await fetch(`${page}/api/v1/alarms`)).json()) as { total: number };
    if (total > 0) break;
  }
  return page;
}

test('lists alarms, acknowledges, shelves and unshelves them', async () => {
  const url = await startHot();
  const id = 'unit-1~when~too_hot';
  const listed = await gemel(['alarms', '--url', url]);
  assert.match(
    listed.stdout,
    /^critical \d{4}-\S+Z {2}unit-1~when~too_hot {2}unacknowledged\n +the oil is too hot \(`oil > limit` holds\)\n$/,
  );
  const seen = await gemel(['alarms', 'ack', id, '--by', 'Ann', '--note', 'on my way', '--url', url]);
  assert.match(seen.stdout, /acknowledged by Ann\n/);
  const twice = await gemel(['alarms', 'ack', id, '--by', 'Bob', '--url', url]);
  assert.deepEqual([twice.code, twice.stdout], [1, '']);
  assert.match(twice.stderr, /is acknowledged already by Ann[\s\S]*\[ALARM_STATE\]/);
  const aside = await gemel([
    'alarms',
    'shelve',
    id,
    '--by',
    'Ann',
    '--for',
    '1h',
    '--why',
    'mended',
    '--url',
    url,
  ]);
  assert.match(aside.stdout, /shelved until \S+Z by Ann\n/);
  const tooLong = await gemel([
    'alarms',
    'shelve',
    id,
    '--by',
    'A',
    '--for',
    '2d',
    '--why',
    'x',
    '--url',
    url,
  ]);
  assert.match(tooLong.stderr, /\[ALARM_TIME\]/);
  const json = await gemel(['alarms', '--json', '--url', url, '--state', 'shelved']);
  assert.equal(JSON.parse(json.stdout)[0].shelved.why, 'mended');
  assert.equal((await gemel(['alarms', '--url', url, '--state', 'returned'])).stdout, 'no alarms\n');
  assert.match(
    (await gemel(['alarms', 'unshelve', id, '--by', 'Ann', '--url', url])).stdout,
    /unacknowledged/,
  );
  assert.match(
    (await gemel(['alarms', 'ack', 'unit-1~when~to_hot', '--by', 'A', '--url', url])).stderr,
    /did you mean `unit-1~when~too_hot`\?[\s\S]*\[ALARM_UNKNOWN\]/,
  );
  const nonsense = await gemel(['alarms', '--url', url, '--state', 'nonsense']);
  assert.match(nonsense.stderr, /\?state must be one of .*not "nonsense"[\s\S]*\[HTTP_INVALID\]/);
});

test('says what is missing, and where no engine is', async () => {
  for (const [args, code, words] of [
    [['ack', 'x'], 2, /--by is missing/],
    [['shelve', 'x', '--by', 'Ann'], 2, /--for and --why are needed/],
    [['shelve', 'x', '--by', 'Ann', '--for', '1'], 2, /has no unit of time/],
    [['ack'], 2, /missing required argument/],
    [['--severity', 'info'], 2, /warning, critical/],
    [
      ['--url', 'http://127.0.0.1:9'],
      1,
      /no engine answers at http:\/\/127\.0\.0\.1:9[\s\S]*\[ENGINE_UNREACHABLE\]/,
    ],
    [['--url', 'nonsense'], 1, /ENGINE_UNREACHABLE/],
  ] as const) {
    const ended = await gemel(['alarms', ...args]);
    assert.equal(ended.code, code, args.join(' '));
    assert.match(ended.stderr, words);
  }
});
