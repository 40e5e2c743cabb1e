/** The journal in files: every record on the disk before it is confirmed. */

export { inspectJournal, readJournal, type SegmentReport } from './inspect.ts';
export {
  type FileJournal,
  type FileJournalOptions,
  openFileJournal,
} from './journal.ts';
export { readExtent, readPages } from './read-segments.ts';
export type { JournalNote } from './recover.ts';
