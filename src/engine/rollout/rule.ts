/** Whether a new version that is live has to be taken back: from one twin, or from all. */

import type { Comparison } from '../../core/compare/index.ts';
import type { Entry } from './book.ts';
import type { TrialFleet } from './port.ts';
import type { RolloutTwin } from './rollout.ts';

/** A verdict is asked for after so many further moments at which samples came. */
const lookEvery = 16;

/** Asks a comparison for its verdict now and then: one costs as much as some hundred samples. */
export class Looks {
  readonly #seen = new WeakMap<Comparison, number>();

  /** What was found, if the new version is worse. */
  worse(comparison: Comparison | undefined): string | undefined {
    if (comparison === undefined) return undefined;
    const { instants } = comparison;
    if (instants - (this.#seen.get(comparison) ?? 0) < lookEvery) return undefined;
    this.#seen.set(comparison, instants);
    return comparison.verdict() === 'worse' ? comparison.result().sentence : undefined;
  }
}

/** Why it is taken back from all, by how many twins it was taken back from. */
export function tooMany({ head, twins }: Entry): string | undefined {
  const concerned = [...twins.values()].filter(({ state }) => state !== 'refused' && state !== 'gone');
  const back = concerned.filter(({ goal }) => goal === 'back').length;
  const { sharePercent } = head.rollback;
  if (!(back > (concerned.length * sharePercent) / 100)) return undefined;
  return `it was worse on ${back} of ${concerned.length} twins, more than ${sharePercent} %`;
}

/**
 * Why it is taken back from all because of what happened to one: it stands still, or its belief diverged, and the old version's has not.
 * What a twin runs is read from the fleet: its first tick under the new version comes before its swap is answered.
 */
export function brokenBy(
  fleet: TrialFleet,
  { entry, twin }: { readonly entry: Entry; readonly twin: RolloutTwin },
  kind: 'quarantined' | 'diverged',
): string | undefined {
  const { id, goal } = twin;
  if (goal !== 'live' || fleet.twin(id)?.model.id !== entry.head.model) return undefined;
  if (kind === 'quarantined' && fleet.shadowSnapshot(id)?.status === 'quarantined') return undefined;
  const what = kind === 'quarantined' ? 'stands still at its last good belief' : 'began its belief anew';
  return `twin \`${id}\` ${what} under the new version`;
}
