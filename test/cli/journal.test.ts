/** gemel journal: what is kept of the samples, looked at from outside. */

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { openFileJournal } from '../../src/adapters/journal/index.ts';
import { encodeCommand } from '../../src/engine/journal/command-record.ts';
import { encodeFleet } from '../../src/engine/journal/fleet-record.ts';
import { encodeSamples } from '../../src/engine/journal/samples-record.ts';
import { encodeTick } from '../../src/engine/journal/tick-record.ts';
import { recordTwin } from '../../src/engine/journal/twin-record.ts';
import { tank, twinOf } from '../engine/support.ts';
import { directoryWith, gemel } from './run.ts';

const directory = directoryWith({ 'gemel.yaml': 'gemel: 1\n' });
const startMs = Date.UTC(2026, 10, 22, 13);

before(async () => {
  const journal = await openFileJournal(join(directory, '.gemel', 'journal'), { segmentBytes: 100 });
  for (let k = 0; k < 4; k++) {
    const sample = { timeMs: startMs + k * 1000, value: 300 + k / 8, receivedMs: startMs + k * 1000 + 5 };
    const twin = k === 3 ? 'a, "b"' : 'pump-1';
    journal.append(encodeSamples([{ twin, signal: 'temperature', ...sample }]));
    await journal.committed();
  }
  await journal.close();
});

test('inspect lists segments and says how much there is, from when to when', async () => {
  const { code, stdout } = await gemel(['journal', 'inspect', directory]);
  assert.equal(code, 0);
  assert.match(stdout, /^0{19}1\.journal {2}records 1 to 2 {2}\d+ bytes {2}good$/m);
  assert.match(
    stdout,
    /2 segments, \d+ bytes, 4 samples, received 2026-11-22T13:00:00\.005Z to 2026-11-22T13:00:03\.005Z$/m,
  );
  const json = JSON.parse((await gemel(['journal', 'inspect', directory, '--json'])).stdout);
  assert.equal(json.samples, 4);
  assert.deepEqual(
    json.segments.map(({ state }: { state: string }) => state),
    ['good', 'good'],
  );
});

test('export writes a table of a twin, a span, or all, names quoted where they must be', async () => {
  const { stdout } = await gemel([
    'journal',
    'export',
    directory,
    '--twin',
    'pump-1',
    '--from',
    '2026-11-22T13:00:01Z',
  ]);
  assert.equal(
    stdout,
    'time,twin,signal,value,received\n' +
      '2026-11-22T13:00:01.000Z,pump-1,temperature,300.125,2026-11-22T13:00:01.005Z\n' +
      '2026-11-22T13:00:02.000Z,pump-1,temperature,300.25,2026-11-22T13:00:02.005Z\n',
  );
  assert.match((await gemel(['journal', 'export', directory])).stdout, /,"a, ""b""",temperature,/);
  const { code, stderr } = await gemel(['journal', 'export', directory, '--from', 'yesterday']);
  assert.equal(code, 2);
  assert.match(stderr, /--from: `yesterday` is not a time/);
});

test('verify finds a changed byte, and names what is lost', async () => {
  assert.match((await gemel(['journal', 'verify', directory])).stdout, /^✓ 4 records in 2 segments/);
  const file = join(directory, '.gemel', 'journal', '00000000000000000001.journal');
  const good = readFileSync(file);
  const bad = Buffer.from(good);
  bad[60] = (bad[60] ?? 0) ^ 1;
  writeFileSync(file, bad);
  const { code, stdout } = await gemel(['journal', 'verify', directory]);
  assert.equal(code, 1);
  assert.match(stdout, /damaged: record 1 is lost: byte 24: record 1 does not match its checksum$/m);
  assert.match(stdout, /^✗ 1 damaged segment; 3 records can be read$/m);
  writeFileSync(file, good);
});

