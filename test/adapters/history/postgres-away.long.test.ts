/**
 * A database that is away for ten seconds and comes back (GEMEL_AWAY_SECONDS=60 for a minute), while machines go on: what is
 * recorded meanwhile waits, readers are told, and afterwards there is no hole.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryNote } from '../../../src/adapters/history/index.ts';
import { openPlace } from '../../conformance/history-place.ts';
import { until } from '../../conformance/history-subject.ts';
import { startPostgres, withoutPostgres } from '../../conformance/postgres.ts';

const awayMs = 1000 * Number(process.env['GEMEL_AWAY_SECONDS'] ?? 10);
const machines = 200;
const everyMs = 100;

test('a history whose database was away is filled without a hole', { skip: withoutPostgres }, async (t) => {
  const server = await startPostgres();
  const notes: HistoryNote[] = [];
  const history = openPlace({ postgres: server.address }, { log: (note) => notes.push(note) });
  const names = Array.from({ length: machines }, (_, i) => ({
    twin: `tank-${i}`,
    signal: 'level',
    unit: 'm',
  }));
  const series = history.define(names);
  const beginMs = Date.now();
  let ticks = 0;
  const timer = setInterval(() => {
    const timesMs = new Float64Array(machines).fill(beginMs + ticks * everyMs);
    history.write({ series: series.slice(), timesMs, values: new Float64Array(machines).fill(ticks) });
    ticks++;
  }, everyMs);
  t.after(async () => {
    clearInterval(timer);
    await history.close();
    await server.remove();
  });
  const span = { twin: 'tank-7', signal: 'level', fromMs: beginMs, toMs: beginMs + 1e9 };

  await until('something is written', () => history.counters().written > 0);
  await server.stop();
  const goneMs = performance.now();
  await until('that is told', () => notes.length > 0);
  await assert.rejects(history.points(span, 1), { code: 'HISTORY_UNAVAILABLE' });
  let waited = 0;
  await until(
    'it was away for so long',
    () => {
      waited = history.counters().waiting;
      return performance.now() - goneMs >= awayMs;
    },
    awayMs + 20_000,
  );
  await server.start();
  await until('it is written again', () => notes.length > 1);
  clearInterval(timer);
  await until('nothing waits', () => history.counters().waiting === 0);

  assert.ok(waited >= (machines * awayMs) / everyMs / 2, `${waited} samples waited`);
  assert.equal(history.counters().dropped, 0);
  assert.equal(history.counters().written, machines * ticks);
  for (const { twin } of names) {
    const { values } = await history.points({ ...span, twin }, ticks + 1);
    assert.deepEqual(
      [...values],
      Array.from({ length: ticks }, (_, tick) => tick),
    );
  }
});
