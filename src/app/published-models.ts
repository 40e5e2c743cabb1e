/**
 * The models that a project has: those of its files, and those that were published while it ran.
 *
 * What is published is kept in `models/` in the directory of the checkpoints, a file a version, named `NAME@VERSION.yaml`, with
 * the text as it came. It is never changed: the same document again is no news, another one of the same version is
 * refused. The project's own files count as published while they are named in gemel.yaml.
 */

import { join } from 'node:path';
import { type Diagnostic, GemelError } from '../core/diagnose/index.ts';
import type { SourceText } from '../core/document/index.ts';
import { describeDifference, suggestVersion } from '../core/difference/index.ts';
import { compileModel, type Model } from '../core/model/index.ts';
import { type Fleet, isSameDocument } from '../engine/index.ts';
import { migrationProblems } from './migrations.ts';
import type { Project } from './project.ts';

const ending = '.yaml';
/** More models than this, or more text of them, are refused: they stay in memory. */
const modelLimit = 1000;
const characterLimit = 16 * 1024 * 1024;

export function modelsDirectory({ checkpoint }: Pick<Project, 'checkpoint'>): string {
  return join(checkpoint.directory, 'models');
}

/** Texts in the directory of published models, each whole or not at all. */
export interface ModelTexts {
  list(): Promise<readonly string[]>;
  load(name: string): Promise<string | undefined>;
  /** Resolves once the text would survive a power cut. */
  save(name: string, text: string): Promise<void>;
}

/** The part of a log that is used here. */
interface Notes {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface PublishedModelsOptions {
  readonly texts: ModelTexts;
  /** Of the project's files. */
  readonly models: readonly Model[];
  readonly log: Notes;
}

export type Publication =
  | { readonly model: Model; readonly isNew: boolean }
  | { readonly diagnostics: readonly Diagnostic[]; readonly source: SourceText };

export class PublishedModels {
  readonly #texts: ModelTexts;
  readonly #log: Notes;
  readonly #models = new Map<string, Model>();
  #characters = 0;
  #publishing: Promise<unknown> = Promise.resolve();

  private constructor({ texts, models, log }: PublishedModelsOptions) {
    this.#texts = texts;
    this.#log = log;
    for (const model of models) this.#models.set(model.id, model);
  }

  /**
   * Reads what was published. A file that cannot be used is told in the log and left out.
   *
   * Rejects with GemelError `MODEL_VERSION_EXISTS` if a file of the project has a published version with another document.
   */
  static async open(options: PublishedModelsOptions): Promise<PublishedModels> {
    const published = new PublishedModels(options);
    for (const name of await options.texts.list()) {
      if (name.endsWith(ending)) await published.#read(name);
    }
    return published;
  }

  /** All there are, those of the project's files first. */
  get models(): readonly Model[] {
    return [...this.#models.values()];
  }

  /**
   * Checks a document, keeps it, and hands it to `add`. Resolves once it is on the disk.
   *
   * Rejects with GemelError `MODEL_VERSION_EXISTS`, `MODELS_FULL`, or `CHECKPOINT_UNWRITABLE` if it cannot be kept: then nothing has
   * changed.
   */
  publish(source: SourceText, add: (model: Model) => void = () => undefined): Promise<Publication> {
    const done = this.#publishing.then(() => this.#publish(source, add));
    this.#publishing = done.catch(() => undefined);
    return done;
  }

  /** For the HTTP interface: what is published is what twins may be of from then on. */
  into(fleet: Pick<Fleet, 'addModel'>): { publish(source: SourceText): Promise<Publication> } {
    return { publish: (source) => this.publish(source, (model) => fleet.addModel(model)) };
  }

  async #publish(source: SourceText, add: (model: Model) => void): Promise<Publication> {
    const compiled = compileModel(source);
    const { model } = compiled;
    if (model === undefined) return { diagnostics: compiled.diagnostics, source: compiled.source };
    const known = this.#models.get(model.id);
    if (known !== undefined) {
      if (!isSameDocument(known, model)) throw this.#versionExists(known, model);
      return { model: known, isNew: false };
    }
    const diagnostics = migrationProblems(model, this.models, source);
    if (diagnostics.length > 0) return { diagnostics, source };
    const name = model.id + ending;
    if ((await this.#texts.load(name)) !== undefined) {
      throw new GemelError(
        'MODEL_VERSION_EXISTS',
        `${model.id} is published, in a file that cannot be used`,
        {
          hint: 'give the document a new version',
        },
      );
    }
    if (this.#models.size >= modelLimit || this.#characters + source.text.length > characterLimit) {
      throw new GemelError('MODELS_FULL', `${this.#models.size} models are here, and no more fit`);
    }
    await this.#texts.save(name, source.text);
    add(model);
    this.#models.set(model.id, model);
    this.#characters += source.text.length;
    this.#log.info({ model: model.id }, `${model.id} is published`);
    return { model, isNew: true };
  }

  async #read(name: string): Promise<void> {
    const text = (await this.#texts.load(name)) ?? '';
    this.#characters += text.length;
    const { model, diagnostics } = compileModel({ file: name, text });
    if (model === undefined || model.id + ending !== name) {
      const why = model === undefined ? (diagnostics[0]?.message ?? 'it is empty') : `it holds ${model.id}`;
      this.#log.warn({ model: name }, `a published model is left out: ${why}`);
      return;
    }
    const own = this.#models.get(model.id);
    if (own === undefined) this.#models.set(model.id, model);
    else if (!isSameDocument(own, model)) throw this.#versionExists(model, own);
  }

  #versionExists(known: Model, model: Model): GemelError {
    const versions = this.models.filter(({ name }) => name === model.name).map(({ version }) => version);
    const difference = describeDifference(known, model);
    const { version, change } = suggestVersion(difference, model, versions);
    const size = { major: 'breaks its readers', minor: 'changes its physics', patch: 'changes only words' };
    return new GemelError('MODEL_VERSION_EXISTS', `there is another document of ${model.id} already`, {
      hint: `versions never change; this one ${size[change]}: call it ${version}`,
    });
  }
}
