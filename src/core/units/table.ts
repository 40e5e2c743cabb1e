/**
 * The unit table: every unit Gemel knows by name, each defined by a number and units that stand before it.
 *
 * Sources  BIPM, The International System of Units, 9th ed. (2019); NIST Special Publication 811 (2008),
 *          Appendix B, for everything outside the SI; UCUM 2.2 for the spellings in brackets. Heads of water and
 *          mercury are the conventional ones (1000 and 13595.1 kg/m³ at standard gravity), Btu and cal_IT are
 *          those of the International Table, months and years are Julian, as in UCUM and UNECE.
 */

export interface UnitRow {
  readonly symbol: string;
  readonly name: string;
  /** One of this unit is `value` times `unit`; `value` is a decimal or a fraction of decimals. */
  readonly value: string;
  readonly unit: string;
  /** Other spellings, which take the same prefixes. */
  readonly also?: readonly string[];
  /** The prefixes it takes, separated by spaces. */
  readonly prefixes?: string;
  /** For a temperature reading: what is added, in kelvin. */
  readonly offset?: string;
  /** An exponent of angle that its definition does not give. */
  readonly angle?: number;
  /** It counts cycles, which are not angles: Hz. */
  readonly cycles?: number;
}

export interface UnitGroup {
  readonly quantity: string;
  readonly units: readonly UnitRow[];
}

export const prefixes: Readonly<Record<string, { readonly name: string; readonly value: string }>> = {
  E: { name: 'exa', value: '1e18' },
  P: { name: 'peta', value: '1e15' },
  T: { name: 'tera', value: '1e12' },
  G: { name: 'giga', value: '1e9' },
  M: { name: 'mega', value: '1e6' },
  k: { name: 'kilo', value: '1e3' },
  h: { name: 'hecto', value: '1e2' },
  da: { name: 'deca', value: '10' },
  d: { name: 'deci', value: '1e-1' },
  c: { name: 'centi', value: '1e-2' },
  m: { name: 'milli', value: '1e-3' },
  u: { name: 'micro', value: '1e-6' },
  n: { name: 'nano', value: '1e-9' },
  p: { name: 'pico', value: '1e-12' },
  f: { name: 'femto', value: '1e-15' },
  a: { name: 'atto', value: '1e-18' },
};

// Only what is used: every further prefix makes some slip (PS, EA, MT) look like a unit.
const all = 'k M m u n p f a h da c d G T';
const technical = 'k M m u n p f a G T';
const small = 'k M m u n p f a';
const large = 'k M m G T';

