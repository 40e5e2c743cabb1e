/** Reads a journal many records at a time, for who goes through a great many records: also while an engine writes it. */

import { nodeFiles } from './files.ts';
import type { RecordPage } from './format.ts';
import { listSegments, readSegment, scanStretches } from './segments.ts';

/** Number of the first record, and the last segment with what there is in it; undefined if there is no journal. */
export async function readExtent(
  directory: string,
): Promise<{ readonly first: number; readonly last: RecordPage } | undefined> {
  const segments = await listSegments(directory, nodeFiles);
  // An engine that was killed as it began a segment may have left one without records.
  for (const segment of segments.toReversed()) {
    const { bytes, stretches } = await readSegment(segment, undefined, nodeFiles);
    const newest = stretches.findLast(({ count }) => count > 0);
    if (newest === undefined) continue;
    return { first: segments[0]?.first ?? 1, last: { ...newest, bytes } };
  }
  return undefined;
}

/** Records of a page: a megabyte or so. */
const pageRecords = 8192;

/** The records from the segment on that has number `from`, in order, a page at a time. Damage is passed over. */
export async function* readPages(directory: string, from: number): AsyncGenerator<RecordPage> {
  const segments = await listSegments(directory, nodeFiles);
  for (const [index, { file, first }] of segments.entries()) {
    const before = segments[index + 1]?.first;
    if (before !== undefined && before <= from) continue;
    const bytes = await nodeFiles.read(file);
    for (const stretch of scanStretches(bytes, { first, before, most: pageRecords }))
      if (stretch.count > 0) yield { ...stretch, bytes };
  }
}
