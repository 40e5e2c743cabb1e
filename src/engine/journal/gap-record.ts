/**
 * Ticks that a block gave up since it was a minute and more behind, as records of the journal (kind 6: JSON).
 *
 * Like a command it is written ahead: a worker that is behind asks, and goes on when it is told. So a restart and a replay give up
 * the same ticks, between the same samples.
 */

import { decodeJson, encodeJson } from './json-record.ts';

export interface GapRecord {
  /** When it was found, Unix milliseconds. */
  readonly receivedMs: number;
  /** `Model.id` of what the lanes run: a twin in a trial has another lane. */
  readonly model: string;
  readonly twins: readonly string[];
  /** The ticks that were due after the one and up to the other. */
  readonly afterMs: number;
  readonly untilMs: number;
}

export const gapKind = 6;

export function encodeGap(gap: GapRecord): Uint8Array {
  return encodeJson(gapKind, gap);
}

/** Undefined if the record is of another kind, or not whole. */
export function decodeGap(bytes: Uint8Array): GapRecord | undefined {
  const fields = decodeJson(gapKind, bytes);
  if (fields === undefined) return undefined;
  const { receivedMs, model, twins, afterMs, untilMs } = fields;
  const isGood =
    [receivedMs, afterMs, untilMs].every(Number.isFinite) &&
    typeof model === 'string' &&
    Array.isArray(twins) &&
    twins.every((twin) => typeof twin === 'string');
  return isGood ? (fields as unknown as GapRecord) : undefined;
}
