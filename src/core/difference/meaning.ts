/** What a change of a formula means, in words: terms added, dropped or multiplied. */

import {
  isSameNumber,
  numberText,
  quotient,
  readable,
  type Sum,
  sumText,
  type Term,
  termText,
} from './terms.ts';

export interface Forms {
  /** Products multiplied out: terms can be told apart. */
  readonly expanded: Sum;
  /** As written: a factor of the whole can be seen. */
  readonly written: Sum;
}

/** More changed terms than this are another formula. */
const mostTerms = 6;
/** A factor of more parts than this explains nothing. */
const mostFactors = 3;

/** Sentences without a full stop; empty if the change is better read than described. Numbers are SI. */
export function meaningOf(before: Forms, after: Forms): readonly string[] {
  return describe(before, after).map(readable);
}

function describe(before: Forms, after: Forms): readonly string[] {
  if (before.expanded.size === 0 || after.expanded.size === 0) return [];
  const ratio = commonRatio(before.expanded, after.expanded);
  if (ratio !== undefined)
    return [ratio === -1 ? 'the sign is reversed' : `multiplied by ${ratioText(ratio)}`];
  const factor = shortFactor(before.written, after.written);
  if (factor !== undefined) return [`multiplied by ${factor}`];
  return termChanges(before.expanded, after.expanded);
}

function termChanges(before: Sum, after: Sum): readonly string[] {
  const dropped = [...before].filter(([key]) => !after.has(key)).map(([, term]) => term);
  const added = [...after].filter(([key]) => !before.has(key)).map(([, term]) => term);
  const scaled = [...after].flatMap(([key, term]) => {
    const old = before.get(key);
    return old === undefined || isSameNumber(old.coefficient, term.coefficient) ? [] : [{ old, term }];
  });
  const count = dropped.length + added.length + scaled.length;
  const kept = after.size - added.length;
  if (count > mostTerms || (kept === 0 && count > 2)) return [];
  const lines = scaledTogether(scaled).flatMap(({ ratio, terms }) =>
    together(terms).map((text) => `the term ${text} is multiplied by ${ratioText(ratio)}`),
  );
  const [out] = dropped;
  const [into] = added;
  if (dropped.length === 1 && added.length === 1 && out !== undefined && into !== undefined) {
    const factor = shortFactor(asSum(out), asSum(into));
    // Of a formula of one term the two say as much as this would.
    if (factor === undefined && before.size === 1) return lines;
    const text = factor === undefined ? `is replaced by ${termText(into)}` : `is multiplied by ${factor}`;
    return [...lines, `the term ${termText(out)} ${text}`];
  }
  return [
    ...lines,
    ...together(dropped).map((text) => `the term ${text} is gone`),
    ...together(added).map((text) => `the term ${text} is new`),
  ];
}

/** Terms that are multiplied by the same number, as they were before. */
function scaledTogether(
  scaled: readonly { readonly old: Term; readonly term: Term }[],
): readonly { readonly ratio: number; readonly terms: readonly Term[] }[] {
  const groups: { readonly ratio: number; readonly terms: Term[] }[] = [];
  for (const { old, term } of scaled) {
    const ratio = term.coefficient / old.coefficient;
    const group = groups.find((it) => isSameNumber(it.ratio, ratio));
    if (group === undefined) groups.push({ ratio, terms: [old] });
    else group.terms.push(old);
  }
  return groups;
}

/** Terms with something in common are one with brackets: what was multiplied out is shown as it was thought. */
function together(terms: readonly Term[]): readonly string[] {
  const [first, ...rest] = terms;
  if (first === undefined || rest.length === 0) return terms.map(termText);
  const common = new Map(
    [...first.factors].filter(([text, exponent]) =>
      rest.every(({ factors }) => factors.get(text) === exponent),
    ),
  );
  const size = Math.abs(first.coefficient);
  if (common.size === 0) return terms.map(termText);
  const inner = terms.map(
    ({ coefficient, factors }): Term => ({
      coefficient: coefficient / size,
      factors: new Map([...factors].filter(([text]) => !common.has(text))),
    }),
  );
  const sum = new Map(inner.map((term) => [termText({ ...term, coefficient: 1 }), term]));
  const whole = new Map([...common, [`(${sumText(sum)})`, 1] as const]);
  return [termText({ coefficient: size, factors: whole })];
}

function asSum(term: Term): Sum {
  return new Map([['', term]]);
}

/** The number by which all of the sum is multiplied. */
function commonRatio(before: Sum, after: Sum): number | undefined {
  if (before.size !== after.size) return undefined;
  let ratio: number | undefined;
  for (const [key, { coefficient }] of before) {
    const own = (after.get(key)?.coefficient ?? NaN) / coefficient;
    ratio ??= own;
    if (!isSameNumber(own, ratio)) return undefined;
  }
  return ratio !== undefined && isSameNumber(ratio, -1) ? -1 : ratio;
}

/** What one product is of the other, if that is shorter than either. */
function shortFactor(before: Sum, after: Sum): string | undefined {
  const factor = quotient(after, before);
  const [a] = before.values();
  const [b] = after.values();
  if (factor === undefined || a === undefined || b === undefined) return undefined;
  const isShort = factor.factors.size <= mostFactors && factor.factors.size < a.factors.size + b.factors.size;
  // A sum over a sum only says that the one is now the other.
  const sums = [...factor.factors].filter(([text]) => text.startsWith('('));
  return isShort && sums.length < 2 ? termText(factor) : undefined;
}

function ratioText(ratio: number): string {
  const percent = (ratio - 1) * 100;
  const isSmall = Math.abs(percent) < 100;
  return (
    numberText(ratio) +
    (isSmall ? ` (${percent > 0 ? '+' : '−'}${Number(Math.abs(percent).toPrecision(3))} %)` : '')
  );
}
