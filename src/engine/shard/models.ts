/**
 * The models of a shard, or of several in a thread, each compiled once: kernels cannot be sent between threads, and a
 * document is small.
 */

import { GemelError } from '../../core/diagnose/index.ts';
import { type Backend, defaultBackend } from '../../core/kernel/index.ts';
import { compileModelDocument, type Model } from '../../core/model/index.ts';
import { createMotion, type Motion } from '../lanes/index.ts';

export interface CompiledModel {
  readonly model: Model;
  readonly motion: Motion;
}

/** Whether faults are looked for: what detection finds is told by events, and changes no number of a frame. */
export type DetectionMode = 'as the models say' | 'off';

export class ShardModels {
  readonly #backend: Backend;
  readonly #detection: DetectionMode;
  readonly #compiled = new Map<string, CompiledModel>();

  constructor(backend: Backend = defaultBackend(), detection: DetectionMode = 'as the models say') {
    this.#backend = backend;
    this.#detection = detection;
  }

  get arithmetic(): string {
    return this.#backend.arithmetic;
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
    const { detect: _, ...undetected } = model;
    const motion = createMotion(model, this.#backend);
    const compiled = { model: this.#detection === 'off' ? undetected : model, motion };
    this.#compiled.set(id, compiled);
    return compiled;
  }
}
