/**
 * What the intervals of a comparison come to, in one word and one sentence.
 *
 * Two questions are asked, each with half of the probability of ever being wrong: how likely each version held what then was measured
 * (or, without a belief, how far off it was), and how far off it was several steps ahead. A new version is worse if it is worse in one
 * of them, better if it is better in one and worse in none; there is no difference if both differences are within what matters.
 * Until then it is not enough.
 */

import type { Interval } from './interval.ts';

export type Verdict = 'better' | 'worse' | 'no difference' | 'not enough yet';

/** Differences that do not matter. */
export interface Margins {
  /** Nats a sample. 0.01 is what errors make that are 1 % larger than the version itself expects, or expected 10 % too large or small. */
  readonly nats: number;
  /** Of the logarithm of a ratio of errors: 0.01 for 1 %. */
  readonly errors: number;
}

export interface Question {
  /** What is asked, such as `errors 10 s ahead`. */
  readonly about: 'likelihood' | 'errors' | 'errors ahead';
  /** More is better for the new version: nats a sample, or minus the logarithm of the ratio of errors. Its value is NaN where none is known. */
  readonly gain: Interval;
  readonly instants: number;
  /** Before so many nothing is said. */
  readonly atLeast: number;
}

export function judge(
  questions: readonly Question[],
  margins: Margins,
): { readonly verdict: Verdict; readonly sentence: string } {
  const asked = questions.filter(({ instants }) => instants > 0);
  const answers = asked.map((question) => answer(question, margins));
  const verdict = combine(answers);
  return { verdict, sentence: sentenceOf(verdict, asked, answers) };
}

function answer({ about, gain }: Question, margins: Margins): Verdict {
  const margin = about === 'likelihood' ? margins.nats : margins.errors;
  if (gain.low > -margin && gain.high < margin) return 'no difference';
  if (gain.low > 0) return 'better';
  return gain.high < 0 ? 'worse' : 'not enough yet';
}

function combine(answers: readonly Verdict[]): Verdict {
  if (answers.includes('worse')) return 'worse';
  if (answers.includes('better')) return 'better';
  const equal = answers.length > 0 && answers.every((one) => one === 'no difference');
  return equal ? 'no difference' : 'not enough yet';
}

const openings = {
  better: 'the new version is better',
  worse: 'the new version is worse',
  'no difference': 'the versions do not differ by what matters',
  'not enough yet': 'not enough was seen to say which version is better',
} as const satisfies Record<Verdict, string>;

function sentenceOf(verdict: Verdict, asked: readonly Question[], answers: readonly Verdict[]): string {
  if (asked.length === 0) return 'no sample has come yet that both versions could be held against';
  const parts = asked.filter(({ gain }) => !Number.isNaN(gain.value)).map(describe);
  const split = answers.includes('better') && verdict === 'worse';
  const but = split ? '; what is worse in one respect counts as worse' : '';
  const far = verdict === 'not enough yet' ? progress(asked) : '';
  return `${openings[verdict]}${far}${parts.length > 0 ? ': ' : ''}${parts.join(', and ')}${but}`;
}

/** How far it is to the first moment at which something may be said. */
function progress([first]: readonly Question[]): string {
  if (first === undefined || first.instants >= first.atLeast) return '';
  return ` (${first.instants} of at least ${first.atLeast} moments)`;
}

function describe({ about, gain }: Question): string {
  if (about === 'likelihood') {
    const more = gain.value >= 0;
    const { value, low, high } = more ? gain : turned(gain);
    const what = `what was measured was ${figure(value)} nats a sample ${more ? 'more' : 'less'} likely to it`;
    return `${what}${range(low, high, figure, '')}`;
  }
  const smaller = gain.value >= 0;
  const { value, low, high } = smaller ? gain : turned(gain);
  // Of a gain g the errors are e^−g of what they were, of a loss e^g.
  const percent = (log: number): string => figure(100 * (smaller ? -Math.expm1(-log) : Math.expm1(log)));
  const which = about === 'errors' ? 'its errors' : 'its errors several steps ahead';
  return `${which} were ${percent(value)} % ${smaller ? 'smaller' : 'larger'}${range(low, high, percent, ' %')}`;
}

function turned({ value, low, high }: Interval): Interval {
  return { value: -value, low: -high, high: -low };
}

function range(low: number, high: number, show: (value: number) => string, unit: string): string {
  return Number.isFinite(low) && Number.isFinite(high) ? ` (${show(low)} to ${show(high)}${unit})` : '';
}

function figure(value: number): string {
  const shown = Math.abs(value) < 1e-6 ? 0 : Number(value.toPrecision(2));
  return String(shown).replace('-', '−');
}
