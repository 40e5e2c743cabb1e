/**
 * Listens on several addresses with one application.
 *
 * `localhost` stands for 127.0.0.1 and ::1, since clients differ in which of the two they try. A machine without IPv6
 * is no error; a port that another program holds is one, on either address, for half of the clients would otherwise
 * reach that program.
 */

import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GemelError } from '../../core/diagnose/index.ts';

export interface ListenOptions {
  readonly hosts: readonly string[];
  readonly port: number;
  readonly connections: number;
  readonly server: ServerOptions;
  readonly onRequest: RequestListener;
  /** Further events of each server, set before it listens. */
  readonly prepare: (server: Server) => void;
}

export interface Listening {
  readonly servers: readonly Server[];
  readonly hosts: readonly string[];
  readonly port: number;
  readonly notes: readonly string[];
}

/** A second address may find the free port that the first was given taken. */
const freePortAttempts = 5;

/** @throws GemelError `PORT_IN_USE`, `LISTEN_DENIED` or `LISTEN_ADDRESS`; then nothing listens. */
export async function listen(options: ListenOptions): Promise<Listening> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listenOnce(options);
    } catch (error) {
      const another = options.port === 0 && error instanceof GemelError && error.code === 'PORT_IN_USE';
      if (!another || attempt === freePortAttempts) throw error;
    }
  }
}

async function listenOnce(options: ListenOptions): Promise<Listening> {
  const servers: Server[] = [];
  const hosts: string[] = [];
  const notes: string[] = [];
  let { port } = options;
  try {
    for (const { host, optional } of expand(options.hosts)) {
      const server = createServer(options.server, options.onRequest);
      server.maxConnections = options.connections;
      options.prepare(server);
      const problem = await bind(server, host, port);
      if (problem === undefined) {
        servers.push(server);
        hosts.push(host);
        port = portOf(server);
      } else if (optional && problem.code === 'LISTEN_ADDRESS') {
        notes.push(`no IPv6 here: listening on 127.0.0.1 but not on ${host}`);
      } else {
        throw problem;
      }
    }
  } catch (error) {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    throw error;
  }
  return { servers, hosts, port, notes };
}

export function expand(
  hosts: readonly string[],
): readonly { readonly host: string; readonly optional: boolean }[] {
  const all = hosts.flatMap((host) =>
    host === 'localhost'
      ? [
          { host: '127.0.0.1', optional: false },
          { host: '::1', optional: true },
        ]
      : [{ host, optional: false }],
  );
  return all.filter(({ host }, i) => all.findIndex((other) => other.host === host) === i);
}

function bind(server: Server, host: string, port: number): Promise<GemelError | undefined> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException) => resolve(explain(error, host, port));
    server.once('error', onError);
    server.listen({ host, port, ipv6Only: host.includes(':') && host !== '::' }, () => {
      server.removeListener('error', onError);
      resolve(undefined);
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): GemelError {
  const cause = { cause: error };
  if (error.code === 'EADDRINUSE') {
    const hint =
      `stop the other program (\`ss -ltnp "sport = :${port}"\` shows it), ` +
      'or choose another port in gemel.yaml, for instance `http: { port: 8081 }`';
    return new GemelError('PORT_IN_USE', `port ${port} of ${host} is already in use`, { ...cause, hint });
  }
  if (error.code === 'EACCES') {
    return new GemelError('LISTEN_DENIED', `this user may not listen on port ${port} of ${host}`, cause);
  }
  return new GemelError('LISTEN_ADDRESS', `cannot listen on ${host}: ${error.code ?? error.message}`, cause);
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
