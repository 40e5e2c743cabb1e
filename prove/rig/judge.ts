/**
 * What the twins said, second by second, held against the labels.
 *
 * A cycle is the rig's load cycle of 60 s, judged by what stands at its end. An episode is an unbroken time in which a
 * grade is wrong; the first 90 s after a change of the label are the change's delay, not an episode.
 */

import { autocorrelation, mean } from '../../src/core/statistics/index.ts';
import { changesOf, type Label, labelAt, type RigRecord, tunedBy } from './record.ts';

const cycleSeconds = 60;
const changeSeconds = 90;
/** The twins begin in the middle of a change of the cooler, and with beliefs that are guesses. */
const startSeconds = 600;

export interface Counted {
  readonly right: number;
  readonly of: number;
}

export interface Cycles {
  readonly label: Label;
  /** Seconds after a change from which on a cycle counts. */
  readonly after: number;
  /** Only where this label has this value. */
  readonly where?: { readonly label: Label; readonly value: number };
}

/** Cycles of the part that judges in which the grade is the label. */
export function countCycles(
  record: RigRecord,
  grade: Float64Array,
  { label, after, where }: Cycles,
): Counted {
  const truth = labelAt(record, label);
  const tuned = tunedBy(record, label);
  const condition = where && labelAt(record, where.label);
  const sinceChange = secondsSinceChange(record, label);
  let right = 0;
  let of = 0;
  for (let end = cycleSeconds - 1; end < grade.length; end += cycleSeconds) {
    if (tuned[end] === 1 || (sinceChange[end] ?? 0) < after) continue;
    if (condition !== undefined && condition[end] !== where?.value) continue;
    of++;
    if (grade[end] === truth[end]) right++;
  }
  return { right, of };
}

/** Seconds from each change of a label until the grade is what the label became; infinite where it never was. */
export function delaysOf(record: RigRecord, grade: Float64Array, label: Label): number[] {
  return changesOf(record, label)
    .filter(({ from }) => from < grade.length)
    .map(({ from, to, value }) => {
      for (let second = from; second < Math.min(to, grade.length); second++) {
        if (grade[second] === value) return second - from;
      }
      return Number.POSITIVE_INFINITY;
    });
}

export interface Episodes {
  readonly count: number;
  /** Hours looked at. */
  readonly hours: number;
}

/** Episodes of a wrong grade in the seconds that `counts` says. */
export function countEpisodes(
  record: RigRecord,
  grade: Float64Array,
  { label, counts }: { readonly label: Label; counts(second: number): boolean },
): Episodes {
  const truth = labelAt(record, label);
  const sinceChange = secondsSinceChange(record, label);
  let count = 0;
  let seconds = 0;
  let wasWrong = false;
  for (let second = startSeconds; second < grade.length; second++) {
    const isCounted = (sinceChange[second] ?? 0) >= changeSeconds && counts(second);
    if (isCounted) seconds++;
    const isWrong = isCounted && grade[second] !== truth[second];
    if (isWrong && !wasWrong) count++;
    wasWrong = isWrong;
  }
  return { count, hours: seconds / 3600 };
}

export interface Whiteness {
  /** How many lie within the two-sided 95 % band. */
  readonly share: number;
  /** Their root mean square: 1 of a filter that knows how sure it is. */
  readonly spread: number;
  /** Correlation of each with the next, and with that of six samples later: of thermometers, 10 and 60 s. */
  readonly next: number;
  readonly sixth: number;
}

/** What innovations, in standard deviations, look like over the seconds that `counts` says. */
export function whitenessOf(innovations: Float64Array, counts: (second: number) => boolean): Whiteness {
  const values = innovations.filter(
    (value, second) => second >= startSeconds && Number.isFinite(value) && counts(second),
  );
  const [, next = NaN, , , , , sixth = NaN] = autocorrelation(values, 6);
  return {
    share: values.filter((value) => Math.abs(value) <= 1.959964).length / values.length,
    spread: Math.sqrt(mean(values.map((value) => value * value))),
    next,
    sixth,
  };
}

/** Means over each cycle of the part that judges with regard to a label. */
export function cycleMeans(record: RigRecord, values: Float64Array, label: Label): number[] {
  const tuned = tunedBy(record, label);
  const means: number[] = [];
  for (let from = 0; from + cycleSeconds <= values.length; from += cycleSeconds) {
    if (tuned[from + cycleSeconds - 1] === 1) continue;
    let sum = 0;
    for (let second = from; second < from + cycleSeconds; second++) sum += values[second] ?? NaN;
    means.push(sum / cycleSeconds);
  }
  return means;
}

export function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: readonly number[], y: readonly number[], mx: number, my: number): number =>
    x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] ?? NaN) - my), 0);
  return product(a, b, meanA, meanB) / Math.sqrt(product(a, a, meanA, meanA) * product(b, b, meanB, meanB));
}

/** Mean distance, as a share of the mean of what is right. */
export function relativeError(found: readonly number[], right: readonly number[]): number {
  return mean(found.map((value, i) => Math.abs(value - (right[i] ?? NaN)))) / mean(right);
}

function secondsSinceChange(record: RigRecord, label: Label): Float64Array {
  const since = new Float64Array(record.seconds);
  for (const { from, to } of record.labels[label]) {
    for (let second = from; second < to; second++) since[second] = second - from;
  }
  return since;
}
