/** What is thrown: `GemelError` for misuse, and an assertion for a broken invariant. Bad data is returned, not thrown. */

import type { ErrorCode } from './catalogue.ts';
import type { Diagnostic } from './diagnostic.ts';

export interface GemelErrorOptions {
  readonly hint?: string | undefined;
  readonly diagnostics?: readonly Diagnostic[];
  readonly cause?: unknown;
}

/** A call that cannot be carried out. Its code is permanent and stands in the catalogue. */
export class GemelError extends Error {
  override readonly name = 'GemelError';
  readonly code: ErrorCode;
  /** What to do about it. */
  readonly hint?: string;
  /** The problems behind it, if it is about a document; empty otherwise. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(code: ErrorCode, message: string, options: GemelErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (options.hint !== undefined) this.hint = options.hint;
    this.diagnostics = options.diagnostics ?? [];
  }
}

/**
 * States what must be true if Gemel itself has no fault.
 *
 * @throws Error, without a code, since no caller can do anything about it.
 */
export function assertInvariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${message} (this is a fault in Gemel)`);
}
