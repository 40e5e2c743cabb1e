/** To how many twins a version can be brought, of those that there are. */

import type { ModelSummary } from './model-api.ts';
import type { RolloutSummary } from './rollout-api.ts';
import { twinsText } from './rollout-words.ts';

/** Of the twins of a model, those that do not run a version for good. */
export interface TwinCount {
  readonly free: number;
  /** They are in other rollouts. */
  readonly taken: number;
  /** They are in this one already. */
  readonly own: number;
}

export interface There {
  readonly models: readonly Pick<ModelSummary, 'id' | 'name' | 'twins'>[];
  readonly rollouts: readonly Pick<RolloutSummary, 'id' | 'model' | 'twins'>[];
}

/** @param own - the name of the rollout that it is in already. */
export function countTwins(version: string, { models, rollouts }: There, own?: string): TwinCount {
  const [name] = version.split('@');
  const others = models.filter((model) => model.name === name && model.id !== version);
  const count = { free: others.reduce((sum, { twins }) => sum + twins, 0), taken: 0, own: 0 };
  for (const { id, model, twins } of rollouts) {
    if (model.split('@')[0] !== name) continue;
    const { waiting = 0, shadow = 0, live = 0 } = twins;
    // Where the version itself is live, they are not among those that run another.
    const among = waiting + shadow + (model === version ? 0 : live);
    count.free = Math.max(0, count.free - among);
    if (id === own) count.own = waiting + shadow + live;
    else count.taken += among;
  }
  return count;
}

/** How many a percentage is, in words. */
export function countText(percent: number, { free, taken, own }: TwinCount): string {
  if (!(percent > 0 && percent <= 100)) return '';
  const all = free + own;
  if (all === 0) return taken > 0 ? `none is free: ${twinsText(taken)} in other rollouts` : 'none';
  const many = Math.ceil((all * percent) / 100);
  const also = own > 0 ? `, ${own} of them in it already` : '';
  const out = taken > 0 ? `; ${taken} more in other rollouts` : '';
  return `${many} of ${twinsText(all)}${also}${out}`;
}
