/** `gemel simulate` against the closed form of first-order decay, and its mistakes. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decayModel, directoryWith, gemel } from './run.ts';

const directory = directoryWith({
  'decay.yaml': decayModel,
  // The ambient temperature jumps from 20 to 40 degC after one minute; the sensor column is no input.
  'inputs.csv': 'time [min],ambient [degC],sensor\n0,20,1\n1,40,2\n',
  'misspelt.csv': 'time,ambiant\n0,20\n',
  'backwards.csv': 'time,ambient\n1,20\n0,20\n',
  'words.csv': 'time,ambient\n0,warm\n',
});
const simulate = (...args: string[]) => gemel(['simulate', 'decay.yaml', ...args], directory);

function near(actual: unknown, expected: number, tolerance = 1e-8): void {
  assert.ok(
    typeof actual === 'number' && Math.abs(actual - expected) <= tolerance,
    `${actual} is not ${expected}`,
  );
}

test('the end is that of the closed form, in the units of the document', async () => {
  const { code, stdout, stderr } = await simulate(
    '--for',
    '2min',
    '--set',
    'ambient=295.15K',
    '--set',
    'tau=1min',
    '--start',
    'temperature=149 degF',
    '--json',
  );
  assert.equal(stderr, '');
  assert.equal(code, 0);
  const end = JSON.parse(stdout);
  assert.equal(end.time, 120);
  near(end.states.temperature, 22 + 43 * Math.exp(-2));
  near(end.outputs.excess, 43 * Math.exp(-2));
});

test('with a method that chooses its steps the end is right to the tolerance', async () => {
  for (const method of ['auto', 'tsit5', 'rodas5p']) {
    const args = ['--for', '20s', '--set', 'ambient=20', '--method', method, '--tolerance', '1e-8', '--json'];
    const { code, stdout, stderr } = await simulate(...args);
    assert.deepEqual([code, stderr], [0, '']);
    const end = JSON.parse(stdout);
    assert.equal(end.time, 20);
    near(end.states.temperature, 20 + 45 * Math.exp(-20 / 50), 1e-6);
  }
});

test('a method or tolerance that there is not, and a tolerance for a fixed step, are refused', async () => {
  for (const [args, said] of [
    [['--method', 'rk45'], /Allowed choices are euler, rk4, tsit5, rodas5p, auto/],
    [['--method', 'auto', '--tolerance', '0'], /`0` is not a number from 1e-12 to 0\.01/],
    [['--tolerance', '1e-8'], /rk4 has a fixed step/],
  ] as const) {
    const { code, stderr } = await simulate('--set', 'ambient=20', ...args);
    assert.equal(code, 2);
    assert.match(stderr, said);
  }
});

test('a step that cannot be taken is told with its time, its state and its code', async () => {
  const pole = directoryWith({
    'pole.yaml': `
gemel: 1
model: pole
version: 1.0.0
units: unchecked
solver: { method: auto }
states:
  x: { unit: "1", start: 1 }
equations:
  der(x): x ^ 2
`,
  });
  const { code, stderr, stdout } = await gemel(['simulate', 'pole.yaml', '--for', '3s', '--json'], pole);
  assert.equal(code, 1);
  assert.match(stderr, /no step is small enough at (1|1\.0000\d*|0\.9999\d*) s: `x`/);
  assert.match(stderr, /\[STEP_IMPOSSIBLE\]/);
  assert.ok(JSON.parse(stdout).states.x >= 2, 'what came before is shown');
});

test('inputs over time are held from row to row; every row goes into the CSV; --only chooses columns', async () => {
  const { code, stdout, stderr } = await simulate(
    '--inputs',
    'inputs.csv',
    '--for',
    '2min',
    '--every',
    '30s',
    '--only',
    'temperature',
    '--csv',
    '-',
  );
  assert.equal(code, 0);
  assert.match(stderr, /no inputs of decay@1\.0\.0: sensor/);
  const [header, ...rows] = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  assert.deepEqual(header, ['time [s]', 'temperature [degC]']);
  assert.deepEqual(
    rows.map(([time]) => Number(time)),
    [0, 30, 60, 90, 120],
  );
  const atOneMinute = 20 + 45 * Math.exp(-60 / 50);
  near(Number(rows[2]?.[1]), atOneMinute);
  near(Number(rows[4]?.[1]), 40 + (atOneMinute - 40) * Math.exp(-60 / 50));
});

test('plots are drawn into the terminal and into an SVG file', async () => {
  const file = join(directory, 'out.svg');
  const [terminal, svg] = await Promise.all([
    simulate('--set', 'ambient=20', '--plot'),
    simulate('--set', 'ambient=20', '--plot', file),
  ]);
  assert.equal(terminal.code, 0);
  assert.match(terminal.stdout, /temperature \[degC\]/);
  assert.match(terminal.stdout, /[\u2801-\u28ff]{3}/u);
  assert.equal(svg.code, 0);
  assert.match(svg.stdout, /start +end/);
  assert.match(readFileSync(file, 'utf8'), /^<svg .*time \[min\].*<\/svg>\n$/s);
});

const mistakes: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [[], /input `ambient` has no value\n {3}give one with --set ambient=… \(in degC\)/],
  [['--set', 'ambiant=20'], /no input or parameter `ambiant`\n {3}did you mean `ambient`\?/],
  [
    ['--set', 'temperature=20'],
    /`temperature` is a state\n {3}give its value at the start with --start temperature=…/,
  ],
  [['--set', 'ambient=20 bar'], /`bar` \(Pa\) cannot be converted into `degC`/],
  [['--set', 'ambient=200'], /200 is above its largest possible value, 100 degC/],
  [['--set', 'ambient'], /`ambient` is not name=value/],
  [['--for', '10'], /`10` has no unit of time/],
  [
    ['--set', 'ambient=20', '--only', 'temprature'],
    /no state or output `temprature`\n {3}did you mean `temperature`\?/,
  ],
  [['--inputs', 'misspelt.csv'], /no input `ambiant`\n {3}did you mean `ambient`\?/],
  [['--inputs', 'backwards.csv'], /row 2: the time `0` does not come after the one before/],
  [['--inputs', 'words.csv'], /row 1: `warm` of ambient is not a number/],
  [['--plott'], /unknown option '--plott'\n\(Did you mean --plot\?\)/],
];

test('every mistake on the command line ends with 2 and says what was meant', async () => {
  const ends = await Promise.all(mistakes.map(([args]) => simulate(...args)));
  mistakes.forEach(([args, message], index) => {
    const { code, stdout, stderr } = ends[index] ?? {};
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr ?? '', message);
    assert.equal(stdout, '');
    assert.doesNotMatch(stderr ?? '', /\n\s+at /, 'no stack trace');
  });
});

test('native kernels come to the same end, or say in one line why others were taken', async () => {
  const run = async (kernel: string) =>
    simulate('--for', '1min', '--set', 'ambient=20', '--kernel', kernel, '--json');
  const [javascript, native, fused] = [await run('javascript'), await run('native'), await run('wasm-fused')];
  assert.equal(native.code, 0);
  assert.match(native.stderr, /^(gemel: native kernels cannot be had, others are used instead: .*\n)?$/);
  const end = (text: string): number => JSON.parse(text).states.temperature;
  near(end(native.stdout), end(javascript.stdout));
  near(end(fused.stdout), end(javascript.stdout));
  const unknown = await simulate('--kernel', 'fortran');
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /wasm, wasm-fused, native, javascript/);
});
