/**
 * What each operator computes, in plain doubles: the one definition that constant folding uses and that every
 * backend is tested against.
 *
 * Truth is 1 or 0; as a condition a value counts as true unless it is 0, −0 or NaN. A comparison with NaN is 0.
 * NaN propagates through everything else, `min`, `max`, `floor` and the like included. `pow` is `Math.pow`, but
 * a graph turns x^2 into x·x.
 */

export const unaryOperators = [
  'neg',
  'not',
  'abs',
  'sqrt',
  'exp',
  'expm1',
  'log',
  'log1p',
  'log10',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'sign',
  'floor',
  'trunc',
  'round',
] as const;

export const binaryOperators = [
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'min',
  'max',
  'atan2',
  'lt',
  'le',
  'gt',
  'ge',
  'eq',
  'ne',
  'and',
  'or',
] as const;

export type UnaryOperator = (typeof unaryOperators)[number];
export type BinaryOperator = (typeof binaryOperators)[number];

/** Nearest integer, halves away from zero; exact for every double (x − trunc x has no rounding error). */
export function roundHalfAway(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

const truth = (value: boolean): number => (value ? 1 : 0);

const unaryFunctions: Record<UnaryOperator, (a: number) => number> = {
  neg: (a) => -a,
  not: (a) => truth(!a),
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  sign: Math.sign,
  floor: Math.floor,
  trunc: Math.trunc,
  round: roundHalfAway,
};

const binaryFunctions: Record<BinaryOperator, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => Math.pow(a, b),
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  atan2: (a, b) => Math.atan2(a, b),
  lt: (a, b) => truth(a < b),
  le: (a, b) => truth(a <= b),
  gt: (a, b) => truth(a > b),
  ge: (a, b) => truth(a >= b),
  eq: (a, b) => truth(a === b),
  // Not `a !== b`: that would be true of NaN, and a comparison with NaN is 0.
  ne: (a, b) => truth(a !== b && !Number.isNaN(a) && !Number.isNaN(b)),
  and: (a, b) => truth(Boolean(a) && Boolean(b)),
  or: (a, b) => truth(Boolean(a) || Boolean(b)),
};

export function applyUnary(operator: UnaryOperator, a: number): number {
  return unaryFunctions[operator](a);
}

export function applyBinary(operator: BinaryOperator, a: number, b: number): number {
  return binaryFunctions[operator](a, b);
}

/** Whether the operator's result is a truth value, 1 or 0. */
export function yieldsTruth(operator: UnaryOperator | BinaryOperator): boolean {
  return truthOperators.has(operator);
}

const truthOperators: ReadonlySet<string> = new Set(['not', 'lt', 'le', 'gt', 'ge', 'eq', 'ne', 'and', 'or']);

/** Whether swapping the operands never changes a bit of the result (NaN's payload aside). */
export function commutes(operator: BinaryOperator): boolean {
  return commutativeOperators.has(operator);
}

const commutativeOperators: ReadonlySet<string> = new Set([
  'add',
  'mul',
  'min',
  'max',
  'eq',
  'ne',
  'and',
  'or',
]);
