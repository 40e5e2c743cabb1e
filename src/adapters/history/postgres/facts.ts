/** What happened to the twins and what was so from a moment on, in PostgreSQL: many facts in one statement. */

import type { HistoryFact, HistoryFactsAt, HistoryFactSpan } from '../../../engine/index.ts';
import type { Database, Row, Statement } from './database.ts';

const columns = 'twin, subject, fact.kind, time_ms, holds, data';

const statements = {
  addKeys: named(
    'addFactKeys',
    `INSERT INTO fact_key (kind, twin, subject) SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::text[])
     ON CONFLICT DO NOTHING`,
  ),
  /** For each fact that is given, in order: its key, and what held by then. */
  before: named(
    'factsBefore',
    `SELECT id AS key, earlier.time_ms, earlier.holds, earlier.data
     FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[]) WITH ORDINALITY AS given (k, t, s, at, place)
     JOIN fact_key ON kind = k AND twin = t AND subject = s
     LEFT JOIN LATERAL (SELECT time_ms, holds, data FROM fact WHERE key = id AND time_ms <= at
                        ORDER BY time_ms DESC LIMIT 1) AS earlier ON true
     ORDER BY place`,
  ),
  add: named(
    'addFacts',
    `INSERT INTO fact SELECT * FROM unnest($1::integer[], $2::float8[], $3::text[], $4::boolean[], $5::text[])
     ON CONFLICT (key, time_ms) DO UPDATE SET holds = excluded.holds, data = excluded.data`,
  ),
  ofAll: named(
    'facts',
    `SELECT ${columns} FROM fact JOIN fact_key ON key = id
     WHERE fact.kind = $1 AND time_ms >= $2 AND time_ms < $3 ORDER BY time_ms DESC LIMIT $4`,
  ),
  ofTwin: named(
    'factsOfTwin',
    `SELECT ${columns} FROM fact JOIN fact_key ON key = id
     WHERE fact_key.kind = $1 AND time_ms >= $2 AND time_ms < $3 AND twin = $5 ORDER BY time_ms DESC LIMIT $4`,
  ),
  at: named(
    'factsAt',
    `SELECT twin, subject, fact_key.kind, time_ms, holds, data FROM fact_key JOIN LATERAL
       (SELECT time_ms, holds, data FROM fact WHERE key = id AND time_ms <= $2 ORDER BY time_ms DESC LIMIT 1) AS last ON true
     WHERE fact_key.kind = $1 AND ($3::text IS NULL OR twin = $3) AND ($4::text IS NULL OR subject = $4)`,
  ),
  first: named('firstFact', 'SELECT min(time_ms) AS time_ms FROM fact'),
  remove: named(
    'removeFacts',
    `DELETE FROM fact WHERE (key, time_ms) IN (
       SELECT key, time_ms FROM fact AS old WHERE time_ms < $1 AND (NOT holds OR EXISTS (
         SELECT 1 FROM fact AS newer WHERE newer.key = old.key AND newer.time_ms > old.time_ms AND newer.time_ms <= $1
       )) LIMIT $2)`,
  ),
  removeKeys: named(
    'removeFactKeys',
    'DELETE FROM fact_key WHERE NOT EXISTS (SELECT 1 FROM fact WHERE key = id)',
  ),
} as const satisfies Record<string, Statement>;

interface Known {
  readonly timeMs: number;
  readonly holds: boolean;
  readonly data: string;
}

export class PostgresFacts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(given: readonly HistoryFact[]): Promise<void> {
    const facts = given.filter(({ timeMs }) => Number.isFinite(timeMs));
    if (facts.length === 0) return;
    const names = [
      facts.map(({ kind }) => kind),
      facts.map(({ twin }) => twin),
      facts.map(({ subject }) => subject),
    ];
    await this.#database.transact(async () => {
      await this.#database.run(statements.addKeys, names);
      const before = await this.#database.rows(statements.before, [
        ...names,
        facts.map(({ timeMs }) => timeMs),
      ]);
      const fresh = freshFacts(facts, before);
      await this.#database.run(statements.add, [
        fresh.map(({ key }) => key),
        fresh.map(({ fact }) => fact.timeMs),
        fresh.map(({ fact }) => fact.kind),
        fresh.map(({ fact }) => fact.holds),
        fresh.map(({ fact }) => fact.data),
      ]);
    });
  }

  async in({ kind, twin, fromMs, toMs, limit }: HistoryFactSpan): Promise<readonly HistoryFact[]> {
    const span = [kind, fromMs, toMs, limit];
    const rows =
      twin === undefined
        ? await this.#database.rows(statements.ofAll, span)
        : await this.#database.rows(statements.ofTwin, [...span, twin]);
    return rows.map(factOf);
  }

  async at({ kind, twin, subject, timeMs }: HistoryFactsAt): Promise<readonly HistoryFact[]> {
    const rows = await this.#database.rows(statements.at, [kind, timeMs, twin ?? null, subject ?? null]);
    return rows.map(factOf);
  }

  async firstMs(): Promise<number | undefined> {
    const [row] = await this.#database.rows(statements.first);
    return typeof row?.['time_ms'] === 'number' ? row['time_ms'] : undefined;
  }

  async forget(beforeMs: number, limit: number): Promise<number> {
    const removed = await this.#database.run(statements.remove, [beforeMs, limit]);
    if (removed > 0) await this.#database.run(statements.removeKeys);
    return removed;
  }
}

interface Fresh {
  readonly key: number;
  readonly fact: HistoryFact;
}

/** Those that do not say what holds already; of one key and time the last. */
function freshFacts(facts: readonly HistoryFact[], before: readonly Row[]): readonly Fresh[] {
  const fresh = new Map<string, Fresh>();
  const known = new Map<number, Known[]>();
  for (const [i, fact] of facts.entries()) {
    const row = before[i] ?? {};
    const key = Number(row['key']);
    const earlier = known.get(key) ?? [];
    known.set(key, earlier);
    if (typeof row['time_ms'] === 'number')
      earlier.unshift({ timeMs: row['time_ms'], holds: row['holds'] === true, data: String(row['data']) });
    // Of one time the last of the list is the newest.
    const last = earlier
      .filter(({ timeMs }) => timeMs <= fact.timeMs)
      .reduce<Known | undefined>((a, b) => (a !== undefined && a.timeMs > b.timeMs ? a : b), undefined);
    if (fact.holds && last?.holds === true && last.data === fact.data) continue;
    earlier.push(fact);
    fresh.set(`${key}/${fact.timeMs}`, { key, fact });
  }
  return [...fresh.values()];
}

function factOf(row: Row): HistoryFact {
  return {
    kind: String(row['kind']),
    twin: String(row['twin']),
    subject: String(row['subject']),
    timeMs: Number(row['time_ms']),
    holds: row['holds'] === true,
    data: String(row['data']),
  };
}

function named(name: string, text: string): Statement {
  return { name, text };
}
