/** A tick of a block of the past, made again: a frame of those of its twins that a replay has. */

import { type Digest, digestOf } from '../snapshot/index.ts';
import type { OwnBlock } from './own-blocks.ts';
import type { Shown } from './replay-site.ts';

export interface Picture {
  /** Number of the tick's record. */
  readonly record: number;
  readonly dueMs: number;
  readonly digest: Digest;
  readonly of: OwnBlock;
  readonly model: string;
  /**
   * | | |
   * | --- | --- |
   * | same, other | all lanes are here, and give the digest, or another |
   * | part | some lanes are here: only together with the others there is a digest |
   * | unknown | it cannot be compared: it was published twice, or the past had twins from elsewhere |
   */
  readonly verdict: 'same' | 'other' | 'part' | 'unknown';
  /** Column c of our lane j is `values[c * lanes + j]`, until the next tick; empty where it is not needed. */
  readonly values: Float64Array<ArrayBuffer>;
}

const nothing = new Float64Array(0);

/** The numbers of some twins in their order, out of what the blocks where they are now show. */
export function valuesOf(twins: readonly number[], shown: readonly Shown[]): Float64Array<ArrayBuffer> {
  const [first] = shown;
  if (first === undefined) return nothing;
  if (shown.length === 1 && isSame(first.info.twins, twins)) return first.values;
  const columns = first.values.length / first.info.twins.length;
  const places = new Map(
    shown.flatMap((block) => block.info.twins.map((twin, lane) => [twin, { block, lane }] as const)),
  );
  const values = new Float64Array(columns * twins.length);
  for (const [to, twin] of twins.entries()) {
    const place = places.get(twin);
    if (place === undefined) continue;
    const { block, lane } = place;
    const lanes = block.info.twins.length;
    for (let column = 0; column < columns; column++)
      values[column * twins.length + to] = block.values[column * lanes + lane] ?? Number.NaN;
  }
  return values;
}

/** Whether a frame is what was recorded. Overwrites which NaN stands for none. */
export function isAsRecorded(values: Float64Array, { high, low }: Digest): boolean {
  const digest = digestOf(values);
  return digest.high === high && digest.low === low;
}

function isSame(some: readonly number[], others: readonly number[]): boolean {
  if (some.length !== others.length) return false;
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
}
