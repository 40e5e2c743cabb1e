/** The sealed blocks of all series in PostgreSQL: many at a time, since each question costs a way there and back. */

import {
  type BlockSummary,
  joinPoints,
  mergePoints,
  noPoints,
  packingOf,
  splitPoints,
  summarise,
  summaryOf,
} from '../block-points.ts';
import { decodePoints, encodePoints, type Packing, type Points } from '../codec.ts';
import type { Database, Row } from './database.ts';
import { statements } from './statements.ts';

/** Samples of one series. */
export interface Added {
  readonly series: number;
  readonly points: Points;
}

interface Block extends Added {
  readonly packing: Packing;
}

interface Newest {
  readonly firstMs: number;
  readonly count: number;
}

/** Samples that go into one block, or, where there is none, make one. */
interface Group extends Added {
  readonly firstMs: number | undefined;
}

const groupsAtOnce = 1000;

export class PostgresBlocks {
  readonly #database: Database;
  readonly #most: number;
  /** The last block of each series: it may have room. */
  readonly #newest = new Map<number, Newest>();

  /** A block gets at most `most` samples. */
  constructor(database: Database, most: number) {
    this.#database = database;
    this.#most = most;
  }

  /** What is known of a series' last block from the start. */
  know(series: number, newest: Newest): void {
    this.#newest.set(series, newest);
  }

  /** Adds samples that are newer than all there are, each after those before; small last blocks take them if they have room. */
  async append(added: readonly Added[]): Promise<void> {
    const open = await this.#samplesOf(this.#withRoom(added));
    const blocks = new Map<string, Block>();
    for (const { series, points } of added) {
      const newest = this.#newest.get(series);
      const old = newest === undefined ? undefined : open.get(keyOf(series, newest.firstMs));
      const fits = old !== undefined && old.timesMs.length + points.timesMs.length <= this.#most;
      for (const part of splitPoints(fits ? joinPoints(old, points) : points, this.#most)) {
        const firstMs = part.timesMs[0] ?? 0;
        const count = part.timesMs.length;
        const key = keyOf(series, firstMs);
        const packing = packingOf(count, points.timesMs.length, this.#most);
        blocks.set(key, { series, points: part, packing });
        open.set(key, part);
        this.#newest.set(series, { firstMs, count });
      }
    }
    await this.#put([...blocks.values()]);
  }

  /** Puts samples, ascending for each series, among those there are. Returns how many had no place, as their neighbours are gone. */
  async insert(added: readonly Added[]): Promise<number> {
    const groups = await this.#groupsOf(added);
    let lost = 0;
    for (let from = 0; from < groups.length; from += groupsAtOnce) {
      lost += await this.#insertGroups(groups.slice(from, from + groupsAtOnce));
    }
    return lost;
  }

  async #insertGroups(groups: readonly Group[]): Promise<number> {
    const touched = groups.flatMap(({ series, firstMs }) =>
      firstMs === undefined ? [] : { series, firstMs },
    );
    const found = await this.#samplesOf(touched);
    const blocks: Block[] = [];
    const removed: { series: number; firstMs: number }[] = [];
    let lost = 0;
    for (const { series, firstMs, points } of groups) {
      const old = firstMs === undefined ? noPoints : found.get(keyOf(series, firstMs));
      if (old === undefined) {
        lost += points.timesMs.length;
        continue;
      }
      const parts = splitPoints(mergePoints(old, points), this.#most);
      for (const part of parts) blocks.push({ series, points: part, packing: 'deflated' });
      if (firstMs !== undefined) removed.push({ series, firstMs });
      const last = parts.at(-1);
      if (last !== undefined && this.#newest.get(series)?.firstMs === firstMs)
        this.#newest.set(series, { firstMs: last.timesMs[0] ?? 0, count: last.timesMs.length });
    }
    await this.#database.run(statements.removeBlocks, keyArrays(removed));
    await this.#put(blocks);
    return lost;
  }

  /** Which samples go into which block: the last one that begins before them, or the first of all. */
  async #groupsOf(added: readonly Added[]): Promise<readonly Group[]> {
    const rows = await this.#database.rows(statements.blocksFor, [
      added.map(({ series }) => series),
      added.map(({ points }) => points.timesMs[0] ?? 0),
      added.map(({ points }) => points.timesMs.at(-1) ?? 0),
    ]);
    const beginnings = Map.groupBy(rows, (row) => Number(row['series']));
    return added.flatMap(({ series, points: { timesMs, values } }) => {
      const firsts = (beginnings.get(series) ?? []).map((row) => Number(row['first_ms']));
      const groups: Group[] = [];
      let block = 0;
      for (let from = 0; from < timesMs.length; ) {
        while ((firsts[block + 1] ?? Number.POSITIVE_INFINITY) <= (timesMs[from] ?? 0)) block++;
        const endMs = firsts[block + 1] ?? Number.POSITIVE_INFINITY;
        let to = from + 1;
        while (to < timesMs.length && (timesMs[to] ?? 0) < endMs) to++;
        const points = { timesMs: timesMs.subarray(from, to), values: values.subarray(from, to) };
        groups.push({ series, points, firstMs: firsts[block] });
        from = to;
      }
      return groups;
    });
  }

  /** The last blocks that the first samples of each series fit into. */
  #withRoom(added: readonly Added[]): { readonly series: number; readonly firstMs: number }[] {
    const seen = new Set<number>();
    return added.flatMap(({ series, points }) => {
      const newest = this.#newest.get(series);
      const isFirst = !seen.has(series);
      seen.add(series);
      const fits = newest !== undefined && newest.count + points.timesMs.length <= this.#most;
      return isFirst && fits ? [{ series, firstMs: newest.firstMs }] : [];
    });
  }

  async #samplesOf(
    keys: readonly { readonly series: number; readonly firstMs: number }[],
  ): Promise<Map<string, Points>> {
    const found = new Map<string, Points>();
    if (keys.length === 0) return found;
    for (const row of await this.#database.rows(statements.samplesOf, keyArrays(keys))) {
      const points = pointsOf(row);
      if (points !== undefined) found.set(keyOf(Number(row['series']), Number(row['first_ms'])), points);
    }
    return found;
  }

  async #put(blocks: readonly Block[]): Promise<void> {
    if (blocks.length === 0) return;
    const sums = blocks.map(({ points }) => summarise(points));
    await this.#database.run(statements.putBlocks, [
      blocks.map(({ series }) => series),
      sums.map(({ firstMs }) => firstMs),
      sums.map(({ lastMs }) => lastMs),
      sums.map(({ count }) => count),
      sums.map(({ least }) => least),
      sums.map(({ most }) => most),
      sums.map(({ sum }) => sum),
      blocks.map(({ points, packing }) => Buffer.from(encodePoints(points, packing))),
      sums.map(({ gapMs }) => gapMs),
    ]);
  }
}

export function blockOf(row: Row): BlockSummary {
  return summaryOf(row, () => pointsOf(row));
}

export function pointsOf(row: Row): Points | undefined {
  const bytes = row['bytes'];
  return bytes instanceof Uint8Array ? decodePoints(bytes) : undefined;
}

function keyOf(series: number, firstMs: number): string {
  return `${series}/${firstMs}`;
}

function keyArrays(
  keys: readonly { readonly series: number; readonly firstMs: number }[],
): readonly [number[], number[]] {
  return [keys.map(({ series }) => series), keys.map(({ firstMs }) => firstMs)];
}
