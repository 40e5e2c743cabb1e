/** Models written in TypeScript: the same document as an object, with its names known to the compiler. */

import { GemelError, renderDiagnostics } from '../diagnose/index.ts';
import { compileModelDocument } from './compile.ts';
import type { Model } from './model.ts';
import type { ModelDocument } from './schema.ts';

type NamesOf<D, Group extends string> = D extends { readonly [G in Group]: infer Entries }
  ? Extract<keyof Entries, string>
  : never;

/** The names of equations that are neither der(…) nor next(…). */
type IntermediatesOf<D> = Exclude<NamesOf<D, 'equations'>, `der(${string}` | `next(${string}`>;

/** A model that remembers the names of its document. */
export interface TypedModel<
  Inputs extends string = string,
  Parameters extends string = string,
  States extends string = string,
  Outputs extends string = string,
  Measurements extends string = string,
> extends Model {
  /** For the type checker only: never present at run time. */
  readonly names?: {
    readonly input: Inputs;
    readonly parameter: Parameters;
    readonly state: States;
    readonly output: Outputs;
    readonly measurement: Measurements;
  };
}

/** The model that `defineModel` gives for a document of type `D`. */
export type ModelOf<D> = TypedModel<
  NamesOf<D, 'inputs'>,
  NamesOf<D, 'parameters'>,
  NamesOf<D, 'states'>,
  IntermediatesOf<D>,
  NamesOf<D, 'measurements'>
>;

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/**
 * Checks and compiles a model given as an object.
 *
 * @returns the model; its type carries the names, so that a misspelt state or input does not compile.
 * @throws GemelError `MODEL_INVALID` whose message shows every problem in its place.
 */
export function defineModel<const D extends DeepReadonly<ModelDocument>>(document: D): ModelOf<D> {
  const file = `model ${document.model}`;
  const { model, diagnostics, source } = compileModelDocument(document, file);
  if (model === undefined) {
    const picture = renderDiagnostics(diagnostics, {
      sources: new Map([[file, source.text]]),
      color: 'never',
    });
    throw new GemelError('MODEL_INVALID', `the model is not valid\n${picture}`, { diagnostics });
  }
  return model;
}
