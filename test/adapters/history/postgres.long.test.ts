/** The history in PostgreSQL: what every history must do, and what only a database brings: rivals, strangers, passwords. */

import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { HistoryNote, OpenHistory, PostgresAddress } from '../../../src/adapters/history/index.ts';
import { openPlace } from '../../conformance/history-place.ts';
import { until } from '../../conformance/history-subject.ts';
import { testHistory } from '../../conformance/history.ts';
import { type PostgresServer, startPostgres, withoutPostgres } from '../../conformance/postgres.ts';

let started: PostgresServer | undefined;
let schemas = 0;

before(async () => {
  if (withoutPostgres === false) started = await startPostgres();
});
after(() => started?.remove());

function server(): PostgresServer {
  if (started === undefined) throw new Error('the server has not started');
  return started;
}

/** Each test in a schema of its own. */
const freshAddress = (): PostgresAddress & { readonly schema: string } => ({
  ...server().address,
  schema: `test_${schemas++}`,
});

testHistory(
  'a history in PostgreSQL',
  async () => ({ place: { postgres: freshAddress() }, away: server().stop, back: server().start }),
  withoutPostgres,
);

describe('a database', { skip: withoutPostgres }, () => {
  const level = { twin: 'tank-1', signal: 'level', unit: 'm' };
  const span = { twin: 'tank-1', signal: 'level', fromMs: 0, toMs: 1e15 };

  function open(t: TestContext, postgres: PostgresAddress): { history: OpenHistory; notes: HistoryNote[] } {
    const notes: HistoryNote[] = [];
    const history = openPlace({ postgres }, { log: (note) => notes.push(note) });
    t.after(() => history.close());
    return { history, notes };
  }

  const insert = (history: OpenHistory, timeMs: number) =>
    history.insert([
      { series: level, points: { timesMs: Float64Array.of(timeMs), values: Float64Array.of(1) } },
    ]);

  /** Why it refuses. */
  async function refusal(t: TestContext, postgres: PostgresAddress): Promise<string> {
    const { notes } = open(t, postgres);
    await until('it is told', () => notes.length > 0);
    return notes[0]?.message ?? '';
  }

  test('is written by one engine: a second one waits, and goes on when the first has ended', async (t) => {
    const address = freshAddress();
    const first = open(t, address);
    await insert(first.history, 1000);
    const second = open(t, address);
    await until('it is told', () => second.notes.length > 0);
    assert.match(second.notes[0]?.message ?? '', /another engine writes its history into the schema test_/);
    await assert.rejects(second.history.points(span, 10), { code: 'HISTORY_UNAVAILABLE' });
    await first.history.close();
    await until('it goes on', () => second.notes.length > 1);
    await insert(second.history, 2000);
    assert.deepEqual([...(await second.history.points(span, 10)).timesMs], [1000, 2000]);
  });

  test('has a history for each engine, in a schema of its own', async (t) => {
    const [first, second] = [open(t, freshAddress()), open(t, freshAddress())];
    await insert(first.history, 1000);
    await insert(second.history, 2000);
    assert.deepEqual([...(await first.history.points(span, 10)).timesMs], [1000]);
  });

  test('with tables of somebody else, or of a later version, is not touched', async (t) => {
    const strange = freshAddress();
    await server().ask(`CREATE SCHEMA ${strange.schema}; CREATE TABLE ${strange.schema}.pumps (id integer)`);
    assert.match(await refusal(t, strange), /holds other tables, and no history of this program/);
    const later = freshAddress();
    const { history } = open(t, later);
    await insert(history, 1000);
    await history.close();
    await server().ask(`UPDATE ${later.schema}.format SET version = 99`);
    assert.match(await refusal(t, later), /has format 99, this program reads \d/);
  });

  test('with tables of an earlier version gets those of this one, and keeps what is in them', async (t) => {
    const address = freshAddress();
    const { history } = open(t, address);
    await insert(history, 1000);
    await history.close();
    const { schema } = address;
    await server().ask(`ALTER TABLE ${schema}.block DROP COLUMN gap_ms; DROP TABLE ${schema}.fact, ${schema}.fact_key;
      UPDATE ${schema}.format SET version = 1`);
    const renewed = open(t, address).history;
    await insert(renewed, 2000);
    assert.deepEqual([...(await renewed.points(span, 10)).timesMs], [1000, 2000]);
    const [format] = await server().ask(`SELECT version FROM ${schema}.format`);
    assert.ok(Number(format?.['version']) >= 3);
  });

  test('that does not let us in is told, without the password', async (t) => {
    const why = await refusal(t, { ...freshAddress(), password: 'wrong horse' });
    assert.match(why, /password authentication failed for user "gemel"/);
    assert.doesNotMatch(why, /horse/);
    const { history } = open(t, { ...freshAddress(), password: 'wrong horse' });
    await assert.rejects(history.points(span, 1), (error: Error) => !error.message.includes('horse'));
  });

  test('that cuts the connection is reached again, whether a writer finds out or a reader', async (t) => {
    const { history } = open(t, freshAddress());
    const cut = () =>
      server().ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gemel'");
    await insert(history, 1000);
    await cut();
    await until('it is written', () =>
      insert(history, 2000).then(
        () => true,
        () => false,
      ),
    );
    await cut();
    await until('it can be read', () =>
      history.points(span, 10).then(
        () => true,
        () => false,
      ),
    );
    assert.deepEqual([...(await history.points(span, 10)).timesMs], [1000, 2000]);
  });

  test('takes its user and password from the address as well', async (t) => {
    const { address } = server();
    const url = new URL(address.url);
    [url.username, url.password] = [address.user, encodeURIComponent(address.password)];
    const { history } = open(t, { url: url.href, schema: freshAddress().schema });
    await insert(history, 1000);
    assert.equal((await history.points(span, 10)).timesMs.length, 1);
  });
});
