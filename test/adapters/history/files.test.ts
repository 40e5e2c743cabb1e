/** Samples as files and files as samples: exact there and back, in either layout, however they are compressed. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brotliCompressSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { readCsv, writeCsv } from '../../../src/adapters/history/files/csv.ts';
import { readParquet, writeParquet } from '../../../src/adapters/history/files/parquet.ts';
import type { Table } from '../../../src/adapters/history/files/rows.ts';
import { takeFile } from '../../../src/adapters/history/files/take.ts';
import { isoOf, readTime } from '../../../src/adapters/history/files/times.ts';
import type { HistorySamples, HistorySeries } from '../../../src/engine/index.ts';

const startMs = Date.UTC(2026, 10, 22, 13);
const level = { signal: 'level', unit: 'm' };
const oil = { signal: 'measured oil', unit: 'degC' };

async function* inTurn<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

function samplesOf(series: HistorySeries, pairs: readonly (readonly [number, number])[]): HistorySamples {
  const timesMs = Float64Array.from(pairs, ([timeMs]) => timeMs);
  return { series, points: { timesMs, values: Float64Array.from(pairs, ([, value]) => value) } };
}

/** Files of the pages, as functions that open them. */
async function filesOf(pages: readonly HistorySamples[]) {
  const csv: string[] = [];
  for await (const text of writeCsv(inTurn(pages))) csv.push(text);
  const parquet: Uint8Array[] = [];
  for await (const bytes of writeParquet(inTurn(pages))) parquet.push(bytes);
  const bytes = new Uint8Array(Buffer.concat(parquet)).buffer;
  return { csv: csv.join(''), bytes, openCsv: csvOf(csv.join('')), openParquet: () => readParquet(bytes) };
}

const csvOf = (text: string) => () => readCsv(inTurn([Buffer.from(text)]));

/** What a history of two pumps is given of a file. */
async function take(
  open: () => Promise<Table>,
  options: { twin?: string; dryRun?: boolean; mostRows?: number } = {},
) {
  const inserted: [string, string, string, number, number][] = [];
  const taken = await takeFile(open, {
    history: {
      signals: async (twin) => (twin === 'pump-1' ? [level] : []),
      async insert(samples) {
        for (const { series, points } of samples) {
          for (const [i, timeMs] of points.timesMs.entries())
            inserted.push([series.twin, series.signal, series.unit, timeMs, points.values[i] ?? Number.NaN]);
        }
        return { late: 0 };
      },
    },
    recorded: (twin) => (twin.startsWith('pump-') ? [{ ...level, unit: 'mm' }, oil] : undefined),
    latestMs: startMs + 1e9,
    dryRun: false,
    ...options,
  });
  return { taken, inserted };
}

