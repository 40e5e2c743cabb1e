/** A history as files, CSV and Parquet: what the HTTP interface asks of whoever makes and reads them. */

import type { HistorySeries } from './ports.ts';

/** A history as files, and files as samples of a history: what the HTTP interface gives and takes. */
export interface HistoryFiles {
  /** Parquet, page by page as it is read. */
  parquet(asked: HistoryExtract): AsyncIterable<Uint8Array>;
  /**
   * Puts the samples of a file into the history of a twin, all of them or, if there is a problem with any, none.
   *
   * @throws GemelError `HISTORY_FILE` if it is no such file, `HISTORY_UNAVAILABLE`
   */
  take(file: HistoryFile): Promise<HistoryTaken>;
}

export interface HistoryExtract {
  readonly twins: readonly string[];
  /** Absent: all that there are. */
  readonly signals?: readonly string[];
  /** Unix milliseconds, included. */
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

export interface HistoryFile {
  readonly format: 'csv' | 'parquet';
  readonly bytes: Uint8Array;
  /** The twin that its rows are of. */
  readonly twin: string;
  /** Only says what would come of it. */
  readonly dryRun: boolean;
}

/** What came of a file. */
export interface HistoryTaken {
  readonly rows: number;
  /** Cells with a value. */
  readonly samples: number;
  /** Not kept: those beside them were too old to keep. */
  readonly late: number;
  /** Older than the history keeps every sample: soon only their summaries are there. */
  readonly old: number;
  readonly series: readonly HistoryTakenSeries[];
  /** The first of them; with any, nothing was put into the history. */
  readonly problems: readonly HistoryFileProblem[];
  readonly moreProblems: number;
}

export interface HistoryTakenSeries extends HistorySeries {
  readonly samples: number;
  readonly fromMs: number;
  /** Time of the last sample. */
  readonly lastMs: number;
}

export interface HistoryFileProblem {
  /** Of the file, the first row after the names being 1. */
  readonly row: number;
  readonly detail: string;
}
