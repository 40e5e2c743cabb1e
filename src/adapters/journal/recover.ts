/** What is found when a journal is opened and read: the end that a crash has torn off, and damage before it. */

import path from 'node:path';
import type { JournalFiles } from './files.ts';
import { segmentHeaderBytes } from './format.ts';
import { listSegments, type ReadSegment, readSegment, type Segment } from './segments.ts';

export interface JournalNote {
  readonly level: 'info' | 'warning' | 'error';
  readonly code?: 'JOURNAL_CORRUPT' | 'JOURNAL_UNWRITABLE';
  readonly message: string;
}

/**
 * Reads the last segment, and cuts its torn end: behind it there is no good record. A whole one that cannot be read is put
 * aside. The others are read when their records are: a start takes as long as what a restart needs, however much is kept.
 *
 * @returns the number of the last record, 0 if there is none.
 */
export async function recover(
  directory: string,
  files: JournalFiles,
  log: (note: JournalNote) => void,
): Promise<number> {
  const segments = await listSegments(directory, files);
  for (;;) {
    const segment = segments.pop();
    if (segment === undefined) return 0;
    const { bytes, stretches } = await readSegment(segment, undefined, files);
    const newest = stretches.at(-1) ?? stretches[0];
    if (
      newest.damage !== undefined &&
      newest.end < segmentHeaderBytes &&
      bytes.length >= segmentHeaderBytes
    ) {
      const { message, ...note } = describePlace(segment, newest.damage);
      log({ ...note, message: `${message}; it is left as ${asideName(segment)}` });
      await files.rename(segment.file, path.join(directory, asideName(segment)));
      continue;
    }
    if (newest.damage !== undefined) {
      const { at, why } = newest.damage;
      const cutBytes = bytes.length - newest.end;
      log({
        level: 'warning',
        message: `the journal's end was torn (${path.basename(segment.file)}, byte ${at}: ${why}); ${cutBytes} bytes without a whole record are cut`,
      });
      await cut(segment, newest.end, files);
    }
    // One without a good header has no number; one without records says what the next one is.
    if (newest.count > 0 || newest.end >= segmentHeaderBytes) return newest.first + newest.count - 1;
  }
}

/** Records that are missing from a segment, and why. */
export interface Hole {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly why: string;
}

/** What is missing between the stretches of a segment, and between it and the next. */
export function holesOf({ stretches }: ReadSegment, next: Segment | undefined): Hole[] {
  return stretches.flatMap(({ first, count, end, damage }, index) => {
    const from = first + count;
    const following = stretches[index + 1]?.first ?? next?.first ?? from;
    if (from >= following) return [];
    const { at, why } = damage ?? { at: end, why: 'they are missing' };
    return [{ from, to: following - 1, at, why }];
  });
}

/** For the log: one hole. */
export function describeHole(segment: Segment, { from, to, ...place }: Hole): JournalNote {
  const { message, ...note } = describePlace(segment, place);
  return { ...note, message: `records ${from} to ${to} cannot be read: ${message}` };
}

function describePlace({ file }: Segment, { at, why }: Pick<Hole, 'at' | 'why'>): JournalNote {
  return { level: 'error', code: 'JOURNAL_CORRUPT', message: `${path.basename(file)}, byte ${at}: ${why}` };
}

/** What has no record that this version can read may be of another, or of use to somebody: it is not deleted. */
function asideName({ file }: Segment): string {
  return `${path.basename(file)}.unreadable`;
}

async function cut({ file }: Segment, goodBytes: number, files: JournalFiles): Promise<void> {
  if (goodBytes < segmentHeaderBytes) {
    await files.remove(file);
    return;
  }
  const handle = await files.openAppended(file);
  try {
    await handle.cutTo(goodBytes);
  } finally {
    await handle.close();
  }
}
