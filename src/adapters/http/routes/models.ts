/** `/api/v1/models`: the models that are loaded. */

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { suggest } from '../../../core/diagnose/index.ts';
import type { Model } from '../../../core/model/index.ts';
import type { Fleet } from '../../../engine/index.ts';
import { equationsText, modelSummary, signalsOf } from '../describe.ts';
import type { RouteContext } from '../options.ts';
import { ProblemError } from '../problem.ts';
import { problems } from '../replies.ts';
import * as schemas from '../schemas.ts';
import { show } from '../validation.ts';

const tags = ['models'];

export function modelRoutes({ app: plain, fleet }: RouteContext): void {
  const app = plain.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/api/v1/models',
    {
      schema: {
        operationId: 'listModels',
        summary: 'The models that are loaded',
        tags,
        response: {
          200: Type.Object({ models: Type.Array(schemas.ModelSummary) }, { additionalProperties: false }),
          ...problems,
        },
      },
    },
    () => ({ models: [...fleet.models.values()].map(modelSummary) }),
  );

  app.get(
    '/api/v1/models/:id',
    {
      schema: {
        operationId: 'getModel',
        summary: 'A model: its document, signals and equations',
        tags,
        params: Type.Object({ id: Type.String({ description: 'name@version' }) }),
        response: { 200: schemas.ModelDetail, ...problems },
      },
    },
    (request) => {
      const model = findModel(fleet, request.params.id);
      return {
        ...modelSummary(model),
        signals: signalsOf(model),
        equations: equationsText(model),
        document: { ...model.document },
      };
    },
  );
}

/** @throws ProblemError `MODEL_UNKNOWN` with the one that was probably meant. */
export function findModel(fleet: Fleet, id: string): Model {
  const model = fleet.models.get(id);
  if (model !== undefined) return model;
  const meant =
    suggest(id, fleet.models.keys()) ?? [...fleet.models.keys()].find((key) => key.startsWith(`${id}@`));
  throw new ProblemError('MODEL_UNKNOWN', `there is no model ${show(id)}`, {
    hint: meant === undefined ? 'GET /api/v1/models lists them' : `did you mean \`${meant}\`?`,
  });
}
