/** Model documents: their schema, their checks, and what a checked one is. */

export { compileModel, compileModelDocument, type Compilation } from './compile.ts';
export { defineModel, type ModelOf, type TypedModel } from './define.ts';
export type {
  Health,
  Input,
  Measurement,
  Method,
  Model,
  Output,
  Parameter,
  Signal,
  State,
  When,
} from './model.ts';
export { linkVersions, migratesFrom, type Origin, type VersionLink } from './migration.ts';
export { isAdaptive } from './model.ts';
export { sortEquations } from './order.ts';
export { type ModelDocument, ModelDocumentSchema } from './schema.ts';
export { compareVersions, nextVersion } from './version.ts';
