/** Builds a fleet: checks the twins, spreads them over the shards, restores them, and waits until all are there. */

import { GemelError } from '../../core/diagnose/index.ts';
import { type Checkpoint, decodeCheckpoint } from '../checkpoint/index.ts';
import { decodeFleet } from '../journal/index.ts';
import type { Journal } from '../ports/index.ts';
import { checkTwins, type TwinConfig } from '../twin/index.ts';
import type { Fleet, FleetOptions } from './fleet.ts';
import { LiveFleet } from './live-fleet.ts';

/**
 * Resolves once every twin has its first snapshot. If it rejects, the shards are closed.
 *
 * Rejects with the GemelErrors of `checkTwins`, and `WORKER_FAILED` if a shard does not start. An unreadable checkpoint is
 * an event, not an error: the twins begin anew.
 */
export async function createFleet(options: FleetOptions): Promise<Fleet> {
  try {
    return await create(options);
  } catch (error) {
    await Promise.all(options.shards.map((shard) => shard.close()));
    throw error;
  }
}

async function create(options: FleetOptions): Promise<Fleet> {
  const { shards, twins } = options;
  const models = new Map(options.models.map((model) => [model.id, model]));
  const modelOfTwin = checkTwins(twins, models);
  if (shards.length === 0) throw new GemelError('SHAPE_MISMATCH', 'a fleet needs at least one shard');
  const shardOfTwin = spread(twins, shards.length);
  const fleet = new LiveFleet({
    ...options,
    models,
    members: twins.map((config, index) => ({
      config,
      model: present(modelOfTwin[index]),
      shard: present(shardOfTwin[index]),
    })),
  });
  await fleet.start(await load(fleet, options));
  return fleet;
}

/** Twins of one model and period stay together as far as they can: the bigger a block, the cheaper a twin. */
function spread(twins: readonly TwinConfig[], shards: number): number[] {
  const groups = Map.groupBy(twins.keys(), (index) => `${twins[index]?.periodMs} ${twins[index]?.model}`);
  const shardOfTwin = new Array<number>(twins.length).fill(0);
  let first = 0;
  for (const members of groups.values()) {
    // Small groups begin at different shards, so that they do not all end up in the first.
    for (const [position, index] of members.entries()) {
      shardOfTwin[index] = (first + Math.floor((position * shards) / members.length)) % shards;
    }
    first++;
  }
  return shardOfTwin;
}

async function load(
  fleet: LiveFleet,
  { checkpoints, journal }: Pick<FleetOptions, 'checkpoints' | 'journal'>,
): Promise<Checkpoint> {
  const nothing = { parts: [], alarms: [] };
  if (checkpoints === undefined) return nothing;
  try {
    const bytes = await checkpoints.load();
    if (bytes !== undefined) return decodeCheckpoint(bytes);
    if (journal !== undefined && (await isOfLives(journal)))
      fleet.checkpointUnreadable(
        'there is none any more, and the twins start afresh: nobody can say from where on to read the journal',
      );
  } catch (error) {
    fleet.checkpointUnreadable(error);
  }
  return nothing;
}

/** Whether twins have lived by this journal. One killed before its first checkpoint has described the fleet, and no more. */
async function isOfLives(journal: Journal): Promise<boolean> {
  if (journal.last === 0) return false;
  for await (const { count, bytes, spans } of journal.pages(1)) {
    for (let i = 0; i < count; i++)
      if (decodeFleet(bytes.subarray(spans[2 * i], spans[2 * i + 1])) === undefined) return true;
  }
  return false;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('a twin without model or shard');
  return value;
}
