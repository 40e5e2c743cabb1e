/** The sealed blocks of a series: written, read, and written anew where a sample came late. */

import {
  type BlockSummary,
  joinPoints,
  mergePoints,
  noPoints,
  packingOf,
  type Span,
  splitPoints,
  summarise,
  summaryOf,
} from './block-points.ts';
import { decodePoints, encodePoints, type Packing, type Points } from './codec.ts';
import type { Database } from './database.ts';

type Row = Readonly<Record<string, unknown>>;

export class Blocks {
  readonly #database: Database;
  readonly #most: number;

  /** A block gets at most `most` samples. */
  constructor(database: Database, most: number) {
    this.#database = database;
    this.#most = most;
  }

  /** Time of the newest sample in a block; −∞ if there is none. */
  lastMs(series: number): number {
    const last = this.#database.statements.lastMs.get(series)?.['last_ms'];
    return typeof last === 'number' ? last : Number.NEGATIVE_INFINITY;
  }

  *within(series: number, { fromMs, toMs }: Span): Generator<BlockSummary> {
    for (const row of this.#database.statements.blocksIn.all(series, toMs, fromMs)) {
      if (Number(row['first_ms']) < toMs) yield this.#summaryOf(row);
    }
  }

  /** Time of the newest sample at or before a time, in a list; of a block that lost its samples, that of its first one. */
  timeBefore(series: number, timeMs: number): readonly number[] {
    const row = this.#database.statements.blockBefore.get(series, timeMs);
    if (row === undefined) return [];
    const block = this.#summaryOf(row);
    return [block.points()?.timesMs.findLast((one) => one <= timeMs) ?? block.firstMs];
  }

  /** Samples of the block that a time is in or after; undefined if there is none, or they were too old to keep. */
  pointsBefore(series: number, timeMs: number): Points | undefined {
    const row = this.#database.statements.blockBefore.get(series, timeMs);
    return row === undefined ? undefined : this.#summaryOf(row).points();
  }

  /** Adds samples that are newer than all there are; a small last block takes them if it has room. */
  append(series: number, points: Points): void {
    const last = this.#database.statements.blockBefore.get(series, Number.MAX_VALUE);
    const room = last === undefined ? 0 : this.#most - Number(last['count']);
    const old =
      last !== undefined && room >= points.timesMs.length ? this.#summaryOf(last).points() : undefined;
    const count = (old?.timesMs.length ?? 0) + points.timesMs.length;
    const packing = packingOf(count, points.timesMs.length, this.#most);
    if (last === undefined || old === undefined) {
      this.#add(series, points, packing);
      return;
    }
    this.#remove(series, last);
    this.#add(series, joinPoints(old, points), packing);
  }

  /**
   * Puts samples, ascending, among those there are. Returns how many had no place: their neighbours were too old to be
   * kept, and so are they.
   */
  insert(series: number, { timesMs, values }: Points): number {
    const { statements } = this.#database;
    let lost = 0;
    for (let from = 0; from < timesMs.length; ) {
      const timeMs = timesMs[from] ?? 0;
      const row =
        statements.blockBefore.get(series, timeMs) ??
        statements.blocksIn.get(series, Number.MAX_VALUE, timeMs);
      const next = statements.blockAfter.get(series, Math.max(timeMs, Number(row?.['first_ms'] ?? timeMs)));
      const endMs = typeof next?.['first_ms'] === 'number' ? next['first_ms'] : Number.POSITIVE_INFINITY;
      let to = from + 1;
      while (to < timesMs.length && (timesMs[to] ?? 0) < endMs) to++;
      const added = { timesMs: timesMs.subarray(from, to), values: values.subarray(from, to) };
      const old = row === undefined ? noPoints : this.#summaryOf(row).points();
      if (old === undefined) lost += to - from;
      else {
        if (row !== undefined) this.#remove(series, row);
        for (const part of splitPoints(mergePoints(old, added), this.#most)) this.#add(series, part);
      }
      from = to;
    }
    return lost;
  }

  /** Deletes blocks older than this with all that is said of them. */
  removeBefore(series: number, beforeMs: number): number {
    return Number(this.#database.statements.removeBlocksBefore.run(series, beforeMs).changes);
  }

  #add(series: number, points: Points, packing: Packing = 'deflated'): void {
    const { firstMs, lastMs, count, least, most, sum, gapMs } = summarise(points);
    const { statements } = this.#database;
    const samples = Number(statements.addSamples.run(lastMs, encodePoints(points, packing)).lastInsertRowid);
    statements.addBlock.run(series, firstMs, lastMs, count, least, most, sum, samples, gapMs);
  }

  #remove(series: number, row: Row): void {
    this.#database.statements.removeBlock.run(series, Number(row['first_ms']));
    this.#database.statements.removeSamples.run(Number(row['samples']));
  }

  #summaryOf(row: Row): BlockSummary {
    const { samples } = this.#database.statements;
    return summaryOf(row, () => {
      const bytes = samples.get(Number(row['samples']))?.['bytes'];
      return bytes instanceof Uint8Array ? decodePoints(bytes) : undefined;
    });
  }
}
