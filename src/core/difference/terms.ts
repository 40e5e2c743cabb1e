/**
 * Sums of products, as people compare formulas: two that differ only in the order and grouping of their terms and factors
 * are the same sum here.
 *
 * A sum maps the text of each product to the product with its number in front; a product maps the text of each factor to its
 * exponent. The texts are the readable formulas themselves, so what is compared is also what is shown. Numbers in front
 * are kept apart from the texts, and compared with a tolerance: 0.1·3·0.7 does not depend on who is multiplied first.
 */

export interface Term {
  readonly coefficient: number;
  /** Exponents by the text of the factor. */
  readonly factors: ReadonlyMap<string, number>;
}

/** Terms by the text of their factors; the text of a plain number is empty. No term: 0. */
export type Sum = ReadonlyMap<string, Term>;

/** Products of sums are multiplied out up to so many terms. */
const expandedLimit = 64;
/** Longer texts of a factor are shortened to a mark that tells them apart; sums and products of more parts become one factor. */
const textLimit = 400;
const termLimit = 100;
const factorLimit = 30;
/** Numbers nearer to each other than this, relatively, are the same: rounding, and no more. */
const tolerance = 1e-12;
/** Digits of numbers inside factors, which are compared as texts. */
const digits = 13;

export function numberSum(value: number): Sum {
  return value === 0 ? new Map() : new Map([['', { coefficient: value, factors: new Map() }]]);
}

/** A name or a function with its arguments. */
export function factorSum(text: string, exponent = 1): Sum {
  return sumOf([{ coefficient: 1, factors: new Map([[shortened(text), exponent]]) }]);
}

export function add(a: Sum, b: Sum): Sum {
  return sumOf([...a.values(), ...b.values()]);
}

export function scale(sum: Sum, by: number): Sum {
  return by === 0 ? new Map() : mapTerms(sum, (term) => ({ ...term, coefficient: term.coefficient * by }));
}

/** @param style - whether a product of sums is multiplied out. */
export function multiply(a: Sum, b: Sum, style: 'expanded' | 'as written'): Sum {
  if (a.size === 0 || b.size === 0) return new Map();
  if (a.size === 1 || b.size === 1) {
    const [one, other] = a.size === 1 ? [a, b] : [b, a];
    const [term] = one.values();
    if (term === undefined) return new Map();
    if (term.factors.size === 0 && (style === 'expanded' || other.size === 1))
      return scale(other, term.coefficient);
    if (other.size === 1 || style === 'expanded') {
      return sumOf([...other.values()].map((it) => product(term, it)));
    }
  } else if (style === 'expanded' && a !== b && a.size * b.size <= expandedLimit) {
    return sumOf([...a.values()].flatMap((x) => [...b.values()].map((y) => product(x, y))));
  }
  return sumOf([product(asTerm(a), asTerm(b))]);
}

/** @param exponent - a whole number. */
export function power(sum: Sum, exponent: number): Sum {
  const { coefficient, factors } = asTerm(sum);
  return sumOf([
    {
      coefficient: coefficient ** exponent,
      factors: new Map(Array.from(factors, ([text, own]) => [text, own * exponent])),
    },
  ]);
}

/** What `b` is of `a`, if both are one product; undefined otherwise. */
export function quotient(b: Sum, a: Sum): Term | undefined {
  const [numerator] = b.values();
  const [denominator] = a.values();
  if (a.size !== 1 || b.size !== 1 || numerator === undefined || denominator === undefined) return undefined;
  return product(numerator, {
    coefficient: 1 / denominator.coefficient,
    factors: new Map(Array.from(denominator.factors, ([text, exponent]) => [text, -exponent])),
  });
}

export function isSameNumber(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}

export function isSameSum(a: Sum, b: Sum): boolean {
  return (
    a.size === b.size &&
    [...a].every(([key, { coefficient }]) => isSameNumber(coefficient, b.get(key)?.coefficient ?? NaN))
  );
}

/** As one writes it: `0.5·a·b/(c·d) − e²`. */
export function sumText(sum: Sum): string {
  if (sum.size === 0) return '0';
  return sorted(sum)
    .map((term, i) => {
      const text = termText({ ...term, coefficient: Math.abs(term.coefficient) });
      if (i === 0) return term.coefficient < 0 ? `−${text}` : text;
      return `${term.coefficient < 0 ? ' − ' : ' + '}${text}`;
    })
    .join('');
}

