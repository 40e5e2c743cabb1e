/**
 * Reads a journal many records at a time, for who goes through a great many records: also while an engine writes it.
 *
 * A segment has up to 64 MiB. Read at once, they would be memory that is got from the system, filled and given back for every
 * reader; a piece of one after another, in the same memory, they stay in the processor's caches.
 */

import { type FileHandle, open } from 'node:fs/promises';
import { nodeFiles } from './files.ts';
import {
  cutPage,
  problemOfHeader,
  recordHeaderBytes,
  recordLimitBytes,
  type RecordPage,
  scanRecords,
  segmentHeaderBytes,
} from './format.ts';
import { listSegments, scanStretches, type Segment, stretchesFrom } from './segments.ts';

/** So much is read at once; a record that is longer with what it takes. */
const pieceBytes = 1_048_576;
const longestBytes = recordHeaderBytes + recordLimitBytes;
/** Records of a page of what was read at once. */
const pageRecords = 8192;

/**
 * Numbers of the first record and of the last; undefined if there is no journal.
 *
 * @param look - is shown the pages of the last segment that has records.
 */
export async function readExtent(
  directory: string,
  look: (page: RecordPage) => void,
): Promise<{ readonly first: number; readonly last: number } | undefined> {
  const segments = await listSegments(directory, nodeFiles);
  // An engine that was killed as it began a segment may have left one without records.
  for (const segment of segments.toReversed()) {
    let last: number | undefined;
    for await (const page of pagesOf(segment, undefined)) {
      look(page);
      last = page.first + page.count - 1;
    }
    if (last !== undefined) return { first: segments[0]?.first ?? 1, last };
  }
  return undefined;
}

/**
 * The records from the segment on that has number `from`, in order, a page at a time, whose bytes hold until the next is asked
 * for. Damage is passed over.
 */
export async function* readPages(directory: string, from: number): AsyncGenerator<RecordPage> {
  const segments = await listSegments(directory, nodeFiles);
  for (const [index, segment] of segments.entries()) {
    const before = segments[index + 1]?.first;
    if (before === undefined || before > from) yield* pagesOf(segment, before);
  }
}

/** @param before - records from this one on stand in the next segment. */
async function* pagesOf(
  { file, first }: Segment,
  before: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<RecordPage> {
  const handle = await open(file);
  try {
    let memory = Buffer.allocUnsafeSlow(pieceBytes);
    const header = await read(handle, memory.subarray(0, segmentHeaderBytes), 0);
    if (problemOfHeader(header, first) !== undefined) {
      const bytes = await handle.readFile();
      for (const stretch of scanStretches(bytes, { first, before })) yield* cutUp({ ...stretch, bytes });
      return;
    }
    let [at, number] = [segmentHeaderBytes, first];
    while (number < before) {
      const bytes = await read(handle, memory, at);
      const page = scanRecords(bytes, { first: number, at: 0 });
      at += page.end;
      number += page.count;
      if (page.count > 0) yield cutPage({ ...page, bytes }, page.first, before - 1);
      else if (bytes.length < memory.length || memory.length === longestBytes) break;
      else memory = Buffer.allocUnsafeSlow(longestBytes);
    }
    // What is left is damaged, and what is behind that is not found by pieces.
    const { size } = await handle.stat();
    const bytes = await read(handle, Buffer.allocUnsafeSlow(number < before ? size - at : 0), at);
    for (const stretch of stretchesFrom(bytes, { first: number, at: 0 }, before))
      yield* cutUp({ ...stretch, bytes });
  } finally {
    await handle.close();
  }
}

/** As much of the memory as the file fills from a place on. */
async function read(handle: FileHandle, memory: Buffer, at: number): Promise<Buffer> {
  const { bytesRead } = await handle.read(memory, 0, memory.length, at);
  return memory.subarray(0, bytesRead);
}

function* cutUp(page: RecordPage): Generator<RecordPage> {
  const end = page.first + page.count;
  for (let from = page.first; from < end; from += pageRecords)
    yield cutPage(page, from, from + pageRecords - 1);
}
