/** Event times: expected numbers are from the calendar, by `date -u -d … +%s`. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEventTime } from '../../../src/engine/ingest/event-time.ts';

/** date -u -d 2026-11-22T13:00:00Z +%s */
const seconds = 1795352400;

test('reads ISO 8601 with a zone', () => {
  const cases: Record<string, number> = {
    '2026-11-22T13:00:00Z': seconds * 1000,
    '2026-11-22t13:00:00z': seconds * 1000,
    '2026-11-22T13:00:00.250Z': seconds * 1000 + 250,
    '2026-11-22T13:00:00,5Z': seconds * 1000 + 500,
    '2026-11-22T13:00:00.123456Z': seconds * 1000 + 123.456,
    '2026-11-22T13:00Z': seconds * 1000,
    '2026-11-22T14:00:00+01:00': seconds * 1000,
    '2026-11-22T14:00:00+0100': seconds * 1000,
    '2026-11-22T07:30:00-05:30': seconds * 1000,
    '2024-02-29T00:00:00Z': 1709164800_000,
    '2016-12-31T23:59:60Z': 1483228800_000,
  };
  for (const [text, expected] of Object.entries(cases))
    assert.equal(readEventTime(text, 'auto'), expected, text);
});

test('tells seconds from milliseconds by their size', () => {
  assert.equal(readEventTime(seconds, 'auto'), seconds * 1000);
  assert.equal(readEventTime(seconds + 0.25, 'auto'), seconds * 1000 + 250);
  assert.equal(readEventTime(seconds * 1000, 'auto'), seconds * 1000);
});

test('takes a number as what the binding says it is', () => {
  assert.equal(readEventTime(5000, 'ms'), 5000);
  assert.equal(readEventTime(5000, 's'), 5_000_000);
});

test('refuses what is no time', () => {
  const nonsense = [
    ['2026-11-22T13:00:00', 'auto'],
    ['2026-11-22', 'auto'],
    ['2026-02-30T00:00:00Z', 'auto'],
    ['2025-02-29T00:00:00Z', 'auto'],
    ['2026-13-01T00:00:00Z', 'auto'],
    ['2026-11-22T24:00:00Z', 'auto'],
    ['2026-11-22T13:60:00Z', 'auto'],
    ['2026-11-22T13:00:00+16:00', 'auto'],
    ['1969-12-31T23:59:59Z', 'auto'],
    [`2026-11-22T13:00:00.${'0'.repeat(100)}Z`, 'auto'],
    ['1795352400', 'auto'],
    ['now', 'auto'],
    ['', 'auto'],
    [-1, 'auto'],
    [Number.NaN, 'auto'],
    [Number.POSITIVE_INFINITY, 'auto'],
    [1e17, 'auto'],
    [null, 'auto'],
    [true, 'auto'],
    [{}, 'auto'],
    [seconds, 'iso'],
    ['2026-11-22T13:00:00Z', 's'],
    ['2026-11-22T13:00:00Z', 'ms'],
  ] as const;
  for (const [value, format] of nonsense)
    assert.equal(readEventTime(value, format), undefined, `${String(value)} as ${format}`);
});

test('reads back every moment that toISOString writes', () => {
  const moments = fc.date({
    min: new Date(0),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(moments, (date) => readEventTime(date.toISOString(), 'iso') === date.getTime()),
    { seed: 20261122 },
  );
});
