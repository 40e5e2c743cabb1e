/**
 * The segments of a journal in their directory, and which records of them count.
 *
 * A segment is named by the number of its first record: `00000000000000000001.journal`. When a write fails, the journal
 * goes on in a new segment that begins with the first record whose write was not confirmed; what the older one has of
 * that number and beyond was never acknowledged, and does not count.
 */

import path from 'node:path';
import { type SegmentContent, scanSegment } from './format.ts';
import type { JournalFiles } from './files.ts';

export interface Segment {
  readonly file: string;
  readonly first: number;
}

const suffix = '.journal';

export function segmentName(first: number): string {
  return `${String(first).padStart(20, '0')}${suffix}`;
}

/** In order of their numbers. Other files of the directory are left alone. */
export async function listSegments(directory: string, files: JournalFiles): Promise<Segment[]> {
  const names = await files.list(directory);
  return names
    .filter((name) => /^\d{20}\.journal$/.test(name))
    .toSorted()
    .map((name) => ({ file: path.join(directory, name), first: Number(name.slice(0, -suffix.length)) }));
}

/** One segment read, with as many of its records as count. */
export interface ReadSegment {
  readonly segment: Segment;
  readonly bytes: Buffer;
  readonly content: SegmentContent;
  /** How many of the good records count; the rest stand in the next segment. */
  readonly count: number;
}

export async function readSegment(
  segment: Segment,
  next: Segment | undefined,
  files: JournalFiles,
): Promise<ReadSegment> {
  const bytes = await files.read(segment.file);
  const scanned = scanSegment(bytes);
  const misplaced = scanned.damage === undefined && scanned.first !== segment.first;
  const content: SegmentContent = misplaced
    ? {
        ...scanned,
        count: 0,
        goodBytes: 0,
        damage: { at: 0, why: `it begins with record ${scanned.first}` },
      }
    : scanned;
  const room = next === undefined ? Number.POSITIVE_INFINITY : next.first - segment.first;
  return { segment, bytes, content, count: Math.min(content.count, room) };
}
