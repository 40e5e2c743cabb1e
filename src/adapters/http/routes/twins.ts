/** `/api/v1/twins`: the twins, their state, and what they are told. */

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { setTimeout as later } from 'node:timers/promises';
import { twinDetail } from '../describe.ts';
import { findTwin } from '../find-twin.ts';
import { inputsRefused, readInputs } from '../inputs.ts';
import type { RouteContext } from '../options.ts';
import { atField, AtQuery, Past } from '../past/index.ts';
import { ProblemError } from '../problem.ts';
import { JSON_TYPE, problems, stateReply } from '../replies.ts';
import * as schemas from '../schemas.ts';
import { createStateTexts } from '../state-text.ts';
import { readTimeMs } from '../time.ts';
import { pastTwins, twinsNow } from '../twin-pages.ts';
import { show } from '../validation.ts';

export const TwinParams = Type.Object({ id: Type.String({ description: 'Id of the twin.' }) });

export const TwinsQuery = Type.Object(
  {
    prefix: Type.Optional(Type.String({ description: 'Only twins whose id begins with this.' })),
    model: Type.Optional(Type.String({ description: 'Only twins of this model: a name, or name@version.' })),
    group: Type.Optional(Type.String({ description: 'Only twins of this group.' })),
    status: Type.Optional(schemas.Status),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    ...atField,
  },
  { additionalProperties: false },
);

const TwinsPage = Type.Object(
  {
    twins: Type.Array(schemas.TwinSummary),
    total: Type.Integer({ description: 'How many there are in all pages.' }),
    limit: Type.Integer(),
    offset: Type.Integer(),
    next: Type.Optional(Type.String({ description: 'Path of the next page, unless this is the last.' })),
    past: Past,
  },
  { additionalProperties: false, title: 'TwinsPage' },
);

const GroupsQuery = Type.Object(
  { model: TwinsQuery.properties.model, ...atField },
  { additionalProperties: false },
);

const Groups = Type.Object(
  {
    groups: Type.Array(
      Type.Object({ name: Type.String(), twins: Type.Integer() }, { additionalProperties: false }),
    ),
    past: Past,
  },
  { additionalProperties: false, title: 'Groups' },
);

const tags = ['twins'];

