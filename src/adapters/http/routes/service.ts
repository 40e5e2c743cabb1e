/** Health, readiness, metrics, and what happened lately. */

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Fleet } from '../../../engine/index.ts';
import { eventView, refusalView } from '../describe.ts';
import type { HttpOptions, Readiness, RouteContext } from '../options.ts';
import { atField, Past } from '../past/index.ts';
import { ProblemError } from '../problem.ts';
import { problems } from '../replies.ts';
import * as schemas from '../schemas.ts';

const lately = {
  twin: Type.Optional(Type.String({ description: 'Only of this twin.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
};

const Lately = Type.Object(lately, { additionalProperties: false });

const EventsQuery = Type.Object({ ...lately, ...atField }, { additionalProperties: false });

const Health = Type.Object(
  {
    status: Type.Literal('ok'),
    version: Type.String(),
    kernel: Type.String({ description: 'What computes the twins, and how it rounds: wasm strict …' }),
    uptimeSeconds: Type.Number(),
    twins: Type.Integer(),
  },
  { additionalProperties: false, title: 'Health' },
);

const Ready = Type.Object(
  {
    status: Type.Union([Type.Literal('ready'), Type.Literal('degraded')]),
    checks: Type.Record(Type.String(), schemas.Check),
  },
  { additionalProperties: false, title: 'Ready' },
);

const tags = ['service'];

export function serviceRoutes(
  context: RouteContext,
  options: Pick<HttpOptions, 'metrics' | 'readiness'>,
): void {
  const { fleet, past } = context;
  const app = context.app.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/api/v1/events',
    {
      schema: {
        operationId: 'listEvents',
        summary: 'What happened lately, newest first',
        tags,
        querystring: EventsQuery,
        response: {
          200: Type.Object(
            { events: Type.Array(schemas.Event), past: Past },
            { additionalProperties: false },
          ),
          ...problems,
        },
      },
    },
    async (request) => {
      const { twin, limit = 100, at } = request.query;
      if (at !== undefined) {
        const moment = await past.moment(at);
        return { events: (await moment.events(limit, twin)).map(eventView), past: moment.told };
      }
      const found = fleet.events().filter((event) => twin === undefined || event.twin === twin);
      return { events: found.slice(0, limit).map(eventView) };
    },
  );

  app.get(
    '/api/v1/refusals',
    {
      schema: {
        operationId: 'listRefusals',
        summary: 'Samples that were refused lately, newest first, with the reason',
        tags,
        querystring: Lately,
        response: {
          200: Type.Object({ refusals: Type.Array(schemas.Refusal) }, { additionalProperties: false }),
          ...problems,
        },
      },
    },
    (request) => {
      const { twin, limit = 100 } = request.query;
      const found = fleet.refusals().filter((refusal) => twin === undefined || refusal.twin === twin);
      return { refusals: found.slice(0, limit).map(refusalView) };
    },
  );

  for (const [path, operationId] of [
    ['/health', 'health'],
    ['/api/v1/health', 'apiHealth'],
  ] as const) {
    app.get(
      path,
      {
        schema: {
          operationId,
          summary: 'Whether the process answers',
          tags,
          response: { 200: Health, ...problems },
        },
      },
      () => ({
        status: 'ok' as const,
        version: context.version,
        kernel: fleet.kernel,
        uptimeSeconds: Math.round(performance.now() - context.startedMs) / 1000,
        twins: fleet.twins().length,
      }),
    );
  }

  for (const [path, operationId] of [
    ['/ready', 'ready'],
    ['/api/v1/ready', 'apiReady'],
  ] as const) {
    app.get(
      path,
      {
        schema: {
          operationId,
          summary: 'Whether the twins run and what they depend on is there; 503 if not',
          tags,
          response: { 200: Ready, ...problems },
        },
      },
      () => {
        const checks = readChecks(context, options.readiness ?? {});
        const failing = Object.entries(checks).filter(([, check]) => check.status === 'failing');
        if (failing.length > 0) {
          const detail = failing.map(([name, check]) => `${name}: ${check.detail ?? 'not ready'}`).join('; ');
          throw new ProblemError('HTTP_NOT_READY', detail, { extensions: { checks } });
        }
        const degraded = Object.values(checks).some((check) => check.status === 'degraded');
        return degraded ? { status: 'degraded' as const, checks } : { status: 'ready' as const, checks };
      },
    );
  }

  const { metrics } = options;
  if (metrics !== undefined) {
    context.app.get(
      '/metrics',
      {
        schema: {
          operationId: 'metrics',
          summary: 'Metrics in the text format of Prometheus',
          tags,
          produces: ['text/plain'],
          response: { 200: { content: { 'text/plain': { schema: Type.String() } } }, ...problems },
        },
      },
      async (_request, reply) => reply.type(metrics.contentType).send(await metrics.render()),
    );
  }
}

function readChecks(
  { fleet }: RouteContext,
  readiness: Readonly<Record<string, () => Readiness>>,
): Record<string, Readiness> {
  const checks: Record<string, Readiness> = { fleet: fleetCheck(fleet) };
  for (const [name, check] of Object.entries(readiness)) checks[name] = check();
  return checks;
}

function fleetCheck(fleet: Fleet): Readiness {
  const failures = fleet.failures();
  if (failures.length > 0) return { status: 'failing', detail: failures.join('; ') };
  const ticked = fleet.statistics().ticks > 0 || fleet.twins().length === 0;
  return ticked ? { status: 'ok' } : { status: 'failing', detail: 'no twin has had a tick yet' };
}
