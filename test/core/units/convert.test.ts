/** Conversion: exact where it can be, reversible everywhere, refused where it would guess. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  convertible,
  dimensionless,
  fromSi,
  fromSiDifference,
  toSi,
  toSiDifference,
  unitCatalogue,
} from '../../../src/core/units/index.ts';
import { near, unitOf } from './known.ts';

const si = (value: number, unit: string): number => toSi(value, unitOf(unit));

test('temperatures agree with the fixed points', () => {
  assert.equal(si(20, 'degC'), 293.15);
  assert.equal(si(100, 'degC'), 373.15);
  assert.equal(si(-273.15, 'degC'), 0);
  near(si(32, 'degF'), 273.15, 3e-16);
  near(si(212, 'degF'), 373.15, 3e-16);
  near(si(-459.67, 'degF') + 1, 1, 1e-13);
  near(si(491.67, 'degR'), 273.15, 3e-16);
  near(fromSi(293.15, unitOf('degF')), 68, 1e-14);
});

test('differences leave the offset out', () => {
  assert.equal(toSiDifference(5, unitOf('degC')), 5);
  near(toSiDifference(9, unitOf('degF')), 5, 3e-16);
  near(fromSiDifference(5, unitOf('degF')), 9, 3e-16);
});

test('decimal values stay decimal', () => {
  assert.equal(si(35, 'mm'), 0.035);
  assert.equal(si(500, 'ms'), 0.5);
  assert.equal(si(0.3, '%'), 0.003);
  assert.equal(si(6, 'l/min'), 0.0001);
  assert.equal(si(7.2, 'km/h'), 2);
  assert.equal(si(1500, 'kJ/K'), 1500000);
  assert.equal(fromSi(0.035, unitOf('mm')), 35);
  assert.equal(fromSi(1e5, unitOf('bar')), 1);
  assert.equal(toSi(42, dimensionless), 42);
});

test('there and back is the same to the last bits, for every unit of the table', () => {
  const finite = fc
    .double({ min: -1e12, max: 1e12, noNaN: true })
    .filter((x) => x === 0 || Math.abs(x) > 1e-200);
  const units = unitCatalogue().quantities.flatMap((group) => group.units.map((unit) => unitOf(unit.symbol)));
  fc.assert(
    fc.property(fc.constantFrom(...units), finite, (unit, value) => {
      const size = Math.max(Math.abs(value), Math.abs(unit.offset / unit.factor));
      assert.ok(Math.abs(fromSi(toSi(value, unit), unit) - value) <= 4 * Number.EPSILON * size);
      const back = fromSiDifference(toSiDifference(value, unit), unit);
      assert.ok(Math.abs(back - value) <= 2 * Number.EPSILON * Math.abs(value));
    }),
    { seed: 5, numRuns: 2000 },
  );
});

test('NaN and infinity pass through and are not turned into numbers', () => {
  assert.equal(si(Number.NaN, 'mm'), Number.NaN);
  assert.equal(si(Number.POSITIVE_INFINITY, 'degC'), Number.POSITIVE_INFINITY);
});

const verdict = (from: string, to: string) => convertible(unitOf(from), unitOf(to));
const refusal = (from: string, to: string) => {
  const answer = verdict(from, to);
  assert.ok(answer !== true, `${from} was converted into ${to}`);
  return answer;
};

test('units of one dimension are converted', () => {
  const pairs = [
    ['bar', 'kPa'],
    ['rpm', 'rad/s'],
    ['rpm', 'deg/s'],
    ['1/s', 'rad/s'],
    ['Hz', '1/min'],
    ['degF', 'degC'],
    ['K', 'degC'],
    ['%', '1'],
    ['rad', '1'],
    ['N.m/rad', 'N.m'],
    ['kWh', 'J'],
  ] as const;
  for (const [from, to] of pairs) assert.equal(verdict(from, to), true, `${from} → ${to}`);
});

test('another dimension is refused with both', () => {
  const { code, message } = refusal('bar', 'degC');
  assert.equal(code, 'UNIT_MISMATCH');
  assert.equal(message, '`bar` (Pa) cannot be converted into `degC` (K)');
});

test('cycles and counts per time are not converted into turns', () => {
  for (const [from, to] of [
    ['Hz', 'rpm'],
    ['rpm', 'Hz'],
    ['Hz', 'rad/s'],
    ['1/min', 'rpm'],
    ['1/s', 'rpm'],
    ['Hz/s', 'rev/s2'],
  ] as const) {
    assert.equal(refusal(from, to).code, 'UNIT_ANGLE_AMBIGUOUS', `${from} → ${to}`);
  }
});

test('a ratio is not an angle', () => {
  assert.equal(refusal('%', 'deg').code, 'UNIT_MISMATCH');
});

test('a temperature reading is not a difference', () => {
  assert.equal(refusal('degC', 'K').code, 'UNIT_TEMPERATURE');
  assert.equal(refusal('mK', 'degC').code, 'UNIT_TEMPERATURE');
});

test('letters that mean something else on the shop floor are pointed out', () => {
  assert.match(refusal('C', 'degC').hint ?? '', /coulomb.*`degC`/);
  assert.match(refusal('degC', 'F').hint ?? '', /farad.*`degF`/);
  assert.match(refusal('deg', 'degC').hint ?? '', /angle/);
  assert.match(refusal('g', 'm/s2').hint ?? '', /gram.*`g_n`/);
});
