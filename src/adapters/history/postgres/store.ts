/**
 * A history in PostgreSQL: the same blocks of samples as in a file, with what is new in memory and in the table `pending`.
 *
 * Rows of samples take 84 bytes each with their index (measured); blocks take 1 to 5, and a thousand of them go in one statement.
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
} from '../../../engine/index.ts';
import type { BlockSummary } from '../block-points.ts';
import { united } from '../conversion.ts';
import { lastIn, newestOf, seriesAsked } from '../last-values.ts';
import { openBlockOf, OpenSeries, type Series, storeDefaults, type StoreOptions } from '../open-series.ts';
import { type Batch, decodePending, PendingEncoder } from '../pending.ts';
import { bucketsOf, pointsIn, valuesAt } from '../query.ts';
import { type SeriesInfo, seriesKey } from '../series-index.ts';
import type { Store } from '../store-port.ts';
import type { PostgresAddress } from './address.ts';
import { type Added, blockOf, pointsOf, PostgresBlocks } from './blocks.ts';
import { type Database, openDatabase, type Row } from './database.ts';
import { PostgresFacts } from './facts.ts';
import { statements } from './statements.ts';

/** @throws Error if the database cannot be reached, or refuses. */
export async function openPostgresStore(
  address: PostgresAddress,
  options: StoreOptions = {},
): Promise<PostgresStore> {
  const database = await openDatabase(address, options.readOnly === true ? 'read' : 'write');
  try {
    const store = new PostgresStore(database, options);
    await store.load();
    return store;
  } catch (error) {
    await database.close();
    throw error;
  }
}

const seriesToForget = 1000;
const leastBlocksAtOnce = 8;

class PostgresStore implements Store {
  readonly #database: Database;
  readonly #blocks: PostgresBlocks;
  readonly #facts: PostgresFacts;
  readonly #series: OpenSeries;
  readonly #pending = new PendingEncoder();
  readonly #blockSamples: number;
  /** Blocks to be made by the write that is under way. */
  #sealed: Added[] = [];
  /** The rows of `pending` that are needed: from … to, the last one excluded. */
  #pendingFrom = 1;
  #pendingTo = 1;
  /** The next series whose oldest blocks are looked at. */
  #forgetAt = 0;
  #bytes = 0;

