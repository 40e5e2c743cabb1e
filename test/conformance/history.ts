/**
 * What every history must do, whatever it is kept in: the same cases run against each adapter, through the thread that it is
 * used in. Blocks are small here, so that a few samples fill several.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { OpenHistory } from '../../src/adapters/history/index.ts';
import type { HistorySeries } from '../../src/engine/index.ts';
import { factCases } from './history-facts.ts';
import { openPlace } from './history-place.ts';
import {
  type HistorySubject,
  insert,
  level,
  read,
  type Sample,
  Tried,
  until,
  write,
} from './history-subject.ts';

const hourMs = 3_600_000;

/** 0, 1, 2 … a second apart. */
const ramp = (count: number, from = 0): Sample[] =>
  Array.from({ length: count }, (_, i) => [(from + i) * 1000, from + i]);

/** Runs the cases. `makeSubject` makes an empty history for each, and removes it when the test has ended. */
export function testHistory(
  name: string,
  makeSubject: (t: TestContext) => Promise<HistorySubject>,
  skip: string | false = false,
): void {
  describe(name, { skip }, () => {
    for (const [title, run] of Object.entries({ ...cases, ...factCases })) {
      test(title, async (t) => {
        const subject = await makeSubject(t);
        await run(new Tried(t, subject));
      });
    }
  });
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

const cases: Readonly<Record<string, (tried: Tried) => Promise<void>>> = {
  'gives the samples of a span, from included and to not, the first ones if there are too many': async (
    tried,
  ) => {
    const history = await tried.open();
    write(history, ramp(100));
    const span = { fromMs: 7000, toMs: 60_000 };
    assert.deepEqual(await read(history, { span }), ramp(53, 7));
    assert.deepEqual(await read(history, { span, limit: 20 }), ramp(20, 7));
    assert.deepEqual(await read(history, { span: { fromMs: 200_000, toMs: 300_000 } }), []);
    assert.deepEqual(await read(history, { name: { ...level, twin: 'tank-2' } }), []);
    assert.deepEqual(await history.signals('tank-1'), [{ signal: 'level', unit: 'm' }]);
    assert.deepEqual(await history.signals('tank-2'), []);
  },

  'keeps numbers to the last bit, and leaves out what is none': async (tried) => {
    const history = await tried.open();
    const samples: Sample[] = [
      [1000.125, 0.1 + 0.2],
      [1001, -5e-324],
      [1002.000_244_140_625, 1.797e308],
      [1003, 1 / 3],
    ];
    write(history, [[0, Number.NaN], ...samples, [Number.NaN, 1]]);
    assert.deepEqual(await read(history), samples);
    write(history, ramp(20, 100));
    assert.deepEqual(await read(await tried.open()), [...samples, ...ramp(20, 100)]);
  },

  'has samples in the order of event time whatever the order of arrival; the last of one time counts': async (
    tried,
  ) => {
    const batches = fc.array(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer()), { maxLength: 12 }),
      {
        maxLength: 12,
      },
    );
    let history = await tried.open();
    let twins = 0;
    await fc.assert(
      fc.asyncProperty(batches, async (written) => {
        const name = { ...level, twin: `tank-${twins++}` };
        const expected = new Map<number, number>();
        for (const batch of written) {
          write(history, batch, name);
          for (const [timeMs, value] of batch) expected.set(timeMs, value);
        }
        const sorted = [...expected].toSorted(([a], [b]) => a - b);
        assert.deepEqual(await read(history, { name }), sorted);
        if (twins % 10 === 0) history = await tried.open();
        assert.deepEqual(await read(history, { name }), sorted);
      }),
      { seed: 3, numRuns: 40, endOnFailure: true },
    );
  },

  'puts backfilled samples where they belong: before all others, between blocks, and over many of them':
    async (tried) => {
      const history = await tried.open();
      write(history, ramp(50, 1000));
      assert.deepEqual(await insert(history, ramp(30)), { late: 0 });
      assert.deepEqual(await insert(history, ramp(100, 500)), { late: 0 });
      const corrected = ramp(1050).map(([timeMs]): Sample => [timeMs + 500, -1]);
      assert.deepEqual(await insert(history, corrected), { late: 0 });
      const expected = [...ramp(30), ...ramp(100, 500), ...ramp(50, 1000), ...corrected];
      assert.deepEqual(
        await read(history),
        expected.toSorted(([a], [b]) => a - b),
      );
      assert.deepEqual(
        await read(await tried.open()),
        expected.toSorted(([a], [b]) => a - b),
      );
    },

  'knows the last value at any moment': async (tried) => {
    const history = await tried.open();
    write(history, ramp(30, 10));
    const at = async (timeMs: number) =>
      (await history.valuesAt({ ...level, fromMs: timeMs, toMs: timeMs + 1 }, 1))[0];
    assert.ok(Number.isNaN(await at(9999)));
    assert.equal(await at(10_000), 10);
    assert.equal(await at(20_999), 20);
    assert.equal(await at(hourMs), 39);
  },

  'gives several signals as they were on one grid': async (tried) => {
    const history = await tried.open();
    const rare = { ...level, signal: 'rare' };
    write(history, ramp(40));
    write(
      history,
      [
        [5500, 1],
        [21_000, 2],
      ],
      rare,
    );
    const grid = (name: HistorySeries) => history.valuesAt({ ...name, fromMs: 500, toMs: 30_500 }, 5000);
    const [levels, rares] = await Promise.all([grid(level), grid(rare)]);
    assert.deepEqual([...levels], [0, 5, 10, 15, 20, 25]);
    assert.deepEqual([...rares], [Number.NaN, 1, 1, 1, 1, 2]);
  },

  'says of each part of a span what the samples say one by one, whether blocks lie in it whole or not':
    async (tried) => {
      const history = await tried.open();
      const samples = ramp(200).map(([timeMs, i]): Sample => [timeMs, (i * 37) % 101]);
      write(history, samples);
      for (const [fromMs, toMs, everyMs] of [
        [0, 200_000, 7000],
        [3500, 150_500, 50_000],
        [0, 200_000, 1000],
        [12_000, 13_000, 500],
      ] as const) {
        const buckets = await history.buckets({ ...level, fromMs, toMs }, { everyMs });
        const groups = Map.groupBy(
          samples.filter(([timeMs]) => timeMs >= fromMs && timeMs < toMs),
          ([timeMs]) => fromMs + Math.floor((timeMs - fromMs) / everyMs) * everyMs,
        );
        const values = [...groups.values()].map((group) => group.map(([, value]) => value));
        assert.deepEqual([...buckets.fromMs], [...groups.keys()]);
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
    },

  'says of each part for how much of it there was a sample, good for so long at the most': async (tried) => {
    const history = await tried.open();
    // Every second, but for gaps: 30 s without any, and a sample every 5 s for a while; a coarse one before all.
    const times = [-3, ...range(0, 40), ...range(70, 100), 105, 110, 115, ...range(120, 200)];
    write(
      history,
      times.map((second): Sample => [second * 1000, second]),
    );
    for (const [fromMs, toMs, everyMs, holdMs] of [
      [0, 200_000, 20_000, 1000],
      [0, 200_000, 20_000, 2500],
      [-2000, 130_500, 7000, 3000],
      [0, 1_000_000, 250_000, 5000],
      [10_000, 10_400, 100, 60_000],
    ] as const) {
      const { fromMs: begins, quality } = await history.buckets(
        { ...level, fromMs, toMs },
        { everyMs, holdMs },
      );
      // By the millisecond: each is good if there is a sample at it or up to `holdMs` before it.
      const expected = Array.from(begins, (beginMs) => {
        const endMs = Math.min(toMs, beginMs + everyMs);
        let good = 0;
        for (let timeMs = beginMs; timeMs < endMs; timeMs += 100) {
          if (times.some((second) => second * 1000 <= timeMs && timeMs < second * 1000 + holdMs)) good += 100;
        }
        return good / (endMs - beginMs);
      });
      assert.deepEqual(quality?.length, expected.length);
      for (const [i, share] of expected.entries())
        assert.ok(Math.abs((quality?.[i] ?? -1) - share) < 1e-9, `part ${i}: ${quality?.[i]}, not ${share}`);
    }
    const { quality } = await history.buckets({ ...level, fromMs: 0, toMs: 200_000 }, { everyMs: 1000 });
    assert.equal(quality, undefined);
  },

  'reads in the last of several units; what is no such quantity is left out': async (tried) => {
    const history = await tried.open();
    const inUnit = (unit: string) => ({ ...level, unit });
    write(history, [[0, 1.5]], inUnit('m'));
    write(history, [[1000, 20]], inUnit('degC'));
    write(history, ramp(20, 2), inUnit('mm'));
    const expected = [[0, 1500], ...ramp(20, 2)];
    assert.deepEqual(await read(history), expected);
    assert.deepEqual(await history.signals('tank-1'), [{ signal: 'level', unit: 'mm' }]);
    const { most } = await history.buckets({ ...level, fromMs: 0, toMs: 100_000 }, { everyMs: 100_000 });
    assert.deepEqual([...most], [1500]);
    const reopened = await tried.open();
    assert.deepEqual(await read(reopened), expected);
    write(reopened, [[50_000, 2]], inUnit('m'));
    assert.equal((await read(reopened))[1]?.[1], 0.002);
  },

  'converts a temperature as a reading, and its uncertainty as a difference': async (tried) => {
    const history = await tried.open();
    const named = (signal: string, unit: string) => ({ twin: 'tank-1', signal, unit });
    for (const signal of ['oil', 'uncertainty oil']) {
      write(history, [[0, 300]], named(signal, 'K'));
      write(history, [[1000, 1]], named(signal, 'degC'));
    }
    assert.equal((await read(history, { name: named('oil', 'degC') }))[0]?.[1], 26.85);
    assert.equal((await read(history, { name: named('uncertainty oil', 'degC') }))[0]?.[1], 300);
  },

  'keeps what is said of samples longer than the samples, and then forgets that too': async (tried) => {
    const nowMs = Date.now();
    const old = ramp(40).map(([timeMs, value]): Sample => [nowMs - 2 * hourMs + timeMs, value]);
    const fresh = ramp(40).map(([timeMs, value]): Sample => [nowMs + timeMs, value]);
    const span = { fromMs: nowMs - 3 * hourMs, toMs: nowMs + hourMs };
    const inAll = async (history: OpenHistory) =>
      (await history.buckets({ ...level, ...span }, { everyMs: 4 * hourMs })).count[0];

    const first = await tried.open();
    write(first, [...old, ...fresh]);
    assert.equal(await inAll(first), 80);
    const second = await tried.open({ keepMs: hourMs, forgetEveryMs: 5 });
    await until('samples are gone', async () => (await read(second)).length < 50);
    assert.equal(await inAll(second), 80);
    assert.deepEqual((await read(second)).slice(-40), fresh);
    assert.deepEqual(await insert(second, [[nowMs - 2 * hourMs + 500, 1]]), { late: 1 });
    assert.equal(second.counters().late, 1);
    const third = await tried.open({ keepMs: hourMs, keepSummariesMs: hourMs, forgetEveryMs: 5 });
    await until('what is said of them is gone', async () => Number(await inAll(third)) < 50);
    assert.deepEqual((await read(third)).slice(-40), fresh);
  },

  'is as it was when it is opened again, and goes on': async (tried) => {
    let expected: Sample[] = [];
    for (let turn = 0; turn < 5; turn++) {
      const history = await tried.open();
      assert.deepEqual(await read(history), expected);
      write(history, ramp(13, expected.length));
      expected = ramp(expected.length + 13);
      assert.deepEqual(await read(history), expected);
    }
  },

  'can be read by a second process beside the one that writes it, as it is at the first question': async (
    tried,
  ) => {
    const history = await tried.open();
    write(history, ramp(50));
    await until('it is written', () => history.counters().written === 50);
    const reader = openPlace(tried.subject.place, { readOnly: true });
    try {
      assert.deepEqual(await reader.twins(), ['tank-1']);
      write(history, ramp(50, 50));
      await until('it is written', () => history.counters().written === 100);
      assert.deepEqual(await read(reader), ramp(50));
      assert.deepEqual(await read(history), ramp(100));
      await assert.rejects(insert(reader, ramp(1)), { code: 'HISTORY_UNAVAILABLE' });
    } finally {
      await reader.close();
    }
  },

  'has many series, in memory that is bounded, and finds each': async (tried) => {
    const names = Array.from({ length: 5000 }, (_, i) => ({ ...level, twin: `tank-${i}` }));
    const options = { store: { blockSamples: 64, openSamples: 40_000 }, samplesOnTheirWay: 1e6 };
    const history = await tried.open(options);
    const series = history.define(names);
    for (let i = 0; i < 20; i++) {
      history.write({
        series: series.slice(),
        timesMs: new Float64Array(series.length).fill(i * 1000),
        values: Float64Array.from(series, (number) => number + i),
      });
    }
    const expected = ramp(20).map(([timeMs, i]): Sample => [timeMs, 4321 + i]);
    const name = { ...level, twin: 'tank-4321' };
    assert.deepEqual(await read(history, { name }), expected);
    assert.equal(history.counters().written, 100_000);
    assert.deepEqual(await read(await tried.open(options), { name }), expected);
  },

  'drops and counts what finds no room on its way, and refuses readers beyond a thousand': async (tried) => {
    const history = await tried.open({ samplesOnTheirWay: 5 });
    write(history, ramp(4));
    write(history, ramp(4, 10));
    assert.equal(history.counters().dropped, 4);
    await assert.rejects(insert(history, ramp(4, 20)), { code: 'HISTORY_UNAVAILABLE' });
    const readers = Array.from({ length: 1010 }, () => read(history));
    const answers = await Promise.allSettled(readers);
    assert.equal(answers.filter(({ status }) => status === 'rejected').length, 10);
    assert.deepEqual(await readers[0], ramp(4));
  },

  'loses nothing while its store is away: what comes waits, and is there afterwards': async (tried) => {
    const history = await tried.open();
    write(history, ramp(10));
    await until('it is written', () => history.counters().written === 10);
    await tried.subject.away();
    write(history, ramp(30, 10));
    await until('that is told', () => tried.notes.length > 0);
    write(history, ramp(30, 40));
    assert.equal(history.counters().waiting, 60);
    await assert.rejects(insert(history, [[0, 0]]), { code: 'HISTORY_UNAVAILABLE' });
    await tried.subject.back();
    await until('all is written', () => history.counters().waiting === 0);
    assert.deepEqual(await read(history), ramp(70));
    assert.deepEqual(
      tried.notes.map(({ level: how }) => how),
      ['error', 'info'],
    );
    assert.deepEqual(await read(await tried.open()), ramp(70));
  },

  'that never comes back says what it did not take': async (tried) => {
    const history = await tried.open();
    await history.signals('tank-1');
    await tried.subject.away();
    write(history, ramp(3));
    await history.close();
    await tried.subject.back();
    assert.match(tried.notes.at(-1)?.message ?? '', /did not take 3 samples/);
  },

  'has every sample that was confirmed when its process is killed': async (tried) => {
    const script = path.join(import.meta.dirname, 'history-writer.ts');
    const child = spawn(process.execPath, [script, JSON.stringify(tried.subject.place)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > 1000) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const confirmed = Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1));
    const history = await tried.open();
    // The database may still hold the lock of a connection that has ended.
    await until('it can be read', () =>
      read(history).then(
        () => true,
        () => false,
      ),
    );
    const found = await read(history);
    assert.ok(confirmed > 100 && found.length > confirmed);
    assert.deepEqual(found, ramp(found.length));
  },
};
