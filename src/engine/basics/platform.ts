/**
 * What every JavaScript platform has but the language's own library does not: a decoder of text and an
 * abort signal. They are declared here as narrowly as they are used, so that the engine needs neither Node's
 * types nor the browser's.
 */

/** What the engine uses of the platform's AbortSignal. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface StopController {
  readonly signal: StopSignal;
  abort(reason?: unknown): void;
}

declare const AbortController: new () => StopController;
declare const TextDecoder: new (
  encoding: 'utf-8',
  options: { readonly fatal: boolean },
) => { decode(bytes: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

export function createStopController(): StopController {
  return new AbortController();
}

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** The text of well-formed UTF-8, without its byte order mark; undefined for anything else. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}