  constructor(database: Database, options: StoreOptions) {
    this.#database = database;
    this.#blockSamples = options.blockSamples ?? storeDefaults.blockSamples;
    this.#blocks = new PostgresBlocks(database, this.#blockSamples);
    this.#facts = new PostgresFacts(database);
    this.#series = new OpenSeries(options, ({ id }, { timesMs, values }) => {
      this.#sealed.push({ series: id, points: { timesMs: timesMs.slice(), values: values.slice() } });
    });
  }

  /** Reads which series there are, and what was pending. */
  async load(): Promise<void> {
    for (const row of await this.#database.rows(statements.series)) {
      const [firstMs, lastMs, count] = [row['first_ms'], row['last_ms'], row['count']];
      const isSealed = typeof lastMs === 'number';
      const info = infoOf(row);
      this.#series.take({ ...info, sealedMs: isSealed ? lastMs : Number.NEGATIVE_INFINITY });
      if (isSealed) this.#blocks.know(info.id, { firstMs: Number(firstMs), count: Number(count) });
    }
    const restore = this.#series.restorer();
    for (let after = 0; ; ) {
      const rows = await this.#database.rows(statements.pendingAfter, [after]);
      for (const { id, bytes } of rows) {
        after = Number(id);
        if (this.#pendingFrom === 1) this.#pendingFrom = after;
        this.#pendingTo = after + 1;
        if (bytes instanceof Uint8Array) restore(decodePending(bytes), after);
      }
      if (rows.length === 0) break;
    }
    await this.#measure();
  }

  async define(series: readonly SeriesInfo[]): Promise<readonly number[]> {
    const numbers = new Map<string, number>();
    const fresh = new Map<string, SeriesInfo>();
    for (const info of series) {
      const known = this.#series.use(info);
      if (known === undefined) fresh.set(seriesKey(info), info);
      else numbers.set(seriesKey(info), known);
    }
    if (fresh.size > 0) {
      const infos = [...fresh.values()];
      const rows = await this.#database.rows(statements.addSeries, [
        infos.map(({ twin }) => twin),
        infos.map(({ signal }) => signal),
        infos.map(({ unit }) => unit),
      ]);
      const ids = new Map(rows.map((row) => [seriesKey(infoOf(row)), infoOf(row).id]));
      // In the order in which they were asked for: the last unit of a signal is that of now.
      for (const [key, info] of fresh) {
        const id = ids.get(key) ?? 0;
        numbers.set(key, this.#series.take({ ...info, id, sealedMs: Number.NEGATIVE_INFINITY }));
      }
    }
    return series.map((info) => numbers.get(seriesKey(info)) ?? 0);
  }

  twins(): readonly string[] {
    return this.#series.twins();
  }

  seriesOf(twin: string): readonly SeriesInfo[] {
    return this.#series.of(twin);
  }

  async write(batch: Batch): Promise<number> {
    this.#sealed = [];
    const row = this.#pendingTo++;
    const late = Array.from(this.#series.add(batch, row), ([series, { points }]) => ({ series, points }));
    this.#series.sealOld(this.#pendingFrom, this.#pendingTo);
    const bytes = Buffer.from(this.#pending.encode(batch, (series) => this.#series.id(series)));
    const from = this.#series.pendingFrom(this.#pendingTo);
    if (this.#sealed.length === 0 && late.length === 0) {
      await this.#database.run(statements.addPending, [row, bytes]);
      return 0;
    }
    const lost = await this.#database.transact(async () => {
      if (from <= row) await this.#database.run(statements.addPending, [row, bytes]);
      await this.#blocks.append(this.#sealed);
      const refused = late.length === 0 ? 0 : await this.#blocks.insert(late);
      if (from > this.#pendingFrom) await this.#database.run(statements.removePendingBefore, [from]);
      return refused;
    });
    this.#pendingFrom = Math.max(this.#pendingFrom, from);
    return lost;
  }

  async points(span: HistorySpan, limit: number): Promise<HistoryPoints> {
    const blocks = await this.#united(span, async (series) => {
      const found: BlockSummary[] = [];
      const atOnce = Math.max(leastBlocksAtOnce, Math.ceil((2 * limit) / this.#blockSamples));
      let { fromMs } = span;
      for (let samples = 0; samples < limit; ) {
        const rows = await this.#database.rows(statements.samplesFrom, [
          series.id,
          fromMs,
          span.toMs,
          atOnce,
        ]);
        const more = rows
          .map(blockOf)
          .filter(({ firstMs }) => firstMs > (found.at(-1)?.firstMs ?? -Infinity));
        found.push(...more);
        // Of the first block some lie before the span.
        samples = found.slice(1).reduce((sum, { count }) => sum + count, 0);
        if (rows.length < atOnce) break;
        fromMs = found.at(-1)?.lastMs ?? span.toMs;
      }
      return [...found, ...openBlockOf(series, span)];
    });
    return pointsIn(blocks, span, limit);
  }

  async buckets(span: HistorySpan, lengths: HistoryPartLengths): Promise<HistoryBuckets> {
    const { everyMs, holdMs = Number.POSITIVE_INFINITY } = lengths;
    const since = { fromMs: Number.NEGATIVE_INFINITY, toMs: span.toMs };
    const blocks = await this.#united(span, async (series) => {
      const values = [series.id, span.fromMs, span.toMs, everyMs, holdMs];
      const rows = await this.#database.rows(statements.partsFrom, values);
      return [...rows.map(blockOf), ...openBlockOf(series, since)];
    });
    return bucketsOf(blocks, span, lengths);
  }

  async valuesAt(span: HistorySpan, everyMs: number): Promise<Float64Array> {
    const since = { fromMs: Number.NEGATIVE_INFINITY, toMs: span.toMs };
    const blocks = await this.#united(span, async (series) => {
      const rows = await this.#database.rows(statements.blocksFrom, [series.id, span.fromMs, span.toMs]);
      return [...rows.map(blockOf), ...openBlockOf(series, since)];
    });
    return valuesAt(blocks, span, everyMs);
  }

  async lastValues(asked: HistoryMoment): Promise<readonly HistoryReading[]> {
    const { timeMs } = asked;
    const groups = seriesAsked(this.#series, asked);
    const isSealed = (series: Series): boolean => lastIn(series, series.open, timeMs) === undefined;
    const ids = groups.flatMap((series) => series.filter(isSealed).map(({ id }) => id));
    const rows = await this.#database.rows(statements.samplesBefore, [ids, timeMs]);
    const sealed = new Map(rows.map((row) => [Number(row['series']), pointsOf(row)]));
    return groups.flatMap((ofSignal) => {
      const found = ofSignal.flatMap((series) => {
        const points = sealed.get(series.id);
        return lastIn(series, series.open, timeMs) ?? (points && lastIn(series, points, timeMs)) ?? [];
      });
      return newestOf(found);
    });
  }

  note(facts: readonly HistoryFact[]): Promise<void> {
    return this.#facts.add(facts);
  }

  facts(span: HistoryFactSpan): Promise<readonly HistoryFact[]> {
    return this.#facts.in(span);
  }

  factsAt(asked: HistoryFactsAt): Promise<readonly HistoryFact[]> {
    return this.#facts.at(asked);
  }

  firstFactMs(): Promise<number | undefined> {
    return this.#facts.firstMs();
  }

  forgetFacts(beforeMs: number): Promise<number> {
    return this.#facts.forget(beforeMs, 10_000);
  }

  async forget(beforeMs: number): Promise<number> {
    await this.#measure();
    return this.#database.run(statements.forget, [beforeMs]);
  }

  async forgetSummaries(beforeMs: number): Promise<number> {
    const ids = Array.from({ length: Math.min(seriesToForget, this.#series.count) }, () => {
      return this.#series.id(this.#forgetAt++ % this.#series.count);
    });
    return this.#database.run(statements.forgetSummaries, [ids, beforeMs]);
  }

  size(): number {
    return this.#bytes;
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** What is asked of each series of a signal, in the unit that it has now. */
  async #united(
    { twin, signal }: HistorySpan,
    blocksOf: (series: Series) => Promise<readonly BlockSummary[]>,
  ): Promise<Iterable<BlockSummary>> {
    const parts: { readonly unit: string; readonly blocks: readonly BlockSummary[] }[] = [];
    for (const series of this.#series.find({ twin, signal }))
      parts.push({ unit: series.unit, blocks: await blocksOf(series) });
    return united(signal, parts);
  }

  async #measure(): Promise<void> {
    const [row] = await this.#database.rows(statements.size);
    this.#bytes = Number(row?.['bytes'] ?? 0);
  }
}

function infoOf(row: Row): SeriesInfo & { readonly id: number } {
  return {
    id: Number(row['id']),
    twin: String(row['twin']),
    signal: String(row['signal']),
    unit: String(row['unit']),
  };
}
