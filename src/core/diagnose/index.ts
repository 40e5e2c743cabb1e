/** How Gemel says that something is wrong: places, diagnostics, errors with permanent codes, and their picture. */

export type { ErrorCode } from './catalogue.ts';
export { catalogue, catalogueThemes } from './catalogue.ts';
export type { Diagnostic, DiagnosticJson, Place } from './diagnostic.ts';
export { diagnosticsToJson } from './diagnostic.ts';
export type { GemelErrorOptions } from './error.ts';
export { assertInvariant, GemelError } from './error.ts';
export { renderDiagnostics } from './render.ts';
export { didYouMean, suggest } from './suggest.ts';
