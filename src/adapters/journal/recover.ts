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
 * Reads the last segment, and cuts its torn end. The others are read when their records are: a start takes as long as what a
 * restart needs, however much is kept.
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
    const read = await readSegment(segment, undefined, files);
    const { content, count, bytes } = read;
    if (content.damage !== undefined) {
      const torn = bytes.length - content.goodBytes;
      log({
        level: 'warning',
        message: `the journal's end was torn (${placeOf(read)}: ${content.damage.why}); ${torn} bytes that were never confirmed are cut`,
      });
      await cut(segment, content.goodBytes, files);
    }
    // One without a good header has no number; one without records says what the next one is.
    if (count > 0 || content.goodBytes >= segmentHeaderBytes) return segment.first + count - 1;
  }
}

/** What is wrong with a segment that has another behind it; undefined if all records between are there. */
export function damageOf(read: ReadSegment, next: Segment | undefined): JournalNote | undefined {
  const end = read.segment.first + read.count - 1;
  if (next === undefined || end + 1 >= next.first) return undefined;
  return {
    level: 'error',
    code: 'JOURNAL_CORRUPT',
    message: `records ${end + 1} to ${next.first - 1} cannot be read: ${placeOf(read)}: ${read.content.damage?.why ?? 'they are missing'}`,
  };
}

function placeOf({ segment, content }: ReadSegment): string {
  return `${path.basename(segment.file)}, byte ${content.damage?.at ?? content.goodBytes}`;
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
