/** What a diagnostic is: one problem of a document, as data that a terminal, a browser or an editor can show. */

import type { ErrorCode } from './catalogue.ts';

/** A stretch of one line of a file. Lines and columns count from 1, columns and length in UTF-16 code units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface Diagnostic {
  readonly code: ErrorCode;
  readonly severity: 'error' | 'warning';
  /** One line: what is wrong, with the values. */
  readonly message: string;
  readonly place?: Place;
  readonly expected?: string;
  readonly found?: string;
  /** What to do about it, such as "did you mean `inertia`?". */
  readonly hint?: string;
}

/** A diagnostic as programs read it; what is not known is left out. */
export interface DiagnosticJson {
  readonly code: ErrorCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly length?: number;
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string;
}

/** Diagnostics as plain data for JSON, in the order given. */
export function diagnosticsToJson(diagnostics: readonly Diagnostic[]): readonly DiagnosticJson[] {
  return diagnostics.map(({ code, severity, message, place, expected, found, hint }) => ({
    code,
    severity,
    message,
    ...(place && { file: place.file, line: place.line, column: place.column, length: place.length }),
    ...(expected !== undefined && { expected }),
    ...(found !== undefined && { found }),
    ...(hint !== undefined && { hint }),
  }));
}

/** Negative if `a` is shown before `b`: by file, line and column; what has no place comes last. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  if (!a.place || !b.place) return Number(!a.place) - Number(!b.place);
  if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1;
  return a.place.line - b.place.line || a.place.column - b.place.column;
}
