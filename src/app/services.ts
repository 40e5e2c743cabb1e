/** The parts of a project around its twins: addresses, routes, broker, checkpoints. */

import { join, resolve } from 'node:path';
import { didYouMean } from '../core/diagnose/index.ts';
import type { Model } from '../core/model/index.ts';
import { parseDuration, secondsOf } from './duration.ts';
import type { Findings, Path } from './findings.ts';
import { defaults, durations } from './options.ts';
import type { HttpSettings, Project, ProjectRoute } from './project.ts';
import type { ProjectDocument, RouteDocument } from './schema.ts';

/** Checks the addresses; whether this computer has them is seen when they are opened. */
export function readListen(document: ProjectDocument, findings: Findings): readonly string[] {
  const written = document.listen ?? 'localhost';
  const addresses = typeof written === 'string' ? [written] : written;
  addresses.forEach((address, index) => {
    if (
      /^[A-Za-z0-9._-]+$/.test(address) ||
      /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.%\w]*$/.test(address)
    )
      return;
    findings.at(typeof written === 'string' ? ['listen'] : ['listen', index], {
      code: 'LISTEN_ADDRESS',
      message: `\`${address}\` is not an address to listen on`,
      hint: 'write localhost, an address such as 192.168.1.10, or 0.0.0.0 for all; ports are set at `http:` and `mqtt:`',
    });
  });
  return addresses;
}

/** Whether only programs on this computer can reach the address. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}

/** `localhost` is both loopback addresses, so that every client finds it whichever it tries first. */
export function addressesOf(listen: readonly string[]): readonly string[] {
  return [...new Set(listen.flatMap((host) => (host === 'localhost' ? ['127.0.0.1', '::1'] : [host])))];
}

export interface KnownTwins {
  readonly models: ReadonlyMap<string, Model>;
  readonly names: ReadonlySet<string>;
}

export function readHttp(document: ProjectDocument, twins: KnownTwins, findings: Findings): HttpSettings {
  const {
    port = defaults.httpPort,
    routes = {},
    allow_hosts: allowHosts = [],
    allow_origins: allowOrigins = [],
  } = document.http ?? {};
  const read = Object.entries(routes).map(
    ([key, route]) => [key, readRoute(key, route, { twins, findings })] as const,
  );
  return { port, routes: Object.fromEntries(read), allowHosts, allowOrigins };
}

/** Paths that the product answers itself. */
const ownPaths = ['/api', '/docs', '/studio', '/vendor', '/health', '/ready', '/metrics', '/src'];

interface RouteSite {
  readonly twins: KnownTwins;
  readonly findings: Findings;
}

function readRoute(key: string, route: RouteDocument, { twins, findings }: RouteSite): ProjectRoute {
  const path = ['http', 'routes', key];
  const refuse = (message: string, hint: string) =>
    findings.atKey(path, { code: 'ROUTE_INVALID', message: `\`${key}\` ${message}`, hint });

  const [, method, target] = /^(GET|POST) (\/[\w.~/-]*)$/.exec(key) ?? [];
  if (!target) refuse('is not a method and a path', 'write it as `GET /state` or `POST /update`');
  else if (target === '/' || ownPaths.some((own) => target === own || target.startsWith(`${own}/`))) {
    refuse('would hide a path that Gemel answers itself', 'choose another path');
  }
  if (method === 'GET' && (route.step !== undefined || route.inputs !== undefined)) {
    refuse('cannot step a twin', 'a GET only reads: use POST with step and inputs');
  }
  if (method === 'POST' && route.step === undefined) refuse('has no step', 'add for example `step: 1 s`');

  checkTwin(route.twin, [...path, 'twin'], { twins, findings });
  const model = twins.models.get(route.twin);
  route.inputs?.forEach((name, index) => {
    const names = model?.inputs.map((input) => input.name);
    if (!names || names.includes(name)) return;
    findings.at([...path, 'inputs', index], {
      code: 'SIGNAL_UNKNOWN',
      message: `${model?.id} has no input \`${name}\``,
      expected: names.join(', ') || 'no inputs: the model has none',
      hint: didYouMean(name, names),
    });
  });

  const stepSeconds = readSeconds(route.step, 'step', { path: [...path, 'step'], findings });
  return {
    twin: route.twin,
    reply: route.reply ?? 'full',
    ...(stepSeconds === undefined ? {} : { stepSeconds }),
    ...(route.inputs === undefined ? {} : { inputs: route.inputs }),
  };
}

function checkTwin(name: string, path: Path, { twins, findings }: RouteSite): void {
  if (twins.names.has(name)) return;
  findings.at(path, {
    code: 'TWIN_UNKNOWN',
    message: `no twin is named \`${name}\``,
    hint: didYouMean(name, [...twins.names].slice(0, 10_000)),
  });
}

export function readCheckpoint(
  document: ProjectDocument,
  directory: string,
  findings: Findings,
): Project['checkpoint'] {
  const { directory: below = defaults.checkpointDirectory, every, archive } = document.checkpoint ?? {};
  const seconds = readSeconds(every, 'checkpoint', { path: ['checkpoint', 'every'], findings });
  const kept = readSeconds(archive, 'archive', { path: ['checkpoint', 'archive'], findings });
  return {
    directory: resolve(directory, below),
    everyMs: (seconds ?? secondsOf(durations.checkpoint.otherwise)) * 1000,
    archiveMs: (kept ?? secondsOf(durations.archive.otherwise)) * 1000,
  };
}

export function readAlarms({ alarms = {} }: ProjectDocument, findings: Findings): Project['alarms'] {
  const milliseconds = (
    option: 'on_delay' | 'off_delay' | 'shelve_at_most',
    kind: keyof typeof durations,
  ) => {
    const seconds = readSeconds(alarms[option], kind, { path: ['alarms', option], findings });
    return seconds === undefined ? undefined : seconds * 1000;
  };
  const onDelayMs = milliseconds('on_delay', 'onDelay');
  const offDelayMs = milliseconds('off_delay', 'offDelay');
  const longestShelvingMs = milliseconds('shelve_at_most', 'shelving');
  return {
    ...(onDelayMs !== undefined && { onDelayMs }),
    ...(offDelayMs !== undefined && { offDelayMs }),
    ...(longestShelvingMs !== undefined && { longestShelvingMs }),
    healthWarningPercent: alarms.health_warning ?? defaults.healthWarning,
  };
}

/** The journal stands below the checkpoints, whose lock keeps a second process from both. */
export function readJournal(
  document: ProjectDocument,
  directory: string,
  findings: Findings,
): Pick<Project, 'journal'> {
  const { enabled = true, keep } = document.journal ?? {};
  const seconds = readSeconds(keep, 'keep', { path: ['journal', 'keep'], findings });
  if (!enabled) return {};
  const keepMs = (seconds ?? secondsOf(durations.keep.otherwise)) * 1000;
  return { journal: { directory: join(directory, 'journal'), keepMs } };
}

export function readSeconds(
  written: string | number | undefined,
  kind: keyof typeof durations,
  { path, findings }: { readonly path: Path; readonly findings: Findings },
): number | undefined {
  if (written === undefined) return undefined;
  const parsed = parseDuration(written, durations[kind]);
  if ('seconds' in parsed) return parsed.seconds;
  findings.at(path, parsed.problem);
  return undefined;
}
