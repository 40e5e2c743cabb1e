/** Numbers with units in one text. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseQuantity } from '../../../src/core/units/index.ts';
import { quantityOf } from './known.ts';

test('numbers are read with and without a unit', () => {
  const read: readonly (readonly [string, number, string])[] = [
    ['0.02 K/s^0.5', 0.02, 'K/s^0.5'],
    ['500 ms', 500, 'ms'],
    ['500ms', 500, 'ms'],
    ['-3', -3, '1'],
    ['+.5', 0.5, '1'],
    ['1e3 Pa', 1000, 'Pa'],
    ['1E-3 bar', 0.001, 'bar'],
    ['3eV', 3, 'eV'],
    ['20 °C', 20, '°C'],
    ['20degC', 20, 'degC'],
    ['4K', 4, 'K'],
    ['50 %', 50, '%'],
    ['5 1/s', 5, '1/s'],
    ['1/s', 1, '/s'],
    [' −2.5 m ', -2.5, 'm'],
    ["30'", 30, "'"],
  ];
  for (const [text, value, symbol] of read) {
    const quantity = quantityOf(text);
    assert.deepEqual([quantity.value, quantity.unit.symbol], [value, symbol], text);
  }
});

test('what is not a quantity is refused with its place', () => {
  const refused: readonly (readonly [string, string, number])[] = [
    ['', 'QUANTITY_SYNTAX', 0],
    ['degC', 'QUANTITY_SYNTAX', 0],
    ['NaN', 'QUANTITY_SYNTAX', 0],
    ['Infinity m', 'QUANTITY_SYNTAX', 0],
    ['1e999 m', 'QUANTITY_SYNTAX', 0],
    ['1,5 m', 'QUANTITY_SYNTAX', 1],
    ['1.2.3 m', 'QUANTITY_SYNTAX', 3],
    ["1'000 m", 'QUANTITY_SYNTAX', 1],
    ['1_000 m', 'QUANTITY_SYNTAX', 1],
    ['5 Bar', 'UNIT_UNKNOWN', 2],
    ['5 m)', 'UNIT_SYNTAX', 3],
    ['0x10', 'UNIT_UNKNOWN', 1],
    ['3 4', 'UNIT_SYNTAX', 2],
  ];
  for (const [text, code, at] of refused) {
    const parsed = parseQuantity(text);
    assert.ok('problem' in parsed, text);
    assert.deepEqual([parsed.problem.code, parsed.problem.at], [code, at], text);
  }
});

test('every double is read back as it was written', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.equal(quantityOf(`${value} mm`).value, value === 0 ? quantityOf(`${value} mm`).value : value);
    }),
    { seed: 6 },
  );
});

test('any text at all gives a quantity or a problem inside the text', () => {
  const piece = fc.constantFrom('1', '.', 'e', '-', '5', ' ', 'm', '/', 's', '^', ',', "'", '(', 'NaN', '°C');
  const text = fc.oneof(
    fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  fc.assert(
    fc.property(text, (given) => {
      const parsed = parseQuantity(given);
      if ('problem' in parsed) assert.ok(parsed.problem.at + parsed.problem.length <= given.length, given);
      else assert.ok(Number.isFinite(parsed.value));
    }),
    { seed: 7, numRuns: 3000 },
  );
});
