/** `gemel calibrate` on a record made by a closed form: what it prints and writes, and its mistakes. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { directoryWith, gemel, start } from './run.ts';

const model = `
gemel: 1
model: room
version: 1.4.2   # the third room
inputs:
  ambient: { unit: degC }
parameters:
  tau: { unit: min, value: 2,   min: 0.1, max: 100, calibrate: true } # of the walls
  offset: { unit: K, value: "0 K", min: -20, max: 20, calibrate: true }
states:
  temperature: { unit: degC, start: 65 }
equations:
  der(temperature): (ambient + offset - temperature) / tau
measurements:
  reading: { equals: temperature, unit: degC }
`;

/** Decay towards 20 + 3 degC with tau = 50 s, read to a hundredth. */
const rows = Array.from({ length: 300 }, (_, t) => `${t},20,${(23 + 42 * Math.exp(-t / 50)).toFixed(2)}`);
const csv = `seconds,outside,T1\n${rows.join('\n')}\n`;

const directory = directoryWith({
  'room.yaml': model,
  'log.csv': csv,
  'named.csv': csv.replace('seconds,outside,T1', 'time [s],ambient,reading'),
  'holes.csv': `time,ambient,reading\n${rows.map((row, i) => (i > 50 && i < 60 ? row.replace(/,[^,]*$/, ',') : row)).join('\n')}\n`,
  'backwards.csv': 'time,ambient,reading\n1,20,60\n0,20,61\n',
});
const map = ['--map', 'seconds=time[s]', '--map', 'outside=ambient[degC]', '--map', 'T1=reading[degC]'];
const calibrate = (data: string, ...args: string[]) =>
  gemel(['calibrate', 'room.yaml', data, ...args], directory);

test('the values come out, as JSON in the units of the document', async () => {
  const { code, stdout, stderr } = await calibrate(
    'log.csv',
    ...map,
    '--test',
    '60%:100%',
    '--train',
    '0:60%',
    '--json',
  );
  assert.deepEqual([code, stderr], [0, '']);
  const found = JSON.parse(stdout);
  const [tau, offset] = found.estimates;
  assert.ok(Math.abs(tau.value - 50 / 60) < 1e-4 && tau.unit === 'min');
  assert.ok(tau.low < 50 / 60 && tau.high > 50 / 60);
  assert.ok(Math.abs(offset.value - 3) < 0.01 && offset.before === 0);
  assert.ok(found.measurements[0].train.rmse < 0.004);
  assert.ok(found.measurements[0].test.fitPercent > 99);
  assert.equal(found.interrupted, false);
});

test('people get a table, a report and the next version of the model', async () => {
  const { code, stdout } = await calibrate('named.csv', '--report', 'out.html', '--write', 'room-new.yaml');
  assert.equal(code, 0);
  assert.match(stdout, /tau +2 +0\.833\d+ +± [\d.e-]+ +min/);
  assert.match(stdout, /reading, fitted/);
  assert.match(stdout, /written: room-new\.yaml\nwritten: out\.html/);
  const written = readFileSync(join(directory, 'room-new.yaml'), 'utf8');
  assert.match(written, /^version: 1\.5\.0 {3}# the third room$/m);
  assert.match(
    written,
    /^ {2}tau: \{ unit: min, value: 0\.833\d*, {3}min: 0\.1, max: 100, calibrate: true \} # of the walls$/m,
  );
  assert.match(written, /value: "(3|2\.99\d*|3\.0\d*) K", min: -20/);
  const report = readFileSync(join(directory, 'out.html'), 'utf8');
  assert.match(report, /^<!doctype html>/);
  assert.doesNotMatch(report, /https?:|<script|src=|NaN|undefined/);
  const checked = await gemel(['check', 'room-new.yaml'], directory);
  assert.equal(checked.code, 0);
});

test('the same seed gives the same output', async () => {
  const args = ['--starts', '5', '--seed', '9', '--json'];
  const [once, again] = await Promise.all([calibrate('named.csv', ...args), calibrate('named.csv', ...args)]);
  assert.equal(once.stdout, again.stdout);
});

test('gaps are told', async () => {
  const { code, stdout } = await calibrate('holes.csv');
  assert.equal(code, 0);
  assert.match(stdout, /9 values of `reading` are missing, up to 10 s at once: they were passed over/);
});

const mistakes: readonly [what: string, args: readonly string[], said: RegExp, code: number][] = [
  [
    'a column that there is not',
    ['log.csv', ...map.slice(0, 4), '--map', 'T2=reading'],
    /no column `T2` \(and 1 more\)\n {3}.*`T1`.*\[RECORD_INVALID\]/,
    1,
  ],
  [
    'a unit that does not fit',
    ['log.csv', ...map.slice(0, 4), '--map', 'T1=reading[bar]'],
    /`bar`.*`degC`/,
    1,
  ],
  ['times that do not ascend', ['backwards.csv'], /row 2: `0` does not come after the one before/, 1],
  ['a mapping that is none', ['log.csv', '--map', 'T1'], /`T1` does not say which column is which signal/, 1],
  ['a stretch that is none', ['named.csv', '--train', 'first half'], /\[RECORD_WINDOW\]/, 1],
  ['an unknown state', ['named.csv', '--estimate-start', 'temprature'], /did you mean `temperature`/, 1],
  ['no file', ['gone.csv'], /\[FILE_UNREADABLE\]/, 1],
  ['a number of starts that is none', ['named.csv', '--starts', 'many'], /\[USAGE\]/, 2],
];

for (const [what, [data = '', ...args], said, expected] of mistakes) {
  test(`refused: ${what}`, async () => {
    const { code, stdout, stderr } = await calibrate(data, ...args);
    assert.deepEqual([code, stdout], [expected, '']);
    assert.match(stderr, said);
  });
}

test('interrupted, it ends with the best so far', async () => {
  const rowsOfMinutes = Array.from(
    { length: 20_000 },
    (_, t) => `${t},${20 + (t % 977) / 100},${23 + Math.sin(t / 500)}`,
  );
  const place = directoryWith({
    'room.yaml': model,
    'long.csv': `time,ambient,reading\n${rowsOfMinutes.join('\n')}\n`,
  });
  const args = ['calibrate', 'room.yaml', 'long.csv', '--starts', '300', '--write', 'best.yaml'];
  const { child, ended } = start(args, place);
  const timer = setTimeout(() => child.kill('SIGINT'), 4000);
  const { code, stdout, stderr } = await ended;
  clearTimeout(timer);
  assert.equal(stderr, '');
  assert.equal(code, 1);
  assert.match(stdout, /interrupted: the best so far/);
  assert.ok(existsSync(join(place, 'best.yaml')));
});
