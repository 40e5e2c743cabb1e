/**
 * Gemel inside a program of your own: what `import … from 'gemel'` gives.
 *
 * Models, simulation and a twin that you step yourself, without broker or server. Everything here is pure
 * computation and runs in Node and in a browser. For twins that listen and publish, run `gemel up`.
 */

export type { Diagnostic, ErrorCode, GemelErrorOptions, Place } from './core/diagnose/index.ts';
export { diagnosticsToJson, GemelError, renderDiagnostics } from './core/diagnose/index.ts';
export type { SourceText } from './core/document/index.ts';
export type {
  Compilation,
  Health,
  Input,
  Measurement,
  Model,
  ModelDocument,
  Output,
  Parameter,
  Signal,
  State,
  TypedModel,
  When,
} from './core/model/index.ts';
export { compileModel, compileModelDocument, defineModel, ModelDocumentSchema } from './core/model/index.ts';
export type { SimulateOptions, Trajectory } from './core/solve/index.ts';
export { simulate } from './core/solve/index.ts';
export type { Unit } from './core/units/index.ts';
export type {
  Correction,
  HealthReading,
  LocalTwin,
  LocalTwinOptions,
  MeasurementReading,
  Snapshot,
} from './engine/index.ts';
export { createTwin } from './engine/index.ts';
