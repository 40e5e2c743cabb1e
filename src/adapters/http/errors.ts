/** Turns whatever goes wrong with a request into problem details: refusals, unknown routes, wrong methods, faults. */

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, GemelError } from '../../core/diagnose/index.ts';
import type { Log } from './options.ts';
import { PROBLEM_TYPE, ProblemError, problemOf } from './problem.ts';
import type { RouteList } from './route-list.ts';
import { show } from './validation.ts';

export function answerErrors(app: FastifyInstance, routes: RouteList, log: Log | undefined): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = asGemelError(error);
    if (known === undefined) {
      log?.error({ err: error, method: request.method, url: request.url }, 'a request met a fault');
    }
    sendProblem(
      request,
      reply,
      known ?? new ProblemError('HTTP_INTERNAL', 'Gemel has a fault; its log tells more'),
    );
  });

  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.url);
    const methods = routes.methodsAt(path);
    routes.countUnknown(methods.length === 0 ? 404 : 405);
    if (methods.length === 0) return sendProblem(request, reply, notFound(path, routes.meant(path)));
    reply.header('allow', methods.join(', '));
    const detail = `${path} does not take ${request.method}`;
    const problem = new ProblemError('HTTP_METHOD', detail, { hint: `use ${methods.join(' or ')}` });
    return sendProblem(request, reply, problem);
  });
}

export function notFound(path: string, meant?: string): ProblemError {
  const hint = meant === undefined ? undefined : `did you mean ${meant}?`;
  return new ProblemError('HTTP_NOT_FOUND', `there is nothing at ${show(path)}`, { hint });
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: GemelError): void {
  const problem = problemOf(error, request.url);
  reply.header('x-content-type-options', 'nosniff');
  if (problem.status === 413) reply.header('connection', 'close');
  reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** The framework's own refusals, by its codes. */
const frameworkCodes: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['HTTP_BODY_TOO_LARGE', 'the body is larger than the limit'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['HTTP_MALFORMED', 'the body is not as long as Content-Length says'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['HTTP_CONTENT_TYPE', 'the body must be JSON'],
  FST_ERR_CTP_INVALID_TYPE: ['HTTP_CONTENT_TYPE', 'the body must be JSON'],
  FST_ERR_BAD_URL: ['HTTP_MALFORMED', 'the address is not a valid one'],
  FST_ERR_ROUTE_MAX_PARAM_LENGTH: ['HTTP_NOT_FOUND', 'a part of the address is longer than any name'],
};

function asGemelError(error: FastifyError): GemelError | undefined {
  if (error instanceof GemelError) return error;
  const known = frameworkCodes[error.code];
  return known === undefined ? undefined : new ProblemError(known[0], known[1]);
}

/** Answers what is not even HTTP, or too large or slow to become a request, on the bare socket. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(bareProblem(clientProblem(error.code), ''), () => socket.destroy());
}

function clientProblem(code: string | undefined): ProblemError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new ProblemError('HTTP_HEADERS_TOO_LARGE', 'the headers are larger than the limit');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new ProblemError('HTTP_TIMEOUT', 'the request was not complete in time');
  }
  return new ProblemError('HTTP_MALFORMED', 'the request is not valid HTTP');
}

/** A whole answer as text, for a socket that no framework looks after. */
export function bareProblem(error: GemelError, instance: string): string {
  const problem = problemOf(error, instance);
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
