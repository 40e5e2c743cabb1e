/**
 * What happened to the twins and what was so from a moment on, beside their samples: two tables of the same file.
 *
 * | table | a row |
 * | --- | --- |
 * | `fact_key` | a subject of a twin that there are facts of, by kind |
 * | `fact` | a fact: when, whether it holds until the next one, and what, as JSON |
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { HistoryFact, HistoryFactsAt, HistoryFactSpan } from '../../engine/index.ts';

/** In a file that was begun before there were facts, the tables are added. */
export const factSchema = `
  CREATE TABLE IF NOT EXISTS fact_key (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, twin TEXT NOT NULL, subject TEXT NOT NULL, UNIQUE (kind, twin, subject)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS fact (
    key INTEGER NOT NULL, time_ms REAL NOT NULL, kind TEXT NOT NULL, holds INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (key, time_ms)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS fact_by_time ON fact (kind, time_ms);
`;

const columns = 'twin, subject, fact.kind, time_ms, holds, data';

export class Facts {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database);
  }

  /** To be called within a transaction. */
  add(facts: readonly HistoryFact[]): void {
    const { addKey, keyOf, lastOf, add } = this.#statements;
    for (const { kind, twin, subject, timeMs, holds, data } of facts) {
      if (!Number.isFinite(timeMs)) continue;
      addKey.run(kind, twin, subject);
      const key = Number(keyOf.get(kind, twin, subject)?.['id']);
      const before = lastOf.get(key, timeMs);
      if (holds && before?.['holds'] === 1 && before['data'] === data) continue;
      add.run(key, timeMs, kind, holds ? 1 : 0, data);
    }
  }

  in({ kind, twin, fromMs, toMs, limit }: HistoryFactSpan): readonly HistoryFact[] {
    const { ofAllIn, ofTwinIn } = this.#statements;
    const span = [Math.max(fromMs, -Number.MAX_VALUE), Math.min(toMs, Number.MAX_VALUE), limit] as const;
    const rows = twin === undefined ? ofAllIn.all(kind, ...span) : ofTwinIn.all(kind, twin, ...span);
    return rows.map(factOf);
  }

  at({ kind, twin, subject, timeMs }: HistoryFactsAt): readonly HistoryFact[] {
    return this.#statements.at.all(timeMs, kind, twin ?? null, subject ?? null).map(factOf);
  }

  /** Time of the oldest. */
  firstMs(): number | undefined {
    const times = this.#statements.kinds.all().map(({ kind }) => {
      const first = this.#statements.firstOf.get(String(kind))?.['time_ms'];
      return typeof first === 'number' ? first : Number.POSITIVE_INFINITY;
    });
    const first = Math.min(...times);
    return Number.isFinite(first) ? first : undefined;
  }

  /**
   * Deletes facts older than this, but for those that still held then: up to so many. To be called within a transaction.
   *
   * @returns how many it were.
   */
  forget(beforeMs: number, limit: number): number {
    const { kinds, remove, removeKeys } = this.#statements;
    let removed = 0;
    for (const { kind } of kinds.all()) {
      removed += Number(remove.run(beforeMs, String(kind), beforeMs, limit - removed).changes);
    }
    if (removed > 0) removeKeys.run();
    return removed;
  }
}

function prepare(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  return {
    addKey: statement('INSERT INTO fact_key (kind, twin, subject) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    keyOf: statement('SELECT id FROM fact_key WHERE kind = ? AND twin = ? AND subject = ?'),
    lastOf: statement(
      'SELECT holds, data FROM fact WHERE key = ? AND time_ms <= ? ORDER BY time_ms DESC LIMIT 1',
    ),
    add: statement('INSERT OR REPLACE INTO fact (key, time_ms, kind, holds, data) VALUES (?, ?, ?, ?, ?)'),
    ofAllIn: statement(
      `SELECT ${columns} FROM fact JOIN fact_key ON key = id WHERE fact.kind = ? AND time_ms >= ? AND time_ms < ? ORDER BY time_ms DESC LIMIT ?`,
    ),
    // CROSS JOIN: by the twin's few keys, and not by all that happened in the time.
    ofTwinIn: statement(
      `SELECT ${columns} FROM fact_key CROSS JOIN fact ON key = id WHERE fact_key.kind = ? AND twin = ? AND time_ms >= ? AND time_ms < ? ORDER BY time_ms DESC LIMIT ?`,
    ),
    at: statement(
      `SELECT ${columns} FROM fact_key CROSS JOIN fact ON key = id
       AND time_ms = (SELECT time_ms FROM fact WHERE key = id AND time_ms <= ?1 ORDER BY time_ms DESC LIMIT 1)
       WHERE fact_key.kind = ?2 AND (?3 IS NULL OR twin = ?3) AND (?4 IS NULL OR subject = ?4)`,
    ),
    kinds: statement('SELECT DISTINCT kind FROM fact_key'),
    firstOf: statement('SELECT time_ms FROM fact WHERE kind = ? ORDER BY time_ms LIMIT 1'),
    remove: statement(
      `DELETE FROM fact WHERE (key, time_ms) IN (
         SELECT key, time_ms FROM fact AS old WHERE time_ms < ?1 AND kind = ?2 AND (holds = 0 OR EXISTS (
           SELECT 1 FROM fact AS newer WHERE newer.key = old.key AND newer.time_ms > old.time_ms AND newer.time_ms <= ?3
         )) LIMIT ?4)`,
    ),
    removeKeys: statement('DELETE FROM fact_key WHERE NOT EXISTS (SELECT 1 FROM fact WHERE key = id)'),
  };
}

function factOf(row: Readonly<Record<string, unknown>>): HistoryFact {
  return {
    kind: String(row['kind']),
    twin: String(row['twin']),
    subject: String(row['subject']),
    timeMs: Number(row['time_ms']),
    holds: row['holds'] === 1,
    data: String(row['data']),
  };
}
