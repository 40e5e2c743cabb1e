/** The rollouts that there are, their twins, and which twin is in which. */

import { didYouMean, GemelError } from '../../core/diagnose/index.ts';
import type { Rollout, RolloutHead, RolloutTwin } from './rollout.ts';
import { arrived } from './towards.ts';

export interface Entry {
  head: RolloutHead;
  readonly twins: Map<string, RolloutTwin>;
}

/** So many are kept; the oldest that has ended makes room. */
const mostRollouts = 100;

export class RolloutBook {
  readonly #entries = new Map<string, Entry>();
  /** By twin, the rollout that moves it. */
  readonly #ofTwin = new Map<string, string>();

  /** Newest first. */
  list(): readonly Rollout[] {
    return [...this.#entries.values()].reverse().map(viewOf);
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** @throws GemelError `ROLLOUT_UNKNOWN` */
  need(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry !== undefined) return entry;
    const hint = didYouMean(id, this.#entries.keys());
    throw new GemelError('ROLLOUT_UNKNOWN', `there is no rollout \`${id.slice(0, 128)}\``, { hint });
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** The rollout that moves a twin, with what it is there. */
  of(twin: string): { readonly entry: Entry; readonly twin: RolloutTwin } | undefined {
    const entry = this.#entries.get(this.#ofTwin.get(twin) ?? '');
    const found = entry?.twins.get(twin);
    return entry === undefined || found === undefined ? undefined : { entry, twin: found };
  }

  /** @throws GemelError `ROLLOUT_LIMIT` */
  add(entry: Entry): void {
    if (this.#entries.size >= mostRollouts) {
      const [oldest] = [...this.#entries.values()].filter(({ head }) => head.state === 'ended');
      if (oldest === undefined) {
        throw new GemelError('ROLLOUT_LIMIT', `there are ${mostRollouts} rollouts that nobody has ended`);
      }
      this.#entries.delete(oldest.head.id);
    }
    this.#entries.set(entry.head.id, entry);
    for (const twin of entry.twins.values()) this.set(entry, twin);
  }

  drop(id: string): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    for (const twin of entry?.twins.keys() ?? [])
      if (this.#ofTwin.get(twin) === id) this.#ofTwin.delete(twin);
  }

  set(entry: Entry, twin: RolloutTwin): void {
    entry.twins.set(twin.id, twin);
    const { id } = entry.head;
    // One that has its old version back, or the new one for good, or cannot run it, is free for another rollout.
    const isFree = twin.state === 'returned' || twin.state === 'kept' || twin.state === 'refused';
    if (isFree && isSettled(twin)) {
      if (this.#ofTwin.get(twin.id) === id) this.#ofTwin.delete(twin.id);
    } else this.#ofTwin.set(twin.id, id);
  }

  /** The rollout that a twin is in, if it is another one. */
  takenBy(twin: string, but: string): string | undefined {
    const rollout = this.#ofTwin.get(twin);
    return rollout === but ? undefined : rollout;
  }
}

export function viewOf({ head, twins }: Entry): Rollout {
  return { ...head, twins: [...twins.values()] };
}

export function isSettled({ goal, state }: RolloutTwin): boolean {
  return state === 'refused' || state === 'gone' || state === arrived[goal];
}
