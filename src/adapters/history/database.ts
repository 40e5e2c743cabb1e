/**
 * The tables of a history, and the statements on them.
 *
 * | table | a row |
 * | --- | --- |
 * | `series` | a signal of a twin in one unit |
 * | `block` | up to some hundred samples of one series: their span, and what is asked of them most: count, least, most, sum, and the longest gap |
 * | `samples` | the samples of a block as bytes; goes when it is too old, the block's row stays |
 * | `pending` | samples that are in no block yet, as they came |
 * | `fact_key`, `fact` | what happened, in `facts.ts` |
 *
 * Blocks of one series never overlap. Numbers of `samples` are never used again, since blocks keep those of samples that are gone. WAL with `synchronous = normal`: what was committed survives a killed process, and a
 * power cut costs at most the last moments.
 */

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Facts, factSchema } from './facts.ts';

const schema = `
  CREATE TABLE series (
    id INTEGER PRIMARY KEY, twin TEXT NOT NULL, signal TEXT NOT NULL, unit TEXT NOT NULL, UNIQUE (twin, signal, unit)
  ) STRICT;
  CREATE TABLE block (
    series INTEGER NOT NULL, first_ms REAL NOT NULL, last_ms REAL NOT NULL, count INTEGER NOT NULL,
    least REAL, most REAL, sum REAL, samples INTEGER NOT NULL, gap_ms REAL, PRIMARY KEY (series, first_ms)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE samples (id INTEGER PRIMARY KEY AUTOINCREMENT, last_ms REAL NOT NULL, bytes BLOB NOT NULL) STRICT;
  CREATE INDEX samples_by_time ON samples (last_ms);
  CREATE TABLE pending (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
`;

/** Format of the tables; another one is refused rather than misread. */
const formatVersion = 1;

type Statements = ReturnType<typeof prepare>;

export interface Database {
  readonly statements: Statements;
  readonly facts: Facts;
  /** Runs `work` as one transaction. */
  transact<T>(work: () => T): T;
  /** Bytes of the file. */
  size(): number;
  close(): void;
}

/** To be read, it is seen as it is at the first question, whatever another process writes meanwhile. */
export type Access = 'write' | 'read';

/** @throws Error if the file is no history of this format. */
export function openDatabase(file: string, access: Access): Database {
  const database = new DatabaseSync(file, { readOnly: access === 'read' });
  try {
    database.exec('PRAGMA cache_size = -16000;');
    if (access === 'read') database.exec('BEGIN');
    else database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    return tablesOf(database, file);
  } catch (error) {
    database.close();
    throw error;
  }
}

function tablesOf(database: DatabaseSync, file: string): Database {
  const version = pragma(database, 'user_version');
  if (version !== 0 && version !== formatVersion) {
    throw new Error(`${file} has format ${version}, this program reads ${formatVersion}`);
  }
  // A disk that takes nothing more can be read all the same.
  if (version === 0) database.exec(`BEGIN; ${schema} PRAGMA user_version = ${formatVersion}; COMMIT;`);
  else if (!hasGaps(database)) database.exec('ALTER TABLE block ADD COLUMN gap_ms REAL');
  database.exec(factSchema);
  return {
    statements: prepare(database),
    facts: new Facts(database),
    transact(work) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        // A full disk has ended the transaction already.
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    size: () => pragma(database, 'page_count') * pragma(database, 'page_size'),
    close: () => database.close(),
  };
}

/** In a file that was begun before gaps were kept, the column is added; what is there already has none. */
function hasGaps(database: DatabaseSync): boolean {
  return (
    database.prepare("SELECT 1 FROM pragma_table_info('block') WHERE name = 'gap_ms'").get() !== undefined
  );
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function prepare(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  return {
    allSeries: statement('SELECT id, twin, signal, unit FROM series'),
    addSeries: statement('INSERT INTO series (twin, signal, unit) VALUES (?, ?, ?)'),
    lastMs: statement('SELECT last_ms FROM block WHERE series = ? ORDER BY first_ms DESC LIMIT 1'),
    addBlock: statement('INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    removeBlock: statement('DELETE FROM block WHERE series = ? AND first_ms = ?'),
    blocksIn: statement(
      'SELECT first_ms, last_ms, count, least, most, sum, samples, gap_ms FROM block WHERE series = ? AND first_ms <= ? AND last_ms >= ? ORDER BY first_ms',
    ),
    blockBefore: statement(
      'SELECT first_ms, last_ms, count, least, most, sum, samples, gap_ms FROM block WHERE series = ? AND first_ms <= ? ORDER BY first_ms DESC LIMIT 1',
    ),
    blockAfter: statement('SELECT min(first_ms) AS first_ms FROM block WHERE series = ? AND first_ms > ?'),
    // Not with RETURNING, for which SQLite makes a table in memory each time: 150 kB.
    addSamples: statement('INSERT INTO samples (last_ms, bytes) VALUES (?, ?)'),
    samples: statement('SELECT bytes FROM samples WHERE id = ?'),
    removeSamples: statement('DELETE FROM samples WHERE id = ?'),
    removeBlocksBefore: statement('DELETE FROM block WHERE series = ? AND last_ms < ?'),
    removeSamplesBefore: statement(
      'DELETE FROM samples WHERE id IN (SELECT id FROM samples WHERE last_ms < ? LIMIT 1000)',
    ),
    addPending: statement('INSERT INTO pending (id, bytes) VALUES (?, ?)'),
    pending: statement('SELECT id, bytes FROM pending ORDER BY id'),
    removePendingBefore: statement('DELETE FROM pending WHERE id < ?'),
  };
}
