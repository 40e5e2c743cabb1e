/** The models of a shard, each compiled once: kernels cannot be sent between threads, and a document is small. */

import { GemelError } from '../../core/diagnose/index.ts';
import type { Backend } from '../../core/kernel/index.ts';
import { compileModelDocument, type Model } from '../../core/model/index.ts';
import { createMotion, type Motion } from '../lanes/index.ts';

export interface CompiledModel {
  readonly model: Model;
  readonly motion: Motion;
}

export class ShardModels {
  readonly #backend: Backend;
  readonly #compiled = new Map<string, CompiledModel>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** @throws GemelError `MODEL_UNKNOWN` if it was not compiled. */
  get(id: string): CompiledModel {
    const known = this.#compiled.get(id);
    if (known !== undefined) return known;
    throw new GemelError('MODEL_UNKNOWN', `no model ${id} was given to the shard`);
  }

  /** @throws GemelError `MODEL_INVALID`, or `MODEL_TOO_LARGE` for the backend. */
  compile(id: string, document: unknown): CompiledModel {
    const known = this.#compiled.get(id);
    if (known !== undefined) return known;
    const { model, diagnostics } = compileModelDocument(document, id);
    if (model === undefined) throw new GemelError('MODEL_INVALID', `${id} does not compile`, { diagnostics });
    const compiled = { model, motion: createMotion(model, this.#backend) };
    this.#compiled.set(id, compiled);
    return compiled;
  }
}
