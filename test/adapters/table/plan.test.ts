/** From rows to messages, and from recorded times to due times: pure. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  parseSpeed,
  planTable,
  type SkippedCell,
  type TableMapping,
  Timeline,
} from '../../../src/adapters/table/index.ts';
import { parseTimeMs } from '../../../src/adapters/table/plan.ts';

function plan(header: string, mapping: Partial<TableMapping> = {}) {
  const planned = planTable(
    { line: 1, cells: header.split(',') },
    { topic: 'gemel/rig/telemetry', ...mapping },
  );
  if ('message' in planned) throw new Error(planned.message);
  const skipped: SkippedCell[] = [];
  return {
    ...planned,
    skipped,
    payloads(cells: string) {
      const row = planned.read({ line: 2, cells: cells.split(',') }, (cell) => skipped.push(cell));
      return row === undefined ? undefined : planned.messages(row, row.recordedMs);
    },
  };
}

const problem = (header: string, mapping: Partial<TableMapping> = {}) =>
  planTable({ line: 3, cells: header.split(',') }, { topic: 't', ...mapping });

describe('a row of a table becomes messages', () => {
  test('one object with every column, and its time', () => {
    assert.deepEqual(plan('time_s,power_W,flow').payloads('1,2613.5,1e-3'), [
      {
        topic: 'gemel/rig/telemetry',
        payload: '{"time":"1970-01-01T00:00:01.000Z","power_W":2613.5,"flow":0.001}',
      },
    ]);
  });

  test('only the columns named, under the names given', () => {
    const rig = plan('time_s,a,b,c', { columns: { c: 'flow', a: 'power' }, timeField: 'ts' });
    assert.equal(
      rig.payloads('0,1,2,3')?.[0]?.payload,
      '{"ts":"1970-01-01T00:00:00.000Z","power":1,"flow":3}',
    );
  });

  test('a topic for each column, with and without time', () => {
    assert.deepEqual(plan('t,a,b', { topic: 'plant/{column}/value' }).payloads('0,1,2'), [
      { topic: 'plant/a/value', payload: '{"time":"1970-01-01T00:00:00.000Z","value":1}' },
      { topic: 'plant/b/value', payload: '{"time":"1970-01-01T00:00:00.000Z","value":2}' },
    ]);
    assert.deepEqual(plan('t,a,b', { topic: 'plant/{column}', timeField: null }).payloads('0,1,'), [
      { topic: 'plant/a', payload: '1' },
    ]);
  });

  test('a missing value leaves its field out; a row of none sends nothing', () => {
    const rig = plan('t,a,b');
    for (const word of ['', ' ', 'NaN', 'null', 'NA', '-', '#N/A']) {
      assert.equal(rig.payloads(`0,${word},2`)?.[0]?.payload, '{"time":"1970-01-01T00:00:00.000Z","b":2}');
      assert.deepEqual(rig.payloads(`0,${word},`), []);
    }
    assert.deepEqual(rig.skipped, []);
  });

  test('what is not a number is left out and told with its line', () => {
    const rig = plan('t,a,b');
    for (const text of ['off', '0x10', '1,5'.replace(',', ';'), 'inf', '1e999', '1_000'])
      rig.payloads(`0,${text},2`);
    assert.equal(rig.skipped.length, 6);
    assert.deepEqual(rig.skipped[0], { line: 2, column: 'a', text: 'off' });
  });

  test('a row without a time is left out', () => {
    const rig = plan('t,a');
    assert.equal(rig.payloads('soon,1'), undefined);
    assert.deepEqual(rig.skipped, [{ line: 2, column: 't', text: 'soon' }]);
  });

  test('every number comes out as it went in', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const [message] = plan('t,a').payloads(`0,${String(value)}`) ?? [];
        assert.equal(JSON.parse(message?.payload ?? '').a, value === 0 ? 0 : value);
      }),
      { seed: 20261122 },
    );
  });
});

describe('what does not fit is said', () => {
  test('a column that is not there, with the nearest or all', () => {
    assert.deepEqual(problem('time,power', { columns: { powr: 'p' } }), {
      line: 3,
      message: 'there is no column `powr`',
      hint: 'did you mean `power`?',
    });
    const far = problem('time,power', { timeColumn: 'zeitstempel' });
    assert.equal('hint' in far && far.hint, 'the table has `time`, `power`');
  });

  test('two columns of one name, none beside the time, and a field that is the time', () => {
    for (const bad of [problem('time,a,a'), problem('time'), problem('t,time')]) assert.ok('message' in bad);
  });
});

describe('times of a table', () => {
  const cases: readonly [string, Parameters<typeof parseTimeMs>[1], number | undefined][] = [
    ['0', 'auto', 0],
    ['1.5', 'auto', 1_500],
    ['1700000000', 'auto', 1_700_000_000_000],
    ['1700000000000', 'auto', 1_700_000_000_000],
    ['250', 'ms', 250],
    ['1700000000000', 's', 1_700_000_000_000_000],
    ['2026-11-22T13:00:00Z', 'auto', 1_795_352_400_000],
    ['2026-11-22 13:00:00', 'auto', 1_795_352_400_000],
    ['2026-11-22T14:00:00+01:00', 'iso', 1_795_352_400_000],
    ['2026-11-22', 'iso', 1_795_305_600_000],
    ['5', 'iso', undefined],
    ['2026-11-22T13:00:00Z', 's', undefined],
    ['2026-99-99', 'auto', undefined],
    ['22.11.2026', 'auto', undefined],
    ['', 'auto', undefined],
    ['1e300', 'auto', undefined],
  ];
  for (const [text, unit, ms] of cases) {
    test(`${text === '' ? 'nothing' : text} as ${unit} is ${ms === undefined ? 'none' : ms}`, () => {
      assert.equal(parseTimeMs(text, unit), ms);
    });
  }

  test('the name of the column tells the unit', () => {
    const [message] = plan('time_ms,a').payloads('1500,1') ?? [];
    assert.match(message?.payload ?? '', /00:00:01\.500Z/);
  });
});

describe('the timeline of a table', () => {
  test('due times are counted from the start, so that nothing drifts', () => {
    const timeline = new Timeline({ startMs: 1_000_000, speed: 3, eventTime: 'now' });
    for (let row = 0; row <= 1_000_000; row += 1) assert.ok(timeline.advance(row * 100));
    assert.equal(timeline.dueMs(), 1_000_000 + 100_000_000 / 3);
    assert.equal(timeline.eventMs(0), timeline.dueMs());
  });

  test('event times: now, shifted, recorded', () => {
    const at = (eventTime: 'now' | 'shifted' | 'recorded', speed: number | 'max') => {
      const timeline = new Timeline({ startMs: 1_000_000, speed, eventTime });
      timeline.advance(50_000);
      timeline.advance(110_000);
      return timeline.eventMs(7);
    };
    assert.equal(at('now', 60), 1_001_000);
    assert.equal(at('now', 'max'), 7);
    assert.equal(at('shifted', 60), 1_060_000);
    assert.equal(at('shifted', 'max'), 1_060_000);
    assert.equal(at('recorded', 60), 110_000);
  });

  test('a later pass follows after one more step, and recorded time goes on', () => {
    const timeline = new Timeline({ startMs: 0, speed: 1, eventTime: 'recorded' });
    const times: number[] = [];
    for (let pass = 0; pass < 3; pass += 1) {
      for (const recordedMs of [5_000, 6_000, 7_000]) {
        assert.ok(timeline.advance(recordedMs));
        times.push(timeline.eventMs(0));
      }
      timeline.nextPass();
    }
    assert.deepEqual(times, [5_000, 6_000, 7_000, 8_000, 9_000, 10_000, 11_000, 12_000, 13_000]);
  });

  test('time that goes back is not taken', () => {
    const timeline = new Timeline({ startMs: 0, speed: 1, eventTime: 'now' });
    assert.deepEqual(
      [5, 5, 4, 6].map((ms) => timeline.advance(ms)),
      [true, true, false, true],
    );
    assert.equal(timeline.elapsedMs, 1);
  });
});

test('speeds', () => {
  assert.deepEqual(
    ['60x', '60', '0.5X', 'max', ' 1e3x '].map((text) => parseSpeed(text)),
    [60, 60, 0.5, 'max', 1_000],
  );
  for (const text of ['', '0', '-1x', 'fast', '1xx', 'x', '1e999'])
    assert.equal(parseSpeed(text), undefined, text);
});
