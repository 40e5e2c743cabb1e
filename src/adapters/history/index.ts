/** The history in a file: what was measured and computed, by event time. */

export { recordFleet, type Recording } from './record-fleet.ts';
export { type FileHistory, type FileHistoryOptions, type HistoryNote, openFileHistory } from './history.ts';
