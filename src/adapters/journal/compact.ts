/**
 * Puts the last two segments together if they are small: every start begins a segment of its own, and one that is started again every
 * few seconds would fill the directory with them.
 *
 * The new file is whole and on the disk before it takes the place of the first of the two; only then the second is removed. A crash
 * between leaves records twice, of which those of the second count.
 */

import path from 'node:path';
import type { JournalFiles } from './files.ts';
import { segmentHeaderBytes } from './format.ts';
import { listSegments, readSegment } from './segments.ts';

/** Two that have less together become one. */
const smallBytes = 1_048_576;

/** To be called while nothing is written, with the last segment good. A disk that refuses leaves it as it was. */
export async function compactEnd(directory: string, files: JournalFiles): Promise<void> {
  const [before, last] = (await listSegments(directory, files)).slice(-2);
  if (before === undefined || last === undefined) return;
  const sizes = await Promise.all([before, last].map(({ file }) => files.describe(file)));
  if (sizes.reduce((sum, { bytes }) => sum + bytes, 0) > smallBytes) return;
  const [first, second] = [await readSegment(before, last, files), await readSegment(last, undefined, files)];
  const [[start, ...rest], [tail, ...more]] = [first.stretches, second.stretches];
  const isWhole = rest.length + more.length === 0 && tail.damage === undefined;
  if (!isWhole || start.first + start.count !== tail.first) return;
  const end = start.count === 0 ? segmentHeaderBytes : (start.spans[2 * start.count - 1] ?? 0);
  const together = Buffer.concat([
    first.bytes.subarray(0, end),
    second.bytes.subarray(segmentHeaderBytes, tail.end),
  ]);
  const file = path.join(directory, 'together.tmp');
  const opened = await files.openAppended(file);
  try {
    await opened.cutTo(0);
    await opened.append(together);
  } finally {
    await opened.close();
  }
  await files.rename(file, before.file);
  await files.syncDirectory(directory);
  await files.remove(last.file);
  await files.syncDirectory(directory);
}
