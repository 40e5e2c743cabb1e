/**
 * Ticks that were given up since the checkpoint: where twins stood then they are held, so that no tick is made which there never
 * was, until the record comes that says how they went on.
 *
 * The records are looked up beforehand, since samples that came while a worker stood are in the journal before its record.
 */

import { decodeGap, type GapRecord, gapKind } from '../journal/index.ts';
import type { Entry, Membership, ShardClient } from '../members/index.ts';
import type { Journal } from '../ports/index.ts';

export interface KnownGapsOptions {
  readonly members: Membership;
  /** The last record that a twin has had. */
  readonly hadOf: (twin: string) => number;
  /** Whether a shard is one of those that recover. */
  readonly isOurs: (client: ShardClient) => boolean;
}

export class KnownGaps {
  readonly #options: KnownGapsOptions;
  /** By number of the record, in order. */
  readonly #gaps = new Map<number, GapRecord>();

  constructor(options: KnownGapsOptions) {
    this.#options = options;
  }

  /** Looks them up, and holds each twin before its first. */
  async find(journal: Journal, from: number, until: number): Promise<void> {
    for await (const { first, count, bytes, spans } of journal.pages(from)) {
      for (let i = 0; i < count && first + i <= until; i++) {
        const [start = 0, end = 0] = [spans[2 * i], spans[2 * i + 1]];
        if (bytes[start] !== gapKind) continue;
        const gap = decodeGap(bytes.subarray(start, end));
        if (gap !== undefined) this.#gaps.set(first + i, gap);
      }
    }
    this.#hold(() => true);
  }

  /** Lets twins give up the ticks of a record. Resolves once they have. */
  async take(number: number): Promise<boolean> {
    const gap = this.#gaps.get(number);
    if (gap === undefined) return false;
    this.#gaps.delete(number);
    const lanes = this.#lanesOf(number, gap);
    const { afterMs, untilMs } = gap;
    const asked = [...Map.groupBy(lanes, ({ client }) => client)].map(([client, own]) =>
      client.requestAtOnce({ kind: 'give-up', twins: numbersOf(own), afterMs, untilMs }),
    );
    const freed = new Set(lanes);
    this.#hold((entry) => freed.has(entry));
    // A worker that dies meanwhile is told of elsewhere.
    await Promise.allSettled(asked);
    return true;
  }

  /** Holds lanes before the next gap of each. */
  #hold(isMeant: (entry: Entry) => boolean): void {
    const held = new Set<Entry>();
    for (const [number, gap] of this.#gaps) {
      const lanes = this.#lanesOf(number, gap).filter((entry) => isMeant(entry) && !held.has(entry));
      for (const entry of lanes) held.add(entry);
      for (const [client, own] of Map.groupBy(lanes, (entry) => entry.client))
        client.hold(numbersOf(own), gap.afterMs);
    }
  }

  #lanesOf(number: number, { model, twins }: GapRecord): Entry[] {
    const { members, hadOf, isOurs } = this.#options;
    return twins.flatMap((id) => {
      const live = members.find(id);
      const entry = [live, live?.trial?.shadow].find((one) => one?.info.model.id === model);
      return entry === undefined || number <= hadOf(id) || !isOurs(entry.client) ? [] : [entry];
    });
  }
}

function numbersOf(entries: readonly Entry[]): number[] {
  return entries.map(({ target }) => target.index);
}
