/**
 * Whether twins of two checkpoints go on alike, though their numbers are not the same.
 *
 * A sample that counts exactly at the moment of a checkpoint is in its numbers or in its queue, depending on whether it came
 * late. So both are taken on to one moment by the engine itself, and what readers see there is compared.
 */

import type { RecordedModel } from '../journal/index.ts';
import type { CheckpointPart, ShardTwin } from '../protocol/index.ts';
import type { ShardModels } from '../shard/index.ts';
import { valuesOf } from './picture.ts';
import { ReplaySite } from './replay-site.ts';

export interface FutureOptions {
  readonly compiled: ShardModels;
  readonly models: readonly RecordedModel[];
  readonly twins: readonly ShardTwin[];
  /** When both are compared. */
  readonly atMs: number;
}

/** The numbers of those twins that do not go on alike. */
export function partingTwins(
  some: readonly CheckpointPart[],
  others: readonly CheckpointPart[],
  { compiled, models, twins, atMs }: FutureOptions,
): ReadonlySet<number> {
  const numbers = twins.map(({ index }) => index);
  const [one, two] = [some, others].map((parts) => {
    const site = new ReplaySite({ models, twins, parts, atMs }, compiled);
    site.runTo(atMs);
    return valuesOf(numbers, site.show());
  });
  const parting = new Set<number>();
  for (let i = 0; one !== undefined && i < one.length; i++) {
    if (!Object.is(one[i], two?.[i])) parting.add(numbers[i % numbers.length] ?? -1);
  }
  return parting;
}
