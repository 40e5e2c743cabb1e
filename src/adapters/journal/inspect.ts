/** Looks at a journal without changing it: also while an engine writes it. */

import path from 'node:path';
import { nodeFiles } from './files.ts';
import { entriesOf } from './format.ts';
import type { JournalEntry } from './journal.ts';
import { holesOf } from './recover.ts';
import { listSegments, type ReadSegment, readSegment, type Segment } from './segments.ts';

/** Damaged places of a segment that are described. */
const shownHoles = 3;

export interface SegmentReport {
  readonly file: string;
  readonly bytes: number;
  readonly first: number;
  /** Number of its last record that counts; less than `first` if it has none. */
  readonly last: number;
  /** How many of its records can be read. */
  readonly records: number;
  /** A torn end of the last segment is no damage: there is no whole record behind it. */
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
    reports.push(reportOf(await readSegment(segment, next, nodeFiles), next));
  }
  return reports;
}

function reportOf(read: ReadSegment, next: Segment | undefined): SegmentReport {
  const { segment, bytes, stretches } = read;
  const [beginning] = stretches;
  const newest = stretches.at(-1) ?? beginning;
  const report = {
    file: path.basename(segment.file),
    bytes: bytes.length,
    first: segment.first,
    last: newest.first + newest.count - 1,
    records: stretches.reduce((sum, { count }) => sum + count, 0),
  };
  const holes = holesOf(read, next);
  if (holes.length > 0) {
    const shown = holes
      .slice(0, shownHoles)
      .map(({ from, to, at, why }) => `${numbered(from, to)} lost: byte ${at}: ${why}`);
    const more = holes.length > shownHoles ? [`${holes.length - shownHoles} more places`] : [];
    return { ...report, state: 'damaged', problem: [...shown, ...more].join('; ') };
  }
  // Nothing is missing, but its beginning is not what it was.
  if (stretches.length > 1) {
    const { at, why } = beginning.damage ?? { at: 0, why: '' };
    return { ...report, state: 'damaged', problem: `byte ${at}: ${why}` };
  }
  const { damage } = newest;
  if (next === undefined && damage !== undefined)
    return { ...report, state: 'torn', problem: `byte ${damage.at}: ${damage.why}` };
  return { ...report, state: 'good' };
}

function numbered(from: number, to: number): string {
  return from === to ? `record ${from} is` : `records ${from} to ${to} are`;
}

/** The records that can be read, in order: damage is passed over. */
export async function* readJournal(directory: string): AsyncGenerator<JournalEntry> {
  const segments = await listSegments(directory, nodeFiles);
  for (const [index, segment] of segments.entries()) {
    const { bytes, stretches } = await readSegment(segment, segments[index + 1], nodeFiles);
    for (const stretch of stretches) yield* entriesOf({ ...stretch, bytes });
  }
}
