/** gemel history: a project's history into files and back, while it runs and while it does not. */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openHistory } from '../../src/adapters/history/index.ts';
import { decayModel, directoryWith, firstLine, gemel, start } from './run.ts';

function projectOf(): string {
  const directory = directoryWith({
    'gemel.yaml':
      'gemel: 1\nhttp: { port: 0 }\nmqtt: { port: 0 }\nmodels: [decay.yaml]\ntwins: { "oven-{1..2}": { model: decay, inputs: { ambient: 20 degC } } }\n',
    'decay.yaml': decayModel,
  });
  return directory;
}

const rows =
  'time,twin,temperature [K],excess\n2026-11-21T13:00:00Z,oven-1,300.15,5\n2026-11-21T13:00:01Z,oven-2,301.15,\n';

test('import puts a file into the history of a project, export gives it as CSV', async () => {
  const directory = projectOf();
  const file = join(directory, 'a.csv');
  writeFileSync(file, rows);
  const rehearsed = await gemel(['history', 'import', file, directory, '--dry-run']);
  assert.match(rehearsed.stdout, /✓ 3 samples in 2 rows can be imported/);
  assert.ok(!existsSync(join(directory, '.gemel', 'history.sqlite')));
  assert.equal((await gemel(['history', 'export', directory])).stdout, 'time,twin,signal,unit,value\n');
  const { code, stdout } = await gemel(['history', 'import', file, directory]);
  assert.equal(code, 0);
  assert.equal(
    stdout,
    'oven-1  1  temperature [degC], 2026-11-21T13:00:00.000Z to 2026-11-21T13:00:00.000Z\n' +
      'oven-1  1  excess [K], 2026-11-21T13:00:00.000Z to 2026-11-21T13:00:00.000Z\n' +
      'oven-2  1  temperature [degC], 2026-11-21T13:00:01.000Z to 2026-11-21T13:00:01.000Z\n' +
      '✓ imported 3 samples in 2 rows\n',
  );
  const exported = await gemel([
    'history',
    'export',
    directory,
    '--signal',
    'temperature',
    '--from',
    '2026-11-21T13:00:01Z',
  ]);
  assert.equal(
    exported.stdout,
    'time,twin,signal,unit,value\n2026-11-21T13:00:01.000Z,oven-2,temperature,degC,28\n',
  );
});

test('a Parquet file of one project goes into another one, sample for sample', async () => {
  const [from, to] = [projectOf(), projectOf()];
  mkdirSync(join(from, '.gemel'));
  const keepMs = 1e12;
  const history = openHistory(
    { file: join(from, '.gemel', 'history.sqlite') },
    { keepMs, keepSummariesMs: keepMs },
  );
  const timesMs = Float64Array.from(
    { length: 50_000 },
    (_, i) => Date.UTC(2026, 10, 21) + i * 1000 + (i % 3) / 8,
  );
  const series = { twin: 'oven-1', signal: 'temperature', unit: 'degC' };
  await history.insert([{ series, points: { timesMs, values: timesMs.map((_, i) => i / 7) } }]);
  await history.close();
  const file = join(from, 'all.parquet');
  const { stdout } = await gemel(['history', 'export', from, '--out', file, '--json']);
  assert.deepEqual(JSON.parse(stdout), { file, format: 'parquet', samples: 50_000, series: 1 });
  const taken = JSON.parse((await gemel(['history', 'import', file, to, '--json'])).stdout);
  assert.deepEqual([taken.samples, taken.late, taken.dryRun, taken.problems], [50_000, 0, false, []]);
  const [first, second] = [await gemel(['history', 'export', from]), await gemel(['history', 'export', to])];
  assert.equal(second.stdout.length, first.stdout.length);
  assert.equal(second.stdout, first.stdout);
});

test('an engine that runs takes a file over HTTP; its own history cannot be written beside it, but read', async () => {
  const directory = projectOf();
  const file = join(directory, 'a.csv');
  writeFileSync(file, rows);
  const running = start(['up', directory, '--json', '--log-level', 'silent']);
  const { page: url } = JSON.parse(await firstLine(running)) as { page: string };
  const locked = await gemel(['history', 'import', file, directory]);
  assert.deepEqual([locked.code, locked.stdout], [1, '']);
  assert.match(locked.stderr, /CHECKPOINT_LOCKED/);
  const { code, stdout, stderr } = await gemel(['history', 'import', file, '--url', url]);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /✓ imported 3 samples in 2 rows/);
  const exported = await gemel(['history', 'export', directory, '--to', '2026-11-22T00:00:00Z']);
  assert.equal(exported.stdout.trimEnd().split('\n').length, 4);
  running.child.kill('SIGINT');
  await running.ended;
});

