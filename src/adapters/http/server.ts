/** The HTTP server: the application and the stream on every address that is listened to. */

import type { Server } from 'node:http';
import { createHttpApp } from './app.ts';
import { createGuard, type Guard } from './guard.ts';
import { expand, listen } from './listen.ts';
import { defaultLimits, type HttpLimits, type HttpOptions, type HttpServer } from './options.ts';
import { createStream } from './stream/index.ts';

/** Requests that are under way when the server stops may take this long to finish. */
const finishMs = 2000;

/**
 * Starts to listen and to answer.
 *
 * @throws GemelError `PORT_IN_USE`, `LISTEN_DENIED`, `LISTEN_ADDRESS` or `ROUTE_INVALID`; then nothing listens.
 */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const hosts = options.hosts ?? ['localhost'];
  const limits = limitsOf(options);
  const guard = guardOf(options);
  const { app, routes } = await createHttpApp(options, guard, limits);
  const stream = createStream(options.fleet, guard, limits.stream, options.calibrations);

  const listening = await listen({
    hosts,
    port: options.port ?? 8080,
    connections: limits.connections,
    server: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: Math.min(10_000, limits.requestTimeoutMs),
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.ceil(limits.requestTimeoutMs / 6),
      keepAliveTimeout: 72_000,
      // Another protocol that is offered, such as HTTP/2 by curl, is passed over; the request is answered as it is.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
    },
    onRequest: (request, reply) => app.routing(request, reply),
    prepare: (server) => {
      server.on('upgrade', (request, socket, head) => stream.upgrade(request, socket, head));
      server.on('clientError', (error, socket) => app.server.emit('clientError', error, socket));
    },
  }).catch(async (error: unknown) => {
    await stream.stop();
    await app.close();
    throw error;
  });

  let stopping: Promise<void> | undefined;
  return {
    addresses: listening.hosts.map((host) => `http://${urlHost(host)}:${listening.port}`),
    port: listening.port,
    notes: listening.notes,
    statistics: () => ({ requests: routes.counts(), stream: stream.statistics() }),
    stop() {
      stopping ??= (async () => {
        const closed = listening.servers.map(closeServer);
        await stream.stop();
        await Promise.all(closed);
        await app.close();
      })();
      return stopping;
    },
  };
}

export function limitsOf(options: Pick<HttpOptions, 'limits'>): HttpLimits {
  return {
    ...defaultLimits,
    ...options.limits,
    stream: { ...defaultLimits.stream, ...options.limits?.stream },
  };
}

export function guardOf(options: Pick<HttpOptions, 'hosts' | 'allowHosts' | 'allowOrigins'>): Guard {
  return createGuard({
    hosts: expand(options.hosts ?? ['localhost']).map(({ host }) => host),
    allowHosts: options.allowHosts ?? [],
    allowOrigins: options.allowOrigins ?? [],
  });
}

/** A connection that is kept alive is closed once its request has been answered, or when the time is up. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const timer = setTimeout(() => server.closeAllConnections(), finishMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(timer);
      resolve();
    });
  });
}

/** What a browser on this machine can open: the wildcard addresses are reached as `localhost`. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
