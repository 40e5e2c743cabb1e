/**
 * What is seen of both versions, for each twin of the rollouts and for all twins of one together.
 *
 * A comparison begins anew when its versions change places: what was seen in the shadow has decided the promotion, and what comes after
 * is judged by itself.
 */

import {
  type Comparison,
  createComparison,
  type PairedSample,
  type SavedComparison,
} from '../../core/compare/index.ts';
import type { ShadowTick } from '../trials/index.ts';

/** As plain JSON. */
export interface SavedWitnesses {
  readonly twins: Readonly<Record<string, SavedComparison>>;
  readonly rollouts: Readonly<Record<string, SavedComparison>>;
}

export class Witnesses {
  readonly #twins = new Map<string, Comparison>();
  readonly #rollouts = new Map<string, Comparison>();

  twin(id: string): Comparison | undefined {
    return this.#twins.get(id);
  }

  rollout(id: string): Comparison {
    return getOr(this.#rollouts, id);
  }

  /** @param newIs - which of the two lanes is the new version's. */
  hear({ twin, atMs, live, shadow, ahead }: ShadowTick, rollout: string, newIs: 'live' | 'shadow'): void {
    const [old, next] = newIs === 'live' ? [shadow, live] : [live, shadow];
    const samples: PairedSample[] = [];
    for (const [measurement, reading] of next) {
      const other = old.get(measurement);
      // Both were given the same sample, unless one of them was away for a moment.
      if (other?.timeMs === reading.timeMs) samples.push({ measurement, old: other, new: reading });
    }
    const both = [getOr(this.#twins, twin), getOr(this.#rollouts, rollout)];
    for (const comparison of both) {
      comparison.tick(atMs, samples);
      for (const { measurement, horizonSeconds, live: ofLive, shadow: ofShadow } of ahead) {
        const [oldError, newError] = newIs === 'live' ? [ofShadow, ofLive] : [ofLive, ofShadow];
        comparison.ahead(atMs, { measurement, horizonSeconds, old: oldError, new: newError });
      }
    }
  }

  forgetTwin(id: string): void {
    this.#twins.delete(id);
  }

  keepOnly(isKept: (rollout: string) => boolean): void {
    for (const id of this.#rollouts.keys()) if (!isKept(id)) this.#rollouts.delete(id);
  }

  forgetRollout(id: string): void {
    this.#rollouts.delete(id);
  }

  /**
   * As text, made piece by piece: a thousand twins are tens of megabytes, and readers must not wait for all of them. Errors ahead of single
   * measurements are only kept of all twins together; the verdict on a twin does not need them.
   */
  async save(pause: () => Promise<void>): Promise<string> {
    const twins = await textOf(this.#twins, (saved) => ({ ...saved, ahead: [] }), pause);
    const rollouts = await textOf(this.#rollouts, (saved) => saved, pause);
    return `{"twins":${twins},"rollouts":${rollouts}}\n`;
  }

  restore({ twins, rollouts }: SavedWitnesses): void {
    for (const [id, saved] of Object.entries(twins)) this.#twins.set(id, createComparison(undefined, saved));
    for (const [id, saved] of Object.entries(rollouts))
      this.#rollouts.set(id, createComparison(undefined, saved));
  }
}

function getOr(all: Map<string, Comparison>, id: string): Comparison {
  let found = all.get(id);
  if (found === undefined) {
    found = createComparison();
    all.set(id, found);
  }
  return found;
}

/** So many comparisons are written without a pause: some milliseconds. */
const atOnce = 10;

async function textOf(
  all: ReadonlyMap<string, Comparison>,
  kept: (saved: SavedComparison) => SavedComparison,
  pause: () => Promise<void>,
): Promise<string> {
  const parts: string[] = [];
  for (const [id, comparison] of all) {
    parts.push(`${JSON.stringify(id)}:${JSON.stringify(kept(comparison.save()))}`);
    if (parts.length % atOnce === 0) await pause();
  }
  return `{${parts.join(',')}}`;
}
