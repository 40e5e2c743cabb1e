/** A composed project in this process: what it tells when a worker dies, and that it stops whole. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { compileModel, type Model } from '../../src/core/model/index.ts';
import { loadProject, openLog, type Project, startProject } from '../../src/app/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gemel-compose-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function loadModel(text: string): Model {
  const { model } = compileModel({ file: 'next.yaml', text });
  assert.ok(model);
  return model;
}

async function projectOf(): Promise<Project> {
  const directory = mkdtempSync(join(scratch, 'p-'));
  writeFileSync(
    join(directory, 'm.yaml'),
    'gemel: 1\nmodel: m\nversion: 1.0.0\nstates: { x: { unit: m, start: 0 } }\nequations: { der(x): "1 [m/s]" }\n',
  );
  writeFileSync(
    join(directory, 'gemel.yaml'),
    'gemel: 1\nmodels: [m.yaml]\nhttp: { port: 0 }\nmqtt: { port: 0 }\ntwins: { a: { model: m, period: 50 ms } }\n',
  );
  const { project } = loadProject(directory);
  assert.ok(project);
  return project;
}

test('a worker that dies is started again, up to three times; then the failure is told once, and the rest stops in order', async (context) => {
  const workers: Worker[] = [];
  const postMessage = Worker.prototype.postMessage;
  context.mock.method(
    Worker.prototype,
    'postMessage',
    function (this: Worker, ...args: Parameters<Worker['postMessage']>) {
      if (this.threadName?.startsWith('gemel-shard') === true && !workers.includes(this)) workers.push(this);
      return postMessage.apply(this, args);
    },
  );
  const lines: string[] = [];
  const log = await openLog({ level: 'info', style: 'json', write: (line) => lines.push(line) });
  const failure = Promise.withResolvers<string>();
  const running = await startProject(await projectOf(), { log, version: '1', onFailure: failure.resolve });
  assert.equal(workers.length, 1);
  for (let deaths = 1; deaths <= 3; deaths++) {
    const resumed = Promise.withResolvers<void>();
    const end = running.fleet.onEvent(({ kind }) => kind === 'resumed' && resumed.resolve());
    await workers[deaths - 1]?.terminate();
    await resumed.promise;
    end();
    assert.equal(running.fleet.failures().length, 0);
  }
  assert.equal(running.fleet.events().filter(({ kind }) => kind === 'worker-restarted').length, 3);
  await workers[3]?.terminate();
  assert.match(await failure.promise, /gemel-shard-1/);
  const health = await fetch(`${running.page}/ready`);
  assert.equal(health.status, 503);
  await running.stop();
  assert.ok(lines.some((line) => line.includes('"level":"error"')));
  await assert.rejects(fetch(`${running.page}/ready`), 'nothing listens any more');
});

test('a history that is not written is told by /ready, and the twins run on', async () => {
  const project = await projectOf();
  const file = join(project.checkpoint.directory, 'history.sqlite');
  // A directory where the file should be: it cannot be opened.
  mkdirSync(file, { recursive: true });
  const told = Promise.withResolvers<string>();
  const again = Promise.withResolvers<string>();
  const write = (line: string) => {
    if (line.includes('the history cannot be written')) told.resolve(line);
    if (line.includes('the history is written again')) again.resolve(line);
  };
  const log = await openLog({ level: 'info', style: 'json', write });
  const running = await startProject(project, { log, version: '1' });
  const ready = async () => (await fetch(`${running.page}/ready`)).json() as Promise<Ready>;
  await told.promise;
  const { status, checks } = await ready();
  assert.deepEqual([status, checks['history']?.status], ['degraded', 'degraded']);
  assert.match(checks['history']?.detail ?? '', /open/);
  rmdirSync(file);
  await again.promise;
  assert.deepEqual((await ready()).checks['history'], { status: 'ok' });
  await running.stop();
});

interface Ready {
  readonly status: string;
  readonly checks: Readonly<Record<string, { readonly status: string; readonly detail?: string }>>;
}

test('stopping twice is stopping once', async () => {
  const log = await openLog({ level: 'silent', style: 'json' });
  const running = await startProject(await projectOf(), { log, version: '1' });
  const [first, second] = await Promise.all([running.stop(), running.stop()]);
  assert.deepEqual(first, []);
  assert.equal(first, second);
});

test('a version that was made live runs on after a restart, and the log says that gemel.yaml names another', async () => {
  const project = await projectOf();
  const next = loadModel(
    'gemel: 1\nmodel: m\nversion: 2.0.0\nstates: { x: { unit: m, start: 0 } }\nequations: { der(x): "2 [m/s]" }\n',
  );
  const both: Project = { ...project, models: [...project.models, next] };
  const lines: string[] = [];
  const log = await openLog({ level: 'info', style: 'json', write: (line) => lines.push(line) });
  const first = await startProject(both, { log, version: '1' });
  await first.fleet.beginShadow('a', next.id);
  await first.fleet.swapShadow('a');
  const { body } = await fetch(`${first.page}/api/v1/twins/a/state`).then(async (it) => ({
    body: await it.json(),
  }));
  assert.equal((body as { model: string }).model, next.id);
  await first.stop();
  assert.equal(lines.filter((line) => line.includes('and not m@1.0.0')).length, 0);
  const again = await startProject(both, { log, version: '1' });
  assert.equal(again.fleet.twin('a')?.model.id, next.id);
  assert.equal(again.fleet.shadow('a')?.model.id, 'm@1.0.0');
  assert.equal(lines.filter((line) => line.includes('a runs m@2.0.0 and not m@1.0.0')).length, 1);
  await again.stop();
});

test('log lines are JSON for programs and short for people', async () => {
  const json: string[] = [];
  const people: string[] = [];
  const forPrograms = await openLog({ level: 'info', style: 'json', write: (line) => json.push(line) });
  const forPeople = await openLog({ level: 'warn', style: 'people', write: (line) => people.push(line) });
  for (const log of [forPrograms, forPeople]) {
    log.info({ port: 1 }, 'quiet');
    log.warn({ twin: 'a', n: 3 }, 'look here');
  }
  assert.deepEqual(
    json.map((line) => JSON.parse(line)).map(({ level, msg, port, twin }) => ({ level, msg, port, twin })),
    [
      { level: 'info', msg: 'quiet', port: 1, twin: undefined },
      { level: 'warn', msg: 'look here', port: undefined, twin: 'a' },
    ],
  );
  assert.match(String(JSON.parse(json[0] ?? '').time), /^\d{4}-\d\d-\d\dT/);
  assert.equal(people.length, 1);
  assert.match(people[0] ?? '', /^\d\d:\d\d:\d\d {2}warn: look here {2}\(twin=a, n=3\)\n$/);
});

test('without a C compiler a project of native kernels runs with the usual ones, and the log says so once', async (context) => {
  const { PATH, XDG_CACHE_HOME } = process.env;
  context.after(() => Object.assign(process.env, { PATH, XDG_CACHE_HOME }));
  Object.assign(process.env, { PATH: scratch, XDG_CACHE_HOME: scratch });
  const lines: string[] = [];
  const log = await openLog({ level: 'warn', style: 'json', write: (line) => lines.push(line) });
  const project: Project = { ...(await projectOf()), kernel: 'native', workers: 2 };
  const running = await startProject(project, { log, version: '1' });
  assert.equal(running.fleet.snapshot('a')?.status, 'running');
  await running.stop();
  assert.equal(lines.filter((line) => line.includes('no C compiler was found')).length, 1, lines.join(''));
});
