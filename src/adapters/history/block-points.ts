/** Blocks of samples as a whole, and what every store does with samples before they are bytes: put together, split, summed up. */

import type { Packing, Points } from './codec.ts';
import { OpenBlock } from './open-block.ts';

export interface Span {
  /** Included. */
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

/** A block of samples as a whole. */
export interface BlockSummary {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  readonly least: number;
  readonly most: number;
  readonly sum: number;
  /** The longest time between two neighbours; undefined in what was written before this was kept. */
  readonly gapMs: number | undefined;
  /** Undefined once they were too old to keep. */
  points(): Points | undefined;
}

/** From a row of the table of blocks, which has the same columns in every database. */
export function summaryOf(
  row: Readonly<Record<string, unknown>>,
  points: BlockSummary['points'],
): BlockSummary {
  return {
    firstMs: Number(row['first_ms']),
    lastMs: Number(row['last_ms']),
    count: Number(row['count']),
    least: Number(row['least']),
    most: Number(row['most']),
    sum: Number(row['sum']),
    gapMs: typeof row['gap_ms'] === 'number' ? row['gap_ms'] : undefined,
    points,
  };
}

export const noPoints: Points = { timesMs: new Float64Array(0), values: new Float64Array(0) };

export function summarise({ timesMs, values }: Points): Omit<BlockSummary, 'points'> & { gapMs: number } {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
  }
  const count = timesMs.length;
  let gapMs = 0;
  for (let i = 1; i < count; i++) gapMs = Math.max(gapMs, (timesMs[i] ?? 0) - (timesMs[i - 1] ?? 0));
  return { firstMs: timesMs[0] ?? 0, lastMs: timesMs[count - 1] ?? 0, count, least, most, sum, gapMs };
}

/** Samples behind others. */
export function joinPoints(first: Points, second: Points): Points {
  return {
    timesMs: joined(first.timesMs, second.timesMs),
    values: joined(first.values, second.values),
  };
}

/** Samples among others; of one time the added one counts. */
export function mergePoints(old: Points, added: Points): Points {
  const block = new OpenBlock();
  for (const { timesMs, values } of [old, added]) {
    for (const [i, timeMs] of timesMs.entries()) block.put(timeMs, values[i] ?? 0);
  }
  return block.points;
}

/** In equal parts of at most so many. */
export function splitPoints({ timesMs, values }: Points, most: number): Points[] {
  const parts = Math.ceil(timesMs.length / most);
  return Array.from({ length: parts }, (_, part) => {
    const from = Math.round((part * timesMs.length) / parts);
    const to = Math.round(((part + 1) * timesMs.length) / parts);
    return { timesMs: timesMs.subarray(from, to), values: values.subarray(from, to) };
  });
}

/** A block that has room for as many again as it just got is about to be written anew. */
export function packingOf(count: number, added: number, most: number): Packing {
  return count + added <= most ? 'plain' : 'deflated';
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
