/** The functions of equations, and what people write when they mean one of them. */

import { didYouMean } from '../diagnose/index.ts';

export interface FunctionShape {
  readonly minArguments: number;
  /** Infinity where there is no limit but that of the text. */
  readonly maxArguments: number;
  /** How a call looks, for messages and documentation. */
  readonly signature: string;
}

export type FunctionName = keyof typeof shapes;

const shapes = {
  if: takes(3, 'if(condition, a, b)'),
  min: { minArguments: 2, maxArguments: Number.POSITIVE_INFINITY, signature: 'min(a, b, …)' },
  max: { minArguments: 2, maxArguments: Number.POSITIVE_INFINITY, signature: 'max(a, b, …)' },
  abs: takes(1, 'abs(x)'),
  sqrt: takes(1, 'sqrt(x)'),
  exp: takes(1, 'exp(x)'),
  expm1: takes(1, 'expm1(x)'),
  log: takes(1, 'log(x)'),
  log1p: takes(1, 'log1p(x)'),
  log10: takes(1, 'log10(x)'),
  sin: takes(1, 'sin(x)'),
  cos: takes(1, 'cos(x)'),
  tan: takes(1, 'tan(x)'),
  asin: takes(1, 'asin(x)'),
  acos: takes(1, 'acos(x)'),
  atan: takes(1, 'atan(x)'),
  atan2: takes(2, 'atan2(y, x)'),
  sinh: takes(1, 'sinh(x)'),
  cosh: takes(1, 'cosh(x)'),
  tanh: takes(1, 'tanh(x)'),
  sign: takes(1, 'sign(x)'),
  floor: takes(1, 'floor(x)'),
  trunc: takes(1, 'trunc(x)'),
  round: takes(1, 'round(x)'),
} satisfies Record<string, FunctionShape>;

export const functionTable: Readonly<Record<FunctionName, FunctionShape>> = shapes;

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(functionTable, name);
}

/** What to write instead of a function that does not exist. */
export function hintForFunction(name: string): string {
  return (
    instructions.get(name.toLowerCase()) ??
    didYouMean(name, Object.keys(functionTable)) ??
    `to multiply, write \`${name} * (…)\``
  );
}

function takes(count: number, signature: string): FunctionShape {
  return { minArguments: count, maxArguments: count, signature };
}

const instructions: ReadonlyMap<string, string> = new Map([
  ['pow', 'write a power as `a ^ b`'],
  ['power', 'write a power as `a ^ b`'],
  ['square', 'write a square as `x ^ 2`'],
  ['cbrt', 'write the cube root as `x ^ (1/3)`'],
  ['ln', 'did you mean `log`, the natural logarithm?'],
  ['log2', 'write the logarithm to base 2 as `log(x) / log(2)`'],
  ['lg', 'did you mean `log10`?'],
  ['fabs', 'did you mean `abs`?'],
  ['arcsin', 'did you mean `asin`?'],
  ['arccos', 'did you mean `acos`?'],
  ['arctan', 'did you mean `atan`?'],
  ['arctan2', 'did you mean `atan2`?'],
  ['sgn', 'did you mean `sign`?'],
  ['int', 'did you mean `trunc`?'],
  ['fix', 'did you mean `trunc`?'],
  ['ceil', 'write it as `-floor(-x)`'],
  ['mod', 'write the remainder as `a - b * floor(a / b)`'],
  ['fmod', 'write the remainder as `a - b * trunc(a / b)`'],
  ['clamp', 'write it as `min(max(x, low), high)`'],
  ['clip', 'write it as `min(max(x, low), high)`'],
  ['hypot', 'write it as `sqrt(a^2 + b^2)`'],
  ['where', 'did you mean `if`?'],
  ['iif', 'did you mean `if`?'],
  ['ifelse', 'did you mean `if`?'],
  ['switch', 'did you mean `if`?'],
  ['der', 'a derivative stands only on the left, before the colon: give its formula a name and use that'],
  ['next', 'the next value stands only on the left, before the colon: give its formula a name and use that'],
]);
