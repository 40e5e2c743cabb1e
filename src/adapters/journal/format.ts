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
import { checksumOf } from './checksum.ts';

const magic = 'GEMELJNL';
const formatVersion = 1;
export const segmentHeaderBytes = 24;
export const recordHeaderBytes = 8;
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

/** Good records one after another, and where and why they end if not at the end of the bytes. */
export interface Stretch {
  readonly first: number;
  readonly count: number;
  /** Where the content of record i begins and ends: at 2i and 2i + 1. Flat, since there may be a million. */
  readonly spans: Float64Array;
  /** Bytes up to and with the last of them. */
  readonly end: number;
  readonly damage?: { readonly at: number; readonly why: string };
}

/** Records one after another. */
export interface RecordPage {
  readonly first: number;
  readonly count: number;
  readonly bytes: Buffer;
  /** As above. */
  readonly spans: Float64Array;
}

export interface RecordEntry {
  readonly number: number;
  readonly content: Buffer;
}

/** Where records stand one after another. */
export interface Place {
  /** Number of the first record, and where it begins. */
  readonly first: number;
  readonly at: number;
}

/** The records from a place on as far as they are good. */
export function scanRecords(bytes: Buffer, { first, at: from }: Place): Stretch {
  let spans = new Float64Array(1024);
  let count = 0;
  let at = from;
  while (at < bytes.length) {
    const why = problemOfRecord(bytes, at, first + count);
    if (why !== undefined) return { first, count, spans, end: at, damage: { at, why } };
    if (2 * count === spans.length) spans = doubled(spans);
    spans[2 * count] = at + recordHeaderBytes;
    at += recordHeaderBytes + bytes.readUInt32LE(at);
    spans[2 * count + 1] = at;
    count++;
  }
  return { first, count, spans, end: at };
}

/** Records one after another in bytes that are known to be good. */
export function pageOf(first: number, bytes: Buffer): RecordPage {
  let spans = new Float64Array(1024);
  let count = 0;
  for (let at = 0; at < bytes.length; count++) {
    if (2 * count === spans.length) spans = doubled(spans);
    spans[2 * count] = at + recordHeaderBytes;
    at += recordHeaderBytes + bytes.readUInt32LE(at);
    spans[2 * count + 1] = at;
  }
  return { first, count, bytes, spans };
}

/** Those of a page from number `from` on, up to and with `until`. */
export function cutPage({ first, count, bytes, spans }: RecordPage, from: number, until: number): RecordPage {
  const skipped = Math.min(count, Math.max(0, from - first));
  const kept = Math.max(0, Math.min(count, until - first + 1) - skipped);
  return {
    first: first + skipped,
    count: kept,
    bytes,
    spans: spans.subarray(2 * skipped, 2 * (skipped + kept)),
  };
}

/** The records of a page, one by one. */
export function* entriesOf({ first, count, bytes, spans }: RecordPage): Generator<RecordEntry> {
  for (let i = 0; i < count; i++)
    yield { number: first + i, content: bytes.subarray(spans[2 * i], spans[2 * i + 1]) };
}

function doubled(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

/** What is wrong with the header of a segment whose first record has this number; undefined if it is good. */
export function problemOfHeader(
  bytes: Buffer,
  first: number,
): { readonly why: string; readonly isOurs: boolean } | undefined {
  if (bytes.length < segmentHeaderBytes)
    return { why: `its header is cut off after ${bytes.length} bytes`, isOurs: true };
  if (bytes.toString('latin1', 0, 8) !== magic) return { why: 'it is no segment of a journal', isOurs: true };
  const version = bytes.readUInt32LE(8);
  if (version !== formatVersion)
    return { why: `it has format ${version}, this program reads ${formatVersion}`, isOurs: false };
  if (bytes.readUInt32LE(12) !== crc32(bytes.subarray(16, 24)))
    return { why: 'its header does not match its checksum', isOurs: true };
  const found = Number(bytes.readBigUInt64LE(16));
  return found === first ? undefined : { why: `it begins with record ${found}`, isOurs: false };
}

/** What is wrong with the record that should have this number; undefined if it is good. */
export function problemOfRecord(bytes: Buffer, at: number, number: number): string | undefined {
  if (at + recordHeaderBytes > bytes.length) return `record ${number} is cut off`;
  const length = bytes.readUInt32LE(at);
  if (length > recordLimitBytes) return `record ${number} claims ${length} bytes`;
  const from = at + recordHeaderBytes;
  if (from + length > bytes.length) return `record ${number} is cut off`;
  const good = bytes.readUInt32LE(at + 4) === checksumOf(number, bytes, from, from + length);
  return good ? undefined : `record ${number} does not match its checksum`;
}
