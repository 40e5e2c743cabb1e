/** Puts the HTTP application together: checks at the door, routes, and what is answered when something is wrong. */

import { type FastifyInstance, fastify } from 'fastify';
import { acceptJsonBodies } from './body.ts';
import { docsRoutes } from './docs-page.ts';
import { answerClientError, answerErrors, sendProblem } from './errors.ts';
import type { Guard } from './guard.ts';
import { describeRoutes } from './openapi.ts';
import type { HttpLimits, HttpOptions } from './options.ts';
import { pageRoutes } from './pages.ts';
import { PastReader } from './past/index.ts';
import { ProblemError } from './problem.ts';
import { listRoutes, type RouteList } from './route-list.ts';
import { alarmRoutes } from './routes/alarms.ts';
import { calibrationRoutes } from './routes/calibrations.ts';
import { changeRoutes } from './routes/changes.ts';
import { historyFileRoutes } from './routes/history-files.ts';
import { historyRoutes } from './routes/history.ts';
import { lastValueRoutes } from './routes/last-values.ts';
import { modelRoutes } from './routes/models.ts';
import { projectRoutes } from './routes/project.ts';
import { publishRoutes } from './routes/publish.ts';
import { rolloutRoutes } from './routes/rollouts.ts';
import { serviceRoutes } from './routes/service.ts';
import { twinRoutes } from './routes/twins.ts';
import { problems } from './replies.ts';
import { STREAM_PATH } from './stream/index.ts';
import { refuseUnknownQueries, validatorCompiler } from './validation.ts';

export interface HttpApp {
  readonly app: FastifyInstance;
  readonly routes: RouteList;
}

/** Listens to nothing yet. */
export async function createHttpApp(
  options: HttpOptions,
  guard: Guard,
  limits: HttpLimits,
): Promise<HttpApp> {
  const version = options.version ?? 'development';
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: 72_000,
    // The id of an alarm has that of a twin in it, and the name of a clause.
    routerOptions: { maxParamLength: 400 },
    http: { maxHeaderSize: limits.headerBytes, headersTimeout: Math.min(10_000, limits.requestTimeoutMs) },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      const detail =
        error.code === 'FST_ERR_BAD_URL' ? 'the address is not a valid one' : 'a name is too long';
      sendProblem(request, reply, new ProblemError('HTTP_MALFORMED', detail));
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  // Replies are made by typed code and checked against their schemas by the tests, so they are only written here.
  app.setSerializerCompiler(() => JSON.stringify);
  acceptJsonBodies(app);

  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    done(guard.check(request.raw));
  });
  refuseUnknownQueries(app);
  const routes = listRoutes(app);
  answerErrors(app, routes, options.log);
  await describeRoutes(app, version);

  const { fleet } = options;
  const past = new PastReader(fleet, options.history);
  const context = { app, fleet, past, version, startedMs: performance.now() };
  twinRoutes(context);
  if (options.changes !== undefined) changeRoutes(context, options.changes);
  alarmRoutes(context);
  if (options.history !== undefined) {
    historyRoutes(context, options.history);
    lastValueRoutes(context, options.history);
  }
  if (options.history !== undefined && options.historyFiles !== undefined)
    historyFileRoutes(context, options.history, options.historyFiles);
  if (options.rollouts !== undefined) rolloutRoutes(context, options.rollouts);
  modelRoutes(context);
  if (options.publishing !== undefined) publishRoutes(context, options.publishing);
  if (options.calibrations !== undefined) calibrationRoutes(context, options.calibrations);
  serviceRoutes(context, options);
  streamRoute(app);
  projectRoutes(context, options.routes ?? {});
  pageRoutes(app, options);
  docsRoutes(app);
  await app.ready();
  return { app, routes };
}

/** What a plain GET of the stream is told; WebSockets never come this far. */
function streamRoute(app: FastifyInstance): void {
  const schema = {
    operationId: 'stream',
    summary: 'Live states and events as a WebSocket',
    tags: ['twins'],
    response: { 101: { description: 'The stream begins.', type: 'null' }, ...problems },
  };
  app.get(STREAM_PATH, { schema }, (_request, reply) => {
    reply.header('upgrade', 'websocket');
    throw new ProblemError('HTTP_UPGRADE', `${STREAM_PATH} speaks only WebSocket`);
  });
}
