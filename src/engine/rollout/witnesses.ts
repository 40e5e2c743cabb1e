/**
 * What is seen of both versions, for each twin of the rollouts and for all twins of one together.
 *
 * A comparison begins anew when its versions change places: what was seen in the shadow has decided the promotion, and what comes after
 * is judged by itself. So each is kept with the place at which the new version was: the first tick with exchanged lanes comes before the
 * swap is answered, and after a crash what was kept may be of before it.
 */

import {
  type Comparison,
  createComparison,
  type PairedSample,
  type SavedComparison,
} from '../../core/compare/index.ts';
import type { ShadowTick } from '../trials/index.ts';

/** Which of the two lanes is the new version's. */
export type Place = 'live' | 'shadow';

/** As plain JSON. */
export interface SavedWitness {
  readonly newIs: Place;
  readonly seen: SavedComparison;
}

export interface SavedWitnesses {
  readonly twins: Readonly<Record<string, SavedWitness>>;
  readonly rollouts: Readonly<Record<string, SavedWitness>>;
}

interface Witness {
  readonly newIs: Place;
  readonly seen: Comparison;
}

export class Witnesses {
  readonly #twins = new Map<string, Witness>();
  readonly #rollouts = new Map<string, Witness>();

  twin(id: string): Comparison | undefined {
    return this.#twins.get(id)?.seen;
  }

  rollout(id: string): Comparison | undefined {
    return this.#rollouts.get(id)?.seen;
  }

  hear({ twin, atMs, live, shadow, ahead }: ShadowTick, rollout: string, newIs: Place): void {
    const [old, next] = newIs === 'live' ? [shadow, live] : [live, shadow];
    const samples: PairedSample[] = [];
    for (const [measurement, reading] of next) {
      const other = old.get(measurement);
      // Both were given the same sample, unless one of them was away for a moment.
      if (other?.timeMs === reading.timeMs) samples.push({ measurement, old: other, new: reading });
    }
    const both = [comparisonOf(this.#twins, twin, newIs), comparisonOf(this.#rollouts, rollout, newIs)];
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
    for (const [id, saved] of Object.entries(twins)) this.#twins.set(id, restored(saved));
    for (const [id, saved] of Object.entries(rollouts)) this.#rollouts.set(id, restored(saved));
  }
}

function comparisonOf(all: Map<string, Witness>, id: string, newIs: Place): Comparison {
  const found = all.get(id);
  if (found?.newIs === newIs) return found.seen;
  const seen = createComparison();
  all.set(id, { newIs, seen });
  return seen;
}

function restored({ newIs, seen }: SavedWitness): Witness {
  return { newIs, seen: createComparison(undefined, seen) };
}

/** So many comparisons are written without a pause: some milliseconds. */
const atOnce = 10;

async function textOf(
  all: ReadonlyMap<string, Witness>,
  kept: (saved: SavedComparison) => SavedComparison,
  pause: () => Promise<void>,
): Promise<string> {
  const parts: string[] = [];
  for (const [id, { newIs, seen }] of all) {
    const saved: SavedWitness = { newIs, seen: kept(seen.save()) };
    parts.push(`${JSON.stringify(id)}:${JSON.stringify(saved)}`);
    if (parts.length % atOnce === 0) await pause();
  }
  return `{${parts.join(',')}}`;
}
