/** Looks at a journal without changing it: also while an engine writes it. */

import path from 'node:path';
import { nodeFiles } from './files.ts';
import { entriesOf } from './format.ts';
import type { JournalEntry } from './journal.ts';
import { listSegments, type ReadSegment, readSegment } from './segments.ts';

export interface SegmentReport {
  readonly file: string;
  readonly bytes: number;
  readonly first: number;
  /** Number of its last record that counts; less than `first` if it has none. */
  readonly last: number;
  /** A torn end of the last segment is no damage: those records were never confirmed. */
  readonly state: 'good' | 'torn' | 'damaged';
  /** Where and why it is not good. */
  readonly problem?: string;
}

/**
 * One report a segment, in order; none if the directory has no journal. Records that are missing between two segments are
 * told with the first of them.
 */
export async function inspectJournal(directory: string): Promise<readonly SegmentReport[]> {
  const segments = await listSegments(directory, nodeFiles);
  const reports: SegmentReport[] = [];
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    reports.push(reportOf(await readSegment(segment, next, nodeFiles), next?.first));
  }
  return reports;
}

function reportOf({ segment, bytes, content, count }: ReadSegment, next: number | undefined): SegmentReport {
  const last = segment.first + count - 1;
  const report = { file: path.basename(segment.file), bytes: bytes.length, first: segment.first, last };
  const { damage } = content;
  if (next !== undefined && last + 1 < next) {
    const why = damage === undefined ? 'it ends too early' : `byte ${damage.at}: ${damage.why}`;
    return { ...report, state: 'damaged', problem: `records ${last + 1} to ${next - 1} are lost: ${why}` };
  }
  if (next === undefined && damage !== undefined) {
    return { ...report, state: 'torn', problem: `byte ${damage.at}: ${damage.why}` };
  }
  return { ...report, state: 'good' };
}

/** The records that can be read, in order. */
export async function* readJournal(directory: string): AsyncGenerator<JournalEntry> {
  const segments = await listSegments(directory, nodeFiles);
  for (const [index, segment] of segments.entries()) {
    const { bytes, content, count } = await readSegment(segment, segments[index + 1], nodeFiles);
    for (const entry of entriesOf({ ...content, bytes, count })) yield entry;
  }
}
