/** `/api/v1/rollouts`: new versions of models brought to twins; and what runs in the shadow of a twin. */

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Rollout, RolloutService } from '../../../engine/index.ts';
import { findTwin } from '../find-twin.ts';
import type { RouteContext } from '../options.ts';
import { ProblemError } from '../problem.ts';
import { JSON_TYPE, problems } from '../replies.ts';
import * as schemas from '../rollout-schemas.ts';
import { comparisonView, rolloutSummary, rolloutView } from '../rollout-view.ts';
import { createStateTexts } from '../state-text.ts';
import { show } from '../validation.ts';
import { TwinParams } from './twins.ts';

const tags = ['rollouts'];
const RolloutParams = Type.Object({ id: Type.String({ description: 'Name of the rollout.' }) });
const RolloutsQuery = Type.Object(
  { twin: Type.Optional(Type.String({ description: 'Only those that this twin is in.' })) },
  { additionalProperties: false },
);

export function rolloutRoutes(context: RouteContext, rollouts: RolloutService): void {
  const { fleet } = context;
  const app = context.app.withTypeProvider<TypeBoxTypeProvider>();
  const view = (rollout: Rollout, query?: schemas.ListQuery): schemas.Rollout => {
    const { id, model } = rollout;
    return rolloutView({ rollout, findings: rollouts.findings(id), model: fleet.models.get(model) }, query);
  };

  app.post(
    '/api/v1/rollouts',
    {
      schema: {
        operationId: 'startRollout',
        summary: 'Brings another version of a model to twins, in their shadow or live',
        description:
          'Answered once it is on the disk and the new version runs on the first twin; the others follow one after another.',
        tags,
        body: schemas.StartBody,
        response: { 201: schemas.Rollout, ...problems },
      },
    },
    async (request, reply) => {
      const { rollback = {}, stage = 'shadow', ...rest } = request.body;
      const { watchSeconds, ...rule } = rollback;
      const watch = watchSeconds === undefined ? {} : { watchMs: watchSeconds * 1000 };
      const rollout = await rollouts.start({ ...rest, stage, rollback: { ...rule, ...watch } });
      reply.code(201).header('location', `/api/v1/rollouts/${encodeURIComponent(rollout.id)}`);
      return view(rollout);
    },
  );

  app.get(
    '/api/v1/rollouts',
    {
      schema: {
        operationId: 'listRollouts',
        summary: 'The rollouts, newest first, without their twins',
        tags,
        querystring: RolloutsQuery,
        response: {
          200: Type.Object({ rollouts: Type.Array(schemas.RolloutSummary) }, { additionalProperties: false }),
          ...problems,
        },
      },
    },
    ({ query: { twin } }) => {
      const all = rollouts.list();
      const asked = twin === undefined ? all : all.filter(({ twins }) => twins.some(({ id }) => id === twin));
      return { rollouts: asked.map((rollout) => rolloutSummary(rollout, rollouts.findings(rollout.id))) };
    },
  );

  app.get(
    '/api/v1/rollouts/:id',
    {
      schema: {
        operationId: 'getRollout',
        summary: 'A rollout: its twins, what was done, and how the versions compare',
        tags,
        params: RolloutParams,
        querystring: schemas.ListQuery,
        response: { 200: schemas.Rollout, ...problems },
      },
    },
    ({ params, query }) => view(rollouts.get(params.id), query),
  );

  app.post(
    '/api/v1/rollouts/:id/promote',
    {
      schema: {
        operationId: 'promoteRollout',
        summary: 'Makes the new version live; the old one runs on beside it',
        tags,
        params: RolloutParams,
        response: { 200: schemas.Rollout, ...problems },
      },
    },
    async (request) => view(await rollouts.promote(request.params.id)),
  );

  app.post(
    '/api/v1/rollouts/:id/widen',
    {
      schema: {
        operationId: 'widenRollout',
        summary: 'Brings it to more twins, in the stage in which it is',
        tags,
        params: RolloutParams,
        body: schemas.WidenBody,
        response: { 200: schemas.Rollout, ...problems },
      },
    },
    async (request) => view(await rollouts.widen(request.params.id, request.body.of)),
  );

  app.post(
    '/api/v1/rollouts/:id/rollback',
    {
      schema: {
        operationId: 'rollBackRollout',
        summary: 'Makes the old version live again, and ends the new one',
        tags,
        params: RolloutParams,
        body: schemas.RollbackBody,
        response: { 200: schemas.Rollout, ...problems },
      },
      // Without a reason there is nothing to send.
      preValidation: (request, _reply, done) => {
        request.body ??= {};
        done();
      },
    },
    async (request) => view(await rollouts.rollBack(request.params.id, request.body.why)),
  );

  app.post(
    '/api/v1/rollouts/:id/end',
    {
      schema: {
        operationId: 'endRollout',
        summary:
          'Ends it: in the shadow the new version goes, live it stays, rolled back its alarms are over',
        tags,
        params: RolloutParams,
        response: { 200: schemas.Rollout, ...problems },
      },
    },
    async (request) => view(await rollouts.end(request.params.id)),
  );

  shadowRoute(context, rollouts);
}

function shadowRoute({ app, fleet }: RouteContext, rollouts: RolloutService): void {
  const stateTexts = createStateTexts();
  app.get<{ Params: { id: string } }>(
    '/api/v1/twins/:id/shadow',
    {
      schema: {
        operationId: 'getShadow',
        summary: 'What runs in the shadow of a twin: its newest snapshot, and how the two versions compare',
        tags: ['twins'],
        params: TwinParams,
        response: { 200: schemas.Shadow, ...problems },
      },
    },
    (request, reply) => {
      const { config, model } = findTwin(fleet, request.params.id);
      const { id } = config;
      const shadow = fleet.shadow(id);
      if (shadow === undefined)
        throw new ProblemError('TRIAL_UNKNOWN', `no other version runs in the shadow of twin ${show(id)}`);
      const rollout = rollouts
        .list()
        .find(({ twins }) =>
          twins.some((twin) => twin.id === id && (twin.state === 'shadow' || twin.state === 'live')),
        );
      const comparison = rollouts.comparison(id);
      const told = {
        twin: id,
        live: model.id,
        shadow: shadow.model.id,
        ...(rollout !== undefined && { rollout: rollout.id }),
        ...(comparison !== undefined && { comparison: comparisonView(comparison, shadow.model) }),
      };
      const snapshot = fleet.shadowSnapshot(id);
      const state = snapshot === undefined ? '' : `,"state":${stateTexts.full(snapshot, shadow.model)}`;
      // The snapshot is a text already.
      reply.type(JSON_TYPE).send(`${JSON.stringify(told).slice(0, -1)}${state}}`);
    },
  );
}
