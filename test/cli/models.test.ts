/** `gemel models` on files, on a project in a directory, and on an engine that runs. */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../docs/page.ts';
import { decayModel, directoryWith, firstLine, gemel, start } from './run.ts';

const slower = decayModel
  .replace('version: 1.0.0', 'version: 1.1.0')
  .replace('value: 50', 'value: 60')
  .replace('-excess / tau', '-excess / tau - 0.01 [K/s]');

function plant(): string {
  return directoryWith({
    'decay.yaml': decayModel,
    'slower.yaml': slower,
    'gemel.yaml': 'gemel: 1\nmodels: [decay.yaml]\ntwins:\n  unit-1: { model: decay, period: 100 ms }\n',
  });
}

test('says what is different between two files in terms of physics', async () => {
  const directory = plant();
  const { code, stdout } = await gemel(['models', 'diff', 'decay.yaml', 'slower.yaml'], directory);
  assert.equal(code, 0);
  // By hand: 25 + 40·e^(−51/50) = 39.42, and 24.4 + 40.6·e^(−51/60) = 41.75.
  assert.equal(
    stdout,
    `decay@1.0.0 → decay@1.1.0

Quantities
  parameter    tau  value 50 → 60 s (+20 %)

Equations
  der(temperature)  changed
      before  -excess / tau
      after   -excess / tau - 0.01 [K/s]
      the term −0.01 is new

Behaviour from the same start, 600 s, with ambient 25 degC
  temperature  39.42 → 41.75 degC  at 51 s  2.329 K apart, 5.82 % of how far it moves
  excess          14.42 → 16.75 K  at 51 s  2.329 K apart, 5.82 % of how far it moves

A twin goes over with its belief.
This is a minor change.
`,
  );
});

test('the comparison of the page is what is printed', async () => {
  const page = readFileSync(join(root, 'docs/model-versions.md'), 'utf8');
  const [, line = '', shown] = /^```\n\$ gemel (models diff .*)\n([^]*?)^```$/m.exec(page) ?? [];
  const { stdout } = await gemel(line.split(' '), root);
  assert.equal(stdout, shown);
});

test('a project that does not run is published into, listed, shown and compared', async () => {
  const directory = plant();
  const published = await gemel(['models', 'publish', 'slower.yaml', '.'], directory);
  assert.match(published.stdout, /^✓ decay@1\.1\.0 is published: \.gemel\/models\n$/);
  assert.equal(readFileSync(join(directory, '.gemel/models/decay@1.1.0.yaml'), 'utf8'), slower);
  const again = await gemel(['models', 'publish', 'slower.yaml', '.', '--json'], directory);
  assert.deepEqual(JSON.parse(again.stdout), { id: 'decay@1.1.0', isNew: false, place: '.gemel/models' });
  const listed = await gemel(['models', 'list', '.'], directory);
  assert.equal(listed.stdout, 'decay@1.0.0  decay\ndecay@1.1.0  decay\n');
  const shown = await gemel(['models', 'show', 'decay', '.'], directory);
  assert.match(
    shown.stdout,
    /^decay@1\.1\.0 {2}decay\n[\s\S]*parameter {4}tau +s[\s\S]*der\(temperature\) = -excess/,
  );
  const compared = await gemel(
    ['models', 'diff', 'decay@1.0.0', 'decay', '.', '--json', '--for', '0'],
    directory,
  );
  const difference = JSON.parse(compared.stdout) as Record<string, unknown>;
  assert.deepEqual(
    [difference['after'], difference['same'], difference['change'], difference['behaviour']],
    ['decay@1.1.0', false, 'minor', undefined],
  );
  writeFileSync(join(directory, 'slower.yaml'), slower.replace('value: 60', 'value: 70'));
  const other = await gemel(['models', 'publish', 'slower.yaml', '.'], directory);
  assert.equal(other.code, 1);
  assert.match(other.stderr, /call it 1\.2\.0 {2}\[MODEL_VERSION_EXISTS\]/);
});

test('a running engine is published to and asked, and its directory is not touched by others', async () => {
  const directory = plant();
  const engine = start(['up', directory, '--port', '0', '--mqtt-port', '0', '--json']);
  const { page } = JSON.parse(await firstLine(engine)) as { page: string };
  const locked = await gemel(['models', 'publish', 'slower.yaml', '.'], directory);
  assert.match(locked.stderr, /\[CHECKPOINT_LOCKED\]/);
  const published = await gemel(['models', 'publish', 'slower.yaml', '--url', page], directory);
  assert.equal(published.stdout, `✓ decay@1.1.0 is published: ${page}\n`);
  const listed = await gemel(['models', 'list', '--url', page]);
  assert.equal(listed.stdout, 'decay@1.0.0   1 twin  decay\ndecay@1.1.0  0 twins  decay\n');
  const compared = await gemel(['models', 'diff', 'decay@1.0.0', 'decay@1.1.0', '--url', page, '--for', '0']);
  assert.match(compared.stdout, /value 50 → 60 s \(\+20 %\)/);
  writeFileSync(
    join(directory, 'next.yaml'),
    slower.replace('1.1.0', '2.0.0').concat('migrates: { states: { temperature: temprature } }\n'),
  );
  const refused = await gemel(['models', 'publish', 'next.yaml', '--url', page], directory);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /`temprature` is no state[^]*did you mean `temperature`\?[^]*\[MODEL_INVALID\]/,
  );
  engine.child.kill('SIGTERM');
  await engine.ended;
});

test('what is not there is said, with what was probably meant', async () => {
  const directory = plant();
  mkdirSync(join(directory, 'empty'));
  const unknown = await gemel(['models', 'show', 'dcay', '.'], directory);
  assert.match(unknown.stderr, /did you mean `decay`\? {2}\[MODEL_UNKNOWN\]/);
  assert.match((await gemel(['models', 'list', 'empty'], directory)).stderr, /\[PROJECT_MISSING\]/);
  assert.match(
    (await gemel(['models', 'list', '--url', 'http://127.0.0.1:9'])).stderr,
    /\[ENGINE_UNREACHABLE\]/,
  );
  assert.match(
    (await gemel(['models', 'diff', 'a.yaml', 'b.yaml'], directory)).stderr,
    /\[FILE_UNREADABLE\]/,
  );
  assert.equal(
    (await gemel(['models', 'diff', 'decay.yaml', 'slower.yaml', '--for', 'soon'], directory)).code,
    2,
  );
  for (const part of ['list', 'show', 'publish', 'diff']) {
    assert.match((await gemel(['models', part, '--help'])).stdout, /Examples:\n {2}gemel models/);
  }
});
