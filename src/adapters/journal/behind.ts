/**
 * Finds the records behind a damaged place of a segment.
 *
 * Neither where the next good record begins nor its number is known, since a length may be damaged and records have no numbers.
 * At each byte a record is tried: its checksum and content say which number it must have (see checksum.ts), and that has to be one
 * that fits between the record before the damage and as many as may have been lost. After a few kilobytes so many numbers fit that the record
 * behind it must be good as well. So noise is taken for a record in one of a million damages at most.
 */

import { numberOf } from './checksum.ts';
import { problemOfRecord, recordHeaderBytes, recordLimitBytes } from './format.ts';

/** Beyond so much damage nothing is looked for, nor after so many bytes were summed up for it; so near a record is believed alone. */
const limits = { damagedBytes: 1_048_576, summedBytes: 67_108_864, nearBytes: 4096 } as const;

export interface DamagedPlace {
  readonly at: number;
  /** Numbers of the record before it, and of the first that stands elsewhere. */
  readonly after: number;
  readonly before: number;
}

/** Where the next good record begins, and its number; undefined if there is none. */
export function findBehind(
  bytes: Buffer,
  { at, after, before }: DamagedPlace,
): { readonly at: number; readonly number: number } | undefined {
  const last = Math.min(bytes.length - recordHeaderBytes, at + limits.damagedBytes);
  let summed = 0;
  for (let from = at + 1; from <= last; from++) {
    const length = bytes.readUInt32LE(from);
    const end = from + recordHeaderBytes + length;
    if (length > recordLimitBytes || end > bytes.length) continue;
    summed += length;
    if (summed > limits.summedBytes) return undefined;
    const content = { from: from + recordHeaderBytes, to: end };
    const sum = bytes.readUInt32LE(from + 4);
    const number = numberOf(sum, bytes, content, Math.floor((after + 1) / 2 ** 32));
    const most = after + 1 + Math.floor((from - at) / recordHeaderBytes);
    if (number <= after || number > most || number >= before) continue;
    const isSure = from - at <= limits.nearBytes || end === bytes.length || number + 1 >= before;
    if (isSure || problemOfRecord(bytes, end, number + 1) === undefined) return { at: from, number };
  }
  return undefined;
}
