/** The OpenAPI document: valid, and about every route there is; and the page that shows it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHistoryFiles } from '../../../src/adapters/history/index.ts';
import type { Calibrations, ModelPublishing } from '../../../src/adapters/http/options.ts';
import type { RolloutService } from '../../../src/engine/index.ts';
import { createFakeHistory } from './fake-history.ts';
import { createApp } from './harness.ts';

interface Operation {
  readonly summary?: string;
  readonly responses?: Record<string, unknown>;
  readonly parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  readonly requestBody?: { content: Record<string, { schema: object }> };
  readonly operationId?: string;
}

const metrics = { contentType: 'text/plain', render: async () => '' };
const changes = {
  schema: { type: 'object', properties: { model: { type: 'string' } }, required: ['model'] },
  add: async () => ({ problems: [] }),
  remove: async () => {},
};
const calibrations: Calibrations = {
  start: () => assert.fail('nothing is started here'),
  get: () => undefined,
  list: () => [],
  stop: () => {},
  onChange: () => () => {},
};
const publishing: ModelPublishing = { publish: () => assert.fail('nothing is published here') };
const historyFiles = createHistoryFiles(createFakeHistory(), {
  recorded: () => undefined,
  nowMs: Date.now,
  keepMs: 1e12,
});
const nothing = () => assert.fail('nothing is rolled out here');
const rollouts: RolloutService = {
  list: () => [],
  get: nothing,
  findings: nothing,
  comparison: nothing,
  start: nothing,
  promote: nothing,
  widen: nothing,
  rollBack: nothing,
  end: nothing,
};
const routes = {
  'GET /state': { twin: 'machine', reply: 'plain' },
  'POST /update': { twin: 'machine', reply: 'plain', stepSeconds: 1, inputs: ['ambient'] },
} as const;

test('has every route, and nothing else', async (t) => {
  const { app, get } = await createApp(t, {
    metrics,
    publishing,
    rollouts,
    routes,
    changes,
    calibrations,
    history: createFakeHistory(),
    historyFiles,
  });
  const { status, body } = await get('/api/v1/openapi.json');
  assert.equal(status, 200);
  assert.equal(body.openapi, '3.1.0');
  const documented = Object.entries(body.paths as Record<string, object>)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();
  assert.deepEqual(documented, [
    'DELETE /api/v1/models/{id}/calibrations/{job}',
    'DELETE /api/v1/twins/{id}',
    'GET /api/v1/alarms',
    'GET /api/v1/alarms/{id}',
    'GET /api/v1/events',
    'GET /api/v1/groups',
    'GET /api/v1/health',
    'GET /api/v1/history',
    'GET /api/v1/models',
    'GET /api/v1/models/{id}',
    'GET /api/v1/models/{id}/calibrations',
    'GET /api/v1/models/{id}/calibrations/{job}',
    'GET /api/v1/models/{id}/diff/{other}',
    'GET /api/v1/openapi.json',
    'GET /api/v1/ready',
    'GET /api/v1/refusals',
    'GET /api/v1/rollouts',
    'GET /api/v1/rollouts/{id}',
    'GET /api/v1/stream',
    'GET /api/v1/twins',
    'GET /api/v1/twins/{id}',
    'GET /api/v1/twins/{id}/alarms',
    'GET /api/v1/twins/{id}/history',
    'GET /api/v1/twins/{id}/history.csv',
    'GET /api/v1/twins/{id}/history.parquet',
    'GET /api/v1/twins/{id}/shadow',
    'GET /api/v1/twins/{id}/state',
    'GET /health',
    'GET /metrics',
    'GET /ready',
    'GET /state',
    'POST /api/v1/alarms/{id}/acknowledge',
    'POST /api/v1/alarms/{id}/shelve',
    'POST /api/v1/alarms/{id}/unshelve',
    'POST /api/v1/models',
    'POST /api/v1/models/{id}/calibrations',
    'POST /api/v1/rollouts',
    'POST /api/v1/rollouts/{id}/end',
    'POST /api/v1/rollouts/{id}/promote',
    'POST /api/v1/rollouts/{id}/rollback',
    'POST /api/v1/rollouts/{id}/widen',
    'POST /api/v1/twins',
    'POST /api/v1/twins/{id}/history',
    'POST /api/v1/twins/{id}/inputs',
    'POST /api/v1/twins/{id}/step',
    'POST /update',
  ]);
  for (const route of documented) {
    const [method = '', path = ''] = route.split(' ');
    assert.ok(
      app.hasRoute({
        method,
        url: path.replace('{id}', ':id').replace('{job}', ':job').replace('{other}', ':other'),
      }),
      `${route} is documented but not there`,
    );
  }
  // What is hidden from the document is what browsers load.
  const printed = app.printRoutes({ commonPrefix: false });
  assert.ok(printed.includes('docs'), 'the list of routes was not read');
});

test('a read shows a past moment, or refuses to be asked for one; none answers with the present', async (t) => {
  const served = {
    metrics,
    publishing,
    rollouts,
    routes,
    calibrations,
    history: createFakeHistory(),
    historyFiles,
  };
  const { get } = await createApp(t, served);
  const { body } = await get('/api/v1/openapi.json');
  const reads = Object.entries(body.paths as Record<string, { get?: Operation }>).filter(
    (entry) => entry[1].get,
  );
  const travelling = reads.filter(([, read]) => read.get?.parameters?.some(({ name }) => name === 'at'));
  assert.deepEqual(travelling.map(([path]) => path).sort(), [
    '/api/v1/alarms',
    '/api/v1/alarms/{id}',
    '/api/v1/events',
    '/api/v1/groups',
    '/api/v1/history',
    '/api/v1/models',
    '/api/v1/models/{id}',
    '/api/v1/twins',
    '/api/v1/twins/{id}',
    '/api/v1/twins/{id}/alarms',
    '/api/v1/twins/{id}/state',
    '/state',
  ]);
  for (const [path] of reads) {
    const asked = path.replaceAll(/\{\w+\}/g, 'machine');
    const needed = path === '/api/v1/history' ? '&signal=temperature' : '';
    const { status, body: answer } = await get(`${asked}?at=2030-01-01T00:00:00Z${needed}`);
    const isTravelling = travelling.some(([other]) => other === path);
    assert.deepEqual([status, answer.code], isTravelling ? [400, 'PAST_AHEAD'] : [422, 'HTTP_INVALID'], path);
  }
  const { body: refused } = await get('/health?verbose=1');
  assert.deepEqual(
    [refused.detail, refused.hint],
    ['unknown query parameter "verbose"', 'none is expected here'],
  );
  // Asked for twice, it is none.
  assert.equal((await get('/state?at=-1h&at=-2h')).status, 422);
});

test('says of every operation what it is, takes and answers, and every reference leads somewhere', async (t) => {
  const { get } = await createApp(t, {
    metrics,
    routes,
    calibrations,
    publishing,
    rollouts,
    history: createFakeHistory(),
    historyFiles,
  });
  const { body, text } = await get('/api/v1/openapi.json');
  const schemas = (body.components as { schemas: Record<string, object> }).schemas;
  const ids = new Set<string>();
  for (const [path, methods] of Object.entries(body.paths as Record<string, Record<string, Operation>>)) {
    for (const [method, operation] of Object.entries(methods)) {
      const where = `${method} ${path}`;
      assert.ok(operation.summary, `${where}: no summary`);
      assert.ok(operation.responses?.['4XX'], `${where}: no problem`);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      assert.deepEqual(
        declared.map(({ name }) => name),
        inPath,
        where,
      );
      assert.ok(
        declared.every(({ required }) => required === true),
        where,
      );
      if (path.endsWith('/step'))
        assert.ok(operation.requestBody?.content['application/json']?.schema, where);
      if (operation.operationId === undefined) continue;
      assert.ok(!ids.has(operation.operationId), `${operation.operationId} twice`);
      ids.add(operation.operationId);
    }
  }
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name ?? '',
  );
  assert.ok(references.length > 20);
  for (const name of references) assert.ok(schemas[name], `${name} is referred to but not there`);
  assert.ok(schemas.Problem && schemas.State && schemas.Twin && schemas.Signal);
});

test('is shown by a page that loads nothing from elsewhere', async (t) => {
  const { get } = await createApp(t);
  const page = await get('/docs');
  assert.equal(page.status, 200);
  assert.match(String(page.headers['content-type']), /text\/html/);
  assert.match(String(page.headers['content-security-policy']), /default-src 'self'/);
  assert.doesNotMatch(page.text, /https?:\/\//);
  const scripts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '');
  assert.ok(scripts.length >= 4);
  for (const url of scripts) assert.equal((await get(url)).status, 200, url);
  assert.match((await get('/docs/static/swagger-initializer.js')).text, /\/api\/v1\/openapi\.json/);
  assert.equal((await get('/docs/static/../../package.json')).status, 404);
});
