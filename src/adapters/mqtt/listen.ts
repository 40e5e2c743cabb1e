/**
 * Listens on one port of several addresses, so that `localhost` works for every client, whether it tries IPv4 or
 * IPv6 first.
 */

import net from 'node:net';
import { GemelError } from '../../core/diagnose/index.ts';

export interface Listening {
  readonly port: number;
  /** The hosts that are listened on, of those asked for. */
  readonly hosts: readonly string[];
  /** Hosts that this computer does not have, for a note: IPv6 is often switched off. */
  readonly absent: readonly string[];
  /** Takes no further connection; those there are stay. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly hosts: readonly string[];
  /** 0 for any free port, the same on every host. */
  readonly port: number;
  readonly onSocket: (socket: net.Socket) => void;
  readonly onError: (error: Error) => void;
}

/** With port 0 the port that the first host got may be taken on the second: so often it is tried again. */
const freePortAttempts = 10;

/** @throws GemelError `PORT_IN_USE`, `LISTEN_ADDRESS`. */
export async function listen(options: ListenOptions): Promise<Listening> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listenOnce(options);
    } catch (error) {
      const taken = error instanceof GemelError && error.code === 'PORT_IN_USE';
      if (!taken || options.port !== 0 || attempt === freePortAttempts) throw error;
    }
  }
}

async function listenOnce(options: ListenOptions): Promise<Listening> {
  const servers: net.Server[] = [];
  const hosts: string[] = [];
  const absent: string[] = [];
  let port = options.port;
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  for (const host of options.hosts) {
    // Small packets must not wait for the acknowledgement of the one before (Nagle); dead peers must be noticed.
    const server = net.createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
    server.on('connection', options.onSocket);
    try {
      await opened(server, { host, port, ipv6Only: host.includes(':') });
    } catch (error) {
      const code = codeOf(error);
      const missing = code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
      if (missing && host.includes(':') && options.hosts.length > 1) {
        absent.push(host);
        continue;
      }
      await close();
      throw explain(error, host, port);
    }
    server.on('error', options.onError);
    servers.push(server);
    hosts.push(host);
    const address = server.address();
    if (address !== null && typeof address === 'object') port = address.port;
  }
  return { port, hosts, absent, close };
}

function opened(server: net.Server, options: net.ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function explain(error: unknown, host: string, port: number): GemelError {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (codeOf(error) === 'EADDRINUSE') {
    return new GemelError('PORT_IN_USE', `cannot listen for MQTT on ${place}: port ${port} is in use`, {
      hint:
        `stop the program that listens there (\`ss -ltnp "sport = :${port}"\` names it), choose another port with ` +
        `\`mqtt: { port: ${port + 1} }\`, or, if it is a broker, use it with \`mqtt: { url: mqtt://localhost:${port} }\``,
      cause: error,
    });
  }
  const hint =
    codeOf(error) === 'EACCES'
      ? 'ports below 1024 are for the system: choose a higher one'
      : 'give an address of this computer, or `localhost`';
  const reason = error instanceof Error ? error.message : String(error);
  return new GemelError('LISTEN_ADDRESS', `cannot listen for MQTT on ${place}: ${reason}`, {
    hint,
    cause: error,
  });
}
