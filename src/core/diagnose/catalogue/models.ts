/** Codes about a model as a whole and about values for its signals. Keep them alphabetical. */

import type { CatalogueEntry } from './entry.ts';

export const modelsCodes = {
  INPUT_MISSING: {
    title: 'input without value',
    cause: 'An input has neither a value nor a default, so nothing that needs it can be computed.',
    remedy: 'Give the input a value, or a default in the model.',
  },
  MIGRATION_INVALID: {
    title: 'versions do not fit',
    cause: 'A state or a parameter of one version of a model cannot come from the other as it should.',
    remedy: 'Correct `migrates` in the newer version; the problems listed with it say where.',
  },
  MODELS_FULL: {
    title: 'too many models',
    cause: 'A project has as many models, or as much text of them, as it may have.',
    remedy:
      'Stop it, take versions that no twin needs out of `models/` beside its checkpoints, and start it again.',
  },
  MODEL_DUPLICATE: {
    title: 'model given twice',
    cause: 'Two files hold the same name and version of a model.',
    remedy: 'Remove one of the files, or give one of them another version.',
  },
  MODEL_INVALID: {
    title: 'invalid model',
    cause: 'A model document has problems and was not compiled.',
    remedy: 'Correct the problems listed with it.',
  },
  MODEL_TOO_LARGE: {
    title: 'model too large',
    cause: 'A model has more states, equations or operations than a model may have.',
    remedy: 'Split the machine into several models, or simplify its equations.',
  },
  MODEL_UNKNOWN: {
    title: 'unknown model',
    cause: 'No model of this name and version is loaded.',
    remedy: 'Correct the name or the version, or add the file to `models:`.',
  },
  MODEL_VERSION_EXISTS: {
    title: 'version exists',
    cause:
      'A model is published with a version that there is already, with another document. A published version never changes.',
    remedy: 'Give the document a new version; the hint says which would be the next.',
  },
  SHAPE_MISMATCH: {
    title: 'wrong size',
    cause: 'An array does not have the length that the call needs.',
    remedy: 'Pass an array of the length shown as expected.',
  },
  SIGNAL_UNKNOWN: {
    title: 'unknown signal',
    cause: 'The model of the twin has no input, measurement, state or output of this name.',
    remedy: 'Correct the spelling, or add the signal to the model.',
  },
  SIMULATION_TOO_LARGE: {
    title: 'simulation too large',
    cause: 'A simulation would record more values than fit into memory.',
    remedy: 'Record less often, or simulate a shorter time.',
  },
  VERSION_RANGE: {
    title: 'not a range of versions',
    cause: 'A text does not say which versions are meant.',
    remedy: 'Write a range as in `>=1.0.0 <2.0.0`, `^1.2.0` or `1.0.0 || 1.1.0`.',
  },
} satisfies Record<string, CatalogueEntry>;
