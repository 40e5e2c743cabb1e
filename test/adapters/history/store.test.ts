/** How the history lies in its file: few rows wait, blocks are full, and what is too old goes. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { bucketsOf, pointsIn } from '../../../src/adapters/history/query.ts';
import { HistoryStore, type StoreOptions } from '../../../src/adapters/history/store.ts';

let directory = '';
let store: HistoryStore | undefined;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gemel-history-'));
});
afterEach(() => {
  close();
  rmSync(directory, { recursive: true, force: true });
});

function open(options: StoreOptions = { blockSamples: 8, pendingRows: 20 }): HistoryStore {
  close();
  store = new HistoryStore(path.join(directory, 'history.sqlite'), options);
  return store;
}

function close(): void {
  store?.close();
  store = undefined;
}

const level = { twin: 'tank-1', signal: 'level', unit: 'm' };
const everything = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.MAX_VALUE };

type Sample = readonly [timeMs: number, value: number];

function write(history: HistoryStore, samples: readonly Sample[], name = level): number {
  const number = history.series(name);
  return history.write({
    series: Uint32Array.from(samples, () => number),
    timesMs: Float64Array.from(samples, ([timeMs]) => timeMs),
    values: Float64Array.from(samples, ([, value]) => value),
  });
}

function read(history: HistoryStore, span = everything, name = level): Sample[] {
  const { timesMs, values } = pointsIn(history.blocks(name, span), span, Number.POSITIVE_INFINITY);
  return Array.from(timesMs, (timeMs, i) => [timeMs, values[i] ?? Number.NaN]);
}

const ramp = (count: number, from = 0): Sample[] =>
  Array.from({ length: count }, (_, i) => [(from + i) * 1000, from + i]);

describe('a series', () => {
  test('comes back as it was written, from open and sealed blocks, before and after a restart', () => {
    write(open(), ramp(30));
    assert.deepEqual(read(store ?? open()), ramp(30));
    assert.deepEqual(read(open()), ramp(30));
    write(store ?? open(), ramp(5, 30));
    assert.deepEqual(read(open()), ramp(35));
  });

  test('that seldom has a sample does not keep the rows of the others', () => {
    const history = open();
    write(history, [[0, 1]], { ...level, signal: 'rare' });
    for (let i = 0; i < 100; i++) write(history, [[i * 1000, i]]);
    close();
    const file = new DatabaseSync(path.join(directory, 'history.sqlite'));
    assert.ok(Number(file.prepare('SELECT count(*) AS n FROM pending').get()?.['n']) <= 21);
    file.close();
    assert.deepEqual(read(open(), everything, { ...level, signal: 'rare' }), [[0, 1]]);
  });

  test('has few samples in memory when there are many series, and full blocks on the disk all the same', () => {
    const history = open({ blockSamples: 64, openSamples: 160 });
    const names = Array.from({ length: 10 }, (_, i) => ({ ...level, twin: `tank-${i}` }));
    for (const name of names) history.series(name);
    for (const name of names) write(history, ramp(128), name);
    close();
    const file = new DatabaseSync(path.join(directory, 'history.sqlite'));
    const { n, most } = file.prepare('SELECT count(*) AS n, max(count) AS most FROM block').get() ?? {};
    file.close();
    assert.ok(Number(n) <= 40 && Number(most) >= 48, `${n} blocks of up to ${most}`);
    for (const name of names) assert.deepEqual(read(open(), everything, name), ramp(128));
  });

  test('forgets what is said of blocks when that is too old as well, a few series at a time', () => {
    const history = open();
    write(history, ramp(32));
    write(history, ramp(32), { ...level, signal: 'other' });
    history.seal();
    history.forget(16_000);
    assert.equal(history.forgetSummaries(16_000, 1), 2);
    assert.equal(history.forgetSummaries(16_000, 1), 2);
    assert.equal(history.forgetSummaries(16_000, 2), 0);
    const span = { fromMs: 0, toMs: 32_000 };
    const [count = 0] = bucketsOf(history.blocks(level, span), span, { everyMs: 32_000 }).count;
    assert.ok(count >= 16 && count < 24, 'only whole blocks go');
  });

  test('never shows the samples of another one in place of those that are gone', () => {
    const history = open();
    write(history, ramp(16));
    history.seal();
    history.forget(100_000);
    write(history, ramp(16), { ...level, signal: 'other' });
    history.seal();
    assert.deepEqual(read(history), []);
  });

  test('keeps what is said of its blocks when the samples are too old to keep', () => {
    const history = open();
    write(history, ramp(32));
    history.seal();
    assert.ok(history.forget(16_000) > 0);
    const left = read(history);
    assert.ok(left.length < 32 && left.length >= 16);
    const { mean, count } = bucketsOf(
      history.blocks(level, everything),
      { fromMs: 0, toMs: 32_000 },
      { everyMs: 32_000 },
    );
    assert.deepEqual([...mean], [15.5]);
    assert.deepEqual([...count], [32]);
    assert.equal(write(history, [[500, 9]]), 1, 'a sample among those that are gone is told as lost');
  });

  test('in a file from before gaps were kept has its quality from the samples', () => {
    write(open(), [...ramp(20), ...ramp(20, 30)]);
    close();
    const file = new DatabaseSync(path.join(directory, 'history.sqlite'));
    file.exec('ALTER TABLE block DROP COLUMN gap_ms');
    file.close();
    const history = open();
    write(history, ramp(50, 50));
    const span = { ...level, fromMs: 0, toMs: 100_000 };
    // 10 s of 100 are without a sample, but for the second that the last one before them is good for.
    assert.deepEqual([...(history.buckets(span, { everyMs: 50_000, holdMs: 1000 }).quality ?? [])], [0.8, 1]);
  });
});
