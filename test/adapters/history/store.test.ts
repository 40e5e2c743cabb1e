/** The history in its file: what was written is there, in the order of event time, also after a kill. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
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
let twins = 2;
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

  test('is in order of event time whatever the order of arrival; the last of one time counts', () => {
    const events = fc.array(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer()), { maxLength: 12 }),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(events, (batches) => {
        const history = open();
        const expected = new Map<number, number>();
        const twin = { ...level, twin: `tank-${twins++}` };
        for (const batch of batches) {
          write(history, batch, twin);
          for (const [timeMs, value] of batch) expected.set(timeMs, value);
        }
        const sorted = [...expected].toSorted(([a], [b]) => a - b);
        assert.deepEqual(read(history, everything, twin), sorted);
        assert.deepEqual(read(open(), everything, twin), sorted);
      }),
      { seed: 3, numRuns: 60, endOnFailure: true },
    );
  });

  test('gives the span asked for: from included, to not', () => {
    write(open(), ramp(30));
    const found = read(store ?? open(), { fromMs: 7000, toMs: 10_000 });
    assert.deepEqual(found, [
      [7000, 7],
      [8000, 8],
      [9000, 9],
    ]);
  });

  test('leaves out what is no number', () => {
    write(open(), [
      [0, 1],
      [1000, Number.NaN],
      [Number.NaN, 2],
    ]);
    assert.deepEqual(read(store ?? open()), [[0, 1]]);
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

  test('in several units reads in the last one; what is no such quantity is left out', () => {
    const history = open();
    const inUnit = (unit: string) => ({ ...level, unit });
    write(history, [[0, 1.5]], inUnit('m'));
    write(history, [[1000, 20]], inUnit('degC'));
    write(history, ramp(20, 2), inUnit('mm'));
    const expected = [[0, 1500], ...ramp(20, 2)];
    assert.deepEqual(read(history), expected);
    assert.deepEqual(history.seriesOf('tank-1'), [inUnit('mm')]);
    const whole = { fromMs: 0, toMs: 100_000 };
    assert.deepEqual([...bucketsOf(history.blocks(level, whole), whole, 100_000).most], [1500]);
    assert.deepEqual(read(open()), expected);
    write(store ?? open(), [[50_000, 2]], inUnit('m'));
    assert.equal(read(store ?? open())[1]?.[1], 0.002);
  });

  test('of temperatures is converted as a reading, its uncertainty as a difference', () => {
    const history = open();
    const name = (signal: string, unit: string) => ({ twin: 'tank-1', signal, unit });
    for (const signal of ['oil', 'uncertainty oil']) {
      write(history, [[0, 300]], name(signal, 'K'));
      write(history, [[1000, 1]], name(signal, 'degC'));
    }
    assert.equal(read(history, everything, name('oil', 'degC'))[0]?.[1], 26.85);
    assert.equal(read(history, everything, name('uncertainty oil', 'degC'))[0]?.[1], 300);
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
    const [count = 0] = bucketsOf(history.blocks(level, span), span, 32_000).count;
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
    const { mean, count } = bucketsOf(history.blocks(level, everything), { fromMs: 0, toMs: 32_000 }, 32_000);
    assert.deepEqual([...mean], [15.5]);
    assert.deepEqual([...count], [32]);
    assert.equal(write(history, [[500, 9]]), 1, 'a sample among those that are gone is told as lost');
  });
});

describe('buckets', () => {
  test('are those of the samples one by one, whether blocks lie in them whole or not', () => {
    const history = open();
    const samples = ramp(200).map(([timeMs, i]): Sample => [timeMs, (i * 37) % 101]);
    write(history, samples);
    for (const [fromMs, toMs, everyMs] of [
      [0, 200_000, 7000],
      [3500, 150_500, 50_000],
      [0, 200_000, 1000],
      [12_000, 13_000, 500],
    ] as const) {
      const span = { fromMs, toMs };
      const buckets = bucketsOf(history.blocks(level, span), span, everyMs);
      const groups = Map.groupBy(
        samples.filter(([timeMs]) => timeMs >= fromMs && timeMs < toMs),
        ([timeMs]) => fromMs + Math.floor((timeMs - fromMs) / everyMs) * everyMs,
      );
      assert.deepEqual([...buckets.fromMs], [...groups.keys()]);
      const values = [...groups.values()].map((group) => group.map(([, value]) => value));
      assert.deepEqual(
        [...buckets.least],
        values.map((group) => Math.min(...group)),
      );
      assert.deepEqual(
        [...buckets.most],
        values.map((group) => Math.max(...group)),
      );
      assert.deepEqual(
        [...buckets.count],
        values.map((group) => group.length),
      );
      assert.deepEqual(
        [...buckets.mean],
        values.map((group) => group.reduce((a, b) => a + b) / group.length),
      );
    }
  });
});

test('a process that is killed has lost nothing of what was written', async () => {
  const file = path.join(directory, 'history.sqlite');
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'writer.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.length > 4000) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const written = Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1));
  const found = read(open());
  assert.ok(written > 100 && found.length > written);
  assert.deepEqual(found, ramp(found.length));
});
