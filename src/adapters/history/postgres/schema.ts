/**
 * The tables of a history in PostgreSQL, how they came to be, and who may write them.
 *
 * | table | a row |
 * | --- | --- |
 * | `format` | the version of these tables; there is one row |
 * | `series` | a signal of a twin in one unit |
 * | `block` | up to some hundred samples of one series: their span, count, least, most, sum, the longest gap, and themselves as bytes until they are too old |
 * | `pending` | samples that are in no block yet, as they came |
 * | `fact_key` | a subject of a twin that there are facts of, by kind |
 * | `fact` | a fact: when, whether it holds until the next one, and what, as JSON |
 *
 * They stand in a schema of their own. Blocks of one series never overlap. Bytes are compressed already, so PostgreSQL is told
 * to leave them as they are.
 */

import type { Client } from 'pg';

/** Each makes the tables of one version into those of the next; the first makes them. What is published never changes. */
const migrations: readonly string[] = [
  `CREATE TABLE format (version integer NOT NULL);
   INSERT INTO format VALUES (0);
   CREATE TABLE series (
     id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     twin text NOT NULL, signal text NOT NULL, unit text NOT NULL, UNIQUE (twin, signal, unit)
   );
   CREATE TABLE block (
     series integer NOT NULL, first_ms float8 NOT NULL, last_ms float8 NOT NULL, count integer NOT NULL,
     least float8 NOT NULL, most float8 NOT NULL, sum float8 NOT NULL, bytes bytea, PRIMARY KEY (series, first_ms)
   );
   ALTER TABLE block ALTER COLUMN bytes SET STORAGE EXTERNAL;
   CREATE INDEX block_with_samples_by_time ON block (last_ms) WHERE bytes IS NOT NULL;
   CREATE TABLE pending (id bigint PRIMARY KEY, bytes bytea NOT NULL);
   ALTER TABLE pending ALTER COLUMN bytes SET STORAGE EXTERNAL;`,
  `CREATE TABLE fact_key (
     id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     kind text NOT NULL, twin text NOT NULL, subject text NOT NULL, UNIQUE (kind, twin, subject)
   );
   CREATE TABLE fact (
     key integer NOT NULL, time_ms float8 NOT NULL, kind text NOT NULL, holds boolean NOT NULL, data text NOT NULL,
     PRIMARY KEY (key, time_ms)
   );
   CREATE INDEX fact_by_time ON fact (kind, time_ms);`,
  'ALTER TABLE block ADD COLUMN gap_ms float8;',
];

/** "GEML": so that our locks are nobody else's. */
const lockClass = 0x47_45_4d_4c;

/**
 * Takes the schema for this connection alone, and makes or renews its tables.
 *
 * @throws Error if another process has it, if it holds something else, or if it is newer than this program.
 */
export async function takeSchema(client: Client, schema: string): Promise<void> {
  const [there] = await rows(client, 'SELECT to_regnamespace($1) IS NOT NULL AS yes', [quoted(schema)]);
  if (there?.['yes'] !== true) await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}`);
  await client.query(`SET search_path TO ${quoted(schema)}`);
  const [lock] = await rows(client, 'SELECT pg_try_advisory_lock($1, hashtext($2)) AS yes', [
    lockClass,
    schema,
  ]);
  if (lock?.['yes'] !== true) {
    throw new Error(`another engine writes its history into the schema ${schema} of this database`);
  }
  await migrate(client, schema);
}

/**
 * Begins a transaction in which nothing changes, beside whoever writes. No lock is taken.
 *
 * @throws Error if the schema is not there, or its tables are those of another version.
 */
export async function readSchema(client: Client, schema: string): Promise<void> {
  await client.query(`SET search_path TO ${quoted(schema)}; SET idle_in_transaction_session_timeout = 0`);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const [there] = await rows(client, 'SELECT to_regnamespace($1) IS NOT NULL AS yes', [quoted(schema)]);
  const version = there?.['yes'] === true ? await versionOf(client, schema) : 0;
  if (version !== migrations.length) {
    throw new Error(
      version === 0
        ? `there is no history in the schema ${schema} of this database`
        : formatOf(schema, version),
    );
  }
}

async function migrate(client: Client, schema: string): Promise<void> {
  const version = await versionOf(client, schema);
  if (version > migrations.length) {
    throw new Error(formatOf(schema, version));
  }
  for (const [i, sql] of migrations.slice(version).entries()) {
    await client.query(`BEGIN; ${sql} UPDATE format SET version = ${version + i + 1}; COMMIT;`);
  }
}

async function versionOf(client: Client, schema: string): Promise<number> {
  const tables = await rows(client, 'SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace', [
    quoted(schema),
  ]);
  if (tables.length === 0) return 0;
  if (tables.some(({ relname }) => relname === 'format')) {
    const [row] = await rows(client, 'SELECT version FROM format', []);
    if (typeof row?.['version'] === 'number') return row['version'];
  }
  throw new Error(`the schema ${schema} of this database holds other tables, and no history of this program`);
}

function formatOf(schema: string, version: number): string {
  return `the history in the schema ${schema} has format ${version}, this program reads ${migrations.length}`;
}

async function rows(
  client: Client,
  text: string,
  values: readonly unknown[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await client.query<Record<string, unknown>>(text, [...values])).rows;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
