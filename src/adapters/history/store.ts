/**
 * A history in one SQLite file: samples by series and event time. Synchronous: it belongs into a thread of its own.
 */

import type {
  HistoryBuckets,
  HistoryFact,
  HistoryFactsAt,
  HistoryFactSpan,
  HistoryMoment,
  HistoryPartLengths,
  HistoryPoints,
  HistoryReading,
  HistorySpan,
} from '../../engine/index.ts';
import type { BlockSummary, Span } from './block-points.ts';
import { Blocks } from './blocks.ts';
import { united } from './conversion.ts';
import { type Database, openDatabase } from './database.ts';
import { lastIn, newestOf, seriesAsked } from './last-values.ts';
import type { OpenBlock } from './open-block.ts';
import { openBlockOf, OpenSeries, type Series, storeDefaults, type StoreOptions } from './open-series.ts';
import { type Batch, decodePending, PendingEncoder } from './pending.ts';
import { bucketsOf, pointsIn, valuesAt } from './query.ts';
import type { SeriesInfo, SeriesName } from './series-index.ts';
import type { Store } from './store-port.ts';

export type { StoreOptions } from './open-series.ts';
export type { SeriesInfo } from './series-index.ts';

export class HistoryStore implements Store {
  readonly #database: Database;
  readonly #blocks: Blocks;
  readonly #series: OpenSeries;
  readonly #pending = new PendingEncoder();
  /** The rows of `pending` that are needed: from … to, the last one excluded. */
  #pendingFrom = 1;
  #pendingTo = 1;
  /** The next series whose oldest blocks are looked at. */
  #forgetAt = 0;

  /** @throws Error if the file cannot be opened, or is no history of this format. */
  constructor(file: string, options: StoreOptions = {}) {
    this.#database = openDatabase(file, options.readOnly === true ? 'read' : 'write');
    this.#blocks = new Blocks(this.#database, options.blockSamples ?? storeDefaults.blockSamples);
    this.#series = new OpenSeries(options, ({ id }, points) => this.#blocks.append(id, points));
    for (const { id, twin, signal, unit } of this.#database.statements.allSeries.all()) {
      this.#take({ id: Number(id), twin: String(twin), signal: String(signal), unit: String(unit) });
    }
    this.#reload();
  }

