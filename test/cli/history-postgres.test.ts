/** A project whose history is in PostgreSQL, as people run it: filled from a file, read while it runs, without its database for a while. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../conformance/history-subject.ts';
import { startPostgres, withoutPostgres } from '../conformance/postgres.ts';
import { decayModel, directoryWith, firstLine, gemel, start } from './run.ts';

test('a project with its history in PostgreSQL', { skip: withoutPostgres }, async (t) => {
  const server = await startPostgres();
  t.after(() => server.remove());
  const { url, user, password } = server.address;
  const directory = directoryWith({
    'gemel.yaml':
      'gemel: 1\nhttp: { port: 0 }\nmqtt: { port: 0 }\nmodels: [decay.yaml]\ntwins: { oven: { model: decay, inputs: { ambient: 20 degC } } }\n' +
      `history: { url: "${url}", user: ${user}, password_file: secret, schema: ovens, every: 0 s }\n`,
    'decay.yaml': decayModel,
    secret: `${password}\n`,
    'a.csv': 'time,twin,temperature [K]\n2026-11-21T13:00:00Z,oven,300.15\n',
  });
  const file = join(directory, 'a.csv');
  const imported = await gemel(['history', 'import', file, directory]);
  assert.match(imported.stdout, /✓ imported 1 sample in 1 row/, imported.stderr);

  const running = start(['up', directory, '--json']);
  const { page } = JSON.parse(await firstLine(running)) as { page: string };
  const ask = async () => {
    const asked = 'signal=temperature&from=2026-11-21T12:00:00Z&to=2026-11-21T14:00:00Z';
    const reply = await fetch(`${page}/api/v1/twins/oven/history?${asked}`);
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  };
  const there = [{ signal: 'temperature', unit: 'degC', times: [Date.UTC(2026, 10, 21, 13)], values: [27] }];
  assert.deepEqual((await ask()).body['signals'], there);
  const exported = await gemel(['history', 'export', directory, '--to', '2026-11-22T00:00:00Z']);
  assert.match(exported.stdout, /\n2026-11-21T13:00:00.000Z,oven,temperature,degC,27\n$/);

  await server.stop();
  const { status, body } = await ask();
  assert.deepEqual([status, body['code']], [503, 'HISTORY_UNAVAILABLE']);
  await server.start();
  await until('it can be read again', async () => (await ask()).status === 200);
  assert.deepEqual((await ask()).body['signals'], there);

  writeFileSync(join(directory, 'secret'), 'wrong\n');
  const refused = await gemel(['history', 'export', directory]);
  assert.match(refused.stderr, /password authentication failed.*\[HISTORY_UNAVAILABLE\]/s);
  running.child.kill('SIGINT');
  const { stdout, stderr } = await running.ended;
  for (const told of [stdout, stderr, refused.stderr, JSON.stringify(body)])
    assert.ok(!told.includes(password));
});
