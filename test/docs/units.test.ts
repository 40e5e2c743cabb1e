/** What docs/units.md says in words about the writing of units, tried out. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { convertible, parseUnit, type Unit } from '../../src/core/units/index.ts';
import { codeSpans, readPage, tableRows } from './page.ts';

const page = readPage('docs/units.md');

function unitOf(text: string): Unit {
  const parsed = parseUnit(text);
  if ('problem' in parsed) throw new Error(`${text}: ${parsed.problem.message}`);
  return parsed.unit;
}

/** The rows of a section's tables whose first cell is code, or says what is written. */
function rowsBelow(heading: string, count: number): readonly (readonly string[])[] {
  const rows = tableRows(page, heading);
  assert.ok(rows.length > count, `${rows.length} rows below ${heading}`);
  return rows;
}

test('spellings in one row are one unit', () => {
  for (const [what = '', write = '', or = ''] of rowsBelow('How a unit is written', 10)) {
    const [first, ...others] = codeSpans(`${write} ${or}`);
    if (first === undefined || codeSpans(what).length > 0) continue;
    const { symbol: _, ...meant } = unitOf(first);
    for (const other of others) {
      const { symbol: _other, ...same } = unitOf(other);
      assert.deepEqual(same, meant, `${other}, ${first}`);
    }
  }
});

test('what is said to be refused is refused', () => {
  const rows = [...rowsBelow('How a unit is written', 10), ...rowsBelow('Refused on purpose', 7)];
  const refused = rows.flatMap(([written = '']) => codeSpans(written));
  assert.ok(refused.length > 15, `only ${refused.length} spellings`);
  for (const text of refused) assert.ok('problem' in parseUnit(text), text);
});

test('what is said to be written instead is read', () => {
  for (const [, instead = ''] of rowsBelow('Refused on purpose', 7)) {
    for (const text of codeSpans(instead)) if (text !== 'PS') unitOf(text);
  }
});

test('readings, differences and turns are as described', () => {
  assert.equal(unitOf('degC').offset, 273.15);
  assert.deepEqual(unitOf('W/degC').dimension, unitOf('W/K').dimension);
  assert.equal(unitOf('W/degC').factor, 1);
  assert.equal(unitOf('rpm').factor, (2 * Math.PI) / 60);
  for (const turning of ['rpm', 'rad/s']) {
    for (const counting of ['Hz', '1/min']) {
      const there = convertible(unitOf(counting), unitOf(turning));
      const back = convertible(unitOf(turning), unitOf(counting));
      assert.ok(there !== true && back !== true, `${counting} and ${turning}`);
      assert.deepEqual([there.code, back.code], ['UNIT_ANGLE_AMBIGUOUS', 'UNIT_ANGLE_AMBIGUOUS']);
    }
  }
});
