/** Reading units: the grammar, what is refused, and that anything may be asked. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  multiplyDimensions,
  noDimension,
  parseUnit,
  powerDimension,
  sameDimension,
  unitCatalogue,
} from '../../../src/core/units/index.ts';
import { near, problemOf, unitOf } from './known.ts';

test('all ways to write a product, a quotient and a power are the same', () => {
  const heat = [
    'W/(m2.K)',
    'W/(m^2.K)',
    'W/(m²·K)',
    'W/m2/K',
    'W.m-2.K-1',
    'W m^-2 K^-1',
    'W*m⁻²*K⁻¹',
    'W / ( m^2 K )',
  ];
  for (const text of heat) {
    assert.deepEqual({ ...unitOf(text), symbol: '' }, { ...unitOf('W/m2/K'), symbol: '' }, text);
  }
});

test('a slash divides by the next factor only, left to right', () => {
  assert.deepEqual(unitOf('W/m2.K').dimension, unitOf('W.K/m2').dimension);
  assert.deepEqual(unitOf('J/kg/K').dimension, unitOf('J/(kg.K)').dimension);
  assert.deepEqual(unitOf('/s').dimension, unitOf('1/s').dimension);
});

test('fractional powers are read', () => {
  assert.deepEqual(unitOf('K/s^0.5').dimension, [0, 0, -0.5, 0, 1, 0, 0]);
  assert.deepEqual(unitOf('K/s^(1/2)').dimension, unitOf('K.s^-0.5').dimension);
  near(unitOf('K/min^0.5').factor, 1 / Math.sqrt(60), 2e-16);
  near(unitOf('mm^(1/3)').factor, 0.1, 2e-16);
});

test('a temperature is a reading alone and a difference in a product', () => {
  for (const text of ['degC', '°C', 'Cel', '℃', 'ºC', 'CEL', '(degC)', 'Cel{oil}']) {
    const { factor, offset, absolute } = unitOf(text);
    assert.deepEqual({ factor, offset, absolute }, { factor: 1, offset: 273.15, absolute: true }, text);
  }
  assert.deepEqual(unitOf('degF').absolute, true);
  for (const [text, factor] of [
    ['W/degC', 1],
    ['1/degF', 9 / 5],
    ['degC/s', 1],
    ['degF.m', 5 / 9],
    ['K', 1],
  ] as const) {
    const unit = unitOf(text);
    assert.equal(unit.absolute, false, text);
    assert.equal(unit.offset, 0, text);
    near(unit.factor, factor, 2e-16);
  }
});

test('angles and cycles are told apart, though both have no dimension', () => {
  assert.equal(unitOf('rpm').counts, 'angle');
  assert.equal(unitOf('deg/s').counts, 'angle');
  assert.equal(unitOf('kHz').counts, 'cycles');
  assert.equal(unitOf('1/s').counts, undefined);
  assert.equal(unitOf('rad/rad').counts, undefined);
});

test('faults have their place and say what to write', () => {
  const faults: readonly (readonly [string, string, string, number, number])[] = [
    // text, code, part of message and hint, at, length
    ['', 'UNIT_SYNTAX', 'empty', 0, 0],
    ['kJ/Q', 'UNIT_UNKNOWN', '`Q`', 3, 1],
    ['W/m2K', 'UNIT_SYNTAX', '`m2.K`', 2, 3],
    ['W/m2 K', 'UNIT_SYNTAX', '`W/(m2.K)`', 5, 1],
    ['(m', 'UNIT_SYNTAX', 'not closed', 0, 1],
    ['m)', 'UNIT_SYNTAX', 'closes nothing', 1, 1],
    ['m{x', 'UNIT_SYNTAX', 'not closed', 1, 1],
    ['m/', 'UNIT_SYNTAX', 'too early', 1, 1],
    ['m//s', 'UNIT_SYNTAX', 'expected', 2, 1],
    ['m**2', 'UNIT_SYNTAX', '`m^2`', 1, 2],
    ['m^x', 'UNIT_SYNTAX', 'number is expected', 1, 1],
    ['m^0', 'UNIT_SYNTAX', 'not 0', 1, 2],
    ['m^21', 'UNIT_SYNTAX', 'between', 1, 3],
    ['((m^5)^5)', 'UNIT_SYNTAX', 'exceeds 20', 1, 7],
    ['m2^2', 'UNIT_SYNTAX', 'two exponents', 0, 4],
    ['60/s', 'UNIT_SYNTAX', '`60`', 0, 2],
    ['deg C', 'UNIT_TEMPERATURE', '`degC`', 0, 5],
    ['Nm2', 'UNIT_SYNTAX', '`N.m2`', 0, 3],
    ['kWh²', 'UNIT_SYNTAX', 'raised', 0, 4],
    ['Nm3/h', 'UNIT_UNKNOWN', 'm3{normal}/h', 0, 3],
    ['km^20.km^20.km^20.km^20.km^20.km^20', 'UNIT_SYNTAX', 'range of numbers', 0, 35],
    ['m'.repeat(201), 'UNIT_SYNTAX', '200 characters', 0, 201],
  ];
  for (const [text, code, part, at, length] of faults) {
    const problem = problemOf(text);
    assert.equal(problem.code, code, text);
    assert.ok(
      `${problem.message} ${problem.hint ?? ''}`.includes(part),
      `${text}: ${problem.message} ${problem.hint}`,
    );
    assert.deepEqual([problem.at, problem.length], [at, length], text);
  }
});

test('units that are not known lead to one that is', () => {
  const meant: readonly (readonly [string, string])[] = [
    ['Bar', 'bar'],
    ['KW', 'kW'],
    ['Kg', 'kg'],
    ['kpa', 'kPa'],
    ['kwh', 'kWh'],
    ['mmHG', 'mmHg'],
    ['HP', 'hp'],
    ['celsius', 'degC'],
    ['c', 'degC'],
    ['degK', 'K'],
    ['Fahrenheit', 'degF'],
    ['pascal', 'Pa'],
    ['kilowatts', 'kW'],
    ['millimeter', 'mm'],
    ['sec', 's'],
    ['hr', 'h'],
    ['kmh', 'km/h'],
    ['micron', 'um'],
    ['bars', 'bar'],
    ['percent', '%'],
    ['cc', 'cm3'],
  ];
  for (const [slip, unit] of meant)
    assert.match(problemOf(slip).hint ?? '', new RegExp(`did you mean.*\`${unit}\``), slip);
});

test('names with two meanings are refused with the choice', () => {
  assert.match(problemOf('kcal/h').hint ?? '', /cal_IT.*cal_th/);
  assert.match(problemOf('barg').message, /gauge/);
  assert.match(problemOf('ton').hint ?? '', /ton_us/);
  assert.match(problemOf('PS').hint ?? '', /hp_metric.*psi/);
  assert.match(problemOf('pH').message, /logarithmic/);
  assert.match(problemOf('sccm').message, /amount of gas/);
});

test('everything that a hint puts in backquotes after "did you mean" is a unit', () => {
  for (const slip of [
    'Bar',
    'KW',
    'mpa',
    'celsius',
    'sec',
    'cfs',
    'turns',
    'mps',
    'sqm',
    'cbm',
    'ltr',
    'amps',
    'pct',
    'mmWS',
    'U',
  ]) {
    const units = [...(problemOf(slip).hint ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
    assert.ok(units.length > 0, slip);
    for (const unit of units) unitOf(unit);
  }
});

const alphabet = [
  'm',
  's',
  'kg',
  'K',
  'degC',
  'Nm',
  'rad',
  'Hz',
  '%',
  '1',
  '10',
  '2',
  '-',
  '+',
  '.',
  '*',
  '/',
  '^',
  '(',
  ')',
  ' ',
  '{',
  '}',
  '²',
  '⁻',
  '·',
  '0.5',
  '[psi]',
  'x',
  '🜁',
];
const looksLikeUnit = fc
  .array(fc.constantFrom(...alphabet), { maxLength: 60 })
  .map((parts) => parts.join(''));

test('any text at all gives a unit or a problem inside the text', () => {
  const any = fc.oneof(
    looksLikeUnit,
    fc.string({ unit: 'binary', maxLength: 220 }),
    fc.string({ maxLength: 40 }),
  );
  fc.assert(
    fc.property(any, (text) => {
      const parsed = parseUnit(text);
      if ('unit' in parsed) {
        assert.ok(parsed.unit.factor > 0 && Number.isFinite(parsed.unit.factor));
        assert.ok(parsed.unit.dimension.every(Number.isFinite));
      } else {
        const { at, length } = parsed.problem;
        assert.ok(at >= 0 && length >= 0 && at + length <= text.length, `${text}: ${at}+${length}`);
      }
    }),
    { seed: 3, numRuns: 5000 },
  );
});

test('hostile texts are answered at once', () => {
  const texts = [
    '('.repeat(200),
    '(m'.repeat(66) + ')20'.repeat(20),
    'Ym20.'.repeat(40),
    '9'.repeat(200),
    'a1'.repeat(100),
    '{'.repeat(200),
  ];
  const started = performance.now();
  for (const text of texts) parseUnit(text);
  assert.ok(performance.now() - started < 1000);
});

const names = unitCatalogue().quantities.flatMap(({ units }) =>
  units
    .filter((unit) => !['Nm', 'Wh', 'Ah', 'VA', 'VAh', 'varh'].includes(unit.symbol))
    .map((unit) => unit.symbol),
);
const factor = fc.record({
  name: fc.constantFrom(...names),
  exponent: fc.integer({ min: -3, max: 3 }).filter((n) => n !== 0),
});

test('a product has the product of its factors and of their dimensions', () => {
  fc.assert(
    fc.property(fc.array(factor, { minLength: 2, maxLength: 5 }), (factors) => {
      const unit = unitOf(factors.map(({ name, exponent }) => `${name}^${exponent}`).join('.'));
      let dimension = noDimension;
      let expected = 1;
      for (const { name, exponent } of factors) {
        dimension = multiplyDimensions(dimension, powerDimension(unitOf(name).dimension, exponent));
        expected *= unitOf(name).factor ** exponent;
      }
      assert.ok(sameDimension(unit.dimension, dimension));
      near(unit.factor, expected, 1e-13);
      assert.equal(unit.absolute, false);
    }),
    { seed: 4 },
  );
});
