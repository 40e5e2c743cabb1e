/** Applications and servers for tests, each let go of when its test ends. */

import type { TestContext } from 'node:test';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { createHttpApp } from '../../../src/adapters/http/app.ts';
import type { HttpOptions, HttpServer } from '../../../src/adapters/http/index.ts';
import { createHttpServer, guardOf, limitsOf } from '../../../src/adapters/http/server.ts';
import { createFakeFleet, type FakeFleet } from './fake-fleet.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body as JSON. */
  readonly body: Record<string, unknown>;
}

export interface TestApp {
  readonly app: FastifyInstance;
  readonly fleet: FakeFleet;
  readonly send: (request: InjectOptions) => Promise<Answer>;
  readonly get: (url: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly post: (url: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
}

export type TestOptions = Partial<Omit<HttpOptions, 'fleet'>> & { readonly fleet?: FakeFleet };

/** Listens to nothing. */
export async function createApp(t: TestContext, given: TestOptions = {}): Promise<TestApp> {
  const fleet = given.fleet ?? createFakeFleet();
  const options = { ...given, fleet };
  const { app } = await createHttpApp(options, guardOf(options), limitsOf(options));
  t.after(() => app.close());

  async function send(request: InjectOptions): Promise<Answer> {
    const reply = await app.inject({ ...request, headers: { host: 'localhost:8080', ...request.headers } });
    const isJson = String(reply.headers['content-type']).includes('json');
    return {
      status: reply.statusCode,
      headers: reply.headers,
      text: reply.body,
      body: isJson && reply.body !== '' ? reply.json() : {},
    };
  }
  return {
    app,
    fleet,
    send,
    get: (url, headers = {}) => send({ method: 'GET', url, headers }),
    post: (url, body, headers = {}) =>
      body === undefined
        ? send({ method: 'POST', url, headers })
        : send({ method: 'POST', url, headers, payload: body as object }),
  };
}

/** Listens on a free port of 127.0.0.1 unless told otherwise. */
export async function startServer(
  t: TestContext,
  given: TestOptions = {},
): Promise<{ server: HttpServer; fleet: FakeFleet; port: number }> {
  const fleet = given.fleet ?? createFakeFleet();
  const server = await createHttpServer({ hosts: ['127.0.0.1'], port: 0, ...given, fleet });
  t.after(() => server.stop());
  return { server, fleet, port: server.port };
}