export function termText({ coefficient, factors }: Term): string {
  const above = [...factors].filter(([, exponent]) => exponent > 0);
  const below = [...factors].filter(([, exponent]) => exponent < 0);
  const bottom = below.map(([text, exponent]) => powerText(text, -exponent)).toSorted();
  const size = Math.abs(coefficient);
  const numbers = size === 1 && above.length > 0 ? [] : [numberText(size)];
  const top = [...numbers, ...above.map(([text, exponent]) => powerText(text, exponent)).toSorted()].join(
    '·',
  );
  const sign = coefficient < 0 ? '−' : '';
  if (bottom.length === 0) return `${sign}${top}`;
  return `${sign}${top}/${bottom.length === 1 ? (bottom[0] ?? '') : `(${bottom.join('·')})`}`;
}

/** With all digits that are compared. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(digits))).replace('-', '−');
}

/** A text for people: its numbers with six digits. */
export function readable(text: string): string {
  return text.replace(/\d+\.\d+(?:e[−+]?\d+)?/g, (number) => {
    const value = Number(number.replace('−', '-'));
    return String(Number(value.toPrecision(6))).replace('-', '−');
  });
}

function powerText(text: string, exponent: number): string {
  if (exponent === 1) return text;
  const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const isShort = Number.isInteger(exponent) && exponent > 0;
  return isShort
    ? text + String(exponent).replace(/\d/g, (digit) => raised.charAt(Number(digit)))
    : `${text}^${exponent}`;
}

function mapTerms(sum: Sum, change: (term: Term) => Term): Sum {
  return new Map(Array.from(sum, ([key, term]) => [key, change(term)]));
}

/** Collects like terms; what cancels is gone. */
function sumOf(terms: readonly Term[]): Sum {
  const collected = new Map<string, Term>();
  const sizes = new Map<string, number>();
  for (const term of terms) {
    const key = keyOf(term);
    const coefficient = (collected.get(key)?.coefficient ?? 0) + term.coefficient;
    collected.set(key, { ...term, coefficient });
    sizes.set(key, (sizes.get(key) ?? 0) + Math.abs(term.coefficient));
  }
  for (const [key, { coefficient }] of collected) {
    if (!(Math.abs(coefficient) > 1e-14 * (sizes.get(key) ?? 0))) collected.delete(key);
  }
  if (collected.size <= termLimit) return collected;
  const whole = asTerm(collected);
  return new Map([[keyOf(whole), whole]]);
}

function product(a: Term, b: Term): Term {
  const factors = new Map(a.factors);
  for (const [text, exponent] of b.factors) {
    const together = (factors.get(text) ?? 0) + exponent;
    if (together === 0) factors.delete(text);
    else factors.set(text, together);
  }
  const coefficient = a.coefficient * b.coefficient;
  if (factors.size <= factorLimit) return { coefficient, factors };
  return { coefficient, factors: new Map([[shortened(`(${termText({ coefficient: 1, factors })})`), 1]]) };
}

function keyOf({ factors }: Term): string {
  return factors.size === 0 ? '' : termText({ coefficient: 1, factors });
}

/** A sum as one factor in brackets: its first number stands in front, so that (2a − 2b) is 2·(a − b) and −2·(b − a). */
function asTerm(sum: Sum): Term {
  const [first] = sorted(sum);
  if (first === undefined) return { coefficient: 0, factors: new Map() };
  if (sum.size === 1) return first;
  const text = `(${sumText(scale(sum, 1 / first.coefficient))})`;
  return { coefficient: first.coefficient, factors: new Map([[shortened(text), 1]]) };
}

/** The order does not depend on how the sum was written; plain numbers come last. */
function sorted(sum: Sum): Term[] {
  return [...sum]
    .toSorted(([a], [b]) => Number(a === '') - Number(b === '') || (a < b ? -1 : Number(a > b)))
    .map(([, term]) => term);
}

/** 53 bits of the text in the place of its middle (cyrb53, public domain), so that a nested formula does not grow without end. */
function shortened(text: string): string {
  if (text.length <= textLimit) return text;
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  const mark = (a >>> 0).toString(36) + (b >>> 0).toString(36);
  return `${text.slice(0, 60)}…${mark}…)`;
}