describe('what is written', () => {
  test('is read again as it was, times and values to the last bit', async () => {
    const pairs = fc.array(
      fc.tuple(
        fc.double({ min: 1e12, max: startMs, noNaN: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
      { minLength: 1, maxLength: 50 },
    );
    await fc.assert(
      fc.asyncProperty(pairs, async (written) => {
        const sorted = [...new Map(written)].toSorted(([a], [b]) => a - b);
        const files = await filesOf([samplesOf({ twin: 'pump-1', ...level }, sorted)]);
        for (const open of [files.openCsv, files.openParquet]) {
          const { taken, inserted } = await take(open);
          assert.deepEqual(taken.problems, []);
          // Zeros of either sign are equal: CSV knows one.
          assert.deepEqual(
            inserted.map(([, , , timeMs, value]) => [timeMs, value + 0]),
            sorted.map(([timeMs, value]) => [timeMs, value + 0]),
          );
        }
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  test('has a row a sample, with its twin, signal and unit, names quoted where they must be', async () => {
    const pages = [
      samplesOf({ twin: 'pump-1', ...oil }, [
        [startMs, 20.5],
        [startMs + 0.5, 21],
      ]),
      samplesOf({ twin: 'a, "b"', ...level }, [[startMs, 3]]),
    ];
    const { csv, bytes } = await filesOf(pages);
    assert.equal(
      csv,
      'time,twin,signal,unit,value\n' +
        '2026-11-22T13:00:00.000Z,pump-1,measured oil,degC,20.5\n' +
        '2026-11-22T13:00:00.000500000Z,pump-1,measured oil,degC,21\n' +
        '2026-11-22T13:00:00.000Z,"a, ""b""",level,m,3\n',
    );
    // By another reader, in its own way.
    const rows = await parquetReadObjects({
      file: bytes,
      compressors: { ZSTD: (input) => zstdDecompressSync(input) },
    });
    assert.deepEqual(rows[0], {
      time: new Date(startMs),
      twin: 'pump-1',
      signal: 'measured oil',
      unit: 'degC',
      value: 20.5,
    });
    assert.equal(rows[2]?.['twin'], 'a, "b"');
  });

  test('as Parquet is in groups of some 100,000 rows, whatever the pages, and 2 bytes a sample at the most', async () => {
    const page = (from: number) =>
      samplesOf(
        { twin: 'pump-1', ...level },
        Array.from({ length: 30_000 }, (_, i) => [
          startMs - 1e9 + (from + i) * 1000,
          Math.round(500 * Math.sin((from + i) / 300)) / 1000,
        ]),
      );
    const { bytes, openParquet } = await filesOf([0, 30_000, 60_000, 90_000, 120_000].map(page));
    const { row_groups: groups, num_rows: count } = parquetMetadata(bytes);
    assert.equal(count, 150_000n);
    assert.equal(groups.length, 2);
    assert.ok(bytes.byteLength / 150_000 < 2, `${bytes.byteLength / 150_000} bytes`);
    assert.equal((await take(openParquet, { dryRun: true })).taken.samples, 150_000);
  });

  test('of nothing is a file all the same', async () => {
    const { csv, openParquet } = await filesOf([]);
    assert.equal(csv, 'time,twin,signal,unit,value\n');
    assert.equal((await take(openParquet)).taken.rows, 0);
  });
});

describe('what is read', () => {
  const time = ['2026-11-22T13:00:00Z', '2026-11-22T13:00:01Z'];

  test('may have a column a signal, with units in brackets, and gaps', async () => {
    const csv = `time,level [mm],measured oil\n${time[0]},1500,20\n${time[1]},,21\n`;
    const { taken, inserted } = await take(csvOf(csv), { twin: 'pump-1' });
    assert.deepEqual(inserted, [
      ['pump-1', 'level', 'm', startMs, 1.5],
      ['pump-1', 'measured oil', 'degC', startMs, 20],
      ['pump-1', 'measured oil', 'degC', startMs + 1000, 21],
    ]);
    assert.deepEqual([taken.rows, taken.samples], [2, 3]);
  });

  test('may have a row a sample, of several twins, in any order, times in any zone or in Unix seconds', async () => {
    const csv = `signal,twin,value,time,unit\nlevel,pump-2,5,${startMs / 1000 + 1},cm\nlevel,pump-1,2,2026-11-22T15:00:00+02:00,\nlevel,pump-2,4,${startMs},cm\n`;
    const { inserted } = await take(csvOf(csv));
    assert.deepEqual(inserted, [
      ['pump-2', 'level', 'mm', startMs, 40],
      ['pump-2', 'level', 'mm', startMs + 1000, 50],
      ['pump-1', 'level', 'm', startMs, 2],
    ]);
  });

  for (const [codec, compress] of [
    ['UNCOMPRESSED', undefined],
    ['SNAPPY', undefined],
    ['GZIP', gzipSync],
    ['ZSTD', zstdCompressSync],
    ['BROTLI', brotliCompressSync],
  ] as const) {
    test(`may be Parquet compressed as ${codec}, in either layout, its times of any kind`, async () => {
      const times: Readonly<Record<string, ColumnSource>> = {
        milliseconds: { name: 'time', data: time.map((text) => new Date(text)), type: 'TIMESTAMP' },
        text: { name: 'time', data: time, type: 'STRING' },
        seconds: { name: 'time', data: Float64Array.of(startMs / 1000, startMs / 1000 + 1), type: 'DOUBLE' },
      };
      for (const [kind, column] of Object.entries(times)) {
        const columnData: ColumnSource[] = [
          column,
          { name: 'level [mm]', data: [1500, null], type: 'DOUBLE' },
          { name: 'measured oil', data: Int32Array.of(20, 21), type: 'INT32' },
        ];
        const compressors = compress === undefined ? {} : { [codec]: (input: Uint8Array) => compress(input) };
        const bytes = parquetWriteBuffer({ columnData, codec, compressors });
        const { inserted, taken } = await take(() => readParquet(bytes), { twin: 'pump-1' });
        assert.deepEqual(taken.problems, [], kind);
        assert.deepEqual(
          inserted.map((one) => one.slice(3)),
          [
            [startMs, 1.5],
            [startMs, 20],
            [startMs + 1000, 21],
          ],
        );
      }
    });
  }
});

describe('what cannot be taken', () => {
  const problemsOf = async (csv: string, options: { twin?: string; mostRows?: number } = {}) => {
    const { taken, inserted } = await take(csvOf(csv), options);
    assert.deepEqual(inserted, [], 'nothing of a file with a problem is taken');
    return taken.problems.map(({ row, detail }) => `${row}: ${detail}`);
  };
  const good = '2026-11-22T13:00:00Z';

  test('is told with its row, the columns before all', async () => {
    assert.deepEqual(await problemsOf('a,b\n1,2\n'), ['0: there is no column `time`, only: a, b']);
    assert.deepEqual(await problemsOf('time\n1\n'), ['0: there is no column with values']);
    assert.deepEqual(await problemsOf('time;level\n1;2\n'), [
      '0: there is one column, `time;level`: separate columns by commas, not by semicolons, and write decimals with a point',
    ]);
    assert.deepEqual(await problemsOf('time,level,level [mm]\n1,2,3\n'), [
      '0: there are two columns `level`',
    ]);
    assert.deepEqual(await problemsOf('time,signal,value,units\n'), [
      '0: the column `units` is not known: did you mean `unit`?',
    ]);
    assert.deepEqual(await problemsOf(`time,level\n${good},1\n`), [
      '1: the file does not say of which twin its samples are',
    ]);
    assert.deepEqual(
      await problemsOf(`time,twin,levle,oil\n${good},pump-1,1,2\n${good},pump-1,1,2\n${good},nobody,,1\n`),
      [
        '1: pump-1 has no signal `levle`: did you mean `level`?',
        '1: pump-1 has no signal `oil`: did you mean `measured oil`?',
        '3: there is no twin `nobody`',
      ],
    );
    assert.deepEqual(
      await problemsOf(
        `time,signal,unit,value\n${good},level,bar,1\n${good},level,m,nan\n${good},,m,1\n2026-11-22T13:00:00,level,m,1\n`,
        {
          twin: 'pump-1',
        },
      ),
      [
        '1: level of pump-1 is in m, which bar is not',
        '2: `nan` of level is not a finite number',
        '3: there is no signal',
        '4: `2026-11-22T13:00:00` is not a time with its zone, as in 2026-11-22T13:00:00Z',
      ],
    );
  });

  test('is listed up to a hundred, and a limit of rows is kept', async () => {
    const many = `time,level\n${'never,1\n'.repeat(150)}`;
    const { taken } = await take(csvOf(many), { twin: 'pump-1' });
    assert.deepEqual([taken.problems.length, taken.moreProblems], [100, 50]);
    const rows = await problemsOf(`time,level\n${`${good},1\n`.repeat(2000)}`, {
      twin: 'pump-1',
      mostRows: 999,
    });
    assert.deepEqual(rows, ['1000: there are more than 999 rows: send them in parts']);
  });

  test('is no table at all', async () => {
    const code = { code: 'HISTORY_FILE' };
    await assert.rejects(take(csvOf('')), code);
    const message = (words: string) => ({ ...code, message: `the file is no table: ${words}` });
    const open = message('a quote that is opened on line 2 is never closed');
    await assert.rejects(take(csvOf('time,level\n"1,2\n')), open);
    const ragged = message(
      'line 2 has more or fewer cells than the first: commas separate them, and decimals have a point',
    );
    await assert.rejects(take(csvOf('time,level\n1,2,3\n')), ragged);
    // What is no text is not printed.
    const noise = message('line 2 has a quote where none may be');
    await assert.rejects(take(csvOf('time,level\n\u0000\u001b"[2J,1\n')), noise);
    await assert.rejects(
      take(() => readParquet(new ArrayBuffer(0))),
      code,
    );
    await assert.rejects(
      take(() => readParquet(new Uint8Array(Buffer.from('PAR1 something PAR1')).buffer)),
      code,
    );
    const { bytes } = await filesOf([samplesOf({ twin: 'pump-1', ...level }, [[startMs, 1]])]);
    const spoiled = new Uint8Array(bytes.slice(0));
    spoiled.fill(255, 4, 60);
    await assert.rejects(
      take(() => readParquet(spoiled.buffer)),
      code,
    );
  });
});

test('times are told to the millisecond, and finer only where they are', () => {
  assert.equal(isoOf(startMs), '2026-11-22T13:00:00.000Z');
  assert.equal(isoOf(startMs + 0.25), '2026-11-22T13:00:00.000250000Z');
  assert.equal(readTime('2026-11-22T13:00:00.000250Z'), startMs + 0.25);
  assert.equal(readTime('not long ago'), undefined);
});
