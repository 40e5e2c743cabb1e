/** gemel journal: what is kept of the samples, looked at from outside. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { openFileJournal } from '../../src/adapters/journal/index.ts';
import { encodeNames, encodeSamples } from '../../src/engine/samples-record.ts';
import { directoryWith, gemel } from './run.ts';

const directory = directoryWith({ 'gemel.yaml': 'gemel: 1\n' });
const startMs = Date.UTC(2026, 10, 22, 13);

before(async () => {
  const journal = await openFileJournal(join(directory, '.gemel', 'journal'), { segmentBytes: 100 });
  for (let k = 0; k < 4; k++) {
    const sample = { timeMs: startMs + k * 1000, value: 300 + k / 8, receivedMs: startMs + k * 1000 + 5 };
    const names = encodeNames(k === 3 ? 'a, "b"' : 'pump-1', 'temperature');
    journal.append(encodeSamples([{ names, ...sample }]));
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
  assert.match(stdout, /damaged: records 1 to 2 are lost: byte 24: record 1 does not match its checksum$/m);
  assert.match(stdout, /^✗ 1 damaged segment; 2 records can be read$/m);
  writeFileSync(file, good);
});

test('a directory that is not there is told', async () => {
  const { code, stderr } = await gemel(['journal', 'inspect', join(directory, 'nowhere')]);
  assert.equal(code, 1);
  assert.match(stderr, /nowhere cannot be read: it does not exist/);
});
