/** Recorded tables played from files: pace, back-pressure, loops, ends, and every way in which a file can be bad. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type SendOptions, readTable, sendTable } from '../../../src/adapters/table/index.ts';

let directory = '';
before(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gemel-table-'));
});
after(() => rmSync(directory, { recursive: true, force: true }));

function fileOf(content: string | Buffer, name = 'table.csv'): string {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

/** A clock that jumps to wherever somebody sleeps to. */
function jumpingClock(startMs = 1_000_000) {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
    async sleepUntil(atMs: number) {
      nowMs = Math.max(nowMs, atMs);
    },
  };
}

function setUp(content: string | Buffer, options: Partial<SendOptions> = {}) {
  const clock = jumpingClock();
  const sent: { atMs: number; topic: string; payload: string }[] = [];
  const controller = new AbortController();
  const all: SendOptions = {
    file: fileOf(content),
    mapping: { topic: 'rig' },
    speed: 1,
    eventTime: 'now',
    loop: false,
    clock,
    signal: controller.signal,
    publish: async (topic, payload) => {
      sent.push({ atMs: clock.nowMs(), topic, payload });
    },
    ...options,
  };
  return { clock, sent, controller, play: () => sendTable(all) };
}

describe('sending a table', () => {
  test('in its own time', async () => {
    const { sent, play } = setUp('time_s,a\n10,1\n11,2\n13.5,3\n');
    const summary = await play();
    assert.deepEqual(
      sent.map(({ atMs }) => atMs - 1_000_000),
      [0, 1_000, 3_500],
    );
    assert.equal(sent[2]?.payload, '{"time":"1970-01-01T00:16:43.500Z","a":3}');
    assert.deepEqual(summary, {
      rows: 3,
      messages: 3,
      passes: 1,
      missingCells: 0,
      skippedCells: 0,
      skippedRows: 0,
      skipped: [],
      latestMs: 0,
      recordedSeconds: 3.5,
      aborted: false,
    });
  });

  test('60 times as fast, and as fast as it is taken', async () => {
    const fast = setUp('time_s,a\n0,1\n60,2\n120,3\n', { speed: 60 });
    await fast.play();
    assert.deepEqual(
      fast.sent.map(({ atMs }) => atMs - 1_000_000),
      [0, 1_000, 2_000],
    );
    const fastest = setUp('time_s,a\n0,1\n60,2\n', { speed: 'max', eventTime: 'recorded' });
    await fastest.play();
    assert.deepEqual(
      fastest.sent.map(({ atMs }) => atMs - 1_000_000),
      [0, 0],
    );
  });

  test('only the part that is asked for, without waiting for what comes before it', async () => {
    const table = `time_s,a\n${Array.from({ length: 20 }, (_, i) => `${100 + i},${i}`).join('\n')}\n`;
    const { sent, play } = setUp(table, { fromSeconds: 5, forSeconds: 3 });
    const summary = await play();
    assert.equal(summary.rows, 3);
    assert.deepEqual(
      sent.map(({ atMs, payload }) => [atMs, Number(/"a":(\d+)/.exec(payload)?.[1])]),
      [
        [1_000_000, 5],
        [1_001_000, 6],
        [1_002_000, 7],
      ],
    );
  });

  test('a slow moment is caught up with, not carried on', async () => {
    const { clock, sent, play } = setUp('time_s,a\n0,1\n1,2\n2,3\n10,4\n', {
      publish: async (topic, payload) => {
        sent.push({ atMs: clock.nowMs(), topic, payload });
        if (sent.length === 1) clock.advance(1_700);
      },
    });
    const summary = await play();
    assert.deepEqual(
      sent.map(({ atMs }) => atMs - 1_000_000),
      [0, 1_700, 2_000, 10_000],
    );
    assert.equal(summary.latestMs, 700);
  });

  test('never more than the limit is unacknowledged', async () => {
    let open = 0;
    let most = 0;
    const rows = Array.from({ length: 500 }, (_, index) => `${index},1`).join('\n');
    const { play } = setUp(`time_s,a\n${rows}\n`, {
      speed: 'max',
      inFlight: 7,
      publish: async () => {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
      },
    });
    assert.equal((await play()).messages, 500);
    assert.equal(most, 7);
    assert.equal(open, 0);
  });

  test('round and round until aborted, with time going on', async () => {
    const { sent, controller, clock, play } = setUp('time_s,a\n0,1\n1,2\n', {
      loop: true,
      publish: async (topic, payload) => {
        sent.push({ atMs: clock.nowMs(), topic, payload });
        if (sent.length === 7) controller.abort();
      },
    });
    const summary = await play();
    assert.deepEqual(
      sent.map(({ atMs }) => atMs - 1_000_000),
      [0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000],
    );
    assert.equal(summary.aborted, true);
    assert.equal(summary.passes, 4);
  });

  test('an abort ends it also while the broker takes nothing', async () => {
    const { controller, play } = setUp('time_s,a\n0,1\n1,2\n2,3\n', {
      speed: 'max',
      inFlight: 1,
      publish: () => {
        setTimeout(() => controller.abort(), 5);
        return new Promise(() => undefined);
      },
    });
    const summary = await play();
    assert.deepEqual([summary.messages, summary.aborted], [1, true]);
  });

  test('a failure to publish ends it', async () => {
    const { play } = setUp('time_s,a\n0,1\n1,2\n2,3\n', {
      publish: () => Promise.reject(new Error('not authorised')),
    });
    await assert.rejects(play(), /not authorised/);
  });

  test('progress is told, and ends at the whole file', async () => {
    const fractions: number[] = [];
    const rows = Array.from({ length: 100 }, (_, index) => `${index},1`).join('\n');
    const { play } = setUp(`time_s,a\n${rows}\n`, { onProgress: ({ fraction }) => fractions.push(fraction) });
    await play();
    assert.equal(fractions.length, 101);
    assert.equal(fractions.at(-1), 1);
  });

  test('missing and unreadable cells are counted, the latter with their lines', async () => {
    const { sent, play } = setUp('time_s,a,b\n0,1,\n1,off,2\n\nsoon,1,1\n2,NaN,3\n');
    const summary = await play();
    assert.equal(sent.length, 3);
    assert.equal(summary.missingCells, 2);
    assert.equal(summary.skippedCells, 2);
    assert.equal(summary.skippedRows, 1);
    assert.deepEqual(summary.skipped, [
      { line: 3, column: 'a', text: 'off' },
      { line: 5, column: 'time_s', text: 'soon' },
    ]);
  });
});

