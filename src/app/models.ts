/** Finds the model files that a project names, and compiles each of them once. */

import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Diagnostic, didYouMean } from '../core/diagnose/index.ts';
import { compareVersions, compileModel, type Model } from '../core/model/index.ts';
import type { ValueProblem } from './duration.ts';
import { displayName, reasonOf } from './files.ts';
import type { Findings } from './findings.ts';
import { migrationProblems } from './migrations.ts';

export interface LoadedModels {
  readonly models: readonly Model[];
  /** False if some file had problems: a name that is not found may be in it. */
  readonly complete: boolean;
  /** Problems inside the model files. */
  readonly diagnostics: readonly Diagnostic[];
  /** The texts read, by the name that diagnostics show. */
  readonly sources: ReadonlyMap<string, string>;
}

const fileLimit = 1000;

/** Loads the files of `models:`; `patterns` are relative to `directory`. */
export function loadModels(directory: string, patterns: readonly string[], findings: Findings): LoadedModels {
  const sources = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const models = new Map<string, { readonly model: Model; readonly file: string }>();
  let complete = true;

  patterns.forEach((pattern, index) => {
    const at = ['models', index];
    const files = filesOf(directory, pattern);
    if (files.length === 0) {
      findings.at(at, {
        code: 'FILE_UNREADABLE',
        message: `no file matches \`${pattern}\``,
        hint: 'model files are named relative to gemel.yaml',
      });
      complete = false;
    }
    for (const path of files) {
      const file = displayName(path);
      if (sources.has(file)) continue;
      const read = sources.size < fileLimit ? readText(path) : { reason: `more than ${fileLimit} files` };
      if ('reason' in read) {
        findings.at(at, { code: 'FILE_UNREADABLE', message: `\`${file}\` cannot be read: ${read.reason}` });
        complete = false;
        continue;
      }
      const { text } = read;
      sources.set(file, text);
      const compiled = compileModel({ file, text });
      diagnostics.push(...compiled.diagnostics);
      if (!compiled.model) {
        complete = false;
        continue;
      }
      const other = models.get(compiled.model.id);
      if (other) {
        findings.at(at, {
          code: 'MODEL_DUPLICATE',
          message: `${file} and ${other.file} both hold ${compiled.model.id}`,
          hint: 'give one of them another version',
        });
      } else {
        models.set(compiled.model.id, { model: compiled.model, file });
      }
    }
  });
  const loaded = [...models.values()].map(({ model }) => model);
  for (const { model, file } of models.values()) {
    diagnostics.push(...migrationProblems(model, loaded, { file, text: sources.get(file) ?? '' }));
  }
  return { models: loaded, complete, diagnostics, sources };
}

/** The model that `name@version` or a bare `name` (its newest version that is no pre-release) means. */
export function findModel(
  models: readonly Model[],
  written: string,
): { readonly model: Model } | { readonly problem: ValueProblem } {
  const named = models.filter((model) => model.name === written).toSorted(byVersion);
  const released = named.filter(({ version }) => !version.includes('-'));
  const model = models.find((candidate) => candidate.id === written) ?? released.at(-1) ?? named.at(-1);
  if (model) return { model };
  const [name = ''] = written.split('@');
  const versions = models.filter((candidate) => candidate.name === name).map((candidate) => candidate.id);
  const known = [...models.map(({ id }) => id), ...models.map((each) => each.name)];
  return {
    problem: {
      code: 'MODEL_UNKNOWN',
      message: `no model \`${written}\` is loaded`,
      expected:
        (versions.length > 0 ? versions : models.map(({ id }) => id)).slice(0, 8).join(', ') ||
        'a loaded model',
      hint: didYouMean(written, known),
    },
  };
}

/** Compares two versions of a model; a file's name or its place in the list does not matter. */
function byVersion(a: Model, b: Model): number {
  return compareVersions(a.version, b.version);
}

function filesOf(directory: string, pattern: string): readonly string[] {
  if (!/[*?[{]/.test(pattern)) return [resolve(directory, pattern)];
  return globSync(pattern, { cwd: directory })
    .toSorted()
    .map((file) => resolve(directory, file));
}

function readText(path: string): { readonly text: string } | { readonly reason: string } {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}
