/** The history in a file: what every history must do, and patience with a disk that refuses. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { type HistoryNote, openHistory, type OpenHistory } from '../../../src/adapters/history/index.ts';
import { testHistory } from '../../conformance/history.ts';

let directory = '';
let notes: HistoryNote[] = [];
let wake: () => void = () => undefined;
const opened: OpenHistory[] = [];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gemel-history-'));
  notes = [];
});
afterEach(async () => {
  for (const history of opened.splice(0)) await history.close();
  rmSync(directory, { recursive: true, force: true });
});

const file = () => path.join(directory, 'history.sqlite');

function open(samplesOnTheirWay = 1000): OpenHistory {
  const log = (note: HistoryNote) => {
    notes.push(note);
    wake();
  };
  const history = openHistory(
    { file: file() },
    {
      keepMs: 86_400_000,
      keepSummariesMs: 86_400_000,
      samplesOnTheirWay,
      log,
    },
  );
  opened.push(history);
  return history;
}

const level = { twin: 'tank-1', signal: 'level', unit: 'm' };
const span = { twin: 'tank-1', signal: 'level', fromMs: 0, toMs: 1e15 };

function write(history: OpenHistory, timesMs: readonly number[]): void {
  const [number = 0] = history.define([level]);
  history.write({
    series: Uint32Array.from(timesMs, () => number),
    timesMs: Float64Array.from(timesMs),
    values: Float64Array.from(timesMs, (timeMs) => timeMs / 1000),
  });
}

const nowMs = Date.now();
const steps = (count: number) => Array.from({ length: count }, (_, i) => nowMs + i * 1000);

test('a disk that refuses is told once, and what came meanwhile is written afterwards, without a hole', async () => {
  // A directory where the file should be: it cannot be opened.
  mkdirSync(file());
  const told = new Promise<void>((resolve) => (wake = resolve));
  const history = open();
  write(history, steps(2));
  await told;
  await assert.rejects(history.points(span, 10), { code: 'HISTORY_UNAVAILABLE' });
  write(history, [nowMs + 5000]);
  const again = new Promise<void>((resolve) => (wake = resolve));
  rmdirSync(file());
  await again;
  assert.deepEqual(
    notes.map(({ level: how }) => how),
    ['error', 'info'],
  );
  const { timesMs } = await history.points(span, 10);
  assert.deepEqual([...timesMs], [...steps(2), nowMs + 5000]);
  assert.equal(history.counters().written, 3);
});

test('a disk that is full in the middle of a write loses nothing, and can be read', async () => {
  const history = open(10_000);
  write(history, steps(10));
  await history.points(span, 1);
  // As a full disk does it: what was begun is undone.
  const beside = new DatabaseSync(file());
  beside.exec("CREATE TRIGGER full BEFORE INSERT ON block BEGIN SELECT RAISE(ROLLBACK, 'disk is full'); END");
  const told = new Promise<void>((resolve) => (wake = resolve));
  write(history, steps(600).slice(10));
  await told;
  assert.match(notes[0]?.message ?? '', /disk is full/);
  assert.equal((await history.points(span, 1000)).timesMs.length, 10);
  const again = new Promise<void>((resolve) => (wake = resolve));
  beside.exec('DROP TRIGGER full');
  beside.close();
  await again;
  assert.deepEqual([...(await history.points(span, 1000)).timesMs], steps(600));
  assert.equal(history.counters().waiting, 0);
});

test('a hundred thousand series that were defined while the disk refused are there afterwards', async () => {
  mkdirSync(file());
  const told = new Promise<void>((resolve) => (wake = resolve));
  const history = open(1_000_000);
  const series = history.define(Array.from({ length: 150_000 }, (_, i) => ({ ...level, twin: `tank-${i}` })));
  await told;
  history.write({
    series,
    timesMs: new Float64Array(series.length).fill(nowMs),
    values: Float64Array.from(series),
  });
  const again = new Promise<void>((resolve) => (wake = resolve));
  rmdirSync(file());
  await again;
  const { values } = await history.points({ ...span, twin: 'tank-149999' }, 10);
  assert.deepEqual([...values], [149_999]);
});

testHistory('a history in a file', async (t) => {
  const own = mkdtempSync(path.join(tmpdir(), 'gemel-history-'));
  t.after(() => rmSync(own, { recursive: true, force: true }));
  const place = { file: path.join(own, 'history.sqlite') };
  const beside = (sql: string) => {
    const database = new DatabaseSync(place.file, { timeout: 5000 });
    database.exec(sql);
    database.close();
  };
  return {
    place,
    // As a full disk does it: what was begun is undone.
    async away() {
      beside(
        "CREATE TRIGGER full BEFORE INSERT ON pending BEGIN SELECT RAISE(ROLLBACK, 'disk is full'); END",
      );
    },
    async back() {
      beside('DROP TRIGGER full');
    },
  };
});
