/**
 * The series of a store, each with its newest samples, which are in no block yet: in memory, and as rows of `pending` on the
 * disk. Once a series has enough of them for a block, or has held up the oldest of those rows for too long, they are
 * sealed: the store makes a block of them. Which series is sealed when is spread over time, since sealing all at once would
 * stop everything for a moment.
 */

import { type BlockSummary, type Span, summarise } from './block-points.ts';
import type { Points } from './codec.ts';
import { OpenBlock } from './open-block.ts';
import type { Batch } from './pending.ts';
import { SeriesIndex, type SeriesInfo, type SeriesName } from './series-index.ts';

export interface StoreOptions {
  /** Samples of a block, at most. Default 512. */
  readonly blockSamples?: number;
  /** Rows of `pending`, at most: what a restart has to read. Default 2,048. */
  readonly pendingRows?: number;
  /** Samples in memory, at most, while there are fewer than an eighth as many series. Default eight million, 128 MB. */
  readonly openSamples?: number;
  /** Only to be read, as it is at the first question, beside a process that writes it. Default false. */
  readonly readOnly?: boolean;
}

export const storeDefaults: Required<StoreOptions> = {
  blockSamples: 512,
  pendingRows: 2048,
  openSamples: 8_000_000,
  readOnly: false,
};

/** However many series there are, each may wait for so many samples. */
const leastOpen = 8;

export interface Series extends SeriesInfo {
  /** In the database. */
  readonly id: number;
  readonly open: OpenBlock;
  /** Time of the newest sample in a block. */
  sealedMs: number;
  /** Share of a full block at which it is sealed: the first time less than 1, so that not all are sealed at once. */
  sealAt: number;
  /** The first row of `pending` that has a sample of its open block. */
  pendingFrom: number;
}

/** Makes a block of samples that are newer than all others of the series. They are views, good during the call. */
export type Seal = (series: Series, points: Points) => void;

export class OpenSeries {
  readonly #options: Required<StoreOptions>;
  readonly #series: Series[] = [];
  readonly #ids = new Map<number, Series>();
  readonly #index = new SeriesIndex();
  readonly #seal: Seal;

  constructor(options: StoreOptions, seal: Seal) {
    this.#options = { ...storeDefaults, ...options };
    this.#seal = seal;
  }

  get count(): number {
    return this.#series.length;
  }

  at(number: number): Series | undefined {
    return this.#series[number];
  }

  twins(): readonly string[] {
    return this.#index.twins();
  }

  /** The signals of a twin, each with the unit that it has now. */
  of(twin: string): readonly SeriesInfo[] {
    return this.#index.of(twin);
  }

  /** The series of a signal, that of its unit now last. */
  find(name: SeriesName): readonly Series[] {
    return this.#index.find(name).flatMap((number) => this.#series[number] ?? []);
  }

  /** Number of a series, whose unit is that of its signal from now on; undefined if there is none. */
  use(info: SeriesInfo): number | undefined {
    return this.#index.use(info);
  }

  /** Takes a series of the database, and returns its number. */
  take(info: SeriesInfo & { readonly id: number; readonly sealedMs: number }): number {
    const number = this.#series.length;
    const series: Series = {
      ...info,
      open: new OpenBlock(),
      // The fractions of n·φ are spread as evenly as they can be, however many series there are.
      sealAt: 0.5 + 0.5 * ((info.id * 0.618_033_988_749_895) % 1),
      pendingFrom: 0,
    };
    this.#series.push(series);
    this.#ids.set(series.id, series);
    this.#index.add(info, number);
    return number;
  }

  /** A batch with the database's ids in place of numbers. */
  withIds(batch: Batch): Batch {
    return { ...batch, series: batch.series.map((number) => this.#series[number]?.id ?? 0) };
  }

  /** Takes what belongs into open blocks, and returns what belongs into sealed ones. NaN stands for no value. */
  add({ series: numbers, timesMs, values }: Batch, row: number): ReadonlyMap<Series, OpenBlock> {
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
      if (series.open.count >= full * series.sealAt) this.seal(series);
    }
    return late;
  }

  /** Takes a row of `pending` again, whose series are those of the database. What is sealed already is left out. */
  restore({ series: ids, timesMs, values }: Batch, row: number): void {
    for (let i = 0; i < ids.length; i++) {
      const series = this.#ids.get(ids[i] ?? 0);
      const timeMs = timesMs[i] ?? Number.NaN;
      // What is older went into a block in the same transaction as its row.
      if (series !== undefined && timeMs > series.sealedMs)
        putOpen(series, timeMs, { value: values[i] ?? Number.NaN, row });
    }
  }

  /** A series that seldom has a sample must not keep all rows of the others; there are those from … to. */
  sealOld(pendingFrom: number, pendingTo: number): void {
    const oldest = pendingTo - this.#options.pendingRows;
    if (pendingFrom >= oldest) return;
    for (const series of this.#series) if (series.pendingFrom < oldest) this.seal(series);
  }

  sealAll(): void {
    for (const series of this.#series) this.seal(series);
  }

  /** The first row of `pending` that is still needed. */
  pendingFrom(pendingTo: number): number {
    let from = pendingTo;
    for (const { open, pendingFrom } of this.#series) if (open.count > 0) from = Math.min(from, pendingFrom);
    return from;
  }

  seal(series: Series): void {
    if (series.open.count === 0) return;
    this.#seal(series, series.open.points);
    series.sealedMs = series.open.lastMs;
    series.sealAt = 1;
    series.open.clear();
  }
}

/** The open block of a series, in a list, if it has samples in the span. */
export function openBlockOf({ open: { points } }: Series, span: Span): readonly BlockSummary[] {
  const open = { ...summarise(points), points: () => points };
  return open.count > 0 && open.firstMs < span.toMs && open.lastMs >= span.fromMs ? [open] : [];
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
