/**
 * A history in one SQLite file: samples by series and event time. Synchronous: it belongs into a thread of its own.
 *
 * New samples lie in memory, and as rows of `pending` on the disk, until a series has enough of them for a block, or has
 * held up the oldest of those rows for too long. Which series is sealed when is spread over time, since sealing all at
 * once would stop everything for a moment.
 *
 * A store whose `write` has thrown is to be closed and opened again: what it has in memory may be ahead of the disk.
 */

import { type BlockSummary, Blocks, type Span, summarise } from './blocks.ts';
import { conversionOf, convertedBlock } from './conversion.ts';
import { type Database, openDatabase } from './database.ts';
import { OpenBlock } from './open-block.ts';
import { type Batch, decodePending, encodePending } from './pending.ts';
import { SeriesIndex, type SeriesInfo, type SeriesName } from './series-index.ts';

export type { SeriesInfo } from './series-index.ts';

export interface StoreOptions {
  /** Samples of a block, at most. Default 512. */
  readonly blockSamples?: number;
  /** Rows of `pending`, at most: what a restart has to read. Default 2,048. */
  readonly pendingRows?: number;
  /** Samples in memory, at most, while there are fewer than an eighth as many series. Default eight million, 128 MB. */
  readonly openSamples?: number;
}

/** However many series there are, each may wait for so many samples. */
const leastOpen = 8;

interface Series extends SeriesInfo {
  readonly id: number;
  readonly open: OpenBlock;
  /** Time of the newest sample in a block. */
  sealedMs: number;
  /** Share of a full block at which it is sealed: the first time less than 1, so that not all are sealed at once. */
  sealAt: number;
  /** The first row of `pending` that has a sample of its open block. */
  pendingFrom: number;
}

export class HistoryStore {
  readonly #database: Database;
  readonly #blocks: Blocks;
  readonly #options: Required<StoreOptions>;
  readonly #series: Series[] = [];
  readonly #index = new SeriesIndex();
  /** The rows of `pending` that are needed: from … to, the last one excluded. */
  #pendingFrom = 1;
  #pendingTo = 1;
  /** The next series whose oldest blocks are looked at. */
  #forgetAt = 0;

  /** @throws Error if the file cannot be opened, or is no history of this format. */
  constructor(file: string, options: StoreOptions = {}) {
    this.#options = { blockSamples: 512, pendingRows: 2048, openSamples: 8_000_000, ...options };
    this.#database = openDatabase(file);
    this.#blocks = new Blocks(this.#database, this.#options.blockSamples);
    for (const { id, twin, signal, unit } of this.#database.statements.allSeries.all()) {
      this.#take({ id: Number(id), twin: String(twin), signal: String(signal), unit: String(unit) });
    }
    this.#reload();
  }

