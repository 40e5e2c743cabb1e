/** `/api/v1/models`: the models there are, what is different between them, and new ones. */

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { suggest } from '../../../core/diagnose/index.ts';
import { describeDifference } from '../../../core/difference/index.ts';
import { compareVersions, type Model } from '../../../core/model/index.ts';
import type { Fleet } from '../../../engine/index.ts';
import { equationsText, modelSummary, signalsOf } from '../describe.ts';
import { Difference } from '../model-schemas.ts';
import type { RouteContext } from '../options.ts';
import { ProblemError } from '../problem.ts';
import { problems } from '../replies.ts';
import * as schemas from '../schemas.ts';
import { show } from '../validation.ts';

const tags = ['models'];
const idOf = (description: string) => Type.String({ description });
const anyVersion = 'name@version, or the name for its newest version that is no pre-release';

export function modelRoutes({ app: plain, fleet }: RouteContext): void {
  const app = plain.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/api/v1/models',
    {
      schema: {
        operationId: 'listModels',
        summary: 'The models there are, by name and version',
        tags,
        response: {
          200: Type.Object({ models: Type.Array(schemas.ModelSummary) }, { additionalProperties: false }),
          ...problems,
        },
      },
    },
    () => {
      const twins = twinsByModel(fleet);
      const models = [...fleet.models.values()].toSorted(byNameAndVersion);
      return { models: models.map((model) => modelSummary(model, twins.get(model.id) ?? 0)) };
    },
  );

  app.get(
    '/api/v1/models/:id',
    {
      schema: {
        operationId: 'getModel',
        summary: 'A model: its document, signals and equations',
        tags,
        params: Type.Object({ id: idOf(anyVersion) }),
        response: { 200: schemas.ModelDetail, ...problems },
      },
    },
    (request) => modelDetail(fleet, findModel(fleet, request.params.id)),
  );

  app.get(
    '/api/v1/models/:id/diff/:other',
    {
      schema: {
        operationId: 'diffModels',
        summary: 'What is different between two models, in terms of physics',
        description: '`:id` is the one before, `:other` the one after.',
        tags,
        params: Type.Object({ id: idOf(anyVersion), other: idOf(anyVersion) }),
        response: { 200: Difference, ...problems },
      },
    },
    ({ params }) => {
      const { behaviour: _none, ...difference } = describeDifference(
        findModel(fleet, params.id),
        findModel(fleet, params.other),
      );
      return difference as Type.Static<typeof Difference>;
    },
  );
}

export function modelDetail(fleet: Fleet, model: Model): Type.Static<typeof schemas.ModelDetail> {
  const versions = versionsOf(fleet, model.name).map(({ version }) => version);
  return {
    ...modelSummary(model, twinsByModel(fleet).get(model.id) ?? 0),
    versions,
    signals: signalsOf(model),
    equations: equationsText(model),
    document: { ...model.document },
  };
}

/** By `name@version`, or by name alone. @throws ProblemError `MODEL_UNKNOWN` with the one that was probably meant. */
export function findModel(fleet: Fleet, id: string): Model {
  const versions = versionsOf(fleet, id);
  const released = versions.filter(({ version }) => !version.includes('-'));
  const model = fleet.models.get(id) ?? released.at(-1) ?? versions.at(-1);
  if (model !== undefined) return model;
  const [name = ''] = id.split('@');
  const meant = versionsOf(fleet, name).at(-1)?.id ?? suggest(id, fleet.models.keys());
  throw new ProblemError('MODEL_UNKNOWN', `there is no model ${show(id)}`, {
    hint: meant === undefined ? 'GET /api/v1/models lists them' : `did you mean \`${meant}\`?`,
  });
}

/** The oldest first. */
function versionsOf({ models }: Fleet, name: string): Model[] {
  return [...models.values()].filter((model) => model.name === name).toSorted(byNameAndVersion);
}

function byNameAndVersion(a: Model, b: Model): number {
  return a.name === b.name ? compareVersions(a.version, b.version) : a.name < b.name ? -1 : 1;
}

function twinsByModel(fleet: Fleet): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { model } of fleet.twins()) counts.set(model.id, (counts.get(model.id) ?? 0) + 1);
  return counts;
}
