/** Records of the journal whose content is JSON: their kind (uint8), then UTF-8. */

import { decodeUtf8, encodeUtf8, isRecord } from '../basics/index.ts';

export function encodeJson(kind: number, value: object): Uint8Array {
  const text = encodeUtf8(JSON.stringify(value));
  const bytes = new Uint8Array(text.length + 1);
  bytes[0] = kind;
  bytes.set(text, 1);
  return bytes;
}

/** The fields of a record; undefined if it is of another kind, or no JSON object. */
export function decodeJson(kind: number, bytes: Uint8Array): Record<string, unknown> | undefined {
  if (bytes[0] !== kind) return undefined;
  try {
    const value: unknown = JSON.parse(decodeUtf8(bytes.subarray(1)) ?? '');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
