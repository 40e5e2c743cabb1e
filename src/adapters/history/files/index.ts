/** A history as files, CSV and Parquet, and files as samples of a history. */

import { createReadStream } from 'node:fs';
import { asyncBufferFromFile } from 'hyparquet';
import { GemelError } from '../../../core/diagnose/index.ts';
import type { History, HistoryFile, HistoryFiles, HistorySignal } from '../../../engine/index.ts';
import { readCsv } from './csv.ts';
import { pagesOf } from './pages.ts';
import { parquetRows, readParquet, writeParquet } from './parquet.ts';
import type { Table } from './rows.ts';
import { takeFile } from './take.ts';

export { writeCsv } from './csv.ts';
export { pagesOf } from './pages.ts';
export { writeParquet } from './parquet.ts';
export { takeFile } from './take.ts';

/** Nothing is taken from further ahead: the twins' own samples would all come late behind it. */
export const futureMs = 86_400_000;

/** Files of more rows are refused where their bytes are in memory. */
const mostRows = 2_000_000;
/** Files that are taken at once. */
const mostAtOnce = 2;

export interface HistoryFilesOptions {
  /** What the model of a twin records; undefined if there is no such twin. */
  readonly recorded: (twin: string) => readonly HistorySignal[] | undefined;
  readonly nowMs: () => number;
  /** How long every sample is kept. */
  readonly keepMs: number;
}

/** Files in memory, for those who ask over a network: bounded in rows, and in how many there are at once. */
export function createHistoryFiles(
  history: History,
  { recorded, nowMs, keepMs }: HistoryFilesOptions,
): HistoryFiles {
  let underWay = 0;
  return {
    parquet: (asked) => writeParquet(pagesOf(history, asked)),
    async take(file) {
      if (underWay >= mostAtOnce)
        throw new GemelError('HISTORY_UNAVAILABLE', `${mostAtOnce} files are being taken already`);
      underWay++;
      try {
        const { twin, dryRun } = file;
        const times = { latestMs: nowMs() + futureMs, keptSinceMs: nowMs() - keepMs };
        const options = { history, recorded, twin, ...times, dryRun, mostRows };
        return await takeFile(() => open(file), options);
      } finally {
        underWay--;
      }
    },
  };
}

/** A file on the disk as a table, in little memory however large it is. @throws GemelError `HISTORY_FILE` */
export async function tableOf(file: string, format: HistoryFile['format']): Promise<Table> {
  return format === 'csv' ? readCsv(createReadStream(file)) : readParquet(await asyncBufferFromFile(file));
}

async function open({ format, bytes }: HistoryFile): Promise<Table> {
  if (format === 'csv') return readCsv(slices(bytes));
  // In a buffer of its own: that of small bodies is shared.
  const file = new Uint8Array(bytes).buffer;
  const rows = await parquetRows(file);
  if (rows > mostRows) {
    throw new GemelError(
      'HISTORY_FILE',
      `the file has ${rows} rows, and ${mostRows} are the most: send it in parts`,
    );
  }
  return readParquet(file);
}

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