test('every kind of record is counted, and exported as JSON', async () => {
  const other = directoryWith({ 'gemel.yaml': 'gemel: 1\n' });
  const journal = await openFileJournal(join(other, '.gemel', 'journal'));
  const names = { twin: 'pump-1', signal: 'temperature' };
  const block = { shard: 1, block: 0 };
  const twin = recordTwin(twinOf('pump-1', tank));
  journal.append(
    encodeFleet({ receivedMs: startMs, begins: true, start: true, kernel: 'wasm', twins: [twin] }),
  );
  const changed = [{ from: 0, twins: ['pump-1'] }];
  journal.append(encodeFleet({ receivedMs: startMs, blocks: [{ ...block, lanes: 1, changed }] }));
  journal.append(encodeSamples([{ ...names, timeMs: startMs, value: 300, receivedMs: startMs + 5 }]));
  const step = { kind: 'step', receivedMs: startMs + 10, twin: 'pump-1', atMs: startMs } as const;
  journal.append(encodeCommand({ ...step, seconds: 2, inputs: {} }));
  journal.append(encodeCommand({ kind: 'remove', receivedMs: startMs + 20, twin: 'pump-2' }));
  const digest = { high: 0xb2cb792, low: 0x2cc5d05 };
  journal.append(encodeTick({ ...block, dueMs: startMs + 1000, through: 4, digest }));
  journal.append(Uint8Array.of(200));
  await journal.committed();
  await journal.close();

  const { stdout } = await gemel(['journal', 'inspect', other]);
  assert.match(
    stdout,
    /^2 commands \(1 step, 1 remove\), 1 tick, 2 descriptions of the fleet, 1 record that this version does not know$/m,
  );
  const counted = JSON.parse((await gemel(['journal', 'inspect', other, '--json'])).stdout);
  assert.deepEqual([counted.samples, counted.commands, counted.ticks], [1, { step: 1, remove: 1 }, 1]);

  const lines = async (...more: string[]) =>
    (await gemel(['journal', 'export', other, '--json', ...more])).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const all = await lines();
  assert.deepEqual(
    all.map(({ number, kind }) => [number, kind]),
    [
      [1, 'fleet'],
      [2, 'fleet'],
      [3, 'samples'],
      [4, 'command'],
      [5, 'command'],
      [6, 'tick'],
    ],
  );
  assert.deepEqual(all[5], {
    number: 6,
    kind: 'tick',
    due: '2026-11-22T13:00:01.000Z',
    shard: 1,
    block: 0,
    through: 4,
    digest: '0b2cb79202cc5d05',
  });
  const ofTwin = await lines('--twin', 'pump-1', '--from', '2026-11-22T13:00:00.001Z');
  assert.deepEqual(
    ofTwin.map(({ number }) => number),
    [4, 6],
  );
});

test('a directory that is not there is told', async () => {
  const { code, stderr } = await gemel(['journal', 'inspect', join(directory, 'nowhere')]);
  assert.equal(code, 1);
  assert.match(stderr, /nowhere cannot be read: it does not exist/);
});

test('a journal that is not there is said, and is no journal that is good', async () => {
  const empty = directoryWith({});
  for (const command of ['inspect', 'verify', 'export']) {
    const { code, stdout, stderr } = await gemel(['journal', command, empty]);
    assert.deepEqual([code, stdout], [1, ''], command);
    assert.match(
      stderr,
      /^gemel: there is no journal in .*\n {3}name the directory of a project that has run.*JOURNAL_MISSING\]$/m,
    );
  }
  const missing = await gemel(['journal', 'verify', join(empty, 'nowhere')]);
  assert.match(missing.stderr, /nowhere cannot be read: it does not exist {2}\[FILE_UNREADABLE\]/);
});

test('a file is refused in words, but for that of a project; so is what the system refuses', async () => {
  const file = join(directory, '.gemel', 'journal', '00000000000000000001.journal');
  for (const command of ['inspect', 'verify', 'export']) {
    const { code, stderr } = await gemel(['journal', command, file]);
    assert.equal(code, 1);
    assert.match(stderr, /0+1\.journal is a file\n {3}name the directory/);
  }
  assert.match((await gemel(['journal', 'verify', join(directory, 'gemel.yaml')])).stdout, /^✓ 4 records/);
  const odd = directoryWith({});
  cpSync(join(directory, '.gemel', 'journal'), odd, { recursive: true });
  mkdirSync(join(odd, '00000000000000000900.journal'));
  const { code, stderr } = await gemel(['journal', 'inspect', odd]);
  assert.equal(code, 1);
  assert.match(stderr, /^gemel: .*0900\.journal cannot be used: it is a directory {2}\[FILE_UNREADABLE\]\n$/);
});

test('a journal is found where gemel.yaml keeps it', async () => {
  const project = directoryWith({
    'gemel.yaml':
      'gemel: 1\nmodels: [tank.yaml]\ncheckpoint: { directory: kept }\ntwins: { a: { model: tank } }\n',
  });
  cpSync(join(directory, '.gemel', 'journal'), join(project, 'kept', 'journal'), { recursive: true });
  assert.match((await gemel(['journal', 'verify', project])).stdout, /^✓ 4 records/);
});

test('an empty export says why it is empty', async () => {
  const of = async (...options: string[]) => gemel(['journal', 'export', directory, ...options]);
  const stranger = await of('--twin', 'pmp-1');
  assert.equal(stranger.code, 0);
  assert.match(stranger.stderr, /no sample of `pmp-1`\n {3}did you mean `pump-1`\?/);
  assert.match(
    (await of('--twin', 'pump-1', '--to', '2020-01-01T00:00:00Z')).stderr,
    /nothing of `pump-1` of that time/,
  );
  assert.match((await of('--from', '2030-01-01T00:00:00Z', '--json')).stderr, /nothing of that time/);
  const backwards = await of('--from', '2030-01-01T00:00:00Z', '--to', '2020-01-01T00:00:00Z');
  assert.equal(backwards.code, 2);
  assert.match(backwards.stderr, /--from is not before --to/);
});

test('who mistypes an option is sent to the help of that command', async () => {
  const { stderr } = await gemel(['journal', 'inspect', '--jso']);
  assert.match(stderr, /see gemel journal inspect --help/);
});
