/**
 * Routes of a project's own, such as `GET /state` and `POST /update`: for programs that want a plain object at a
 * path of their choice. A GET is the quickest answer there is: a text that was made once for a tick.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { didYouMean, GemelError } from '../../../core/diagnose/index.ts';
import type { Fleet, Snapshot, TwinInfo } from '../../../engine/index.ts';
import { type GivenInput, readInputs } from '../inputs.ts';
import type { RouteContext, RouteDefinition } from '../options.ts';
import { AtQuery, type PastReader } from '../past/index.ts';
import { ProblemError } from '../problem.ts';
import { JSON_TYPE, problems } from '../replies.ts';
import { createStateTexts } from '../state-text.ts';
import { show } from '../validation.ts';

/** Paths that the product itself answers. */
const ownPaths = [
  '/api',
  '/docs',
  '/studio',
  '/vendor',
  '/health',
  '/ready',
  '/metrics',
  '/src',
  '/favicon.ico',
];

const routeFields: ReadonlySet<string> = new Set(['twin', 'reply', 'stepSeconds', 'inputs']);

/** @throws GemelError `ROUTE_INVALID` if a route cannot work, before anything listens. */
export function projectRoutes(
  { app, fleet, past }: RouteContext,
  routes: Readonly<Record<string, RouteDefinition>>,
): void {
  const texts = createStateTexts();
  for (const [key, route] of Object.entries(routes)) {
    const { method, path } = parseKey(key);
    const info = checkRoute(key, method, route, fleet);
    const text = (snapshot: Snapshot) =>
      route.reply === 'plain' ? snapshot.plain() : texts.full(snapshot, info.model);
    const response = {
      200: Type.Record(Type.String(), Type.Unknown(), {
        description: route.reply === 'plain' ? 'The states, each a number.' : 'The snapshot.',
      }),
      ...problems,
    };
    if (method === 'GET') getRoute(app, path, { fleet, past, route, info, text, response });
    else postRoute(app, path, { fleet, info, text, response, route });
  }
}

interface ReadyRoute {
  readonly fleet: Fleet;
  readonly info: TwinInfo;
  readonly text: (snapshot: Snapshot) => string;
  readonly response: Record<string | number, unknown>;
}

function getRoute(
  app: FastifyInstance,
  path: string,
  { fleet, past, info, text, response, route }: ReadyRoute & { past: PastReader; route: RouteDefinition },
): void {
  const { id } = info.config;
  const schema = { summary: `State of twin ${id}`, tags: ['project'], querystring: AtQuery, response };
  const texts = createStateTexts();
  // Described for the document only: whatever else a program adds to the address is its own affair, and checking costs time.
  const options = { schema, validatorCompiler: () => () => true };
  app.get<{ Querystring: { at?: string | readonly string[] } }>(path, options, (request, reply) => {
    const { at } = request.query;
    if (at !== undefined) return sendPast([at].flat().join(), reply);
    const snapshot = fleet.snapshot(id);
    // Checked when the project was read; it may have been removed since.
    if (snapshot === undefined)
      throw new ProblemError('TWIN_UNKNOWN', `there is no twin ${show(id)} any more`);
    reply.type(JSON_TYPE).send(text(snapshot));
    return undefined;
  });

  /** A plain object has no place for the time, so it stands in a header. */
  async function sendPast(at: string, reply: FastifyReply): Promise<FastifyReply> {
    const { info: then, snapshot } = await (await past.moment(at)).twin(id);
    const body = route.reply === 'plain' ? snapshot.plain() : texts.full(snapshot, then.model);
    return reply.header('gemel-time', new Date(snapshot.timeMs).toISOString()).type(JSON_TYPE).send(body);
  }
}

