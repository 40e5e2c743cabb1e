/**
 * The series of a store, each with its newest samples, which are in no block yet: in memory, and as rows of `pending` on the
 * disk. Once a series has enough of them for a block, or has held up the oldest of those rows for too long, they are
 * sealed: the store makes a block of them. Which series is sealed when is spread over time, since sealing all at once would
 * stop everything for a moment.
 */

import { type BlockSummary, type Span, summarise } from './block-points.ts';
import type { Points } from './codec.ts';
import { NumberColumns } from './number-columns.ts';
import { OpenBlock } from './open-block.ts';
import { OpenSamples } from './open-samples.ts';
import type { Batch } from './pending.ts';
import { SeriesIndex, type SeriesInfo, type SeriesName } from './series-index.ts';

export interface StoreOptions {
  /** Samples of a block, at most. Default 512. */
  readonly blockSamples?: number;
  /** Rows of `pending`, at most: what a restart has to read. Default 2,048. */
  readonly pendingRows?: number;
  /** Samples in memory, at most, while there are fewer than an eighth as many series. Default eight million, some 40 MB. */
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

/** One of them, as it is when it is asked for. */
export interface Series extends SeriesInfo {
  /** In the database. */
  readonly id: number;
  /** Its samples that are in no block. */
  readonly open: Points;
}

/** Makes a block of samples that are newer than all others of the series. */
export type Seal = (series: Pick<Series, 'id'>, points: Points) => void;

export class OpenSeries {
  readonly #options: Required<StoreOptions>;
  readonly #index = new SeriesIndex();
  readonly #open = new OpenSamples();
  /**
   * `sealedMs` is the time of the newest sample in a block, `pendingFrom` the first row of `pending` that has an open one, and
   * `hasSealed` whether it was sealed since the start.
   */
  readonly #columns = new NumberColumns({
    id: Uint32Array,
    sealedMs: Float64Array,
    pendingFrom: Float64Array,
    hasSealed: Uint8Array,
  });
  readonly #seal: Seal;

  constructor(options: StoreOptions, seal: Seal) {
    this.#options = { ...storeDefaults, ...options };
    this.#seal = seal;
  }

  get count(): number {
    return this.#columns.count;
  }

  at(number: number): Series | undefined {
    if (!(number < this.count)) return undefined;
    return { ...this.#index.at(number), id: this.id(number), open: this.#open.points(number) };
  }

  /** Of a series, in the database. */
  id(number: number): number {
    return this.#columns.of.id[number] ?? 0;
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
    return this.#index.find(name).flatMap((number) => this.at(number) ?? []);
  }

  /** Number of a series, whose unit is that of its signal from now on; undefined if there is none. */
  use(info: SeriesInfo): number | undefined {
    return this.#index.use(info);
  }

  /** Takes a series of the database, and returns its number. */
  take(info: SeriesInfo & { readonly id: number; readonly sealedMs: number }): number {
    const number = this.#columns.push();
    this.#columns.of.id[number] = info.id;
    this.#columns.of.sealedMs[number] = info.sealedMs;
    this.#open.push();
    this.#index.add(info);
    return number;
  }

  /** Takes what belongs into open blocks, and returns what belongs into sealed ones, by id. NaN stands for no value. */
  add({ series: numbers, timesMs, values }: Batch, row: number): ReadonlyMap<number, OpenBlock> {
    const late = new Map<number, OpenBlock>();
    const share = Math.floor(this.#options.openSamples / this.count);
    const full = Math.min(this.#options.blockSamples, Math.max(leastOpen, share));
    for (let i = 0; i < numbers.length; i++) {
      const series = numbers[i] ?? this.count;
      const timeMs = timesMs[i] ?? Number.NaN;
      const value = values[i] ?? Number.NaN;
      if (series >= this.count || Number.isNaN(value) || !Number.isFinite(timeMs)) continue;
      if (timeMs <= this.#sealedMs(series)) {
        const id = this.id(series);
        let block = late.get(id);
        if (block === undefined) late.set(id, (block = new OpenBlock()));
        block.put(timeMs, value);
        continue;
      }
      this.#putOpen(series, timeMs, { value, row });
      if (this.#open.count(series) >= full * this.#sealAt(series)) this.seal(series);
    }
    return late;
  }

  /** Takes rows of `pending` again, whose series are those of the database. What is sealed already is left out. */
  restorer(): (batch: Batch, row: number) => void {
    const numbers = new Map<number, number>();
    for (let series = 0; series < this.count; series++) numbers.set(this.id(series), series);
    return ({ series: ids, timesMs, values }, row) => {
      for (let i = 0; i < ids.length; i++) {
        const series = numbers.get(ids[i] ?? 0);
        const timeMs = timesMs[i] ?? Number.NaN;
        // What is older went into a block in the same transaction as its row.
        if (series !== undefined && timeMs > this.#sealedMs(series))
          this.#putOpen(series, timeMs, { value: values[i] ?? Number.NaN, row });
      }
    };
  }

  /** A series that seldom has a sample must not keep all rows of the others; there are those from … to. */
  sealOld(pendingFrom: number, pendingTo: number): void {
    const oldest = pendingTo - this.#options.pendingRows;
    if (pendingFrom >= oldest) return;
    for (let series = 0; series < this.count; series++) {
      if ((this.#columns.of.pendingFrom[series] ?? 0) < oldest) this.seal(series);
    }
  }

  sealAll(): void {
    for (let series = 0; series < this.count; series++) this.seal(series);
  }

  /** The first row of `pending` that is still needed. */
  pendingFrom(pendingTo: number): number {
    const { pendingFrom } = this.#columns.of;
    let from = pendingTo;
    for (let series = 0; series < this.count; series++) {
      if (this.#open.count(series) > 0) from = Math.min(from, pendingFrom[series] ?? 0);
    }
    return from;
  }

  seal(series: number): void {
    if (this.#open.count(series) === 0) return;
    this.#seal({ id: this.id(series) }, this.#open.points(series));
    this.#columns.of.sealedMs[series] = this.#open.lastMs(series);
    this.#columns.of.hasSealed[series] = 1;
    this.#open.clear(series);
  }

  #putOpen(
    series: number,
    timeMs: number,
    { value, row }: { readonly value: number; readonly row: number },
  ): void {
    if (Number.isNaN(value) || !Number.isFinite(timeMs)) return;
    if (this.#open.count(series) === 0) this.#columns.of.pendingFrom[series] = row;
    this.#open.put(series, timeMs, value);
  }

  /** Share of a full block at which a series is sealed: the first time less than 1, so that not all are sealed at once. */
  #sealAt(series: number): number {
    // The fractions of n·φ are spread as evenly as they can be, however many series there are.
    if (this.#columns.of.hasSealed[series] === 1) return 1;
    return 0.5 + 0.5 * ((this.id(series) * 0.618_033_988_749_895) % 1);
  }

  #sealedMs(series: number): number {
    return this.#columns.of.sealedMs[series] ?? Number.NEGATIVE_INFINITY;
  }
}

/** The open block of a series, in a list, if it has samples in the span. */
export function openBlockOf({ open }: Series, span: Span): readonly BlockSummary[] {
  if (open.timesMs.length === 0) return [];
  const block = { ...summarise(open), points: () => open };
  return block.firstMs < span.toMs && block.lastMs >= span.fromMs ? [block] : [];
}
