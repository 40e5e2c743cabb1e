/**
 * What readers ask of a history: the samples of a span, what happened in each of its parts, or what was at each moment.
 *
 * A bucket of many samples is made from the summaries of blocks that lie in it whole, and from samples only at its edges,
 * so that a year takes little more than a day. Least and most are kept, so that no peak is lost, however wide a bucket.
 */

import { type BlockSummary, type Span, summarise } from './block-points.ts';
import type { Points } from './codec.ts';
import { Coverage } from './coverage.ts';

/** Equal parts of a span that have samples, in order. */
export interface Buckets {
  /** Where each begins, Unix milliseconds. */
  readonly fromMs: Float64Array;
  readonly count: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly mean: Float64Array;
  /** Share of each for which there is a sample; only if it was asked how long a sample is good for. */
  readonly quality?: Float64Array;
}

/** The samples of a span in order of time, at most so many; the rest is left out. Blocks that lost theirs are passed over. */
export function pointsIn(blocks: Iterable<BlockSummary>, { fromMs, toMs }: Span, limit: number): Points {
  const found: { readonly timeMs: number; readonly value: number }[] = [];
  let isSorted = true;
  for (const block of blocks) {
    if (found.length >= limit) break;
    const points = block.points();
    if (points === undefined) continue;
    for (let i = 0; i < points.timesMs.length; i++) {
      const timeMs = points.timesMs[i] ?? Number.NaN;
      if (!(timeMs >= fromMs && timeMs < toMs)) continue;
      // Only where a signal's unit changed do blocks overlap.
      if (timeMs < (found.at(-1)?.timeMs ?? timeMs)) isSorted = false;
      found.push({ timeMs, value: points.values[i] ?? Number.NaN });
    }
  }
  if (!isSorted) found.sort((a, b) => a.timeMs - b.timeMs);
  const kept = found.length > limit ? found.slice(0, limit) : found;
  return {
    timesMs: Float64Array.from(kept, ({ timeMs }) => timeMs),
    values: Float64Array.from(kept, ({ value }) => value),
  };
}

/**
 * What a signal was at `fromMs`, `fromMs` + `everyMs` and so on up to `toMs`, which is not included: its last sample at or
 * before each; NaN where there is none, or it was too old to keep. The blocks must reach back to the last sample before `fromMs`.
 *
 * Only blocks are opened that have such a sample, so that a coarse table of a year does not need all that was in it.
 */
export function valuesAt(
  blocks: Iterable<BlockSummary>,
  { fromMs, toMs }: Span,
  everyMs: number,
): Float64Array {
  const values = new Float64Array(Math.max(0, Math.ceil((toMs - fromMs) / everyMs))).fill(Number.NaN);
  const inOrder = apart([...blocks]);
  let row = 0;
  for (const [i, block] of inOrder.entries()) {
    const endMs = Math.min(toMs, inOrder[i + 1]?.firstMs ?? toMs);
    while (row < values.length && fromMs + row * everyMs < block.firstMs) row++;
    if (row === values.length || fromMs + row * everyMs >= endMs) continue;
    const points = block.points();
    for (let next = 0; row < values.length && fromMs + row * everyMs < endMs; row++) {
      const timesMs = points?.timesMs ?? [];
      while (next < timesMs.length && (timesMs[next] ?? 0) <= fromMs + row * everyMs) next++;
      if (next > 0) values[row] = points?.values[next - 1] ?? Number.NaN;
    }
  }
  return values;
}

/** Blocks that overlap as one: only where a signal's unit changed do they. */
function apart(blocks: readonly BlockSummary[]): readonly BlockSummary[] {
  if (blocks.every(({ firstMs }, i) => firstMs > (blocks[i - 1]?.lastMs ?? Number.NEGATIVE_INFINITY)))
    return blocks;
  const everything = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
  const points = pointsIn(blocks, everything, Number.POSITIVE_INFINITY);
  return [{ ...summarise(points), points: () => points }];
}

export interface PartLengths {
  readonly everyMs: number;
  /** How long a sample is good for. The blocks must then reach back to the last sample before the span. */
  readonly holdMs?: number;
}

/**
 * The span in parts of `everyMs`, counted from its beginning. A block whose samples are gone counts where its middle is; for
 * the quality, if it has gaps, only its ends are certain.
 */
export function bucketsOf(
  blocks: Iterable<BlockSummary>,
  { fromMs, toMs }: Span,
  { everyMs, holdMs }: PartLengths,
): Buckets {
  const coverage = holdMs === undefined ? undefined : new Coverage({ fromMs, toMs }, everyMs, holdMs);
  const parts = new Map<number, { count: number; least: number; most: number; sum: number }>();
  const add = (timeMs: number, it: { count: number; least: number; most: number; sum: number }): void => {
    const index = Math.floor((timeMs - fromMs) / everyMs);
    const part = parts.get(index);
    if (part === undefined) {
      parts.set(index, { ...it });
      return;
    }
    part.count += it.count;
    part.least = Math.min(part.least, it.least);
    part.most = Math.max(part.most, it.most);
    part.sum += it.sum;
  };
  for (const block of blocks) {
    const { firstMs, lastMs, count, least, most, sum, gapMs } = block;
    const isBridged = coverage?.bridges(gapMs) ?? true;
    const inSpan = firstMs >= fromMs && lastMs < toMs;
    const whole =
      inSpan &&
      isBridged &&
      Math.floor((firstMs - fromMs) / everyMs) === Math.floor((lastMs - fromMs) / everyMs);
    const points = whole ? undefined : block.points();
    if (isBridged) coverage?.add(firstMs, lastMs);
    else for (const timeMs of points?.timesMs ?? [firstMs, lastMs]) coverage?.add(timeMs, timeMs);
    if (points === undefined) {
      const middleMs = (firstMs + lastMs) / 2;
      if (middleMs >= fromMs && middleMs < toMs) add(middleMs, { count, least, most, sum });
      continue;
    }
    for (const [i, timeMs] of points.timesMs.entries()) {
      const value = points.values[i] ?? Number.NaN;
      if (timeMs >= fromMs && timeMs < toMs) add(timeMs, { count: 1, least: value, most: value, sum: value });
    }
  }
  const sorted = [...parts].toSorted(([a], [b]) => a - b);
  return {
    fromMs: Float64Array.from(sorted, ([index]) => fromMs + index * everyMs),
    count: Float64Array.from(sorted, ([, { count }]) => count),
    least: Float64Array.from(sorted, ([, { least }]) => least),
    most: Float64Array.from(sorted, ([, { most }]) => most),
    mean: Float64Array.from(sorted, ([, { sum, count }]) => sum / count),
    ...(coverage && { quality: Float64Array.from(sorted, ([index]) => coverage.of(index)) }),
  };
}
