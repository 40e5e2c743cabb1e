/** `/api/v1/models`: the models there are, what is different between them, and new ones. */

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { describeDifference } from '../../../core/difference/index.ts';
import { findModel, modelDetail, modelList, modelsNow } from '../known-models.ts';
import { Difference } from '../model-schemas.ts';
import type { RouteContext } from '../options.ts';
import { AtQuery, Past } from '../past/index.ts';
import { problems } from '../replies.ts';
import * as schemas from '../schemas.ts';

const tags = ['models'];
const idOf = (description: string) => Type.String({ description });
const anyVersion = 'name@version, or the name for its newest version that is no pre-release';

export function modelRoutes({ app: plain, fleet, past }: RouteContext): void {
  const app = plain.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/api/v1/models',
    {
      schema: {
        operationId: 'listModels',
        summary: 'The models there are, by name and version',
        tags,
        querystring: AtQuery,
        response: {
          200: Type.Object(
            { models: Type.Array(schemas.ModelSummary), past: Past },
            { additionalProperties: false },
          ),
          ...problems,
        },
      },
    },
    async ({ query: { at } }) => {
      if (at === undefined) return { models: modelList(modelsNow(fleet)) };
      const moment = await past.moment(at);
      return { models: modelList(await moment.models()), past: moment.told };
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
        querystring: AtQuery,
        response: { 200: schemas.ModelDetail, ...problems },
      },
    },
    async ({ params: { id }, query: { at } }) => {
      if (at === undefined) return modelDetail(modelsNow(fleet), findModel(fleet, id));
      const moment = await past.moment(at);
      const known = await moment.models();
      return { ...modelDetail(known, findModel(known, id)), past: moment.told };
    },
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
