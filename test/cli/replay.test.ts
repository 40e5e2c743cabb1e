/** gemel replay: the past of a project, run again from outside. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { alter, clockAt, createProject, live, projectAt, record, send } from '../app/replay/recorded.ts';
import { startMs } from '../engine/support.ts';
import { gemel } from './run.ts';

let directory = '';
before(async () => {
  directory = await record({ seconds: 40 });
});

test('it says what was run again, and that it is as it was', async () => {
  const { code, stdout } = await gemel(['replay', directory]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^from +2026-11-22T13:00:00\.000Z$/m);
  assert.match(stdout, /^to +2026-11-22T13:00:40\.000Z$/m);
  assert.match(stdout, /^twins +8$/m);
  assert.match(stdout, /^ticks +\d+ compared, 360 of twins in all$/m);
  assert.match(stdout, /^took .* × real time$/m);
  assert.match(stdout, /^✓ everything is as it was, bit for bit$/m);
});

test('--twin prints what a twin was at a moment, to the last digit', async () => {
  const args = ['--to', '2026-11-22T13:00:20Z', '--twin', 'a,tank-2'];
  const { stdout } = await gemel(['replay', directory, ...args]);
  const [a, tank] = stdout
    .trim()
    .split('\n')
    .slice(-2)
    .map((line) => JSON.parse(line));
  assert.equal(a.twin, 'a');
  assert.equal(a.time, '2026-11-22T13:00:20.000Z');
  assert.equal(tank.twin, 'tank-2');
  const { states, samples } = JSON.parse((await gemel(['replay', directory, ...args, '--json'])).stdout);
  assert.deepEqual(states, { a, 'tank-2': tank });
  assert.ok(samples > 0);
});

test('another past is told with the twin that differs, and exit code 1', async () => {
  const other = await record({ seconds: 40 });
  alter(other, 'tank-4', 40);
  const { code, stdout } = await gemel(['replay', other]);
  assert.equal(code, 1);
  assert.match(stdout, /^✗ \d+ ticks differ, the first that of 2026-11-22T13:00:\d\d\.\d00Z$/m);
  assert.match(stdout, /^✗ one twin differs$/m);
  assert.match(stdout, /^ {2}tank-4 +2026-11-22T13:00:\d\d\.000Z +\S.* +\d/m);
  const { differences } = JSON.parse((await gemel(['replay', other, '--json'])).stdout);
  assert.equal(differences.length, 1);
  assert.equal(differences[0].twin, 'tank-4');
});

test('what is lost is said, and is no past that was verified', async () => {
  const torn = createProject();
  const first = await live(projectAt(torn), clockAt(startMs));
  for (let k = 1; k <= 30; k++) {
    send(first, k);
    await first.pass(1000);
  }
  await first.kill();
  const second = await live(projectAt(torn), first.clock);
  await second.pass(5000);
  await second.stop();
  const [segment = ''] = readdirSync(join(torn, '.gemel', 'journal'));
  const file = join(torn, '.gemel', 'journal', segment);
  const bytes = readFileSync(file);
  // The last record's last byte: all others are read.
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  writeFileSync(file, bytes);
  const { code, stdout } = await gemel(['replay', torn]);
  assert.equal(code, 1);
  assert.match(stdout, /^✗ one record of the journal cannot be read: `gemel journal verify` says which/m);
  assert.doesNotMatch(stdout, /everything is as it was/);
});

test('where a checkpoint is damaged, it begins with the next best one, and says so', async () => {
  const damaged = await record({ seconds: 40 });
  const archive = join(damaged, '.gemel', 'archive');
  const [oldest = ''] = readdirSync(archive).toSorted();
  writeFileSync(join(archive, oldest), 'noise');
  const { code, stdout } = await gemel(['replay', damaged]);
  assert.equal(code, 1, stdout);
  assert.match(stdout, new RegExp(`^✗ the checkpoint .*${oldest} cannot be read`, 'm'));
  assert.match(stdout, /^from +2026-11-22T13:00:(?!00)\d\d/m);
  assert.match(stdout, /^– the rest is as it was, bit for bit$/m);
});

test('another kernel compares nothing, and differs in nothing', async () => {
  const { code, stdout } = await gemel(['replay', directory, '--kernel', 'wasm-fused']);
  assert.equal(code, 0);
  assert.match(stdout, /^ticks +0 compared, 0 of twins in all$/m);
  assert.match(stdout, /^– not compared: then wasm strict computed/m);
});

test('the past can go by at a speed of its own', async () => {
  const args = ['--from', '2026-11-22T13:00:20Z', '--to', '2026-11-22T13:00:30Z', '--speed', '20x', '--json'];
  const { seconds, speed } = JSON.parse((await gemel(['replay', directory, ...args])).stdout);
  assert.ok(seconds > 0.4 && speed <= 25, `${seconds} s`);
});

test('--with tells how another version would have done', async () => {
  const tried = await record({ seconds: 40 });
  const models = join(tried, 'models');
  const model = readFileSync(join(models, 'leaking-tank.yaml'), 'utf8');
  writeFileSync(join(models, 'next.yaml'), model.replace('version: 1.0.0', 'version: 1.1.0'));
  const args = ['replay', tried, '--with', 'leaking-tank@1.1.0'];
  const { code, stdout } = await gemel(args);
  assert.equal(code, 0);
  assert.match(stdout, /^leaking-tank@1\.1\.0 in the shadow of 7 twins: not enough was seen/m);
  // The same document: the same errors, and nothing gained.
  assert.match(stdout, /^ {2}level +\d+ +(\S+) +\1 +0 +(\S+ %) +\2$/m);
  const { tried: json } = JSON.parse((await gemel([...args, '--json'])).stdout);
  assert.equal(json.twins.length, 7);
  assert.equal(json.together.together.gainNats.value, 0);
  assert.match((await gemel(['replay', tried, '--with', 'leaking-tank@2.0.0'])).stderr, /MODEL_UNKNOWN/);
});

test('what cannot be is refused with the reason', async () => {
  const wrong = async (...args: string[]) => gemel(['replay', directory, ...args]);
  assert.match((await wrong('--speed', 'fast')).stderr, /--speed: `fast` is not a speed/);
  assert.match((await wrong('--from', 'yesterday')).stderr, /--from: `yesterday` is not a time/);
  // It would be taken for a time of the machine that replays.
  assert.match(
    (await wrong('--from', '2026-11-22T13:00:20')).stderr,
    /is not a time\n {3}write it with its zone/,
  );
  const reversed = ['--from', '2026-11-22T13:00:20Z', '--to', '2026-11-22T13:00:10Z'];
  assert.match((await wrong(...reversed)).stderr, /--from is not before --to/);
  assert.match(
    (await wrong('--from', '2100-01-01T00:00:00Z')).stderr,
    /nothing is recorded of 2100-01-01T00:00:00\.000Z: the record ends at 2026-11-22T13:00:40/,
  );
  const { code, stderr } = await wrong('--twin', 'tank-9');
  assert.equal(code, 2);
  assert.match(stderr, /there was no twin `tank-9`\n {3}did you mean `tank-\d`/);
  assert.match((await wrong('--from', '2026-11-22T12:00:00Z')).stderr, /REPLAY_UNAVAILABLE/);
  assert.match((await gemel(['replay', '/nowhere'])).stderr, /PROJECT_MISSING/);
});
