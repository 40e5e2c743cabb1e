/**
 * Keeps web pages of others out.
 *
 * A page on another site can make its visitor's browser talk to a server on the visitor's own machine. Two checks
 * stop it. While only loopback is listened to, the `Host` a request asks for must be a name of this machine: a
 * name of the attacker's that suddenly points to 127.0.0.1 (DNS rebinding) is refused. And a request that changes
 * something, or opens a stream, must not come from a page of another origin. Programs that are not browsers send no
 * `Origin` and are not concerned.
 */

import type { IncomingMessage } from 'node:http';
import { ProblemError } from './problem.ts';

export interface GuardOptions {
  /** The addresses listened to. */
  readonly hosts: readonly string[];
  /** Further names under which this server is reached, for instance through a proxy. */
  readonly allowHosts: readonly string[];
  /** Origins of other pages that may write and stream, such as `https://plant.example`. */
  readonly allowOrigins: readonly string[];
}

export interface Guard {
  /** What is wrong with the request, or nothing. Called for each request: cheap once a host has been seen. */
  check(request: IncomingMessage): ProblemError | undefined;
}

/** Names of hosts are remembered up to this many, so that a flood of invented ones costs no memory. */
const rememberedHosts = 64;

export function createGuard(options: GuardOptions): Guard {
  const loopbackOnly = options.hosts.every(isLoopback);
  const allowed = new Set(options.allowHosts.map((host) => host.toLowerCase()));
  const origins = new Set(options.allowOrigins.map((origin) => origin.toLowerCase()));
  const seen = new Set<string>();

  function hostProblem(host: string | undefined): ProblemError | undefined {
    if (!loopbackOnly || host === undefined || seen.has(host)) return undefined;
    const name = hostName(host);
    if (!isLoopback(name) && !allowed.has(name)) {
      return new ProblemError(
        'HTTP_FOREIGN_HOST',
        `the request asks for host ${quote(host)}, which is not this one`,
      );
    }
    if (seen.size < rememberedHosts) seen.add(host);
    return undefined;
  }

  function originProblem(request: IncomingMessage): ProblemError | undefined {
    const origin = request.headers.origin;
    if (origin === undefined) return undefined;
    if (originHost(origin) === request.headers.host?.toLowerCase() || origins.has(origin.toLowerCase())) {
      return undefined;
    }
    return new ProblemError('HTTP_CROSS_ORIGIN', `a page of ${quote(origin)} may not do this here`);
  }

  return {
    check(request) {
      const problem = hostProblem(request.headers.host);
      if (problem !== undefined) return problem;
      const onlyReads = request.method === 'GET' || request.method === 'HEAD';
      return onlyReads && request.headers.upgrade === undefined ? undefined : originProblem(request);
    },
  };
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
  );
}

/** `Localhost:8080` → `localhost`, `[::1]:8080` → `::1`. */
function hostName(host: string): string {
  const bare = host.startsWith('[') ? host.slice(1).replace(/\](:\d*)?$/, '') : host.replace(/:\d*$/, '');
  return bare.toLowerCase();
}

/** Host and port as a browser writes them in `Host`; nothing for `null` and what is no origin. */
function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 97)}…` : text);
}