test('samples older than what is kept whole are told of, also by an engine', async () => {
  const directory = projectOf();
  const file = join(directory, 'old.csv');
  writeFileSync(
    file,
    `time,twin,temperature\n2001-01-01T00:00:00Z,oven-1,20\n${new Date().toISOString()},oven-1,21\n`,
  );
  const told = /1 of them are older than `history.keep`: soon only their summaries will be there/;
  assert.match((await gemel(['history', 'import', file, directory, '--dry-run'])).stdout, told);
  const running = start(['up', directory, '--json', '--log-level', 'silent']);
  const { page: url } = JSON.parse(await firstLine(running)) as { page: string };
  assert.match((await gemel(['history', 'import', file, '--url', url])).stdout, told);
  running.child.kill('SIGINT');
  await running.ended;
});

test('an export that fails leaves the file of before', async () => {
  const directory = projectOf();
  const out = join(directory, 'plant.parquet');
  writeFileSync(out, 'the one of yesterday');
  mkdirSync(join(directory, '.gemel'));
  writeFileSync(join(directory, '.gemel', 'history.sqlite'), 'no database');
  const { code } = await gemel(['history', 'export', directory, '--out', out]);
  assert.equal(code, 1);
  assert.equal(readFileSync(out, 'utf8'), 'the one of yesterday');
});

test('what cannot be done is told, and leaves nothing behind', async () => {
  const directory = projectOf();
  const file = join(directory, 'a.csv');
  writeFileSync(file, 'time,twin,temperatur\n2026-11-21T13:00:00Z,oven-1,1\nnow,oven-1,1\n');
  const bad = await gemel(['history', 'import', file, directory]);
  assert.equal(bad.code, 1);
  assert.equal(
    bad.stdout,
    'row 1: oven-1 has no signal `temperatur`: did you mean `temperature`?\n' +
      'row 2: `now` is not a time with its zone, as in 2026-11-22T13:00:00Z\n✗ nothing was imported: 2 problems in 2 rows\n',
  );
  assert.equal((await gemel(['history', 'export', directory])).stdout.split('\n').length, 2);
  const codeOf = async (...args: string[]) => {
    const { code, stderr } = await gemel(['history', ...args]);
    return [code, /\[(\w+)\]/.exec(stderr)?.[1]];
  };
  writeFileSync(file, rows);
  await gemel(['history', 'import', file, directory]);
  assert.deepEqual(await codeOf('export', directory, '--twin', 'oven-9'), [1, 'TWIN_UNKNOWN']);
  assert.deepEqual(await codeOf('export', directory, '--signal', 'oil'), [1, 'SIGNAL_UNKNOWN']);
  assert.deepEqual(await codeOf('export', directory, '--format', 'parquet'), [2, 'USAGE']);
  assert.deepEqual(await codeOf('export', directory, '--from', '2026-11-21T00:00:00Z', '--last', '1h'), [
    2,
    'USAGE',
  ]);
  assert.deepEqual(await codeOf('export', directory, '--out', join(directory, 'no', 'such.csv')), [
    1,
    'FILE_UNREADABLE',
  ]);
  assert.deepEqual(await codeOf('import', join(directory, 'none.csv'), directory), [1, 'FILE_UNREADABLE']);
  const ofDirectory = await gemel(['history', 'import', directory, directory]);
  assert.match(ofDirectory.stderr, /cannot be read: it is a directory {2}\[FILE_UNREADABLE\]/);
  const intoDirectory = await gemel(['history', 'export', directory, '--out', directory]);
  assert.match(intoDirectory.stderr, /cannot be written: it is a directory {2}\[FILE_UNREADABLE\]/);
  const wrongFlag = await gemel(['history', 'export', directory, '--format', 'xml']);
  assert.match(wrongFlag.stderr, /see gemel history export --help/);
  writeFileSync(
    join(directory, 'gemel.yaml'),
    `${readFileSync(join(directory, 'gemel.yaml'), 'utf8')}history: { enabled: false }\n`,
  );
  assert.deepEqual(await codeOf('export', directory), [1, 'HISTORY_UNAVAILABLE']);
});
