/** The model layer's public surface. */

export type {
  Health,
  Input,
  Measurement,
  Model,
  ModelEquations,
  Output,
  Parameter,
  Signal,
  State,
  When,
  WhenEquations,
} from './model.ts';
export { type ModelDocument, ModelDocumentSchema } from './schema.ts';
