/** The history in its thread: written in batches, asked by readers, patient with a disk that refuses. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { type FileHistory, type HistoryNote, openFileHistory } from '../../../src/adapters/history/index.ts';

let directory = '';
let notes: HistoryNote[] = [];
let wake: () => void = () => undefined;
const opened: FileHistory[] = [];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gemel-history-'));
  notes = [];
});
afterEach(async () => {
  for (const history of opened.splice(0)) await history.close();
  rmSync(directory, { recursive: true, force: true });
});

const file = () => path.join(directory, 'history.sqlite');

function open(samplesOnTheirWay = 1000): FileHistory {
  const log = (note: HistoryNote) => {
    notes.push(note);
    wake();
  };
  const history = openFileHistory(file(), {
    keepMs: 86_400_000,
    keepSummariesMs: 86_400_000,
    samplesOnTheirWay,
    log,
  });
  opened.push(history);
  return history;
}

const level = { twin: 'tank-1', signal: 'level', unit: 'm' };
const span = { twin: 'tank-1', signal: 'level', fromMs: 0, toMs: 1e15 };

function write(history: FileHistory, timesMs: readonly number[]): void {
  const [number = 0] = history.define([level]);
  history.write({
    series: Uint32Array.from(timesMs, () => number),
    timesMs: Float64Array.from(timesMs),
    values: Float64Array.from(timesMs, (timeMs) => timeMs / 1000),
  });
}

const nowMs = Date.now();
const steps = (count: number) => Array.from({ length: count }, (_, i) => nowMs + i * 1000);

test('what was written is there for readers, also after it was closed and opened again', async () => {
  for (const turn of ['first', 'second'] as const) {
    const history = open();
    if (turn === 'first') write(history, steps(3));
    const { timesMs, values } = await history.points(span, 100);
    assert.deepEqual([...timesMs], steps(3));
    assert.deepEqual(
      [...values],
      steps(3).map((timeMs) => timeMs / 1000),
    );
    assert.deepEqual(await history.signals('tank-1'), [{ signal: 'level', unit: 'm' }]);
    assert.deepEqual(await history.signals('tank-2'), []);
    const { count } = await history.buckets({ ...span, fromMs: nowMs, toMs: nowMs + 4000 }, 2000);
    assert.deepEqual([...count], [2, 1]);
    await history.close();
  }
});

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

test('what a disk never took is told when the history closes', async () => {
  mkdirSync(file());
  const history = open();
  write(history, steps(3));
  await history.close();
  assert.match(notes.at(-1)?.message ?? '', /did not take 3 samples/);
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

test('what a signal was at each moment is its last sample before', async () => {
  const history = open();
  write(history, steps(10));
  const grid = await history.valuesAt({ ...span, fromMs: nowMs - 1500, toMs: nowMs + 12_000 }, 3000);
  assert.deepEqual(
    [...grid],
    [Number.NaN, nowMs / 1000 + 1, nowMs / 1000 + 4, nowMs / 1000 + 7, nowMs / 1000 + 9],
  );
});

test('more than may be on its way is dropped and counted', async () => {
  const history = open(5);
  write(history, steps(4));
  write(history, steps(4));
  assert.equal(history.counters().dropped, 4);
  const { timesMs } = await history.points(span, 10);
  assert.equal(timesMs.length, 4);
});
