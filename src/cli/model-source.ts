/** Where models come from that a command names: a file, the project in a directory, or an engine that runs. */

import { existsSync } from 'node:fs';
import { readModels } from '../app/index.ts';
import { didYouMean, GemelError } from '../core/diagnose/index.ts';
import { compareVersions, compileModelDocument, type Model } from '../core/model/index.ts';
import { request } from './engine-request.ts';
import { loadModelFile } from './model-file.ts';

export interface Place {
  /** Of a project; absent: the engine at `url` is asked. */
  readonly directory: string | undefined;
  readonly url: string;
}

export interface ListedModel {
  readonly id: string;
  readonly title: string;
  /** How many twins are of it; only an engine that runs knows. */
  readonly twins?: number;
}

/** By name and version. */
export async function listModels({ directory, url }: Place): Promise<readonly ListedModel[]> {
  if (directory === undefined) {
    const { models } = await request<{ models: readonly ListedModel[] }>(url, '/api/v1/models');
    return models.map(({ id, title, twins = 0 }) => ({ id, title, twins }));
  }
  const models = [...(await readModels(directory, warn))];
  return models
    .toSorted((a, b) =>
      a.name === b.name ? compareVersions(a.version, b.version) : a.name < b.name ? -1 : 1,
    )
    .map(({ id, title }) => ({ id, title }));
}

/** @throws GemelError `MODEL_UNKNOWN`, and what reading the place throws. */
export async function findModel(named: string, place: Place): Promise<Model> {
  if (/\.(ya?ml|json)$/i.test(named) || (existsSync(named) && !named.includes('@')))
    return loadModelFile(named);
  const { directory, url } = place;
  if (directory === undefined) {
    const path = `/api/v1/models/${encodeURIComponent(named)}`;
    const { document } = await request<{ document: unknown }>(url, path);
    const { model } = compileModelDocument(document, named);
    if (model !== undefined) return model;
    throw new GemelError(
      'MODEL_INVALID',
      `${named} of the engine at ${url} is no model that this Gemel knows`,
    );
  }
  const models = [...(await readModels(directory, warn))].toSorted((a, b) =>
    compareVersions(a.version, b.version),
  );
  const versions = models.filter(({ name }) => name === named);
  const model =
    models.find(({ id }) => id === named) ??
    versions.findLast(({ version }) => !version.includes('-')) ??
    versions.at(-1);
  if (model !== undefined) return model;
  const known = [...models.map(({ id }) => id), ...models.map(({ name }) => name)];
  throw new GemelError('MODEL_UNKNOWN', `there is no model \`${named}\` in ${directory}`, {
    hint: didYouMean(named, known) ?? 'gemel models list shows them',
  });
}

export function warn(message: string): void {
  process.stderr.write(`gemel: ${message}\n`);
}
