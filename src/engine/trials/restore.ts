/**
 * Puts the lanes of twins back to what a checkpoint says, before a shard is started from it: which version is live, and which
 * runs in its shadow.
 *
 * The project names a version, too. As long as it names the one that it named then, what has been made live since counts; once
 * somebody has written another there, that counts.
 */

import type { SavedLanes } from '../checkpoint/index.ts';
import type { Entry } from '../members/index.ts';
import type { TwinInfo } from '../twin/index.ts';
import type { TrialPlans } from './plan.ts';

/** What a twin is to run. */
export interface WantedLanes {
  readonly live: TwinInfo;
  readonly shadow: TwinInfo | undefined;
  /** What cannot be as it was, in words. */
  readonly lost?: string;
}

export function wantedLanes(
  { info, named }: Entry,
  { live, shadow }: SavedLanes,
  plans: TrialPlans,
): WantedLanes {
  const asNamed = info.config === named ? info : undefined;
  const counts = live !== undefined && live.named.model === named.model && live.model !== named.model;
  const again = counts ? plans.again(named, live) : undefined;
  const now = again ?? asNamed ?? plans.named(named);
  const isSame = shadow?.named.model === named.model || live?.model === named.model;
  const beside = shadow !== undefined && isSame ? plans.again(named, shadow) : undefined;
  const lost =
    counts && again === undefined
      ? `it ran ${live.model}, which is not there as it was, and begins anew with ${named.model}`
      : shadow !== undefined && beside === undefined
        ? `${shadow.model} no longer runs in its shadow`
        : undefined;
  return {
    live: now,
    shadow: beside?.model === now.model ? undefined : beside,
    ...(lost !== undefined && { lost }),
  };
}

/** For people: twins that run another version than the project names, if there are any. */
export function describeVersions(entries: Iterable<Entry>): string | undefined {
  const others = [...entries].filter(({ info, named }) => info.model.id !== named.model);
  if (others.length === 0) return undefined;
  const told = others
    .slice(0, 5)
    .map(({ info, named }) => `${named.id} runs ${info.model.id} and not ${named.model}`)
    .join(', ');
  const more = others.length > 5 ? `, and ${others.length - 5} more` : '';
  return `${told}${more}, since that was made live; to make the project agree, write the version there that runs`;
}
