/**
 * What was published, as records of the journal (kind 3): a frame of a block, and what it was made from.
 *
 * Nothing waits for them; they share the flushes of the samples. With them each published state can be made again as readers
 * saw it, including a sample that came a moment late.
 *
 * Layout   kind (uint8, 3) · shard (uint16) · block (uint32) · due (float64, Unix milliseconds) · through (uint64: number of
 *          the last record that the shard had taken when it made the tick) · digest of the frame (uint64; see digest.ts).
 *          Little-endian.
 */

import type { Digest } from '../snapshot/index.ts';

export interface TickRecord {
  /** Counted from 0. */
  readonly shard: number;
  /** By its number in the shard: the fleet records say whose it is. */
  readonly block: number;
  readonly dueMs: number;
  readonly through: number;
  readonly digest: Digest;
}

const recordKind = 3;
const recordBytes = 31;
const word = 2 ** 32;

export function encodeTick({ shard, block, dueMs, through, digest }: TickRecord): Uint8Array {
  const bytes = new Uint8Array(recordBytes);
  const view = new DataView(bytes.buffer);
  bytes[0] = recordKind;
  view.setUint16(1, shard, true);
  view.setUint32(3, block, true);
  view.setFloat64(7, dueMs, true);
  view.setUint32(15, through % word, true);
  view.setUint32(19, Math.floor(through / word), true);
  view.setUint32(23, digest.low, true);
  view.setUint32(27, digest.high, true);
  return bytes;
}

/** Undefined if the record is of another kind, or not whole. */
export function decodeTick(bytes: Uint8Array): TickRecord | undefined {
  if (bytes[0] !== recordKind || bytes.length !== recordBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    shard: view.getUint16(1, true),
    block: view.getUint32(3, true),
    dueMs: view.getFloat64(7, true),
    through: view.getUint32(15, true) + view.getUint32(19, true) * word,
    digest: { low: view.getUint32(23, true), high: view.getUint32(27, true) },
  };
}
