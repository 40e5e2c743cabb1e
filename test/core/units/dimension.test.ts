/** The algebra of dimensions and how they are written. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Dimension,
  divideDimensions,
  formatDimension,
  multiplyDimensions,
  noDimension,
  powerDimension,
  sameDimension,
} from '../../../src/core/units/index.ts';
import { unitOf } from './known.ts';

const exponent = fc.integer({ min: -12, max: 12 }).map((n) => n / 2);
const dimension = fc
  .tuple(exponent, exponent, exponent, exponent, exponent, exponent, exponent)
  .map(([a, b, c, d, e, f, g]): Dimension => [a, b, c, d, e, f, g]);

test('multiplication, division and powers are those of an abelian group', () => {
  fc.assert(
    fc.property(dimension, dimension, (a, b) => {
      assert.deepEqual(multiplyDimensions(a, b), multiplyDimensions(b, a));
      assert.deepEqual(divideDimensions(multiplyDimensions(a, b), b), multiplyDimensions(a, noDimension));
      assert.deepEqual(powerDimension(a, 2), multiplyDimensions(a, a));
      assert.deepEqual(powerDimension(a, -1), divideDimensions(noDimension, a));
      assert.ok(sameDimension(powerDimension(powerDimension(a, 1 / 3), 3), a));
    }),
    { seed: 1 },
  );
});

test('what is written can be read again, and is coherent SI', () => {
  fc.assert(
    fc.property(dimension, (d) => {
      const unit = unitOf(formatDimension(d));
      assert.ok(sameDimension(unit.dimension, d), formatDimension(d));
      assert.equal(unit.factor, 1);
    }),
    { seed: 2, numRuns: 1000 },
  );
});

test('known dimensions are written as an engineer would', () => {
  const written: readonly (readonly [string, string])[] = [
    ['kW', 'W'],
    ['lbf.ft', 'N·m'],
    ['rad/s2', '1/s²'],
    ['kJ/K', 'J/K'],
    ['W/degC', 'W/K'],
    ['W/(m2.K)', 'W/(m²·K)'],
    ['K/W', 'K/W'],
    ['K/s^0.5', 'K/s^0.5'],
    ['kg/h', 'kg/s'],
    ['g/cm3', 'kg/m³'],
    ['cSt', 'm²/s'],
    ['cP', 'Pa·s'],
    ['V.s', 'V·s'],
    ['V/m', 'V/m'],
    ['uF', 'F'],
    ['mH', 'H'],
    ['mS', 'S'],
    ['Ah', 'C'],
    ['rpm', '1/s'],
    ['g_n', 'm/s²'],
    ['%', '1'],
    ['kg.m2', 'kg·m²'],
  ];
  for (const [unit, text] of written) assert.equal(formatDimension(unitOf(unit).dimension), text, unit);
});
