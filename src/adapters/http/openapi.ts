/** The OpenAPI 3.1 document, made from the schemas of the routes the first time it is asked for. */

import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { JSON_TYPE, problems } from './replies.ts';

export const OPENAPI_PATH = '/api/v1/openapi.json';

/** Must be called before the routes are added; they are then in the document. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Gemel',
        description:
          'Digital twins: their state, what they are told, and their models. Every error is answered as problem ' +
          'details (RFC 9457) with a permanent code. Live values come over the WebSocket `/api/v1/stream`.',
        version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'twins', description: 'Running copies of models.' },
        { name: 'alarms', description: 'What asks somebody to act.' },
        {
          name: 'rollouts',
          description: 'New versions of models, brought to twins and compared with the old.',
        },
        { name: 'models', description: 'What the twins are copies of.' },
        { name: 'service', description: 'How the process is.' },
        { name: 'project', description: "The project's own routes." },
      ],
    },
  });

  let text: string | undefined;
  app.get(
    OPENAPI_PATH,
    {
      schema: {
        operationId: 'getOpenApi',
        summary: 'This document',
        tags: ['service'],
        response: {
          200: { type: 'object', description: 'An OpenAPI 3.1 document.', additionalProperties: true },
          ...problems,
        },
      },
    },
    (_request, reply) => {
      text ??= JSON.stringify(nameSchemas(app.swagger()));
      reply.type(JSON_TYPE).send(text);
    },
  );
}

/** Moves each schema that has a `title` to `components.schemas` and refers to it from everywhere. */
function nameSchemas(document: object): object {
  const schemas: Record<string, unknown> = {};

  function walk(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value)]));
    const { title } = copy;
    if (typeof title !== 'string' || (copy.type === undefined && copy.anyOf === undefined)) return copy;
    schemas[title] = copy;
    return { $ref: `#/components/schemas/${title}` };
  }

  const { paths, components, ...rest } = { paths: {}, components: {}, ...document };
  const named = walk(paths);
  return { ...rest, paths: named, components: { ...components, schemas } };
}
