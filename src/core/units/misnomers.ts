/**
 * Spellings that are refused with an explanation, because a guess would be a wrong number sooner or later: a name
 * with two meanings, a scale that is not a multiple of a unit, a unit that says more than its dimension.
 */

import type { ErrorCode } from '../diagnose/index.ts';

export interface Misnomer {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

const gauge = {
  message: 'a unit does not say whether a pressure is gauge or absolute',
  hint: 'write `bar` or `psi`; braces may hold a note, as in `bar{gauge}`',
};
const standardGas = {
  message: 'a normal or standard volume is an amount of gas, which is not converted into a volume',
  hint: 'write the volume and keep the reference state as a note, as in `m3{normal}/h`',
};
const calorie = {
  message: 'there are two calories',
  hint: 'write `cal_IT` (4.1868 J) or `cal_th` (4.184 J), with a prefix if need be: `kcal_IT`',
};
const tons = {
  message: 'there are several tons',
  hint: 'write `t` for a tonne, `ton_us`, `ton_uk`, or `TR` for a ton of refrigeration',
};
const logarithmic = {
  message: 'a logarithmic scale is not a multiple of a unit',
  hint: 'give the signal the unit `1`, and convert it in an equation',
};
const none = { message: 'no unit is written `1`', hint: 'write `1`' };
const celsius = { message: 'degrees Celsius are written `degC`', hint: 'did you mean `degC`?' };
const fahrenheit = { message: 'degrees Fahrenheit are written `degF`', hint: 'did you mean `degF`?' };
const kelvin = { message: 'kelvin is written `K`, without degree', hint: 'did you mean `K`?' };
const cubicCentimetre = { message: 'a cubic centimetre is written `cm3`', hint: 'did you mean `cm3`?' };
const megatonne = {
  message: '`MT` has two readings',
  hint: 'write `t` for a metric ton, `Mt` for a million of them',
};
const metricHorsepower = {
  message: '`PS` has two readings',
  hint: 'write `hp_metric` for horsepower, `psi` for the pressure that UNECE calls PS',
};

const table: readonly (readonly [string, { readonly message: string; readonly hint: string }, ErrorCode?])[] =
  [
    ['barg bara barG barA bar_g bar_a psig psia psid mbarg mbara kPag kPaa', gauge],
    ['Nm3 Sm3 Nl Sl NL SL sl nl_n slm slpm sccm scfm scfh SCFM SCFH NLPM SLPM NM3 SM3', standardGas],
    ['cal kcal Mcal Gcal Cal', calorie],
    ['ton tons TON Ton', tons],
    ['dB dBA dBm dBV B Np pH', logarithmic],
    ['none unitless dimensionless count counts pcs pc ea each number bool boolean', none],
    [
      'c celsius Celsius CELSIUS centigrade degc DegC deg_C DEGC degreeC degreesC oC',
      celsius,
      'UNIT_TEMPERATURE',
    ],
    [
      'f fahrenheit Fahrenheit FAHRENHEIT degf DegF deg_F DEGF degreeF degreesF oF',
      fahrenheit,
      'UNIT_TEMPERATURE',
    ],
    ['k degK °K deg_K', kelvin, 'UNIT_TEMPERATURE'],
    ['delta_degC deltaC dC delta_degF', kelvinDifference(), 'UNIT_TEMPERATURE'],
    ['cc ccm', cubicCentimetre],
    ['MT', megatonne],
    ['PS', metricHorsepower],
    ['G', { message: '`G` is no unit here', hint: 'write `g_n` for standard gravity; a gauss is 1e-4 T' }],
    ['sqrt √ √Hz', { message: 'a root is written as a power', hint: 'write `Hz^0.5` for the root of Hz' }],
    [
      'ftlb ftlbf inlb inlbf lbft lbin',
      { message: 'torque is force times length', hint: 'write `lbf.ft` or `lbf.in`' },
    ],
  ];

function kelvinDifference() {
  return { message: 'a temperature difference is in kelvin', hint: 'write `K`' };
}

const byName = new Map<string, Misnomer>();
for (const [names, text, code] of table) {
  for (const name of names.split(' ')) byName.set(name, { code: code ?? 'UNIT_UNKNOWN', ...text });
}

/** Why `name` is refused, if it is one of the spellings that are refused on purpose. */
export function misnomer(name: string): Misnomer | undefined {
  return byName.get(name);
}