  /** Numbers of series for `write`; those that are new are made, and their units are from now on those of the signals. */
  define(series: readonly SeriesInfo[]): readonly number[] {
    return this.#database.transact(() =>
      series.map((info) => {
        const known = this.#index.use(info);
        if (known !== undefined) return known;
        const row = this.#database.statements.addSeries.get(info.twin, info.signal, info.unit);
        return this.#take({ id: Number(row?.['id']), ...info });
      }),
    );
  }

  /** Number of one series. */
  series(info: SeriesInfo): number {
    return this.define([info])[0] ?? 0;
  }

  /** The signals of a twin, each with the unit that it has now. */
  seriesOf(twin: string): readonly SeriesInfo[] {
    return this.#index.of(twin);
  }

  /**
   * Takes samples in any order; they are on the disk when it returns. NaN stands for no value, and is left out.
   *
   * @returns how many came so late that those beside them are gone already, and were not kept either.
   */
  write(batch: Batch): number {
    return this.#database.transact(() => {
      const onDisk = { ...batch, series: batch.series.map((number) => this.#series[number]?.id ?? 0) };
      const row = this.#pendingTo++;
      this.#database.statements.addPending.run(row, encodePending(onDisk));
      const late = this.#add(batch, row);
      this.#sealOld();
      this.#releasePending();
      return this.#insert(late);
    });
  }

  /**
   * Blocks, sealed and open, that have samples in the span, in order of their first one. Those from when the signal had
   * another unit are converted; what cannot be converted is left out.
   */
  blocks(name: SeriesName, span: Span): Iterable<BlockSummary> {
    const all = this.#seriesOf(name);
    const now = all.at(-1);
    if (now === undefined || all.length === 1) return now === undefined ? [] : this.#blocksOf(now, span);
    return all
      .flatMap((series) => {
        const convert = conversionOf(name.signal, { from: series.unit, to: now.unit });
        if (convert === undefined) return [];
        return Array.from(this.#blocksOf(series, span), (block) => convertedBlock(block, convert));
      })
      .toSorted((a, b) => a.firstMs - b.firstMs);
  }

  /** Time of the newest sample at or before a time; undefined if there is none. */
  timeBefore(name: SeriesName, timeMs: number): number | undefined {
    const times = this.#seriesOf(name).flatMap(({ id, open: { points } }) => [
      ...points.timesMs.filter((one) => one <= timeMs).slice(-1),
      ...this.#blocks.timeBefore(id, timeMs),
    ]);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  /** Writes all that is open into blocks, however few samples they have. */
  seal(): void {
    this.#database.transact(() => {
      for (const series of this.#series) this.#seal(series);
      this.#releasePending();
    });
  }

  /** Deletes samples older than this, up to 1,000 blocks of them; what is said of the blocks stays. Returns how many. */
  forget(beforeMs: number): number {
    return Number(this.#database.statements.removeSamplesBefore.run(beforeMs).changes);
  }

  /** Deletes what is said of blocks older than this, of the next `count` series in turn. Returns how many it were. */
  forgetSummaries(beforeMs: number, count = 1000): number {
    return this.#database.transact(() => {
      let removed = 0;
      for (let i = Math.min(count, this.#series.length); i > 0; i--) {
        const series = this.#series[this.#forgetAt++ % this.#series.length];
        if (series !== undefined) removed += this.#blocks.removeBefore(series.id, beforeMs);
      }
      return removed;
    });
  }

  /** Bytes on the disk. */
  size(): number {
    return this.#database.size();
  }

  close(): void {
    this.#database.close();
  }

  #seriesOf(name: SeriesName): readonly Series[] {
    return this.#index.find(name).flatMap((number) => this.#series[number] ?? []);
  }

  *#blocksOf({ id, open: { points } }: Series, span: Span): Generator<BlockSummary> {
    yield* this.#blocks.within(id, span);
    const open = { ...summarise(points), points: () => points };
    if (open.count > 0 && open.firstMs < span.toMs && open.lastMs >= span.fromMs) yield open;
  }

  #take(info: SeriesInfo & { readonly id: number }): number {
    const number = this.#series.length;
    this.#series.push({
      ...info,
      open: new OpenBlock(),
      sealedMs: this.#blocks.lastMs(info.id),
      // The fractions of n·φ are spread as evenly as they can be, however many series there are.
      sealAt: 0.5 + 0.5 * ((info.id * 0.618_033_988_749_895) % 1),
      pendingFrom: 0,
    });
    this.#index.add(info, number);
    return number;
  }

  /** What was pending when the file was closed, or its process killed. Writes nothing. */
  #reload(): void {
    const numbers = new Map(this.#series.map(({ id }, number) => [id, number]));
    for (const { id, bytes } of this.#database.statements.pending.all()) {
      if (!(bytes instanceof Uint8Array)) continue;
      const { series, timesMs, values } = decodePending(bytes);
      if (this.#pendingFrom === 1) this.#pendingFrom = Number(id);
      this.#pendingTo = Number(id) + 1;
      for (let i = 0; i < series.length; i++) {
        const found = this.#series[numbers.get(series[i] ?? 0) ?? -1];
        const timeMs = timesMs[i] ?? Number.NaN;
        // What is older went into a block in the same transaction as its row.
        if (found !== undefined && timeMs > found.sealedMs)
          putOpen(found, timeMs, { value: values[i] ?? Number.NaN, row: Number(id) });
      }
    }
  }

  /** Takes what belongs into open blocks, and returns what belongs into sealed ones. */
  #add({ series: numbers, timesMs, values }: Batch, row: number): ReadonlyMap<Series, OpenBlock> {
    const late = new Map<Series, OpenBlock>();
    const share = Math.floor(this.#options.openSamples / this.#series.length);
    const full = Math.min(this.#options.blockSamples, Math.max(leastOpen, share));
    for (let i = 0; i < numbers.length; i++) {
      const series = this.#series[numbers[i] ?? -1];
      const timeMs = timesMs[i] ?? Number.NaN;
      const value = values[i] ?? Number.NaN;
      if (series === undefined || Number.isNaN(value) || !Number.isFinite(timeMs)) continue;
      if (timeMs <= series.sealedMs) {
        let block = late.get(series);
        if (block === undefined) late.set(series, (block = new OpenBlock()));
        block.put(timeMs, value);
        continue;
      }
      putOpen(series, timeMs, { value, row });
      if (series.open.count >= full * series.sealAt) this.#seal(series);
    }
    return late;
  }

  #insert(late: ReadonlyMap<Series, OpenBlock>): number {
    let lost = 0;
    for (const [series, { points }] of late) lost += this.#blocks.insert(series.id, points);
    return lost;
  }

  #seal(series: Series): void {
    if (series.open.count === 0) return;
    this.#blocks.append(series.id, series.open.points);
    series.sealedMs = series.open.lastMs;
    series.sealAt = 1;
    series.open.clear();
  }

  /** A series that seldom has a sample must not keep all rows of the others. */
  #sealOld(): void {
    const oldest = this.#pendingTo - this.#options.pendingRows;
    if (this.#pendingFrom >= oldest) return;
    for (const series of this.#series) if (series.pendingFrom < oldest) this.#seal(series);
  }

  /** Deletes the rows of `pending` whose samples all are in blocks by now. */
  #releasePending(): void {
    let from = this.#pendingTo;
    for (const { open, pendingFrom } of this.#series) if (open.count > 0) from = Math.min(from, pendingFrom);
    if (from <= this.#pendingFrom) return;
    this.#database.statements.removePendingBefore.run(from);
    this.#pendingFrom = from;
  }
}

function putOpen(
  series: Series,
  timeMs: number,
  { value, row }: { readonly value: number; readonly row: number },
): void {
  if (Number.isNaN(value) || !Number.isFinite(timeMs)) return;
  if (series.open.count === 0) series.pendingFrom = row;
  series.open.put(timeMs, value);
}
