/**
 * Records as bytes in a segment.
 *
 * Layout   segment: "GEMELJNL" · format version (uint32) · CRC-32 of what follows (uint32) · number of its first record
 *          (uint64), then records without a gap. Record: length of the content (uint32) · CRC-32 of number and content
 *          (uint32) · content. Numbers are not written: record i of a segment is `first + i`. Little-endian throughout.
 *
 * The number is part of the checksum, so that a record that is whole but in the wrong place is not taken for good.
 */

import { crc32 } from 'node:zlib';

const magic = 'GEMELJNL';
const formatVersion = 1;
export const segmentHeaderBytes = 24;
export const recordHeaderBytes = 8;
const numberBytes = 8;
const word = 2 ** 32;
/** A longer record is refused by the writer, and taken for damage by the reader. */
export const recordLimitBytes = 16_777_216;

export function encodeSegmentHeader(first: number): Buffer {
  const header = Buffer.alloc(segmentHeaderBytes);
  header.write(magic, 'latin1');
  header.writeUInt32LE(formatVersion, 8);
  header.writeBigUInt64LE(BigInt(first), 16);
  header.writeUInt32LE(crc32(header.subarray(16, 24)), 12);
  return header;
}

/** Writes header and content at `offset` of `target`, which has room for them. */
export function encodeRecord(
  target: Buffer,
  offset: number,
  { number, content }: { readonly number: number; readonly content: Uint8Array },
): void {
  // The number stands where the header will be until the checksum is taken: then it is one piece with the content.
  target.writeUInt32LE(number % 2 ** 32, offset);
  target.writeUInt32LE(Math.floor(number / 2 ** 32), offset + 4);
  target.set(content, offset + recordHeaderBytes);
  const sum = crc32(target.subarray(offset, offset + recordHeaderBytes + content.length));
  target.writeUInt32LE(content.length, offset);
  target.writeUInt32LE(sum, offset + 4);
}

/** What stands in a segment: its good records, and where and why it ends if not at the end of its bytes. */
export interface SegmentContent {
  readonly first: number;
  /** Where each good record's content begins and ends. */
  readonly spans: readonly (readonly [from: number, to: number])[];
  /** Bytes up to and with the last good record. */
  readonly goodBytes: number;
  readonly damage?: { readonly at: number; readonly why: string };
}

/** Reads a segment as far as it is good. A segment without a good header has no record. */
export function scanSegment(bytes: Buffer): SegmentContent {
  const headerProblem = problemOfHeader(bytes);
  if (headerProblem !== undefined) {
    return { first: Number.NaN, spans: [], goodBytes: 0, damage: { at: 0, why: headerProblem } };
  }
  const first = Number(bytes.readBigUInt64LE(16));
  const scratch = Buffer.alloc(numberBytes);
  const spans: (readonly [number, number])[] = [];
  let at = segmentHeaderBytes;
  while (at < bytes.length) {
    const why = problemOfRecord(bytes, at, { number: first + spans.length, scratch });
    if (why !== undefined) return { first, spans, goodBytes: at, damage: { at, why } };
    const from = at + recordHeaderBytes;
    at = from + bytes.readUInt32LE(at);
    spans.push([from, at]);
  }
  return { first, spans, goodBytes: at };
}

/** Where the content of each record begins and ends, in bytes that are known to be good records. */
export function spansOf(bytes: Buffer): (readonly [from: number, to: number])[] {
  const spans: (readonly [number, number])[] = [];
  for (let at = 0; at < bytes.length; ) {
    const from = at + recordHeaderBytes;
    at = from + bytes.readUInt32LE(at);
    spans.push([from, at]);
  }
  return spans;
}

function problemOfHeader(bytes: Buffer): string | undefined {
  if (bytes.length < segmentHeaderBytes) return `its header is cut off after ${bytes.length} bytes`;
  if (bytes.toString('latin1', 0, 8) !== magic) return 'it is no segment of a journal';
  const version = bytes.readUInt32LE(8);
  if (version !== formatVersion) return `it has format ${version}, this program reads ${formatVersion}`;
  const good = bytes.readUInt32LE(12) === crc32(bytes.subarray(16, 24));
  return good ? undefined : 'its header does not match its checksum';
}

/** `scratch` is overwritten. */
function problemOfRecord(
  bytes: Buffer,
  at: number,
  { number, scratch }: { readonly number: number; readonly scratch: Buffer },
): string | undefined {
  if (at + recordHeaderBytes > bytes.length) return `record ${number} is cut off`;
  const length = bytes.readUInt32LE(at);
  if (length > recordLimitBytes) return `record ${number} claims ${length} bytes`;
  const from = at + recordHeaderBytes;
  if (from + length > bytes.length) return `record ${number} is cut off`;
  const good = bytes.readUInt32LE(at + 4) === checksum(number, bytes.subarray(from, from + length), scratch);
  return good ? undefined : `record ${number} does not match its checksum`;
}

/** `scratch` takes the number as bytes: a hundred thousand records a second are read again in a replay. */
function checksum(number: number, content: Uint8Array, scratch: Buffer = Buffer.alloc(numberBytes)): number {
  scratch.writeUInt32LE(number % word, 0);
  scratch.writeUInt32LE(Math.floor(number / word), 4);
  return crc32(content, crc32(scratch));
}