  define(series: readonly SeriesInfo[]): readonly number[] {
    return this.#database.transact(() =>
      series.map((info) => {
        const known = this.#series.use(info);
        if (known !== undefined) return known;
        const added = this.#database.statements.addSeries.run(info.twin, info.signal, info.unit);
        return this.#take({ id: Number(added.lastInsertRowid), ...info });
      }),
    );
  }

  /** Number of one series. */
  series(info: SeriesInfo): number {
    return this.define([info])[0] ?? 0;
  }

  twins(): readonly string[] {
    return this.#series.twins();
  }

  seriesOf(twin: string): readonly SeriesInfo[] {
    return this.#series.of(twin);
  }

  write(batch: Batch): number {
    return this.#database.transact(() => {
      const row = this.#pendingTo++;
      const bytes = this.#pending.encode(batch, (series) => this.#series.id(series));
      this.#database.statements.addPending.run(row, bytes);
      const late = this.#series.add(batch, row);
      this.#series.sealOld(this.#pendingFrom, this.#pendingTo);
      this.#releasePending();
      return this.#insert(late);
    });
  }

  points(span: HistorySpan, limit: number): HistoryPoints {
    return pointsIn(this.blocks(span, span), span, limit);
  }

  buckets(span: HistorySpan, lengths: HistoryPartLengths): HistoryBuckets {
    const since = lengths.holdMs === undefined ? span : this.#since(span);
    return bucketsOf(this.blocks(span, since), span, lengths);
  }

  valuesAt(span: HistorySpan, everyMs: number): Float64Array {
    return valuesAt(this.blocks(span, this.#since(span)), span, everyMs);
  }

  /**
   * Blocks, sealed and open, that have samples in the span, in order of their first one. Those from when the signal had
   * another unit are converted; what cannot be converted is left out.
   */
  blocks(name: SeriesName, span: Span): Iterable<BlockSummary> {
    const parts = this.#series.find(name).map((series) => {
      return { unit: series.unit, blocks: this.#blocksOf(series, span) };
    });
    return united(name.signal, parts);
  }

  /** Time of the newest sample at or before a time; undefined if there is none. */
  timeBefore(name: SeriesName, timeMs: number): number | undefined {
    const times = this.#series
      .find(name)
      .flatMap(({ id, open }) => [
        ...open.timesMs.filter((one) => one <= timeMs).slice(-1),
        ...this.#blocks.timeBefore(id, timeMs),
      ]);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  lastValues(asked: HistoryMoment): readonly HistoryReading[] {
    const { timeMs } = asked;
    return seriesAsked(this.#series, asked).flatMap((ofSignal) => {
      const found = ofSignal.flatMap((series) => {
        const points = this.#blocks.pointsBefore(series.id, timeMs);
        return lastIn(series, series.open, timeMs) ?? (points && lastIn(series, points, timeMs)) ?? [];
      });
      return newestOf(found);
    });
  }

  note(facts: readonly HistoryFact[]): void {
    this.#database.transact(() => this.#database.facts.add(facts));
  }

  facts(span: HistoryFactSpan): readonly HistoryFact[] {
    return this.#database.facts.in(span);
  }

  factsAt(asked: HistoryFactsAt): readonly HistoryFact[] {
    return this.#database.facts.at(asked);
  }

  firstFactMs(): number | undefined {
    return this.#database.facts.firstMs();
  }

  forgetFacts(beforeMs: number): number {
    return this.#database.transact(() => this.#database.facts.forget(beforeMs, 10_000));
  }

  /** Writes all that is open into blocks, however few samples they have. */
  seal(): void {
    this.#database.transact(() => {
      this.#series.sealAll();
      this.#releasePending();
    });
  }

  forget(beforeMs: number): number {
    return Number(this.#database.statements.removeSamplesBefore.run(beforeMs).changes);
  }

  /** Of the next `count` series in turn. */
  forgetSummaries(beforeMs: number, count = 1000): number {
    return this.#database.transact(() => {
      let removed = 0;
      for (let i = Math.min(count, this.#series.count); i > 0; i--) {
        const id = this.#series.id(this.#forgetAt++ % this.#series.count);
        removed += this.#blocks.removeBefore(id, beforeMs);
      }
      return removed;
    });
  }

  size(): number {
    return this.#database.size();
  }

  close(): void {
    this.#database.close();
  }

  /** From the last sample before a span. */
  #since(span: HistorySpan): Span {
    return { ...span, fromMs: this.timeBefore(span, span.fromMs) ?? span.fromMs };
  }

  *#blocksOf(series: Series, span: Span): Generator<BlockSummary> {
    yield* this.#blocks.within(series.id, span);
    yield* openBlockOf(series, span);
  }

  #take(info: SeriesInfo & { readonly id: number }): number {
    return this.#series.take({ ...info, sealedMs: this.#blocks.lastMs(info.id) });
  }

  /** What was pending when the file was closed, or its process killed. Writes nothing. */
  #reload(): void {
    const restore = this.#series.restorer();
    for (const { id, bytes } of this.#database.statements.pending.all()) {
      if (!(bytes instanceof Uint8Array)) continue;
      if (this.#pendingFrom === 1) this.#pendingFrom = Number(id);
      this.#pendingTo = Number(id) + 1;
      restore(decodePending(bytes), Number(id));
    }
  }

  #insert(late: ReadonlyMap<number, OpenBlock>): number {
    let lost = 0;
    for (const [id, { points }] of late) lost += this.#blocks.insert(id, points);
    return lost;
  }

  /** Deletes the rows of `pending` whose samples all are in blocks by now. */
  #releasePending(): void {
    const from = this.#series.pendingFrom(this.#pendingTo);
    if (from <= this.#pendingFrom) return;
    this.#database.statements.removePendingBefore.run(from);
    this.#pendingFrom = from;
  }
}