export const unitGroups: readonly UnitGroup[] = [
  {
    quantity: 'length',
    units: [
      { symbol: 'm', name: 'metre', value: '1', unit: 'm', prefixes: all },
      { symbol: 'in', name: 'inch', value: '0.0254', unit: 'm', also: ['[in_i]'] },
      { symbol: 'ft', name: 'foot', value: '12', unit: 'in', also: ['[ft_i]'] },
      { symbol: 'yd', name: 'yard', value: '3', unit: 'ft', also: ['[yd_i]'] },
      { symbol: 'mi', name: 'mile', value: '5280', unit: 'ft', also: ['[mi_i]'] },
      { symbol: 'nmi', name: 'nautical mile', value: '1852', unit: 'm', also: ['[nmi_i]'] },
      { symbol: 'mil', name: 'thousandth of an inch', value: '0.001', unit: 'in', also: ['[mil_i]', 'thou'] },
    ],
  },
  {
    quantity: 'area',
    units: [
      { symbol: 'ha', name: 'hectare', value: '10000', unit: 'm2', also: ['har'] },
      { symbol: 'ar', name: 'are', value: '100', unit: 'm2' },
      { symbol: '[sin_i]', name: 'square inch', value: '1', unit: 'in2' },
      { symbol: '[sft_i]', name: 'square foot', value: '1', unit: 'ft2' },
    ],
  },
  {
    quantity: 'volume',
    units: [
      {
        symbol: 'l',
        name: 'litre',
        value: '0.001',
        unit: 'm3',
        also: ['L'],
        prefixes: 'm u n p f h da c d k M',
      },
      { symbol: 'gal', name: 'US gallon', value: '231', unit: 'in3', also: ['[gal_us]'] },
      { symbol: 'gal_uk', name: 'imperial gallon', value: '4.54609', unit: 'l', also: ['[gal_br]'] },
      { symbol: 'bbl', name: 'barrel of oil', value: '42', unit: 'gal', also: ['[bbl_us]'] },
      { symbol: '[cin_i]', name: 'cubic inch', value: '1', unit: 'in3' },
      { symbol: '[cft_i]', name: 'cubic foot', value: '1', unit: 'ft3' },
    ],
  },
  {
    quantity: 'mass',
    units: [
      { symbol: 'g', name: 'gram', value: '0.001', unit: 'kg', prefixes: all },
      { symbol: 't', name: 'tonne', value: '1000', unit: 'kg', prefixes: 'k M G' },
      { symbol: 'lb', name: 'pound', value: '0.45359237', unit: 'kg', also: ['[lb_av]'] },
      { symbol: 'oz', name: 'ounce', value: '1/16', unit: 'lb', also: ['[oz_av]'] },
      { symbol: 'gr', name: 'grain', value: '1/7000', unit: 'lb', also: ['[gr]'] },
      { symbol: 'slug', name: 'slug', value: '9.80665/0.3048', unit: 'lb' }, // lbf·s²/ft
      { symbol: 'ton_us', name: 'short ton', value: '2000', unit: 'lb', also: ['[ston_av]'] },
      { symbol: 'ton_uk', name: 'long ton', value: '2240', unit: 'lb', also: ['[lton_av]'] },
    ],
  },
  {
    quantity: 'time',
    units: [
      { symbol: 's', name: 'second', value: '1', unit: 's', prefixes: 'm u n p f a k' },
      { symbol: 'min', name: 'minute', value: '60', unit: 's' },
      { symbol: 'h', name: 'hour', value: '60', unit: 'min' },
      { symbol: 'd', name: 'day', value: '24', unit: 'h' },
      { symbol: 'wk', name: 'week', value: '7', unit: 'd', also: ['week'] },
      { symbol: 'mo', name: 'month', value: '365.25/12', unit: 'd', also: ['mo_j'] },
      { symbol: 'a', name: 'year', value: '365.25', unit: 'd', also: ['yr', 'year', 'a_j'] },
    ],
  },
  {
    quantity: 'angle',
    units: [
      { symbol: 'rad', name: 'radian', value: '1', unit: '1', prefixes: 'm u n', angle: 1 },
      { symbol: 'deg', name: 'degree', value: '1/180', unit: '[pi].rad', also: ['°'] },
      { symbol: 'arcmin', name: 'minute of arc', value: '1/60', unit: 'deg', also: ["'"] },
      { symbol: 'arcsec', name: 'second of arc', value: '1/60', unit: 'arcmin', also: ["''", '"'] },
      { symbol: 'gon', name: 'gon', value: '1/200', unit: '[pi].rad' },
      {
        symbol: 'rev',
        name: 'revolution',
        value: '2',
        unit: '[pi].rad',
        also: ['r', '{rev}', '{revolution}', '{revolutions}'],
      },
      { symbol: 'sr', name: 'steradian', value: '1', unit: 'rad2' },
    ],
  },
  {
    quantity: 'frequency',
    units: [
      { symbol: 'Hz', name: 'hertz', value: '1', unit: '1/s', prefixes: 'k M G T m u', cycles: 1 },
      { symbol: 'Bq', name: 'becquerel', value: '1', unit: '1/s', prefixes: technical },
    ],
  },
  {
    quantity: 'speed of rotation',
    units: [
      { symbol: 'rpm', name: 'revolutions per minute', value: '1', unit: 'rev/min' },
      { symbol: 'rps', name: 'revolutions per second', value: '1', unit: 'rev/s' },
    ],
  },
  {
    quantity: 'speed',
    units: [
      { symbol: 'kn', name: 'knot', value: '1', unit: 'nmi/h', also: ['[kn_i]'] },
      { symbol: 'mph', name: 'mile per hour', value: '1', unit: 'mi/h' },
      { symbol: 'fpm', name: 'foot per minute', value: '1', unit: 'ft/min' },
    ],
  },
  {
    quantity: 'acceleration',
    units: [{ symbol: 'g_n', name: 'standard gravity', value: '9.80665', unit: 'm/s2', also: ['gn', '[g]'] }],
  },
  {
    quantity: 'force',
    units: [
      { symbol: 'N', name: 'newton', value: '1', unit: 'kg.m/s2', prefixes: all },
      { symbol: 'lbf', name: 'pound-force', value: '1', unit: 'lb.g_n', also: ['[lbf_av]'] },
      { symbol: 'ozf', name: 'ounce-force', value: '1/16', unit: 'lbf' },
      { symbol: 'kip', name: 'thousand pounds-force', value: '1000', unit: 'lbf' },
      { symbol: 'kgf', name: 'kilogram-force', value: '1', unit: 'kg.g_n', also: ['kp'] },
      { symbol: 'gf', name: 'gram-force', value: '1', unit: 'g.g_n' },
      { symbol: 'dyn', name: 'dyne', value: '1e-5', unit: 'N' },
    ],
  },
  {
    quantity: 'torque',
    units: [{ symbol: 'Nm', name: 'newton metre', value: '1', unit: 'N.m', prefixes: 'k M m u c d' }],
  },
  {
    quantity: 'pressure',
    units: [
      { symbol: 'Pa', name: 'pascal', value: '1', unit: 'N/m2', prefixes: all },
      { symbol: 'bar', name: 'bar', value: '100000', unit: 'Pa', prefixes: 'm u k h d' },
      { symbol: 'psi', name: 'pound-force per square inch', value: '1', unit: 'lbf/in2', also: ['[psi]'] },
      { symbol: 'ksi', name: 'kip per square inch', value: '1000', unit: 'psi' },
      { symbol: 'atm', name: 'standard atmosphere', value: '101325', unit: 'Pa' },
      { symbol: 'at', name: 'technical atmosphere', value: '1', unit: 'kgf/cm2', also: ['att'] },
      { symbol: 'Torr', name: 'torr', value: '1/760', unit: 'atm', prefixes: 'm u' },
      {
        symbol: 'mH2O',
        name: 'metre of water',
        value: '9806.65',
        unit: 'Pa',
        also: ['m[H2O]', 'mWC'],
        prefixes: 'm c',
      },
      { symbol: 'inH2O', name: 'inch of water', value: '0.0254', unit: 'mH2O', also: ["[in_i'H2O]", 'inWC'] },
      { symbol: 'ftH2O', name: 'foot of water', value: '0.3048', unit: 'mH2O' },
      {
        symbol: 'mHg',
        name: 'metre of mercury',
        value: '13.5951',
        unit: 'mH2O',
        also: ['m[Hg]'],
        prefixes: 'm c',
      },
      { symbol: 'inHg', name: 'inch of mercury', value: '0.0254', unit: 'mHg', also: ["[in_i'Hg]"] },
    ],
  },
  {
    quantity: 'energy',
    units: [
      { symbol: 'J', name: 'joule', value: '1', unit: 'N.m', prefixes: `${technical} P E` },
      { symbol: 'Wh', name: 'watt hour', value: '3600', unit: 'J', prefixes: large },
      { symbol: 'eV', name: 'electronvolt', value: '1.602176634e-19', unit: 'J', prefixes: large },
      {
        symbol: 'Btu',
        name: 'British thermal unit',
        value: '1055.05585262',
        unit: 'J',
        also: ['BTU', '[Btu_IT]'],
      },
      {
        symbol: 'cal_IT',
        name: 'calorie (International Table)',
        value: '4.1868',
        unit: 'J',
        prefixes: 'k M G',
      },
      { symbol: 'cal_th', name: 'calorie (thermochemical)', value: '4.184', unit: 'J', prefixes: 'k M G' },
    ],
  },
  {
    quantity: 'power',
    units: [
      { symbol: 'W', name: 'watt', value: '1', unit: 'J/s', prefixes: technical },
      { symbol: 'VA', name: 'volt ampere', value: '1', unit: 'W', prefixes: large },
      {
        symbol: 'var',
        name: 'volt ampere reactive',
        value: '1',
        unit: 'W',
        also: ['VAr', 'VAR'],
        prefixes: large,
      },
      { symbol: 'hp', name: 'mechanical horsepower', value: '550', unit: 'ft.lbf/s', also: ['[HP]'] },
      { symbol: 'hp_metric', name: 'metric horsepower', value: '75', unit: 'kgf.m/s' },
      { symbol: 'hp_electric', name: 'electric horsepower', value: '746', unit: 'W' },
      { symbol: 'TR', name: 'ton of refrigeration', value: '12000', unit: 'Btu/h' },
    ],
  },
  {
    quantity: 'temperature',
    units: [
      { symbol: 'K', name: 'kelvin', value: '1', unit: 'K', prefixes: 'm u n k M' },
      {
        symbol: 'degC',
        name: 'degree Celsius',
        value: '1',
        unit: 'K',
        also: ['°C', '℃', 'Cel'],
        offset: '273.15',
      },
      {
        symbol: 'degF',
        name: 'degree Fahrenheit',
        value: '5/9',
        unit: 'K',
        also: ['°F', '℉', '[degF]'],
        offset: '45967/180', // 459.67 · 5/9
      },
      { symbol: 'degR', name: 'degree Rankine', value: '5/9', unit: 'K', also: ['°R', '[degR]'] },
    ],
  },
  {
    quantity: 'amount of substance',
    units: [
      { symbol: 'mol', name: 'mole', value: '1', unit: 'mol', prefixes: small },
      { symbol: 'kat', name: 'katal', value: '1', unit: 'mol/s', prefixes: small },
    ],
  },
  {
    quantity: 'electricity',
    units: [
      { symbol: 'A', name: 'ampere', value: '1', unit: 'A', prefixes: technical },
      { symbol: 'C', name: 'coulomb', value: '1', unit: 'A.s', prefixes: technical },
      { symbol: 'Ah', name: 'ampere hour', value: '3600', unit: 'C', prefixes: 'k M m u' },
      { symbol: 'V', name: 'volt', value: '1', unit: 'W/A', prefixes: technical },
      {
        symbol: 'ohm',
        name: 'ohm',
        value: '1',
        unit: 'V/A',
        also: ['Ω', '\u2126', 'Ohm'],
        prefixes: technical,
      },
      { symbol: 'S', name: 'siemens', value: '1', unit: 'A/V', prefixes: small },
      { symbol: 'F', name: 'farad', value: '1', unit: 'C/V', prefixes: small },
      { symbol: 'Wb', name: 'weber', value: '1', unit: 'V.s', prefixes: small },
      { symbol: 'T', name: 'tesla', value: '1', unit: 'Wb/m2', prefixes: 'k m u n p f a' },
      { symbol: 'H', name: 'henry', value: '1', unit: 'Wb/A', prefixes: 'k m u n f' },
      { symbol: 'VAh', name: 'volt ampere hour', value: '3600', unit: 'J', prefixes: large },
      { symbol: 'varh', name: 'volt ampere reactive hour', value: '3600', unit: 'J', prefixes: large },
    ],
  },
  {
    quantity: 'light',
    units: [
      { symbol: 'cd', name: 'candela', value: '1', unit: 'cd', prefixes: 'k m u' },
      { symbol: 'lm', name: 'lumen', value: '1', unit: 'cd.sr', prefixes: 'k M m' },
      { symbol: 'lx', name: 'lux', value: '1', unit: 'lm/m2', prefixes: 'k m' },
    ],
  },
  {
    quantity: 'viscosity',
    units: [
      { symbol: 'P', name: 'poise', value: '0.1', unit: 'Pa.s', prefixes: 'c m u' },
      { symbol: 'St', name: 'stokes', value: '0.0001', unit: 'm2/s', prefixes: 'c m' },
    ],
  },
  {
    quantity: 'volume flow',
    units: [
      { symbol: 'lpm', name: 'litre per minute', value: '1', unit: 'l/min' },
      { symbol: 'gpm', name: 'US gallon per minute', value: '1', unit: 'gal/min' },
      { symbol: 'cfm', name: 'cubic foot per minute', value: '1', unit: 'ft3/min' },
    ],
  },
  {
    quantity: 'radiation dose',
    units: [
      { symbol: 'Gy', name: 'gray', value: '1', unit: 'J/kg', prefixes: 'k m u n' },
      { symbol: 'Sv', name: 'sievert', value: '1', unit: 'J/kg', prefixes: 'k m u n' },
    ],
  },
  {
    quantity: 'ratio',
    units: [
      { symbol: '%', name: 'percent', value: '0.01', unit: '1', also: ['%RH', '%rH'] },
      { symbol: '‰', name: 'per mille', value: '0.001', unit: '1', also: ['[ppth]'] },
      { symbol: 'ppm', name: 'part per million', value: '1e-6', unit: '1', also: ['[ppm]'] },
      { symbol: 'ppb', name: 'part per billion', value: '1e-9', unit: '1', also: ['[ppb]'] },
    ],
  },
];

/** Several units written as one word. `Nm2` would hide whether it means N·m² or (N·m)², so they take no power. */
export const unitsInOneWord: ReadonlySet<string> = new Set(['Nm', 'Wh', 'Ah', 'VA', 'VAh', 'varh']);
