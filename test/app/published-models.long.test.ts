/** Models that were published: kept over restarts, never changed, and there for new twins. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createFileTexts } from '../../src/adapters/checkpoint/index.ts';
import { loadProject, type Log, openLog, type Project, startProject } from '../../src/app/index.ts';
import { modelsDirectory, PublishedModels } from '../../src/app/published-models.ts';
import { GemelError } from '../../src/core/diagnose/index.ts';
import { compileModel } from '../../src/core/model/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gemel-published-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const lines: string[] = [];
const log: Log = await openLog({ level: 'warn', style: 'json', write: (line) => lines.push(line) });

const model = (version: string, rate = 1): string =>
  `# by hand\ngemel: 1\nmodel: m\nversion: ${version}\nstates: { x: { unit: m, start: 0 } }\nequations: { der(x): "${rate} [m/s]" }\n`;

function projectOf(): Project {
  const directory = mkdtempSync(join(scratch, 'p-'));
  writeFileSync(join(directory, 'm.yaml'), model('1.0.0'));
  writeFileSync(
    join(directory, 'gemel.yaml'),
    'gemel: 1\nmodels: [m.yaml]\nhttp: { port: 0 }\nmqtt: { port: 0 }\ntwins: { a: { model: m, period: 50 ms } }\n',
  );
  return load(directory);
}

function load(directory: string): Project {
  const { project, diagnostics } = loadProject(directory);
  assert.ok(project, JSON.stringify(diagnostics));
  return project;
}

const open = (project: Project) =>
  PublishedModels.open({ texts: createFileTexts(modelsDirectory(project)), models: project.models, log });

test('what was published is there after a restart, as it was written, and twins of it go on', async () => {
  const project = projectOf();
  let running = await startProject(project, { log, version: '1' });
  const post = async (path: string, type: string, body: string): Promise<number> => {
    const headers = { 'content-type': type };
    return (await fetch(`${running.page}/api/v1/${path}`, { method: 'POST', headers, body })).status;
  };
  assert.equal(await post('models', 'application/yaml', model('1.1.0', 2)), 201);
  assert.equal(await post('twins', 'application/json', '{"id":"b","model":"m@1.1.0","period":"50 ms"}'), 201);
  // By name alone it is the newest there is now, and stays of that version.
  assert.equal(await post('twins', 'application/json', '{"id":"c","model":"m","period":"50 ms"}'), 201);
  assert.equal(await post('models', 'application/yaml', model('1.2.0', 3)), 201);
  await running.stop();
  assert.deepEqual(readdirSync(modelsDirectory(project)), ['m@1.1.0.yaml', 'm@1.2.0.yaml']);
  assert.equal(readFileSync(join(modelsDirectory(project), 'm@1.1.0.yaml'), 'utf8'), model('1.1.0', 2));
  running = await startProject(load(project.directory), { log, version: '1' });
  assert.deepEqual(
    running.fleet.twins().map((twin) => `${twin.config.id} ${twin.model.id}`),
    ['a m@1.0.0', 'b m@1.1.0', 'c m@1.1.0'],
  );
  assert.equal(await post('models', 'application/yaml', model('1.1.0', 2)), 200);
  assert.equal(await post('models', 'application/yaml', model('1.1.0', 4)), 409);
  await running.stop();
});

test('of one version there is one document, whoever comes first', async () => {
  const project = projectOf();
  const published = await open(project);
  const publish = (text: string) => published.publish({ file: 'x', text });
  const results = await Promise.allSettled([publish(model('2.0.0', 1)), publish(model('2.0.0', 2))]);
  assert.deepEqual(
    results.map((it) => (it.status === 'fulfilled' ? 'published' : (it.reason as { code: string }).code)),
    ['published', 'MODEL_VERSION_EXISTS'],
  );
  // The project's own file counts as published.
  await assert.rejects(publish(model('1.0.0', 5)), {
    code: 'MODEL_VERSION_EXISTS',
    hint: /call it 2\.1\.0$/,
  });
  assert.deepEqual(
    published.models.map(({ id }) => id),
    ['m@1.0.0', 'm@2.0.0'],
  );
});

test('a file of the project that has a published version with another document does not start', async () => {
  const project = projectOf();
  await (await open(project)).publish({ file: 'x', text: model('1.1.0', 2) });
  writeFileSync(join(project.directory, 'm.yaml'), model('1.1.0', 3));
  await assert.rejects(startProject(load(project.directory), { log, version: '1' }), {
    code: 'MODEL_VERSION_EXISTS',
    hint: 'versions never change; this one changes its physics: call it 1.2.0',
  });
});

test('a damaged file is told and left out, and its version is not given away', async () => {
  const project = projectOf();
  const texts = createFileTexts(modelsDirectory(project));
  await texts.save('m@3.0.0.yaml', 'gemel: 1\nmodel: m\nvers');
  await texts.save('m@4.0.0.yaml', model('4.0.1'));
  const published = await open(project);
  assert.deepEqual(
    published.models.map(({ id }) => id),
    ['m@1.0.0'],
  );
  assert.match(lines.join(''), /a published model is left out: it holds m@4\.0\.1/);
  await assert.rejects(published.publish({ file: 'x', text: model('3.0.0') }), {
    code: 'MODEL_VERSION_EXISTS',
  });
});

test('where nothing can be written nothing is published', async () => {
  const project = projectOf();
  const published = await PublishedModels.open({
    texts: {
      list: async () => [],
      load: async () => undefined,
      save: () => Promise.reject(new Error('the disk is full')),
    },
    models: project.models,
    log,
  });
  const added: string[] = [];
  const add = (it: { id: string }) => void added.push(it.id);
  await assert.rejects(published.publish({ file: 'x', text: model('2.0.0') }, add), /disk is full/);
  assert.deepEqual([added, published.models.length], [[], 1]);
});

test('there is a limit to how many models there are, and to their text', async () => {
  const project = projectOf();
  const published = await open(project);
  // Half a million characters each: thirty-two of them are one too many.
  const padding = `# ${'x'.repeat(524_288)}\n`;
  const codes: string[] = [];
  for (let i = 1; i <= 33; i++) {
    const done = published.publish({ file: 'x', text: padding + model(`2.0.${i}`) });
    codes.push(
      await done.then(
        () => 'published',
        (error: unknown) => (error instanceof GemelError ? error.code : String(error)),
      ),
    );
  }
  assert.deepEqual(codes.slice(30), ['published', 'MODELS_FULL', 'MODELS_FULL']);
  assert.ok(readdirSync(modelsDirectory(project)).length === 31);
});

test('`migrates` is checked against the versions of a project, with its place', () => {
  const project = projectOf();
  const next = `${model('2.0.0')}migrates: { states: { x: 2 * y } }\n`;
  writeFileSync(join(project.directory, 'n.yaml'), next);
  writeFileSync(
    join(project.directory, 'gemel.yaml'),
    'gemel: 1\nmodels: [m.yaml, n.yaml]\ntwins: { a: { model: m@1.0.0, period: 50 ms } }\n',
  );
  const { diagnostics } = loadProject(project.directory);
  assert.deepEqual(
    diagnostics.map(({ code, place, message }) => [code, place?.line, place?.column, message]),
    [['NAME_UNKNOWN', 7, 30, '`y` is no state, input or parameter of m@1.0.0']],
  );
});

test('a version written for later ones than there are is published, for twins that will be there', async () => {
  const published = await open(projectOf());
  const third = `${model('3.0.0')}migrates: { from: ^2.0.0, states: { x: elsewhere } }\n`;
  assert.ok('model' in (await published.publish({ file: 'x', text: third })));
});

test('a name alone means the newest version that is no pre-release', () => {
  const project = projectOf();
  for (const version of ['1.2.0-rc.1', '1.10.0', '1.9.0']) {
    writeFileSync(join(project.directory, `${version}.yaml`), model(version));
  }
  const yaml = readFileSync(join(project.directory, 'gemel.yaml'), 'utf8');
  writeFileSync(join(project.directory, 'gemel.yaml'), yaml.replace('[m.yaml]', '["*.*.yaml", m.yaml]'));
  assert.deepEqual(
    load(project.directory).twins.map((twin) => twin.model),
    ['m@1.10.0'],
  );
  assert.ok(compileModel({ file: 'x', text: model('1.2.0-rc.1') }).model);
});
