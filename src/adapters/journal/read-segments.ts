/** Reads a journal many records at a time, for who goes through a great many records: also while an engine writes it. */

import { nodeFiles } from './files.ts';
import { cutPage, type RecordPage, scanPages } from './format.ts';
import { listSegments, readSegment } from './segments.ts';

/** Number of the first record, and the last segment with what there is in it; undefined if there is no journal. */
export async function readExtent(
  directory: string,
): Promise<{ readonly first: number; readonly last: RecordPage } | undefined> {
  const segments = await listSegments(directory, nodeFiles);
  // An engine that was killed as it began a segment may have left one without records.
  for (const segment of segments.toReversed()) {
    const { bytes, content, count } = await readSegment(segment, undefined, nodeFiles);
    if (count === 0) continue;
    const last = { first: segment.first, count, bytes, spans: content.spans };
    return { first: segments[0]?.first ?? 1, last };
  }
  return undefined;
}

/** Records of a page: a megabyte or so. */
const pageRecords = 8192;

/** The records from the segment on that has number `from`, in order, a page at a time. */
export async function* readPages(directory: string, from: number): AsyncGenerator<RecordPage> {
  const segments = await listSegments(directory, nodeFiles);
  for (const [index, { file, first }] of segments.entries()) {
    const end = segments[index + 1]?.first ?? Number.POSITIVE_INFINITY;
    if (end <= from) continue;
    let next = first;
    for (const page of scanPages(await nodeFiles.read(file), pageRecords)) {
      // A segment in the wrong place has nothing that counts, and of this one only what the next does not have.
      if (page.first !== next || page.first >= end) break;
      yield cutPage(page, page.first, end - 1);
      next += page.count;
    }
  }
}
