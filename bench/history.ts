/**
 * The history beside a plain SQLite table with the same samples: a row a sample, keyed by series and time, which is what
 * one writes oneself. 200 sensors, a reading a second with three decimals, over 20,000 s: four million samples.
 *
 * Both write in the order of time, as samples come, 80,000 in a transaction, with the same settings of SQLite, and
 * must give the same answers. Then the same in PostgreSQL.
 */

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { bucketsOf, pointsIn } from '../src/adapters/history/query.ts';
import { HistoryStore } from '../src/adapters/history/store.ts';
import { postgresFigures } from './history-postgres.ts';
import { atMost, type Bench, type Context, type Figure } from './lib/report.ts';
import { type Batch, batchesOf, beginMs, sensors, type Span, timed, writeAll } from './lib/sensors.ts';
import { interleave } from './lib/statistics.ts';

/** Of the table, so that the benchmark ends in half a minute where it is slow; the rate is then that of what it took. */
const longestMs = 12_000;
const insertsASecond = 1_000_000;

export const history: Bench = {
  name: 'history',
  summary:
    'the history: inserting, size, an hour of a signal, parts of a span, beside tables of SQLite and PostgreSQL',
  about:
    'Four million samples of 200 sensors with three decimals, written in the order of time and read again, beside a table with a row a sample keyed by series and time, with the same settings of SQLite. ' +
    'Both answer alike; the table is a fair peer for who has no wish but to store rows, and could be given less by rounding to integers. ' +
    'Where PostgreSQL is installed, the same in a database of its own, beside a table there, both without waiting for the disk.',
  run,
};

async function run({ scope, quick, note }: Context): Promise<readonly Figure[]> {
  const seconds = quick ? 4000 : 20_000;
  const directory = scope.directory();
  const batches = batchesOf(seconds);
  const store = new HistoryStore(join(directory, 'history.sqlite'));
  const numbers = Array.from({ length: sensors }, (_, i) =>
    store.series({ twin: `machine-${i}`, signal: 'temperature', unit: 'degC' }),
  );
  const ours = await writeAll(batches, longestMs, (batch) =>
    store.write({ ...batch, series: batch.series.map((sensor) => numbers[sensor] ?? 0) }),
  );
  store.seal();
  const table = openTable(join(directory, 'table.sqlite'));
  const peer = await writeAll(batches, longestMs, (batch) => table.write(batch));
  if (peer.seconds < seconds)
    note(`history: the table was given the first ${peer.seconds} s only, it is slow`);

  const name = { twin: 'machine-7', signal: 'temperature' };
  const hour = { fromMs: beginMs, toMs: beginMs + 3_600_000 };
  const all = { fromMs: beginMs, toMs: beginMs + peer.seconds * 1000 };
  const partMs = (all.toMs - all.fromMs) / 300;
  const coarseMs = (all.toMs - all.fromMs) / 10;
  const range = () => pointsIn(store.blocks(name, hour), hour, Number.POSITIVE_INFINITY);
  const aggregate = () => bucketsOf(store.blocks(name, all), all, { everyMs: partMs });
  const coarse = () => bucketsOf(store.blocks(name, all), all, { everyMs: coarseMs });
  assert.deepEqual([...range().values], table.range(7, hour));
  assert.deepEqual([...aggregate().most], table.aggregate(7, all, partMs));
  assert.deepEqual([...coarse().most], table.aggregate(7, all, coarseMs));
  const ms = await interleave(quick ? 5 : 15, {
    range: timed(range),
    tableRange: timed(() => table.range(7, hour)),
    aggregate: timed(aggregate),
    tableAggregate: timed(() => table.aggregate(7, all, partMs)),
    coarse: timed(coarse),
    tableCoarse: timed(() => table.aggregate(7, all, coarseMs)),
  });
  store.close();
  table.close();
  const bytes = (file: string, samples: number) => statSync(join(directory, file)).size / samples;
  const sqlite = (value: number) => ({ name: 'sqlite', value });
  return [
    {
      name: 'history.insert',
      value: ours.rate,
      unit: 'samples/s',
      peer: sqlite(peer.rate),
      limit: {
        text: '≥ 1,000,000 samples/s',
        of: 'value',
        bound: insertsASecond,
        met: ours.rate >= insertsASecond,
      },
    },
    atMost(3, {
      name: 'history.bytes',
      value: bytes('history.sqlite', sensors * ours.seconds),
      unit: 'bytes/sample',
      peer: sqlite(bytes('table.sqlite', sensors * peer.seconds)),
    }),
    atMost(5, { name: 'history.range', value: ms.range, unit: 'ms', peer: sqlite(ms.tableRange) }),
    { name: 'history.aggregate', value: ms.aggregate, unit: 'ms', peer: sqlite(ms.tableAggregate) },
    { name: 'history.aggregate.coarse', value: ms.coarse, unit: 'ms', peer: sqlite(ms.tableCoarse) },
    ...(await postgresFigures(batches, { quick, note })),
  ];
}

function openTable(file: string) {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000;
    CREATE TABLE sample (series INTEGER, time_ms INTEGER, value REAL, PRIMARY KEY (series, time_ms)) WITHOUT ROWID;`);
  const insert = database.prepare('INSERT INTO sample VALUES (?, ?, ?)');
  const range = database.prepare(
    'SELECT time_ms, value FROM sample WHERE series = ? AND time_ms >= ? AND time_ms < ? ORDER BY time_ms',
  );
  const aggregate = database.prepare(
    `SELECT CAST((time_ms - :from) / :part AS INTEGER) AS part, count(*), min(value), max(value) AS most, avg(value)
     FROM sample WHERE series = :series AND time_ms >= :from AND time_ms < :to GROUP BY part ORDER BY part`,
  );
  return {
    write({ series, timesMs, values }: Batch): void {
      database.exec('BEGIN');
      for (let i = 0; i < series.length; i++) insert.run(series[i] ?? 0, timesMs[i] ?? 0, values[i] ?? 0);
      database.exec('COMMIT');
    },
    range: (series: number, { fromMs, toMs }: Span) =>
      range.all(series, fromMs, toMs).map((row) => Number(row['value'])),
    aggregate: (series: number, { fromMs, toMs }: Span, partMs: number) =>
      aggregate.all({ series, from: fromMs, to: toMs, part: partMs }).map((row) => Number(row['most'])),
    close: () => database.close(),
  };
}
