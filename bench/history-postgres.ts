/**
 * The history in PostgreSQL beside a table there with a row a sample, keyed by series and time: the same samples, in the same
 * transactions, over one connection each. The server does not wait for the disk (fsync off), for either of them. Sizes are without
 * what is dead (VACUUM FULL): the space of deleted rows of `pending` is used again, and after a bulk load there is much of it.
 */

import assert from 'node:assert/strict';
import pg from 'pg';
import { openPostgresStore } from '../src/adapters/history/postgres/index.ts';
import { type PostgresServer, startPostgres, withoutPostgres } from '../test/conformance/postgres.ts';
import type { Context, Figure } from './lib/report.ts';
import { type Batch, beginMs, sensors, type Span, timed, writeAll } from './lib/sensors.ts';
import { interleave } from './lib/statistics.ts';

/** Of the table, so that the benchmark ends in time where it is slow. */
const longestMs = 8000;

export async function postgresFigures(
  batches: readonly Batch[],
  { quick, note }: Pick<Context, 'quick' | 'note'>,
): Promise<readonly Figure[]> {
  if (withoutPostgres !== false) {
    note(`history: ${withoutPostgres}`);
    return [];
  }
  const server = await startPostgres();
  const address = { ...server.address, schema: 'gemel' };
  const store = await openPostgresStore(address);
  const table = await openTable(server);
  try {
    const signals = Array.from({ length: sensors }, (_, i) => signalOf(i));
    const numbers = await store.define(signals);
    const ours = await writeAll(batches, longestMs, (batch) =>
      store.write({ ...batch, series: batch.series.map((sensor) => numbers[sensor] ?? 0) }),
    );
    const rows = await writeAll(batches, longestMs, (batch) => table.write(batch));
    const seconds = Math.min(ours.seconds, rows.seconds);
    if (rows.seconds < ours.seconds)
      note(`history: the table of PostgreSQL was given ${rows.seconds} s only`);
    const hour = { ...signalOf(7), fromMs: beginMs, toMs: beginMs + 1000 * Math.min(3600, seconds) };
    const all = { ...hour, toMs: beginMs + seconds * 1000 };
    const partMs = (all.toMs - all.fromMs) / 300;
    assert.deepEqual([...(await store.points(hour, 1e6)).values], await table.range(7, hour));
    assert.deepEqual(
      [...(await store.buckets(all, { everyMs: partMs })).most],
      await table.aggregate(7, all, partMs),
    );
    const ms = await interleave(quick ? 5 : 15, {
      range: timed(() => store.points(hour, 1e6)),
      tableRange: timed(() => table.range(7, hour)),
      aggregate: timed(() => store.buckets(all, { everyMs: partMs })),
      tableAggregate: timed(() => table.aggregate(7, all, partMs)),
    });
    const bytes = async (names: readonly string[], written: { readonly seconds: number }) => {
      for (const name of names) await server.ask(`VACUUM FULL ${name}`);
      const sizes = names.map((name) => `pg_total_relation_size('${name}')`).join(' + ');
      const [row] = await server.ask(`SELECT (${sizes})::float8 AS bytes`);
      return Number(row?.['bytes']) / (sensors * written.seconds);
    };
    const ourBytes = await bytes(['gemel.block', 'gemel.pending', 'gemel.series'], ours);
    const theirs = await bytes(['public.sample'], rows);
    const peer = (value: number) => ({ name: 'postgres table', value });
    return [
      { name: 'history.insert.postgres', value: ours.rate, unit: 'samples/s', peer: peer(rows.rate) },
      { name: 'history.bytes.postgres', value: ourBytes, unit: 'bytes/sample', peer: peer(theirs) },
      { name: 'history.range.postgres', value: ms.range, unit: 'ms', peer: peer(ms.tableRange) },
      { name: 'history.aggregate.postgres', value: ms.aggregate, unit: 'ms', peer: peer(ms.tableAggregate) },
    ];
  } finally {
    await store.close();
    await table.close();
    await server.remove();
  }
}

function signalOf(sensor: number) {
  return { twin: `machine-${sensor}`, signal: 'temperature', unit: 'degC' };
}

async function openTable({ address }: PostgresServer) {
  const url = new URL(address.url);
  [url.username, url.password] = [address.user, encodeURIComponent(address.password)];
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(
    'CREATE TABLE public.sample (series integer, time_ms float8, value float8, PRIMARY KEY (series, time_ms))',
  );
  const ask = async (name: string, text: string, values: readonly unknown[]) =>
    (await client.query<Record<string, unknown>>({ name, text, values: [...values] })).rows;
  return {
    write: ({ series, timesMs, values }: Batch) =>
      ask(
        'write',
        'INSERT INTO public.sample SELECT * FROM unnest($1::integer[], $2::float8[], $3::float8[])',
        [[...series], [...timesMs], [...values]],
      ),
    async range(series: number, { fromMs, toMs }: Span) {
      const rows = await ask(
        'range',
        'SELECT time_ms, value FROM public.sample WHERE series = $1 AND time_ms >= $2 AND time_ms < $3 ORDER BY time_ms',
        [series, fromMs, toMs],
      );
      return rows.map(({ value }) => Number(value));
    },
    async aggregate(series: number, { fromMs, toMs }: Span, partMs: number) {
      const rows = await ask(
        'aggregate',
        `SELECT floor((time_ms - $2) / $4) AS part, count(*), min(value), max(value) AS most, avg(value) FROM public.sample
         WHERE series = $1 AND time_ms >= $2 AND time_ms < $3 GROUP BY part ORDER BY part`,
        [series, fromMs, toMs, partMs],
      );
      return rows.map(({ most }) => Number(most));
    },
    close: () => client.end(),
  };
}
