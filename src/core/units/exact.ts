/**
 * Exact positive numbers for conversion factors: a fraction of big integers times a power of π.
 *
 * A factor such as psi = 0.45359237 · 9.80665 / 0.0254² is a fraction; multiplying it out in doubles
 * collects an error with every step. Here units are multiplied exactly and rounded once, at the end,
 * so kJ/K is 1000 and l/min is the double nearest to 1/60000.
 */

export interface Exact {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly pi: number;
}

export const exactOne: Exact = { numerator: 1n, denominator: 1n, pi: 0 };

/** Reads `12`, `0.0254`, `1.602176634e-19` or a fraction of two such numbers, `5/9`. */
export function exactOf(text: string): Exact {
  const [above = '', below = '1'] = text.split('/');
  const a = readDecimal(above);
  const b = readDecimal(below);
  return { numerator: a.numerator * b.denominator, denominator: a.denominator * b.numerator, pi: 0 };
}

function readDecimal(text: string): { numerator: bigint; denominator: bigint } {
  const [mantissa = '', exponentText = '0'] = text.split('e');
  const [whole = '', decimals = ''] = mantissa.split('.');
  const exponent = Number(exponentText) - decimals.length;
  const digits = BigInt(whole + decimals);
  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0
    ? { numerator: digits, denominator: power }
    : { numerator: digits * power, denominator: 1n };
}

export function multiplyExact(a: Exact, b: Exact): Exact {
  return {
    numerator: a.numerator * b.numerator,
    denominator: a.denominator * b.denominator,
    pi: a.pi + b.pi,
  };
}

/** `exponent` is an integer, which may be negative. */
export function powerExact(base: Exact, exponent: number): Exact {
  const size = BigInt(Math.abs(exponent));
  const numerator = base.numerator ** size;
  const denominator = base.denominator ** size;
  const pi = base.pi * exponent;
  return exponent < 0
    ? { numerator: denominator, denominator: numerator, pi }
    : { numerator, denominator, pi };
}

const safe = BigInt(Number.MAX_SAFE_INTEGER);

/** The nearest double (with π: nearest but for a rounding or two). Infinity and 0 if out of range. */
export function exactToNumber({ numerator, denominator, pi }: Exact): number {
  if (numerator <= safe && denominator <= safe) {
    const above = Number(numerator);
    const below = Number(denominator);
    return pi === 0 ? above / below : (above * Math.PI ** pi) / below;
  }
  return divide(numerator, denominator) * Math.PI ** pi;
}

/**
 * Correctly rounded division of big integers: the quotient is scaled to 66 bits or so, its last bit
 * notes whether anything was left over, and `Number` then rounds it once.
 */
function divide(numerator: bigint, denominator: bigint): number {
  const shift = 66 - (bitLength(numerator) - bitLength(denominator));
  const above = shift > 0 ? numerator << BigInt(shift) : numerator;
  const below = shift > 0 ? denominator : denominator << BigInt(-shift);
  const quotient = above / below;
  const sticky = above % below === 0n ? quotient : quotient | 1n;
  const half = Math.trunc(shift / 2); // in two steps, since 2^shift alone may overflow
  return Number(sticky) * 2 ** -half * 2 ** (half - shift);
}

function bitLength(value: bigint): number {
  return value.toString(16).length * 4;
}
