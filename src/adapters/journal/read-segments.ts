/** Reads a journal a segment at a time, for who goes through a great many records: also while an engine writes it. */

import { nodeFiles } from './files.ts';
import type { RecordPage } from './format.ts';
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

/** The segments that have records from number `from` on, in order, each with all of its records. */
export async function* readSegments(directory: string, from: number): AsyncGenerator<RecordPage> {
  const segments = await listSegments(directory, nodeFiles);
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    if (next !== undefined && next.first <= from) continue;
    const { bytes, content, count } = await readSegment(segment, next, nodeFiles);
    yield { first: segment.first, count, bytes, spans: content.spans };
  }
}
