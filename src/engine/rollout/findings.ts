/** What is known of a rollout's new version: how it compares, on which twins it is worse, and on which it stands still. */

import { createComparison } from '../../core/compare/index.ts';
import type { Entry } from './book.ts';
import type { TrialFleet } from './port.ts';
import type { RolloutFindings } from './rollout.ts';
import type { Witnesses } from './witnesses.ts';

export function findingsOf(
  { head, twins }: Entry,
  { fleet, witnesses }: { readonly fleet: TrialFleet; readonly witnesses: Witnesses },
): RolloutFindings {
  /** One that has gone on to another rollout is no longer this one's. */
  const runs = (id: string): boolean => {
    const state = twins.get(id)?.state;
    return state === 'shadow' || state === 'live';
  };
  return {
    together: (witnesses.rollout(head.id) ?? createComparison()).result(),
    verdictOn: (id) => (runs(id) ? witnesses.twin(id)?.verdict() : undefined),
    standsStillOn(id) {
      if (!runs(id)) return false;
      const isLive = fleet.twin(id)?.model.id === head.model;
      const its = isLive ? fleet.snapshot(id) : fleet.shadowSnapshot(id);
      return its?.status === 'quarantined';
    },
  };
}
