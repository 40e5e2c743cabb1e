/** The models that there are, of now or of a past moment: found by name and version, and shown. */

import type { Static } from 'typebox';
import { suggest } from '../../core/diagnose/index.ts';
import { compareVersions, type Model } from '../../core/model/index.ts';
import type { Fleet } from '../../engine/index.ts';
import { equationsText, modelSummary, signalsOf } from './describe.ts';
import { ProblemError } from './problem.ts';
import type { ModelDetail, ModelSummary } from './schemas.ts';
import { show } from './validation.ts';

export interface KnownModels {
  /** By `Model.id`. */
  readonly models: ReadonlyMap<string, Model>;
  /** Which model each of the twins runs. */
  readonly running: readonly string[];
}

export function modelsNow(fleet: Fleet): KnownModels {
  return { models: fleet.models, running: fleet.twins().map(({ model }) => model.id) };
}

/** By name and version. */
export function modelList({ models, running }: KnownModels): ModelSummary[] {
  const twins = new Map<string, number>();
  for (const id of running) twins.set(id, (twins.get(id) ?? 0) + 1);
  return [...models.values()]
    .toSorted(byNameAndVersion)
    .map((model) => modelSummary(model, twins.get(model.id) ?? 0));
}

export function modelDetail(known: KnownModels, model: Model): Static<typeof ModelDetail> {
  return {
    ...modelSummary(model, known.running.filter((id) => id === model.id).length),
    versions: versionsOf(known, model.name).map(({ version }) => version),
    signals: signalsOf(model),
    equations: equationsText(model),
    document: { ...model.document },
  };
}

/** By `name@version`, or by name alone. @throws ProblemError `MODEL_UNKNOWN` with the one that was probably meant. */
export function findModel(known: Pick<KnownModels, 'models'>, id: string): Model {
  const versions = versionsOf(known, id);
  const released = versions.filter(({ version }) => !version.includes('-'));
  const model = known.models.get(id) ?? released.at(-1) ?? versions.at(-1);
  if (model !== undefined) return model;
  const [name = ''] = id.split('@');
  const meant = versionsOf(known, name).at(-1)?.id ?? suggest(id, known.models.keys());
  throw new ProblemError('MODEL_UNKNOWN', `there is no model ${show(id)}`, {
    hint: meant === undefined ? 'GET /api/v1/models lists them' : `did you mean \`${meant}\`?`,
  });
}

/** The oldest first. */
function versionsOf({ models }: Pick<KnownModels, 'models'>, name: string): Model[] {
  return [...models.values()].filter((model) => model.name === name).toSorted(byNameAndVersion);
}

function byNameAndVersion(a: Model, b: Model): number {
  return a.name === b.name ? compareVersions(a.version, b.version) : a.name < b.name ? -1 : 1;
}
