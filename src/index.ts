/**
 * Gemel inside a program of your own: what `import … from 'gemel'` gives.
 *
 * Models, simulation and a twin that you step yourself, without broker or server. Everything here is pure
 * computation and runs in Node and in a browser. For twins that listen and publish, run `gemel up`.
 */

export type { Diagnostic, ErrorCode, Place } from './core/diagnose/index.ts';
export { diagnosticsToJson, GemelError, renderDiagnostics } from './core/diagnose/index.ts';
export type { SourceText } from './core/document/index.ts';
export type { Compilation, Model, ModelDocument, TypedModel } from './core/model/index.ts';
export { compileModel, compileModelDocument, defineModel, ModelDocumentSchema } from './core/model/index.ts';
