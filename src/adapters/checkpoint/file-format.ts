/**
 * A checkpoint file: a header of 56 bytes, then the bytes as they were given.
 *
 * | offset | bytes | what |
 * | --- | --- | --- |
 * | 0 | 8 | `gemelck1` |
 * | 8 | 8 | sequence number, little-endian: the higher one is the newer |
 * | 16 | 8 | length of the content, little-endian |
 * | 24 | 32 | SHA-256 of the 24 bytes before and the content |
 */

import { createHash } from 'node:crypto';
import { type CheckpointFiles, nodeFiles } from './files.ts';

const magic = 'gemelck1';
const headerBytes = 56;
const hashedHeaderBytes = 24;
/** Hashed at once, in a millisecond: what is acknowledged meanwhile must not wait for the whole. */
const sliceBytes = 1_048_576;

export interface CheckpointFile {
  readonly sequence: number;
  readonly content: Uint8Array;
}

/** The header of a file whose content is these pieces, one behind the other. */
export async function headerOf(sequence: number, pieces: readonly Uint8Array[]): Promise<Uint8Array> {
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 'latin1');
  header.writeBigUInt64LE(BigInt(sequence), 8);
  header.writeBigUInt64LE(BigInt(pieces.reduce((sum, { length }) => sum + length, 0)), 16);
  const hashed = createHash('sha256').update(header.subarray(0, hashedHeaderBytes));
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += sliceBytes) {
      hashed.update(piece.subarray(at, at + sliceBytes));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  header.set(hashed.digest(), hashedHeaderBytes);
  return header;
}

/** @returns the file, or what is wrong with it. */
export function decodeCheckpoint(bytes: Uint8Array): CheckpointFile | { readonly problem: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < headerBytes) return { problem: `it has only ${buffer.length} bytes` };
  if (buffer.toString('latin1', 0, 8) !== magic) {
    return { problem: 'it is not a checkpoint, or one of a version that is not understood' };
  }
  const length = buffer.readBigUInt64LE(16);
  const content = bytes.subarray(headerBytes);
  if (length !== BigInt(content.length)) {
    return { problem: `it has ${content.length} bytes of content and should have ${length}` };
  }
  if (!hash(buffer, content).equals(buffer.subarray(hashedHeaderBytes, headerBytes))) {
    return { problem: 'its content does not match its checksum' };
  }
  return { sequence: Number(buffer.readBigUInt64LE(8)), content };
}

/** The content of a checkpoint; undefined if it is damaged, or gone meanwhile. */
export async function readCheckpointFile(
  file: string,
  files: Pick<CheckpointFiles, 'read'> = nodeFiles,
): Promise<Uint8Array | undefined> {
  const bytes = await files.read(file);
  if (bytes === undefined) return undefined;
  const decoded = decodeCheckpoint(bytes);
  return 'problem' in decoded ? undefined : decoded.content;
}

function hash(header: Uint8Array, content: Uint8Array): Buffer {
  return createHash('sha256').update(header.subarray(0, hashedHeaderBytes)).update(content).digest();
}
