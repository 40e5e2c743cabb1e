/**
 * One connection to PostgreSQL, for one who writes: it holds a lock of the session, so that whoever lost it cannot write
 * any more. A connection that fails is given up; the store is opened again with a new one.
 */

import pg from 'pg';
import type { Access } from '../database.ts';
import { connectionString, type PostgresAddress } from './address.ts';
import { readSchema, takeSchema } from './schema.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Statement {
  /** The server keeps what it has prepared by this name. */
  readonly name: string;
  readonly text: string;
}

export interface Database {
  rows(statement: Statement, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** How many rows it changed. */
  run(statement: Statement, values?: readonly unknown[]): Promise<number>;
  /** Runs `work` as one transaction. What fails leaves the connection unusable. */
  transact<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const connectMs = 5000;
const answerMs = 30_000;

/**
 * Numbers as they are, to the last bit; a server that no longer hears from us lets go of the lock within half a minute; and
 * nothing is confirmed that is not on its disk.
 */
const session = `SET extra_float_digits = 1; SET synchronous_commit = on; SET statement_timeout = ${answerMs};
  SET idle_in_transaction_session_timeout = ${answerMs};
  SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;`;

/** @throws Error if it cannot be reached, does not let us in, or the schema is not ours. */
export async function openDatabase(address: PostgresAddress, access: Access): Promise<Database> {
  const client = new pg.Client({
    connectionString: connectionString(address),
    connectionTimeoutMillis: connectMs,
    query_timeout: answerMs,
    keepAlive: true,
    application_name: 'gemel',
  });
  /** Why the connection ended; who asks afterwards learns from the driver only that it has. */
  let lost: Error | undefined;
  client.on('error', (error) => (lost ??= error));
  try {
    await client.connect();
    await client.query(session);
    const schema = address.schema ?? 'gemel';
    if (access === 'write') await takeSchema(client, schema);
    else await readSchema(client, schema);
  } catch (error) {
    await end(client);
    throw error;
  }
  const query = async (statement: Statement, values: readonly unknown[] = []) => {
    try {
      return await client.query<Record<string, unknown>>({ ...statement, values: [...values] });
    } catch (error) {
      throw lost ?? error;
    }
  };
  return {
    rows: async (statement, values) => (await query(statement, values)).rows,
    run: async (statement, values) => (await query(statement, values)).rowCount ?? 0,
    async transact(work) {
      await client.query('BEGIN');
      const result = await work();
      await client.query('COMMIT');
      return result;
    },
    close: () => end(client),
  };
}

/** Says goodbye, as far as somebody is there to hear it. */
async function end(client: pg.Client): Promise<void> {
  const patience = new Promise<void>((resolve) => {
    setTimeout(resolve, 1000).unref();
  });
  await Promise.race([client.end(), patience]).catch(() => undefined);
}
