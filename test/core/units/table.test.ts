/** The unit table against published conversion factors. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUnit, unitCatalogue } from '../../../src/core/units/index.ts';
import { near, unitOf } from './known.ts';

/** NIST Special Publication 811 (2008), Appendix B.8, to the digits printed there. */
const nist: readonly (readonly [string, number])[] = [
  ['psi', 6.894757e3],
  ['ksi', 6.894757e6],
  ['atm', 1.01325e5],
  ['at', 9.80665e4],
  ['Torr', 1.333224e2],
  ['mmHg', 1.333224e2],
  ['inHg', 3.386389e3],
  ['mmH2O', 9.80665],
  ['inH2O', 2.490889e2],
  ['ftH2O', 2.989067e3],
  ['mbar', 1e2],
  ['Btu', 1.05505585262e3],
  ['cal_IT', 4.1868],
  ['cal_th', 4.184],
  ['kWh', 3.6e6],
  ['hp', 7.456999e2],
  ['hp_metric', 7.354988e2],
  ['hp_electric', 7.46e2],
  ['TR', 3.516853e3],
  ['Btu/h', 2.930711e-1],
  ['in', 2.54e-2],
  ['ft', 3.048e-1],
  ['yd', 9.144e-1],
  ['mi', 1.609344e3],
  ['nmi', 1.852e3],
  ['mil', 2.54e-5],
  ['ha', 1e4],
  ['gal', 3.785412e-3],
  ['gal_uk', 4.54609e-3],
  ['bbl', 1.589873e-1],
  ['gpm', 6.30902e-5],
  ['cfm', 4.719474e-4],
  ['lb', 4.5359237e-1],
  ['oz', 2.834952e-2],
  ['gr', 6.479891e-5],
  ['slug', 1.45939e1],
  ['ton_us', 9.071847e2],
  ['ton_uk', 1.016047e3],
  ['lbf', 4.448222],
  ['ozf', 2.780139e-1],
  ['kip', 4.448222e3],
  ['kgf', 9.80665],
  ['dyn', 1e-5],
  ['lbf.ft', 1.355818],
  ['lbf.in', 1.129848e-1],
  ['kn', 5.144444e-1],
  ['mph', 4.4704e-1],
  ['km/h', 2.777778e-1],
  ['fpm', 5.08e-3],
  ['g_n', 9.80665],
  ['rpm', 1.047198e-1],
  ['deg', 1.745329e-2],
  ['arcmin', 2.908882e-4],
  ['arcsec', 4.848137e-6],
  ['gon', 1.570796e-2],
  ['cP', 1e-3],
  ['cSt', 1e-6],
  ['Ah', 3.6e3],
  ['Btu/(h.ft2.degF)', 5.678263],
  ['Btu/(lb.degF)', 4.1868e3],
  ['Btu.in/(h.ft2.degF)', 1.442279e-1],
];

test('factors agree with NIST SP 811, Appendix B', () => {
  for (const [symbol, factor] of nist) near(unitOf(symbol).factor, factor, 5e-7);
});

/** UCUM 2.2, ucum-essence: the values of its units in SI. Its mercury has six digits: 133.322 kPa a metre. */
const ucum: readonly (readonly [string, number])[] = [
  ['[in_i]', 0.0254],
  ['[ft_i]', 0.3048],
  ['[mi_i]', 1609.344],
  ['[nmi_i]', 1852],
  ['[kn_i]', 1852 / 3600],
  ['[lb_av]', 0.45359237],
  ['[oz_av]', 0.028349523125],
  ['[gr]', 6.479891e-5],
  ['[lbf_av]', 4.4482216152605],
  ['[psi]', 6894.757293168361],
  ['[gal_us]', 0.003785411784],
  ['[gal_br]', 0.00454609],
  ['[bbl_us]', 0.158987294928],
  ['[cft_i]', 0.028316846592],
  ["[in_i'H2O]", 249.08891],
  ['m[H2O]', 9806.65],
  ['att', 98066.5],
  ['[Btu_IT]', 1055.05585262],
  ['[HP]', 745.6998715822702],
  ['[g]', 9.80665],
  ['kat', 1],
  ['mo', 2629800],
  ['a', 31557600],
  ['wk', 604800],
  ['gon', Math.PI / 200],
  ["''", Math.PI / 648000],
  ['10*-6', 1e-6],
  ['10*3/uL', 1e12],
  ['ar', 100],
  ['[ppth]', 1e-3],
  ['[ppb]', 1e-9],
  ['mm[H2O]', 9.80665],
  ['L/min', 1e-3 / 60],
  ['/min', 1 / 60],
  ['kg.m/s2', 1],
  ['m3{air}/h', 1 / 3600],
];

test('UCUM codes have the values of the UCUM table', () => {
  for (const [code, value] of ucum) near(unitOf(code).factor, value, 4e-16);
  near(unitOf('m[Hg]').factor, 133322, 5e-6);
});

test('products that are decimals or their reciprocals come out exact', () => {
  const exact: readonly (readonly [string, number])[] = [
    ['kJ/K', 1000],
    ['l/min', 1e-3 / 60],
    ['m3/h', 1 / 3600],
    ['mm/s', 0.001],
    ['kWh', 3600000],
    ['N/mm2', 1e6],
    ['g/cm3', 1000],
    ['mm2/s', 1e-6],
    ['uS/cm', 1e-4],
    ['mPa.s', 1e-3],
    ['km/h', 1 / 3.6],
  ];
  for (const [text, factor] of exact) assert.equal(unitOf(text).factor, factor, text);
});

test('rotation is exact up to the rounding of pi', () => {
  assert.equal(unitOf('rpm').factor, Math.PI / 30);
  assert.equal(unitOf('rev/min').factor, Math.PI / 30);
  assert.equal(unitOf('{rev}/min').factor, Math.PI / 30);
  assert.equal(unitOf('deg').factor, Math.PI / 180);
});

test('every unit of the table is read under each of its names and prefixes', () => {
  for (const { units } of unitCatalogue().quantities) {
    for (const unit of units) {
      for (const name of [unit.symbol, ...unit.aliases]) {
        for (const prefix of ['', ...unit.prefixes]) {
          const same = unitOf(prefix + unit.symbol);
          const { symbol: _, ...rest } = unitOf(prefix + name);
          assert.deepEqual({ symbol: prefix + unit.symbol, ...rest }, same, prefix + name);
        }
      }
    }
  }
});

test('no spelling stands for two units', () => {
  const seen = new Map<string, string>();
  for (const { units } of unitCatalogue().quantities) {
    for (const unit of units) {
      for (const name of [unit.symbol, ...unit.aliases].flatMap((n) =>
        ['', ...unit.prefixes].map((p) => p + n),
      )) {
        assert.equal(seen.get(name), undefined, `${name} is ${seen.get(name)} and ${unit.symbol}`);
        seen.set(name, unit.symbol);
      }
    }
  }
  assert.ok(seen.size > 500, `only ${seen.size} spellings were looked at`);
});

test('both micro signs and both ohm signs are read', () => {
  for (const text of ['um', '\u00b5m', '\u03bcm']) assert.equal(unitOf(text).factor, 1e-6);
  for (const text of ['kohm', 'kOhm', 'k\u03a9', 'k\u2126']) assert.equal(unitOf(text).factor, 1000);
});

test('prefixes are refused where they would only hide a slip', () => {
  for (const text of ['kmin', 'mbarg', 'mpsi', 'krpm', 'm%', 'PS', 'pH', 'MT', 'mdegC', 'Gs']) {
    assert.ok('problem' in parseUnit(text), text);
  }
});
