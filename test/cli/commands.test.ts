/** check, schema, init, and the command line as a whole. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { publishedSchema } from '../../src/app/index.ts';
import { decayModel, directoryWith, gemel } from './run.ts';

const directory = directoryWith({
  'good.yaml': decayModel,
  'bad.yaml': decayModel.replace('temperature - ambient', 'temperature - ambiant'),
  'gemel.yaml':
    'gemel: 1\nmodels: [good.yaml]\ntwins: { "d-{1..3}": { model: decay, inputs: { ambient: 20 } } }\n',
});

test('check says what it looked at, and 0 if all is well', async () => {
  const { code, stdout, stderr } = await gemel(['check', 'good.yaml', '.'], directory);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.match(stdout, /^✓ good\.yaml {2}decay@1\.0\.0 · 1 state, 1 input, 1 parameter, 1 output/m);
  assert.match(stdout, /^✓ gemel\.yaml {2}3 twins of decay@1\.0\.0$/m);
});

test('check shows each problem in its place, and 1', async () => {
  const { code, stdout, stderr } = await gemel(['check', 'bad.yaml', 'none.yaml'], directory);
  assert.equal(code, 1);
  assert.match(stdout, /^✗ bad\.yaml\n✗ none\.yaml$/m);
  assert.match(stderr, /^bad\.yaml:12:25 {2}unknown name\n.*excess: temperature - ambiant\n +\^{7}\n/m);
  assert.match(stderr, /none\.yaml cannot be read: it does not exist/);
});

test('check --json is for editors: places count from 1', async () => {
  const { code, stdout } = await gemel(['check', '--json', 'bad.yaml'], directory);
  assert.equal(code, 1);
  const { ok, files, diagnostics } = JSON.parse(stdout);
  assert.equal(ok, false);
  assert.deepEqual(files, [{ file: 'bad.yaml', kind: 'model' }]);
  const { code: problem, severity, file, line, column, length } = diagnostics[0];
  assert.deepEqual(
    [problem, severity, file, line, column, length],
    ['NAME_UNKNOWN', 'error', 'bad.yaml', 12, 25, 7],
  );
});

test('schema prints what editors need', async () => {
  const { code, stdout } = await gemel(['schema', 'project']);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(publishedSchema('project'))));
});

test('init makes a project that passes its own check, once', async () => {
  const target = join(directory, 'first');
  assert.equal((await gemel(['init', 'first'], directory)).code, 0);
  for (const kind of ['model', 'project'] as const) {
    const written = JSON.parse(readFileSync(join(target, `schema/${kind}.schema.json`), 'utf8'));
    assert.deepEqual(written, JSON.parse(JSON.stringify(publishedSchema(kind))));
  }
  for (const file of ['gemel.yaml', 'models/motor.yaml']) {
    const [, schema = ''] =
      /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(join(target, file), 'utf8')) ?? [];
    assert.ok(existsSync(join(target, file, '..', schema)), `${file} leads to its schema`);
  }
  assert.equal((await gemel(['check', 'first'], directory)).code, 0);

  writeFileSync(join(target, 'gemel.yaml'), 'mine');
  const again = await gemel(['init', 'first'], directory);
  assert.equal(again.code, 2);
  assert.match(again.stderr, /gemel\.yaml.* would be overwritten[\s\S]*\[USAGE\]/);
  assert.equal(readFileSync(join(target, 'gemel.yaml'), 'utf8'), 'mine');
});

test('unknown commands and options are refused with the nearest that is known', async () => {
  const [command, option, help] = await Promise.all([
    gemel(['chek']),
    gemel(['check', '--jsno']),
    gemel(['up', '--help']),
  ]);
  assert.equal(command.code, 2);
  assert.match(command.stderr, /unknown command 'chek'\n\(Did you mean check\?\)/);
  assert.equal(option.code, 2);
  assert.match(option.stderr, /\(Did you mean --json\?\)/);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Examples?:\n {2}gemel up/);
});

test('play says when there is no broker', async () => {
  const { code, stderr } = await gemel(
    ['play', 'good.yaml', '--topic', 'a', '--to', 'mqtt://127.0.0.1:9'],
    directory,
  );
  assert.equal(code, 1);
  assert.match(stderr, /cannot reach the broker mqtt:\/\/127\.0\.0\.1:9.*[\s\S]*\[BROKER_UNREACHABLE\]/);
});

test('gemel.yaml is a project, also one that names no twins', async () => {
  const project = directoryWith({ 'gemel.yaml': 'gemel: 1\nmodels: [models/a.yaml]\n' });
  const { stderr } = await gemel(['check', project]);
  assert.match(stderr, /the document has no `twins`/);
  assert.doesNotMatch(stderr, /`version`|not a key/);
});

test('what is expected reads as a part of the sentence', async () => {
  const file = join(directoryWith({ 'a.yaml': decayModel.replace('1.0.0', 'one') }), 'a.yaml');
  const { stderr } = await gemel(['models', 'diff', file, file]);
  assert.match(stderr, /expected a semantic version, such as 1\.0\.0 or 1\.1\.0-rc\.1, found "one"/);
  assert.match(stderr, /gemel: nothing was done with .*a\.yaml\n {3}correct the problems above/);
});
