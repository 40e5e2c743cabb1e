/**
 * The routes there are: to tell an unknown path from a wrong method, to suggest what was meant, and to count
 * requests by route at the cost of one addition.
 */

import type { FastifyInstance } from 'fastify';
import { suggest } from '../../core/diagnose/index.ts';
import type { RequestCount } from './options.ts';

export interface RouteList {
  methodsAt(path: string): readonly string[];
  /** The nearest path that exists, its parameters filled in from `path`. */
  meant(path: string): string | undefined;
  /** Counts an answer to a request that no route took. */
  countUnknown(status: number): void;
  counts(): readonly RequestCount[];
}

interface Route {
  readonly method: string;
  readonly pattern: string;
  readonly counts: Map<number, number>;
  ok: number;
}

/** Must be called before the routes are added. */
export function listRoutes(app: FastifyInstance): RouteList {
  const routes: Route[] = [];

  app.addHook('onRoute', (options) => {
    for (const method of [options.method].flat()) {
      const route: Route = { method, pattern: options.url, counts: new Map(), ok: 0 };
      routes.push(route);
      const own = options.onSend === undefined ? [] : [options.onSend].flat();
      options.onSend = [
        ...own,
        (_request, reply, _payload, done) => {
          count(route, reply.statusCode);
          done();
        },
      ];
    }
  });

  const unknown: Route = { method: '*', pattern: 'unknown', counts: new Map(), ok: 0 };
  return {
    methodsAt: (path) => [
      ...new Set(routes.filter((route) => matches(route.pattern, path)).map((route) => route.method)),
    ],
    meant(path) {
      const candidates = new Set(routes.map((route) => fillIn(route.pattern, path)));
      return suggest(path, candidates);
    },
    countUnknown: (status) => count(unknown, status),
    counts: () => [...routes, unknown].flatMap(countsOf),
  };
}

function count(route: Route, status: number): void {
  if (status === 200) route.ok++;
  else route.counts.set(status, (route.counts.get(status) ?? 0) + 1);
}

function countsOf({ method, pattern, counts, ok }: Route): RequestCount[] {
  const rows = ok > 0 ? [[200, ok] as const, ...counts] : [...counts];
  return rows.map(([status, answered]) => ({ method, route: pattern, status, count: answered }));
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  for (const [i, part] of wanted.entries()) {
    if (part === '*') return given.length > i;
    if (given[i] === undefined || (!part.startsWith(':') && part !== given[i])) return false;
  }
  return wanted.length === given.length;
}

function fillIn(pattern: string, path: string): string {
  const given = path.split('/');
  return pattern
    .split('/')
    .map((part, i) => (part.startsWith(':') ? (given[i] ?? part) : part))
    .join('/');
}
