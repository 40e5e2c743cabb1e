/** The history: what was measured and computed, by event time, in a file or in a PostgreSQL database. */

export { recordedSignals } from './plan.ts';
export { fillFromJournal } from './fill.ts';
export { recordFleet, type Recording } from './record-fleet.ts';
export { type HistoryNote, type HistoryOptions, openHistory, type OpenHistory } from './history.ts';
export type { HistoryPlace } from './messages.ts';
export type { PostgresAddress } from './postgres/index.ts';
export {
  createHistoryFiles,
  futureMs,
  pagesOf,
  tableOf,
  takeFile,
  writeCsv,
  writeParquet,
} from './files/index.ts';
