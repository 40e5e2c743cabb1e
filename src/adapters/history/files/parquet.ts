/**
 * Samples as Parquet, and Parquet of either layout as rows.
 *
 * What is written: columns `time` (nanoseconds in UTC, so that a time is the same double when it is read again), `twin`, `signal`,
 * `unit`, `value`; none of them null; a row group for some 100,000 rows, Zstandard. What is read: any encoding, compressed by
 * Zstandard, gzip, Snappy or Brotli, or not; times as timestamps of any resolution, as dates in text, or as numbers.
 */

import { setImmediate } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import {
  type AsyncBuffer,
  type Compressors,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
} from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { GemelError } from '../../../core/diagnose/index.ts';
import type { HistorySamples } from '../../../engine/index.ts';
import type { Cell, Table } from './rows.ts';
import { msOfNanoseconds, nanosecondsOf } from './times.ts';

const groupRows = 100_000;
/** Of a page that is unpacked: a small file may claim to hold anything. */
const mostPageBytes = 256 * 2 ** 20;
/** Rows read at a time, of a column each. */
const rowsAtOnce = 20_000;

const text = (name: string): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
  repetition_type: 'REQUIRED',
});

const schema: SchemaElement[] = [
  { name: 'samples', num_children: 5 },
  {
    name: 'time',
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' },
    repetition_type: 'REQUIRED',
  },
  text('twin'),
  text('signal'),
  text('unit'),
  { name: 'value', type: 'DOUBLE', repetition_type: 'REQUIRED' },
];

export async function* writeParquet(pages: AsyncIterable<HistorySamples>): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema,
    codec: 'ZSTD',
    compressors: { ZSTD: (input) => zstdCompressSync(input) },
    createdBy: 'gemel',
  });
  let group = new RowGroup();
  const write = (): void => {
    void writer.write({ columnData: group.columns, rowGroupSize: group.rows });
    group = new RowGroup();
  };
  for await (const page of pages) {
    group.add(page);
    if (group.rows < groupRows) continue;
    write();
    yield taken(bytes);
  }
  if (group.rows > 0) write();
  void writer.finish();
  yield taken(bytes);
}

/** What has been written since the last time. */
function taken(bytes: ByteWriter): Uint8Array {
  const chunk = bytes.getBytes().slice();
  bytes.index = 0;
  return chunk;
}

class RowGroup {
  readonly #times: bigint[] = [];
  readonly #twins: string[] = [];
  readonly #signals: string[] = [];
  readonly #units: string[] = [];
  readonly #values: number[] = [];

  get rows(): number {
    return this.#values.length;
  }

  get columns(): ColumnSource[] {
    return [
      { name: 'time', data: BigInt64Array.from(this.#times), encoding: 'DELTA_BINARY_PACKED' },
      { name: 'twin', data: this.#twins },
      { name: 'signal', data: this.#signals },
      { name: 'unit', data: this.#units },
      { name: 'value', data: Float64Array.from(this.#values) },
    ];
  }

  add({ series: { twin, signal, unit }, points: { timesMs, values } }: HistorySamples): void {
    for (let i = 0; i < timesMs.length; i++) {
      this.#times.push(nanosecondsOf(timesMs[i] ?? 0));
      this.#twins.push(twin);
      this.#signals.push(signal);
      this.#units.push(unit);
      this.#values.push(values[i] ?? 0);
    }
  }
}

/** @throws GemelError `HISTORY_FILE`, also while rows are read. */
export async function readParquet(file: AsyncBuffer): Promise<Table> {
  const metadata = await told(() => parquetMetadataAsync(file, { geoparquet: false }));
  const fields = parquetSchema(metadata).children;
  const nested = fields.find(({ children }) => children.length > 0);
  if (nested !== undefined) throw notParquet(`its column \`${nested.element.name}\` is no plain column`);
  const columns = fields.map(({ element }) => element.name);
  const scan = await told(async () =>
    parquetScan({ file, metadata, compressors, parsers, useOffsetIndex: false }),
  );
  return { columns, rows: rows() };

  async function* rows(): AsyncGenerator<Cell[][]> {
    for (const { rowStart, rowEnd } of scan.ranges) {
      const data = await told(() =>
        Promise.all(columns.map((column) => scan.readColumn({ column, rowStart, rowEnd }))),
      );
      for (let from = 0; from < rowEnd - rowStart; from += rowsAtOnce) {
        const to = Math.min(rowEnd - rowStart, from + rowsAtOnce);
        yield Array.from({ length: to - from }, (_, i) => data.map((column) => cellOf(column[from + i])));
        await setImmediate();
      }
    }
  }
}

/** How many rows a file says it has. */
export async function parquetRows(file: AsyncBuffer): Promise<number> {
  return Number((await told(() => parquetMetadataAsync(file, { geoparquet: false }))).num_rows);
}

const limited = (bytes: number) => ({ maxOutputLength: Math.min(mostPageBytes, Math.max(1, bytes)) });

const compressors: Compressors = {
  ZSTD: (input, length) => zstdDecompressSync(input, limited(length)),
  GZIP: (input, length) => gunzipSync(input, limited(length)),
  BROTLI: (input, length) => brotliDecompressSync(input, limited(length)),
};

const parsers = {
  timestampFromMilliseconds: (time: bigint) => ({ timeMs: Number(time) }),
  timestampFromMicroseconds: (time: bigint) => ({ timeMs: msOfNanoseconds(time * 1000n) }),
  timestampFromNanoseconds: (time: bigint) => ({ timeMs: msOfNanoseconds(time) }),
  dateFromDays: (days: number) => ({ timeMs: days * 86_400_000 }),
};

function cellOf(value: unknown): Cell {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value === null || value === undefined) return null;
  if (typeof value === 'object' && 'timeMs' in value) return { timeMs: Number(value.timeMs) };
  // A list or the like, which is no number.
  return JSON.stringify(value);
}

async function told<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw notParquet(error instanceof Error ? error.message : String(error));
  }
}

function notParquet(why: string): GemelError {
  return new GemelError('HISTORY_FILE', `the file is no Parquet that can be read: ${why}`);
}
