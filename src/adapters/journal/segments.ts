/**
 * The segments of a journal in their directory, and which records of them count.
 *
 * A segment is named by the number of its first record: `00000000000000000001.journal`. When a write fails, the journal
 * goes on in a new segment that begins with the first record whose write was not confirmed; what the older one has of
 * that number and beyond was never acknowledged, and does not count.
 */

import path from 'node:path';
import { assertInvariant } from '../../core/diagnose/index.ts';
import { findBehind } from './behind.ts';
import type { JournalFiles } from './files.ts';
import { type Place, problemOfHeader, scanRecords, segmentHeaderBytes, type Stretch } from './format.ts';

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

/** One segment read: one stretch of records, or several with damage between them. */
export interface ReadSegment {
  readonly segment: Segment;
  readonly bytes: Buffer;
  /** In order; records that stand in the next segment are in none. */
  readonly stretches: readonly [Stretch, ...Stretch[]];
}

export async function readSegment(
  segment: Segment,
  next: Segment | undefined,
  files: JournalFiles,
): Promise<ReadSegment> {
  const bytes = await files.read(segment.file);
  const [first, ...others] = scanStretches(bytes, { first: segment.first, before: next?.first });
  assertInvariant(first !== undefined, 'a segment has a beginning');
  return { segment, bytes, stretches: [first, ...others] };
}

/** Which records are looked for. */
interface Looked {
  /** Number of the first of the segment. */
  readonly first: number;
  /** From here on they stand in the next. */
  readonly before?: number | undefined;
}

/** The records of a segment that count, at least one stretch of them: damage is passed over. */
export function* scanStretches(bytes: Buffer, { first, before }: Looked): Generator<Stretch> {
  let place: Place | undefined = { at: segmentHeaderBytes, first };
  const header = problemOfHeader(bytes, first);
  if (header !== undefined) {
    yield { first, count: 0, spans: new Float64Array(0), end: 0, damage: { at: 0, why: header.why } };
    const damage = { at: segmentHeaderBytes - 1, after: first - 1, before };
    place = header.isOurs ? placeBehind(bytes, damage) : undefined;
  }
  if (place !== undefined) yield* stretchesFrom(bytes, place, before);
}

/** The same from a record on. */
export function* stretchesFrom(
  bytes: Buffer,
  from: Place,
  before: number = Number.POSITIVE_INFINITY,
): Generator<Stretch> {
  for (let place: Place | undefined = from; place !== undefined; ) {
    const found: Stretch = scanRecords(bytes, place);
    const count = Math.min(found.count, before - found.first);
    yield { ...found, count };
    const { damage } = found;
    place = damage && placeBehind(bytes, { at: damage.at, after: found.first + count - 1, before });
  }
}

function placeBehind(
  bytes: Buffer,
  {
    at,
    after,
    before = Number.POSITIVE_INFINITY,
  }: { at: number; after: number; before?: number | undefined },
): Place | undefined {
  if (after + 1 >= before) return undefined;
  const found = findBehind(bytes, { at, after, before });
  return found && { at: found.at, first: found.number };
}