describe('reading a table', () => {
  async function cells(content: string | Buffer, delimiter?: string): Promise<readonly string[][]> {
    const rows: string[][] = [];
    const file = fileOf(content);
    for await (const row of readTable({ file, ...(delimiter !== undefined && { delimiter }) }))
      rows.push([...row.cells]);
    return rows;
  }
  const plain = [
    ['time', 'a'],
    ['0', '1'],
    ['1', '2'],
  ];

  test('plain, compressed whatever its name, with byte order mark, any line end and delimiter', async () => {
    const text = 'time,a\n0,1\n1,2\n';
    for (const content of [
      text,
      gzipSync(text),
      Buffer.concat([gzipSync('time,a\n0,1'), gzipSync('\n1,2\n')]),
      `\uFEFF${text}`,
      text.replaceAll('\n', '\r\n'),
      text.replaceAll(',', ';'),
      text.replaceAll(',', '\t'),
      'time,"a"\n\n0,1\n1,"2"',
    ]) {
      assert.deepEqual(await cells(content), plain);
    }
    assert.deepEqual(await cells(text.replaceAll(',', '|'), '|'), plain);
  });

  const bad: readonly [string, string | Buffer, number, RegExp][] = [
    ['an empty file', '', 0, /empty/],
    ['only empty lines', '\n\n', 0, /no header/],
    ['a row cut short', 'time,a,b\n0,1,2\n1,2\n', 3, /2 cells, where the header has 3/],
    ['a row too long', 'time,a\n0,1\n1,2,3\n', 3, /3 cells/],
    ['a quotation mark never closed', 'time,a\n0,1\n1,"2\n3,4\n', 3, /never closed/],
    ['a quotation mark inside a cell', 'time,a\n0,1\n1,2"3\n', 3, /inside a cell/],
    ['a row without end', `time,a\n0,${'1'.repeat(2_000_000)}\n`, 2, /not a table/],
    [
      'a compressed file cut short',
      gzipSync(`time,a\n${'0,1\n'.repeat(50_000)}`).subarray(0, 200),
      -1,
      /cut short/,
    ],
    ['a damaged compressed file', damaged(gzipSync(`time,a\n${noise()}`)), -1, /damaged/],
  ];
  for (const [what, content, line, message] of bad) {
    test(`${what}: an error with its line`, async () => {
      await assert.rejects(
        cells(content),
        (error: Error & { code?: string; diagnostics?: readonly { place?: { line: number } }[] }) => {
          assert.equal(error.code, 'TABLE_INVALID', error.message);
          assert.match(error.message, message);
          if (line >= 0) assert.equal(error.diagnostics?.[0]?.place?.line ?? 0, line);
          return true;
        },
      );
    });
  }

  test('a file that is not there, or is a directory', async () => {
    for (const file of [path.join(directory, 'none.csv'), directory]) {
      await assert.rejects(sendOf(file), { code: 'FILE_UNREADABLE' });
    }
  });

  test('time that goes back, and columns that are not there, are errors of the sending', async () => {
    await assert.rejects(setUp('time_s,a\n0,1\n5,2\n4,3\n').play(), {
      code: 'TABLE_INVALID',
      message: /table\.csv:4: the time goes back: 4/,
    });
    await assert.rejects(setUp('time_s,a\n0,1\n', { mapping: { topic: 'x', columns: { b: 'b' } } }).play(), {
      code: 'TABLE_INVALID',
      message: /table\.csv:1: there is no column `b`/,
    });
  });

  async function sendOf(file: string): Promise<void> {
    for await (const row of readTable({ file })) void row;
  }
});

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0xff, Math.floor(copy.length / 2), Math.floor(copy.length / 2) + 20);
  return copy;
}

function noise(): string {
  return Array.from({ length: 20_000 }, (_, index) => `${index},${Math.sin(index)}`).join('\n');
}