function postRoute(app: FastifyInstance, path: string, ready: ReadyRoute & { route: RouteDefinition }): void {
  const { fleet, info, text, response, route } = ready;
  const { id } = info.config;
  const seconds = route.stepSeconds ?? 0;
  const names = route.inputs ?? [];
  const unitOf = new Map(info.model.inputs.map((input) => [input.name, input.unit.symbol]));
  // Described for the document only: what is wrong with an input is to be answered with its own reason.
  const parameters = names.map((name) => [
    name,
    Type.Optional(Type.String({ description: `in ${unitOf.get(name)}` })),
  ]);
  const schema = {
    summary: `Steps twin ${id} by ${seconds} s`,
    tags: ['project'],
    ...(names.length === 0 ? {} : { querystring: Type.Object(Object.fromEntries(parameters)) }),
    response,
  };
  app.post(path, { schema, validatorCompiler: () => () => true }, async (request, reply) => {
    const inputs = readInputs(info.model, givenInputs(request, names));
    const snapshot = await fleet.step(id, { seconds, inputs });
    return reply.type(JSON_TYPE).send(text(snapshot));
  });
}

/** @throws ProblemError `HTTP_INVALID` for a parameter or field that the route does not have */
function givenInputs(request: FastifyRequest, names: readonly string[]): GivenInput[] {
  const query = entriesOf(request.query, '?');
  const body = entriesOf(request.body, '#/');
  for (const { name, at } of [...query, ...body]) {
    if (names.includes(name)) continue;
    const hint = didYouMean(name, names) ?? `known here: ${names.join(', ') || 'none'}`;
    const detail = `unknown ${at.startsWith('?') ? 'query parameter' : 'field'} ${show(name)}`;
    throw new ProblemError('HTTP_INVALID', detail, { hint, errors: [{ at, detail, hint }] });
  }
  return names.map((name) => {
    const inBody = body.find((item) => item.name === name);
    return inBody ?? query.find((item) => item.name === name) ?? { name, value: undefined, at: `?${name}` };
  });
}

function entriesOf(source: unknown, root: '?' | '#/'): GivenInput[] {
  if (source === undefined || source === null) return [];
  if (typeof source !== 'object' || Array.isArray(source)) {
    throw new ProblemError('HTTP_INVALID', `the body must be an object, not ${show(source)}`);
  }
  const entries: [string, unknown][] = Object.entries(source);
  return entries.map(([name, value]) => ({ name, value, at: `${root}${name}` }));
}

function parseKey(key: string): { method: 'GET' | 'POST'; path: string } {
  const match = /^(GET|POST) (\/[\w.~/-]*)$/.exec(key);
  const [, method, path] = match ?? [];
  if ((method !== 'GET' && method !== 'POST') || path === undefined) {
    throw invalid(key, 'is not a method and a path', 'write it as "GET /state" or "POST /update"');
  }
  if (path === '/' || ownPaths.some((own) => path === own || path.startsWith(`${own}/`))) {
    throw invalid(key, `would hide a path that Gemel itself answers`, 'choose another path');
  }
  return { method, path };
}

function checkRoute(key: string, method: string, route: RouteDefinition, fleet: Fleet): TwinInfo {
  for (const field of Object.keys(route)) {
    if (!routeFields.has(field))
      throw invalid(key, `has an unknown field ${show(field)}`, didYouMean(field, routeFields));
  }
  const info = fleet.twin(route.twin);
  if (info === undefined) {
    const ids = fleet.twins().map((twin) => twin.config.id);
    throw invalid(key, `names twin ${show(route.twin)}, which does not exist`, didYouMean(route.twin, ids));
  }
  if (method === 'GET' && (route.stepSeconds !== undefined || route.inputs !== undefined)) {
    throw invalid(key, 'is a GET, which cannot step a twin', 'use POST for step and inputs');
  }
  if (method === 'POST' && !(route.stepSeconds !== undefined && route.stepSeconds > 0)) {
    throw invalid(key, 'is a POST without a step', 'add for example `step: 1 s`');
  }
  const inputs = info.model.inputs.map((input) => input.name);
  for (const name of route.inputs ?? []) {
    if (inputs.includes(name)) continue;
    throw invalid(
      key,
      `takes input ${show(name)}, which model ${info.model.id} does not have`,
      didYouMean(name, inputs),
    );
  }
  return info;
}

function invalid(key: string, what: string, hint: string | undefined): GemelError {
  return new GemelError('ROUTE_INVALID', `route ${show(key)} ${what}`, { hint });
}
