/** What is found when a journal is opened: the end that a crash has torn off, and damage before it. */

import path from 'node:path';
import type { JournalFiles } from './files.ts';
import { segmentHeaderBytes } from './format.ts';
import { listSegments, readSegment, type Segment } from './segments.ts';

export interface JournalNote {
  readonly level: 'info' | 'warning' | 'error';
  readonly code?: 'JOURNAL_CORRUPT' | 'JOURNAL_UNWRITABLE';
  readonly message: string;
}

/**
 * Reads all segments once; cuts a torn end, and notes damage with its place.
 *
 * @returns the number of the last record, 0 if there is none.
 */
export async function recover(
  directory: string,
  files: JournalFiles,
  log: (note: JournalNote) => void,
): Promise<number> {
  const segments = await listSegments(directory, files);
  let last = 0;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    const { content, count, bytes } = await readSegment(segment, next, files);
    const end = segment.first + count - 1;
    const place = `${path.basename(segment.file)}, byte ${content.damage?.at ?? content.goodBytes}`;
    if (next === undefined) {
      last = Math.max(end, last);
      if (content.damage === undefined) continue;
      const torn = bytes.length - content.goodBytes;
      log({
        level: 'warning',
        message: `the journal's end was torn (${place}: ${content.damage.why}); ${torn} bytes that were never confirmed are cut`,
      });
      await cut(segment, content.goodBytes, files);
    } else if (end + 1 < next.first) {
      log({
        level: 'error',
        code: 'JOURNAL_CORRUPT',
        message: `records ${end + 1} to ${next.first - 1} cannot be read: ${place}: ${content.damage?.why ?? 'they are missing'}`,
      });
    }
    last = Math.max(last, end);
  }
  return last;
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
