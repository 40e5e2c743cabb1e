/** Twins that come and go: `POST /api/v1/twins` and `DELETE /api/v1/twins/{id}`. */

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { twinDetail } from '../describe.ts';
import type { RouteContext, TwinChanges, TwinProblem } from '../options.ts';
import { ProblemError } from '../problem.ts';
import { problems } from '../replies.ts';
import * as schemas from '../schemas.ts';
import { show } from '../validation.ts';
import { findTwin } from '../find-twin.ts';
import { TwinParams } from './twins.ts';

const tags = ['twins'];

export function changeRoutes(context: RouteContext, changes: TwinChanges): void {
  const { fleet } = context;
  const app = context.app.withTypeProvider<TypeBoxTypeProvider>();

  context.app.post<{ Body: unknown }>(
    '/api/v1/twins',
    {
      schema: {
        operationId: 'addTwin',
        summary: 'Adds a twin while the others run',
        description:
          'The body is a twin as in gemel.yaml, with its `id`. The twin is there after a restart too, until it is removed.',
        tags,
        body: newTwin(changes.schema),
        response: { 201: schemas.TwinDetail, ...problems },
      },
      // The project has its own checks, with a place and a reason for each problem.
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      const { id, entry } = readNewTwin(request.body);
      const added = await changes.add(id, entry);
      if ('problems' in added) throw refused(added.problems);
      reply.code(201).header('location', `/api/v1/twins/${encodeURIComponent(id)}`);
      return twinDetail(fleet, added);
    },
  );

  app.delete(
    '/api/v1/twins/:id',
    {
      schema: {
        operationId: 'removeTwin',
        summary: 'Removes a twin, also one of gemel.yaml',
        description: 'It stays away after a restart, until it is added again.',
        tags,
        params: TwinParams,
        response: { 204: Type.Null({ description: 'It is gone.' }), ...problems },
      },
    },
    async (request, reply) => {
      await changes.remove(findTwin(fleet, request.params.id).config.id);
      return reply.code(204).send(null);
    },
  );
}

/** The schema of a twin of gemel.yaml with its id. */
function newTwin(schema: object): object {
  const { properties, required } = schema as { properties: object; required: readonly string[] };
  return {
    title: 'NewTwin',
    type: 'object',
    additionalProperties: false,
    required: ['id', ...required],
    properties: { id: { type: 'string', description: 'Its name.' }, ...properties },
  };
}

/** @throws ProblemError `HTTP_INVALID` */
function readNewTwin(body: unknown): { id: string; entry: object } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ProblemError('HTTP_INVALID', `the body must be an object, not ${show(body)}`);
  }
  const { id, ...entry } = body as Record<string, unknown>;
  if (typeof id === 'string') return { id, entry };
  const detail = id === undefined ? '#/id is missing' : `#/id must be a text, not ${show(id)}`;
  throw new ProblemError('HTTP_INVALID', detail, { errors: [{ at: '#/id', detail }] });
}

function refused(found: readonly TwinProblem[]): ProblemError {
  const errors = found.map(({ code, path, message, hint }) => ({
    at: ['#', ...path].join('/'),
    detail: message,
    reason: code,
    ...(hint !== undefined && { hint }),
  }));
  const detail =
    errors.length === 1 ? (errors[0]?.detail ?? '') : `${errors.length} problems, listed in errors`;
  return new ProblemError('TWIN_REFUSED', detail, {
    hint: errors.length === 1 ? errors[0]?.hint : undefined,
    errors,
  });
}
