/** Tables as people have them → records, and what is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordingOptions } from '../../../src/core/calibrate/index.ts';
import { readRecording } from '../../../src/core/calibrate/index.ts';
import { readWindow } from '../../../src/core/calibrate/times.ts';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import { roomModel, tableOf } from './models.ts';

type Columns = Parameters<typeof tableOf>[0];

const read = (columns: Columns, options?: RecordingOptions) =>
  readRecording(roomModel, tableOf(columns), options);

function problems(columns: Columns, options?: RecordingOptions): string[] {
  try {
    read(columns, options);
  } catch (error) {
    assert.ok(error instanceof GemelError && error.code === 'RECORD_INVALID', String(error));
    return error.diagnostics.map(
      ({ message, hint }) => `${message}${hint === undefined ? '' : ` (${hint})`}`,
    );
  }
  return assert.fail('it was taken');
}

test('columns with the names of signals are taken, in the units of their headers', () => {
  const { times, inputs, measurements, ignored, gaps } = read({
    'time [min]': [5, 6, 7],
    'heating [kW]': [1, 2, 2],
    'reading [degC]': [20, 21, 22],
    note: ['a', 'b', 'c'],
  });
  assert.deepEqual([...times], [0, 60, 120]);
  assert.deepEqual([...(inputs[0] ?? [])], [1000, 2000, 2000]);
  assert.equal(inputs[1], undefined);
  assert.deepEqual([...(measurements[0] ?? [])], [293.15, 294.15, 295.15]);
  assert.deepEqual([ignored, gaps], [['note'], []]);
});

test('a mapping says which column is which signal and in which unit', () => {
  const { inputs, measurements } = read(
    { t: [0, 1], P: [1, 2], T1: [68, 70] },
    {
      columns: [
        { column: 't', name: 'time', unit: 'h' },
        { column: 'P', name: 'heating', unit: 'kW' },
        { column: 'T1', name: 'reading', unit: 'degF' },
      ],
    },
  );
  assert.equal(inputs[0]?.[1], 2000);
  assert.ok(Math.abs((measurements[0]?.[0] ?? NaN) - 293.15) < 1e-9);
});

test('times may be dates, or rows a fixed time apart', () => {
  const dates = ['2026-11-22 10:00:00', '2026-11-22 10:00:30', '2026-11-22T10:01:00Z'];
  const same = { heating: [0, 0, 0], reading: [20, 21, 22] };
  assert.deepEqual([...read({ time: dates, ...same }).times], [0, 30, 60]);
  assert.deepEqual([...read(same, { everySeconds: 4 }).times], [0, 4, 8]);
});

test('gaps are passed over and told: missing values, values no sensor can give, missing rows', () => {
  const { measurements, inputs, gaps } = read({
    time: [0, 60, 120, 180, 600],
    heating: ['', 100, 'nan', 300, 300],
    reading: [20, 'NaN', '', 23, 24],
  });
  assert.deepEqual([...(inputs[0] ?? [])], [100, 100, 100, 300, 300]);
  assert.deepEqual(
    [...(measurements[0] ?? [])].map((value) => Number.isNaN(value)),
    [false, true, true, false, false],
  );
  assert.deepEqual(gaps, [
    { missing: 6, longestSeconds: 420 },
    { signal: 'heating', missing: 2, longestSeconds: 120 },
    { signal: 'reading', missing: 2, longestSeconds: 180 },
  ]);
});

const good = { time: [0, 60, 120], heating: [0, 100, 200], reading: [20, 21, 22] };

const refused: readonly [what: string, Columns, RecordingOptions | undefined, RegExp][] = [
  ['one row', { time: [0], heating: [0], reading: [20] }, undefined, /1 rows of data are too few/],
  [
    'a column that there is not',
    good,
    { columns: [{ column: 'heatin', name: 'heating' }] },
    /no column `heatin` \(did you mean `heating`\?/,
  ],
  [
    'a signal that there is not',
    good,
    { columns: [{ column: 'reading', name: 'redaing' }] },
    /no input or measurement `redaing` \(did you mean `reading`\?/,
  ],
  [
    'an input without column',
    { time: [0, 1], reading: [1, 2] },
    undefined,
    /no column is the input `heating`/,
  ],
  ['no measurement', { time: [0, 1], heating: [1, 2] }, undefined, /its measurements: `reading`/],
  [
    'a unit that does not fit',
    good,
    { columns: [{ column: 'heating', name: 'heating', unit: 'bar' }] },
    /`heating`: `bar` .* cannot be converted into `W`/,
  ],
  [
    'a unit that there is not',
    good,
    { columns: [{ column: 'heating', name: 'heating', unit: 'wat' }] },
    /`heating`: .*`wat`/,
  ],
  ['times that stand still', { ...good, time: [0, 60, 60] }, undefined, /row 3: `60` does not come after/],
  ['times that go back', { ...good, time: [0, 60, 30] }, undefined, /row 3: `30` does not come after/],
  ['a time that is none', { ...good, time: [0, 'noon', 120] }, undefined, /row 2: `noon` is not a time/],
  ['no time', { heating: [0, 1], reading: [1, 2] }, undefined, /no column `time`/],
  ['words', { ...good, reading: [20, 'warm', 22] }, undefined, /row 2: `warm` of `reading` is not a number/],
  [
    'an input outside its bounds',
    { ...good, heating: [0, 9000, 0] },
    undefined,
    /row 2: `9000` of `heating` lies outside/,
  ],
  [
    'a column without a value',
    { ...good, reading: ['', '', ''] },
    undefined,
    /`reading` has no value in any row/,
  ],
];

for (const [what, columns, options, message] of refused) {
  test(`refused: ${what}`, () => {
    assert.match(problems(columns, options).join('\n'), message);
  });
}

test('everything that is wrong is told at once', () => {
  const found = problems(
    { ...good, time: [0, 0, 1], reading: ['x', 1, 2] },
    { columns: [{ column: 'heating', name: 'heating', unit: 'bar' }] },
  );
  assert.equal(found.length, 3);
});

test('a stretch is read in percent, time with a unit, or seconds', () => {
  assert.deepEqual(readWindow('0:60%', 1000), { from: 0, to: 600 });
  assert.deepEqual(readWindow('10min:', 1000), { from: 600, to: 1000 });
  assert.deepEqual(readWindow(':90', 1000), { from: 0, to: 90 });
  assert.deepEqual(readWindow('25%:1h', 7200), { from: 1800, to: 3600 });
});

for (const text of ['60%', '60%:10%', 'a:b', '1 bar:2 bar', '2h:', '0:0', '1:2:3']) {
  test(`refused as a stretch of a quarter of an hour: ${text}`, () => {
    assert.throws(() => readWindow(text, 900), { code: 'RECORD_WINDOW' });
  });
}
