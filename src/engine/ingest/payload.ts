/**
 * Bytes of a message to a JSON value, or the reason why not. The limits come first, since whatever a network
 * sends ends here: size, then UTF-8, then depth, and only then the parser.
 */

import { decodeUtf8 } from '../basics/index.ts';
import type { FieldPath } from '../twin/index.ts';
import type { RefusalReason } from './refusal.ts';

export const payloadLimits = { bytes: 256 * 1024, depth: 32 } as const;

export type ParsedPayload =
  | { readonly value: unknown }
  | {
      readonly reason: RefusalReason;
      readonly message: string;
      readonly got?: string;
      readonly hint?: string;
    };

/** Never throws. Numbers beyond a double's range come out infinite; the caller checks each number it uses. */
export function parsePayload(bytes: Uint8Array): ParsedPayload {
  if (bytes.length === 0) return { reason: 'empty', message: 'the payload is empty' };
  if (bytes.length > payloadLimits.bytes) {
    return {
      reason: 'too-large',
      message: `the payload has ${bytes.length} bytes; at most ${payloadLimits.bytes} are taken`,
    };
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) return { reason: 'not-utf8', message: 'the payload is not UTF-8 text' };
  if (tooDeep(bytes)) {
    return {
      reason: 'too-deep',
      message: `the JSON is nested deeper than ${payloadLimits.depth} levels`,
      got: shorten(text),
    };
  }
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return explain(text);
  }
}

/** What stands at `path`; undefined if nothing does. Only own properties count. */
export function pick(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/** A path as a person writes it: `value.kw`, `values[0]`. */
export function formatPath(path: FieldPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/** A value as text for a message, at most 60 characters. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return shorten(JSON.stringify(value.slice(0, 80)));
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return shorten(String(value));
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

const quote = 0x22;
const backslash = 0x5c;

/** Counts brackets outside of strings. On text that is no JSON the count may be wrong, and the parser refuses it. */
function tooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === backslash) i++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) {
      inString = true;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth++;
      if (depth > payloadLimits.depth) return true;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    }
  }
  return false;
}

function explain(text: string): ParsedPayload {
  const got = shorten(text);
  if (text.trim() === '') return { reason: 'empty', message: 'the payload is only white space' };
  // Python's json.dumps writes these, though JSON has no such numbers.
  if (/(?:^|[:[,\s-])(?:NaN|Infinity)\b/.test(text)) {
    return {
      reason: 'not-finite',
      message: 'the payload has NaN or Infinity, which JSON does not',
      got,
      hint: 'leave out what has no value',
    };
  }
  return { reason: 'not-json', message: 'the payload is not JSON', got };
}
