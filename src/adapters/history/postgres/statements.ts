/** What the history asks of PostgreSQL. Lists go as arrays, so that a thousand blocks are one statement. */

import type { Statement } from './database.ts';

const columns = 'first_ms, last_ms, count, least, most, sum, gap_ms';
/** The block that the time $2 is in or after, and those that follow. */
const fromBlock = `series = $1 AND first_ms < $3 AND first_ms >=
  coalesce((SELECT max(first_ms) FROM block WHERE series = $1 AND first_ms <= $2), '-Infinity')`;

export const statements = {
  series: named(
    'series',
    `SELECT id, twin, signal, unit, newest.first_ms, newest.last_ms, newest.count FROM series LEFT JOIN LATERAL
       (SELECT first_ms, last_ms, count FROM block WHERE series = id ORDER BY first_ms DESC LIMIT 1) AS newest ON true
     ORDER BY id`,
  ),
  addSeries: named(
    'addSeries',
    `INSERT INTO series (twin, signal, unit) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
     RETURNING id, twin, signal, unit`,
  ),
  pendingAfter: named(
    'pendingAfter',
    'SELECT id::float8 AS id, bytes FROM pending WHERE id > $1 ORDER BY id LIMIT 64',
  ),
  addPending: named('addPending', 'INSERT INTO pending VALUES ($1, $2)'),
  removePendingBefore: named('removePendingBefore', 'DELETE FROM pending WHERE id < $1'),
  /** A block that grew at its end takes the place of what it was. */
  putBlocks: named(
    'putBlocks',
    `INSERT INTO block SELECT * FROM unnest($1::integer[], $2::float8[], $3::float8[], $4::integer[], $5::float8[],
       $6::float8[], $7::float8[], $8::bytea[], $9::float8[])
     ON CONFLICT (series, first_ms) DO UPDATE SET last_ms = excluded.last_ms, count = excluded.count,
       least = excluded.least, most = excluded.most, sum = excluded.sum, bytes = excluded.bytes, gap_ms = excluded.gap_ms`,
  ),
  removeBlocks: named(
    'removeBlocks',
    'DELETE FROM block USING unnest($1::integer[], $2::float8[]) AS gone (s, f) WHERE series = s AND first_ms = f',
  ),
  /** Where samples of these spans belong: blocks that begin in them, and the one before, or else the very first. */
  blocksFor: named(
    'blocksFor',
    `SELECT s AS series, block.first_ms FROM
       (SELECT s, hi, coalesce((SELECT max(first_ms) FROM block WHERE series = s AND first_ms <= lo),
                               (SELECT min(first_ms) FROM block WHERE series = s)) AS beginning
        FROM unnest($1::integer[], $2::float8[], $3::float8[]) AS late (s, lo, hi)) AS spans
     JOIN block ON block.series = s AND block.first_ms BETWEEN beginning AND greatest(hi, beginning)
     ORDER BY 1, 2`,
  ),
  samplesOf: named(
    'samplesOf',
    `SELECT series, first_ms, bytes FROM block JOIN unnest($1::integer[], $2::float8[]) AS wanted (s, f)
       ON series = s AND first_ms = f`,
  ),
  /** With those that end before $2 only if they begin before it, and none follows that does. */
  blocksFrom: named('blocksFrom', `SELECT ${columns}, bytes FROM block WHERE ${fromBlock} ORDER BY first_ms`),
  /** Only blocks that still have their samples, $4 at most. */
  samplesFrom: named(
    'samplesFrom',
    `SELECT ${columns}, bytes FROM block WHERE ${fromBlock} AND last_ms >= $2 AND bytes IS NOT NULL
     ORDER BY first_ms LIMIT $4`,
  ),
  /** The samples only of those that do not lie whole in one part of $4 ms of the span, or have gaps of more than $5 ms. */
  partsFrom: named(
    'partsFrom',
    `SELECT ${columns}, CASE WHEN first_ms >= $2 AND last_ms < $3
         AND floor((first_ms - $2) / $4) = floor((last_ms - $2) / $4) AND ($5::float8 = 'Infinity' OR gap_ms <= $5) THEN NULL ELSE bytes END AS bytes
     FROM block WHERE ${fromBlock} ORDER BY first_ms`,
  ),
  /** Of each series the block that the time is in or after, if it still has its samples. */
  samplesBefore: named(
    'samplesBefore',
    `SELECT s AS series, bytes FROM unnest($1::integer[]) AS wanted (s) JOIN LATERAL
       (SELECT bytes FROM block WHERE series = s AND first_ms <= $2 ORDER BY first_ms DESC LIMIT 1) AS last ON true
     WHERE bytes IS NOT NULL`,
  ),
  forget: named(
    'forget',
    `UPDATE block SET bytes = NULL WHERE ctid IN
       (SELECT ctid FROM block WHERE last_ms < $1 AND bytes IS NOT NULL ORDER BY last_ms LIMIT 1000)`,
  ),
  forgetSummaries: named(
    'forgetSummaries',
    'DELETE FROM block WHERE series = ANY ($1::integer[]) AND first_ms < $2 AND last_ms < $2',
  ),
  size: named(
    'size',
    `SELECT sum(pg_total_relation_size(oid))::float8 AS bytes FROM pg_class
     WHERE oid IN ('series'::regclass, 'block'::regclass, 'pending'::regclass, 'fact'::regclass)`,
  ),
} as const satisfies Record<string, Statement>;

function named(name: string, text: string): Statement {
  return { name, text };
}