export function twinRoutes(context: RouteContext): void {
  const { fleet, past } = context;
  const app = context.app.withTypeProvider<TypeBoxTypeProvider>();
  const stateTexts = createStateTexts();

  app.get(
    '/api/v1/twins',
    {
      schema: {
        operationId: 'listTwins',
        summary: 'The twins, page by page',
        tags,
        querystring: TwinsQuery,
        response: { 200: TwinsPage, ...problems },
      },
    },
    async (request) => {
      const { limit = 100, offset = 0, at, ...filter } = request.query;
      const listed =
        at === undefined ? twinsNow(fleet, filter) : await pastTwins(await past.moment(at), filter);
      const twins = await listed.page(offset, offset + limit);
      const page = { twins, total: listed.ids.length, limit, offset, ...listed.told };
      if (offset + limit >= listed.ids.length) return page;
      const query = new URLSearchParams({
        ...filter,
        ...(at !== undefined && { at }),
        limit: String(limit),
        offset: String(offset + limit),
      });
      return { ...page, next: `/api/v1/twins?${query.toString()}` };
    },
  );

  app.get(
    '/api/v1/groups',
    {
      schema: {
        operationId: 'listGroups',
        summary: 'The groups of twins, by name, and how many twins each has',
        tags,
        querystring: GroupsQuery,
        response: { 200: Groups, ...problems },
      },
    },
    async ({ query: { model, at } }) => {
      const filter = model === undefined ? {} : { model };
      const listed =
        at === undefined ? twinsNow(fleet, filter) : await pastTwins(await past.moment(at), filter);
      return { groups: listed.groups(), ...listed.told };
    },
  );

  app.get(
    '/api/v1/twins/:id',
    {
      schema: {
        operationId: 'getTwin',
        summary: 'A twin: its configuration, signals and topics',
        tags,
        params: TwinParams,
        querystring: AtQuery,
        response: { 200: schemas.TwinDetail, ...problems },
      },
    },
    async (request) => {
      const { at } = request.query;
      if (at === undefined) return twinDetail(fleet, findTwin(fleet, request.params.id));
      const moment = await past.moment(at);
      const { info, snapshot, resolutionMs } = await moment.twin(request.params.id);
      return {
        ...twinDetail({ snapshot: () => snapshot }, info),
        past: { ...moment.told, resolutionMs },
      };
    },
  );

  app.get<{ Params: { id: string }; Querystring: { at?: string } }>(
    '/api/v1/twins/:id/state',
    {
      schema: {
        operationId: 'getState',
        summary: 'The newest snapshot of a twin, with the unit of each signal',
        tags,
        params: TwinParams,
        querystring: AtQuery,
        response: stateReply,
      },
    },
    (request, reply) => {
      const { at } = request.query;
      if (at !== undefined) return sendPast(request.params.id, at, reply);
      const info = findTwin(fleet, request.params.id);
      const snapshot = fleet.snapshot(info.config.id);
      if (snapshot === undefined) {
        throw new ProblemError('HTTP_NOT_READY', `twin ${show(info.config.id)} has had no tick yet`);
      }
      reply.type(JSON_TYPE).send(stateTexts.full(snapshot, info.model));
      // A reply that is returned is waited for, which costs time.
      return undefined;
    },
  );

  async function sendPast(id: string, at: string, reply: FastifyReply): Promise<FastifyReply> {
    const moment = await past.moment(at);
    const { info, snapshot, resolutionMs } = await moment.twin(id);
    const text = stateTexts.full(snapshot, info.model).slice(0, -1);
    return reply.type(JSON_TYPE).send(`${text},"past":${JSON.stringify({ ...moment.told, resolutionMs })}}`);
  }

  app.post(
    '/api/v1/twins/:id/inputs',
    {
      schema: {
        operationId: 'setInputs',
        summary: 'Samples of inputs or measurements; they are applied at the next tick',
        description:
          'Each is accepted or refused for itself. If any is refused, the answer is 422 and lists them. The answer comes once ' +
          'what was accepted is in the journal on the disk; 503 says that the disk does not take it.',
        tags,
        params: TwinParams,
        body: schemas.InputsBody,
        response: { 202: schemas.InputsAccepted, ...problems },
      },
    },
    async (request, reply) => {
      const { id } = findTwin(fleet, request.params.id).config;
      const { time, ...inputs } = request.body;
      const names = Object.keys(inputs);
      if (names.length === 0)
        throw inputsRefused([{ at: '#', reason: 'empty', detail: 'no input is given' }]);
      const eventMs = time === undefined ? undefined : readTimeMs(time, '#/time');
      const { refused, durable } = fleet.setInputs(id, inputs, eventMs);
      if (durable !== undefined) await onDisk(durable);
      const refusedNames = new Set(refused.map((refusal) => refusal.signal));
      const accepted = refusedNames.has(undefined) ? [] : names.filter((name) => !refusedNames.has(name));
      if (refused.length === 0) {
        reply.code(202);
        return { twin: id, accepted };
      }
      if (refused.some(({ reason }) => reason === 'disk-refuses')) {
        throw new ProblemError(
          'JOURNAL_UNWRITABLE',
          'the disk takes no records, and nothing more can be kept',
        );
      }
      const errors = refused.map((refusal) => ({
        at: refusal.signal === undefined ? '#' : `#/${refusal.signal}`,
        reason: refusal.reason,
        detail: refusal.message,
        ...(refusal.hint === undefined ? {} : { hint: refusal.hint }),
      }));
      throw inputsRefused(errors, { accepted });
    },
  );

  app.post<{ Params: { id: string }; Body: Type.Static<typeof schemas.StepBody> }>(
    '/api/v1/twins/:id/step',
    {
      schema: {
        operationId: 'stepTwin',
        summary: 'Steps a twin now, with inputs that hold for this step only',
        tags,
        params: TwinParams,
        body: schemas.StepBody,
        response: stateReply,
      },
    },
    async (request, reply) => {
      const info = findTwin(fleet, request.params.id);
      const given = Object.entries(request.body.inputs ?? {});
      const inputs = readInputs(
        info.model,
        given.map(([name, value]) => ({ name, value, at: `#/inputs/${name}` })),
      );
      const snapshot = await fleet.step(info.config.id, { seconds: request.body.seconds, inputs });
      return reply.type(JSON_TYPE).send(stateTexts.full(snapshot, info.model));
    },
  );
}

/** How long a client waits for the disk. */
const diskMs = 10_000;

/** @throws ProblemError `JOURNAL_UNWRITABLE` if the record does not reach the disk in time. */
async function onDisk(durable: Promise<void>): Promise<void> {
  const patience = new AbortController();
  const waited = later(diskMs, 'late' as const, { signal: patience.signal }).catch(() => 'written' as const);
  const outcome = await Promise.race([durable.then(() => 'written' as const), waited]);
  patience.abort();
  if (outcome === 'written') return;
  throw new ProblemError(
    'JOURNAL_UNWRITABLE',
    'the samples are not on the disk yet: it refuses, or is slow',
    {
      hint: 'send them again, with their time: what comes twice counts once',
    },
  );
}
