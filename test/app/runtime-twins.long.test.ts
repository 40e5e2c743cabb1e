/** Twins that were added and removed over the API: kept over restarts, and whole at every moment. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createFileTexts } from '../../src/adapters/checkpoint/index.ts';
import { loadProject, type Log, openLog, type Project, startProject } from '../../src/app/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gemel-runtime-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const log: Log = await openLog({ level: 'silent', style: 'json' });

function projectOf(): Project {
  const directory = mkdtempSync(join(scratch, 'p-'));
  writeFileSync(
    join(directory, 'm.yaml'),
    'gemel: 1\nmodel: m\nversion: 1.0.0\nstates: { x: { unit: m, start: 0 } }\nequations: { der(x): "1 [m/s]" }\n',
  );
  writeFileSync(
    join(directory, 'gemel.yaml'),
    'gemel: 1\nmodels: [m.yaml]\nhttp: { port: 0 }\nmqtt: { port: 0 }\ntwins: { "a{1..2}": { model: m, period: 50 ms } }\n',
  );
  return load(directory);
}

function load(directory: string): Project {
  const { project } = loadProject(directory);
  assert.ok(project);
  return project;
}

interface Api {
  ids(): Promise<string[]>;
  call(method: string, path: string, body?: object): Promise<number>;
  stop(): Promise<unknown>;
}

async function start(project: Project): Promise<Api> {
  const running = await startProject(project, { log, version: '1' });
  const call = async (method: string, path: string, body?: object) => {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const { status } = await fetch(`${running.page}/api/v1/twins${path}`, {
      method,
      ...(body === undefined ? {} : json),
    });
    return status;
  };
  return {
    ids: async () =>
      running.fleet
        .twins()
        .map(({ config }) => config.id)
        .toSorted(),
    call,
    stop: () => running.stop(),
  };
}

test('what was added and removed is so after a restart, until it is changed back', async () => {
  const project = projectOf();
  let api = await start(project);
  assert.equal(await api.call('POST', '', { id: 'b', model: 'm', period: '50 ms' }), 201);
  assert.equal(await api.call('POST', '', { id: 'c', model: 'm' }), 201);
  assert.equal(await api.call('DELETE', '/c'), 204);
  assert.equal(await api.call('DELETE', '/a1'), 204);
  await api.stop();
  assert.deepEqual(
    readdirSync(project.checkpoint.directory).filter((name) => name.startsWith('twins')),
    ['twins.json'],
  );
  api = await start(load(project.directory));
  assert.deepEqual(await api.ids(), ['a2', 'b']);
  assert.equal(await api.call('POST', '', { id: 'a1', model: 'm', start: { x: 5 } }), 201);
  await api.stop();
  const kept: unknown = JSON.parse(readFileSync(join(project.checkpoint.directory, 'twins.json'), 'utf8'));
  assert.deepEqual(kept, {
    gemel: 1,
    twins: {
      b: { model: 'm@1.0.0', period: '50 ms' },
      a1: { model: 'm@1.0.0', start: { x: 5 } },
    },
    removed: [],
  });
  api = await start(load(project.directory));
  assert.deepEqual(await api.ids(), ['a1', 'a2', 'b']);
  await api.stop();
});

test('a file of added twins that was damaged is told, not passed over', async () => {
  const project = projectOf();
  await createFileTexts(project.checkpoint.directory).save('twins.json', '{ "gemel": 1, "twins": {');
  await assert.rejects(startProject(project, { log, version: '1' }), { code: 'TWINS_FILE' });
});

test('an added twin whose model is gone is left out, and the others run', async () => {
  const project = projectOf();
  const kept = { gemel: 1, twins: { old: { model: 'gone' }, b: { model: 'm' } }, removed: [] };
  await createFileTexts(project.checkpoint.directory).save('twins.json', JSON.stringify(kept));
  const lines: string[] = [];
  const loud = await openLog({ level: 'warn', style: 'json', write: (line) => lines.push(line) });
  const running = await startProject(project, { log: loud, version: '1' });
  assert.deepEqual(
    running.fleet.twins().map(({ config }) => config.id),
    ['a1', 'a2', 'b'],
  );
  assert.match(lines.join(''), /is left out: no model `gone` is loaded/);
  await running.stop();
});

test('where nothing can be written a twin is neither added nor removed', async () => {
  const { RuntimeTwins } = await import('../../src/app/runtime-twins.ts');
  const project = projectOf();
  const texts = {
    load: async () => undefined,
    save: () => Promise.reject(new Error('the disk is full')),
  };
  const runtime = await RuntimeTwins.open({ models: project.models, texts, log });
  runtime.apply(project);
  const { createFleet, createLocalShard, createManualClock } = await import('../../src/engine/index.ts');
  const clock = createManualClock(0);
  const { models, twins } = project;
  const fleet = await createFleet({ models, twins, clock, shards: [createLocalShard(clock)] });
  const changes = runtime.changes(fleet, { add() {}, remove() {} });
  await assert.rejects(changes.add('b', { model: 'm' }), /disk is full/);
  await assert.rejects(changes.remove('a1'), /disk is full/);
  assert.deepEqual(
    fleet.twins().map(({ config }) => config.id),
    ['a1', 'a2'],
  );
  await fleet.stop();
});
