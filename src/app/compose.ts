/**
 * The one file that knows every adapter: a checked project → a running process.
 *
 * Started from the inside out (checkpoints, fleet, broker, page), so that nothing is told of twins before they are
 * there, and stopped from the outside in, so that nothing is acknowledged that no twin takes. The code of broker and
 * page is loaded while the workers start: that is half of the time to the first published state.
 */

import { existsSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CalibrationJobs } from '../adapters/calibrations/index.ts';
import { createFileTexts, type FileCheckpoints } from '../adapters/checkpoint/index.ts';
import type { HttpServer, ModelPublishing, Readiness, TwinChanges } from '../adapters/http/index.ts';
import type { FileJournal } from '../adapters/journal/index.ts';
import type { Metrics } from '../adapters/metrics/index.ts';
import type { MqttTransport } from '../adapters/mqtt/index.ts';
import {
  createSystemClock,
  createWorkerShard,
  createWorkerShards,
  type Pace,
  paceClock,
  systemTime,
  type WorkerOptions,
} from '../adapters/workers/index.ts';
import { type Clock, createFleet, type Fleet, Rollouts, type TwinEvent } from '../engine/index.ts';
import type { Log } from './log.ts';
import { describeSetBack, levelOf } from './note.ts';
import { type CheckpointsAround, openCheckpoints } from './open-checkpoints.ts';
import { type JournalAround, openJournal } from './open-journal.ts';
import { defaults } from './options.ts';
import type { Project } from './project.ts';
import { publishedTwinSchema } from './published.ts';
import { modelsDirectory, PublishedModels } from './published-models.ts';
import { type RecordedHistory, startHistory } from './recorded-history.ts';
import { RuntimeTwins } from './runtime-twins.ts';
import { addressesOf } from './services.ts';
import { warnOfStrangers } from './strangers.ts';

export interface ComposeOptions {
  readonly log: Log;
  readonly version: string;
  /** How fast the twins live; 1 is real time. */
  readonly speed?: number;
  /** Called once if the process cannot go on as it should, such as when a worker has died. */
  readonly onFailure?: (reason: string) => void;
  /** Stands between the engine and its disk: for the harness that breaks it on purpose. */
  readonly around?: { readonly checkpoints?: CheckpointsAround; readonly journal?: JournalAround };
}

/** A running project. */
export interface Running {
  /** Of the page, the one to show first. */
  readonly page: string;
  /** Of the broker. */
  readonly broker: string;
  readonly fleet: Fleet;
  /**
   * Closes what takes requests and messages, tells the broker, writes the last checkpoint.
   *
   * @returns what went wrong; empty if all was written.
   */
  stop(): Promise<readonly string[]>;
}

/** How long readers and the broker are waited for before the last checkpoint is written all the same. */
const farewellMs = 2500;
/** One thread computes so many twins without effort. */
const twinsPerWorker = 2000;

/**
 * Starts a project. If a part cannot start, those before it are stopped again.
 *
 * @throws GemelError `CHECKPOINT_LOCKED`, `JOURNAL_UNWRITABLE`, `PORT_IN_USE`, `LISTEN_ADDRESS`, `LISTEN_DENIED`, `BROKER_URL`, `ROUTE_INVALID`.
 */
export async function compose(project: Project, options: ComposeOptions): Promise<Running> {
  const { log, version, speed = 1, around = {} } = options;
  warnOfStrangers(project, log);
  const real = createSystemClock(systemTime, (byMs) => log.warn({}, describeSetBack(byMs)));
  const pace: Pace = { speed, originMs: real.nowMs() };
  const clock = paceClock(real, pace);
  const stops: (() => unknown)[] = [];
  try {
    const checkpoints = openCheckpoints(project, log, around.checkpoints);
    stops.push(() => checkpoints.close());
    const journal = await openJournal(project, log, around.journal);
    stops.push(() => journal?.close());
    const published = await PublishedModels.open({
      texts: createFileTexts(modelsDirectory(project)),
      models: project.models,
      log,
    });
    const { models } = published;
    const texts = createFileTexts(project.checkpoint.directory);
    const runtime = await RuntimeTwins.open({ models, texts, log });
    const { twins, publications } = runtime.apply(project);
    const starting = startFleet({ ...project, models, twins }, { checkpoints, journal, clock, pace, log });
    // Handled where it is awaited; until then a failure must not count as forgotten.
    starting.catch(() => undefined);
    stops.push(async () => (await starting).stop());
    const { connectFleet, ...mqtt } = await import('../adapters/mqtt/index.ts');
    const transport = createTransport(project, mqtt, log);
    const fleet = await starting;
    reportEvents(fleet, options);
    const connection = connectFleet({
      fleet,
      transport,
      clock,
      publications,
      fleetAlarms: defaults.fleetAlarmsTopic,
      acknowledgements: defaults.acknowledgeTopic,
      onRefused: (why) => log.warn({}, why),
    });
    stops.push(() => connection.stop());
    await transport.start();
    stops.push(() => transport.stop());
    connection.publishAlarms();

    const { createMetrics } = await import('../adapters/metrics/index.ts');
    const metrics = createMetrics({ fleet, version });
    stops.push(() => metrics.stop());
    const changes = { ...runtime.changes(fleet, connection), schema: publishedTwinSchema() };
    const calibrations = new CalibrationJobs({ nowMs: () => real.nowMs() });
    stops.push(() => calibrations.close());
    const rollouts = await Rollouts.open({ fleet, clock, store: texts, warn: (why) => log.warn({}, why) });
    stops.push(() => rollouts.stop());
    const history = await startHistory(project, { fleet, log, journal });
    stops.push(() => history?.close());
    const http = await startHttp(project, {
      fleet,
      changes,
      publishing: published.into(fleet),
      calibrations,
      rollouts,
      history,
      journal,
      metrics,
      transport,
      log,
      version,
    });
    metrics.watch({
      http: () => http.statistics(),
      mqtt: () => transport.status(),
      ...(history !== undefined && { history: () => history.counters() }),
      ...(journal !== undefined && { journal: () => journal }),
    });

    const parts = {
      http,
      calibrations,
      rollouts,
      transport,
      connection,
      fleet,
      metrics,
      history,
      journal,
      checkpoints,
    };
    const stop = stopInOrder(parts, log);
    return { page: pageOf(project, http), broker: brokerOf(project, transport), fleet, stop };
  } catch (error) {
    for (const stop of stops.toReversed()) await Promise.resolve(stop()).catch(() => undefined);
    throw error;
  }
}

interface FleetParts {
  readonly checkpoints: FileCheckpoints;
  readonly journal: FileJournal | undefined;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly log: Log;
}

function startFleet(
  project: Project,
  { checkpoints, journal, clock, pace, log }: FleetParts,
): Promise<Fleet> {
  const { models, twins, checkpoint, kernel, alarms } = project;
  const most = Math.max(1, availableParallelism() - 1);
  const workers = project.workers ?? Math.max(1, Math.min(most, Math.ceil(twins.length / twinsPerWorker)));
  const told = new Set<string>();
  const options: WorkerOptions = {
    pace,
    ...(kernel === defaults.kernel ? {} : { kernel: { name: kernel, entry: workerEntry() } }),
    onNote: (text) => {
      // Every worker finds the same compiler missing.
      if (!told.has(text)) log.warn({}, text);
      told.add(text);
    },
  };
  return createFleet({
    models,
    twins,
    shards: createWorkerShards(workers, options),
    revive: (shard) => createWorkerShard(shard, options),
    clock,
    checkpoints,
    checkpointEveryMs: checkpoint.everyMs,
    alarms,
    ...(journal !== undefined && { journal }),
  });
}

/** As source while developing, compiled in the package. */
function workerEntry(): URL {
  return new URL(`./worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
}

/** Events of twins go into the log; the end of a worker ends the process. */
function reportEvents(fleet: Fleet, { log, onFailure }: ComposeOptions): void {
  const report = ({ twin, kind, severity, message }: TwinEvent): void => {
    const level = severity === 'critical' ? 'error' : severity === 'warning' ? 'warn' : 'info';
    log[level]({ twin, kind }, message);
    if (kind === 'worker-failed') onFailure?.(message);
  };
  // What was found of all together at the start, when nobody could listen yet.
  for (const event of fleet.events().toReversed()) if (event.twin === '*') report(event);
  fleet.onEvent(report);
}

type MqttAdapter = Pick<
  typeof import('../adapters/mqtt/index.ts'),
  'createEmbeddedBroker' | 'createBrokerClient' | 'stableClientId'
>;

function createTransport(project: Project, adapter: MqttAdapter, log: Log): MqttTransport {
  const { mqtt, listen, directory } = project;
  const transport =
    mqtt.kind === 'embedded'
      ? adapter.createEmbeddedBroker({ ...mqtt, hosts: addressesOf(listen) })
      : adapter.createBrokerClient({
          ...mqtt,
          clientId: mqtt.clientId ?? adapter.stableClientId(`${hostname()}:${directory}`),
        });
  transport.onStatus(({ level, message, hint }) =>
    log[levelOf(level)](hint === undefined ? {} : { hint }, message),
  );
  return transport;
}

interface HttpParts {
  readonly fleet: Fleet;
  readonly changes: TwinChanges;
  readonly publishing: ModelPublishing;
  readonly calibrations: CalibrationJobs;
  readonly rollouts: Rollouts;
  readonly history: RecordedHistory | undefined;
  readonly journal: FileJournal | undefined;
  readonly metrics: Metrics;
  readonly transport: MqttTransport;
  readonly log: Log;
  readonly version: string;
}

async function startHttp(
  project: Project,
  { history, journal, transport, ...parts }: HttpParts,
): Promise<HttpServer> {
  const { port, routes, allowHosts, allowOrigins } = project.http;
  const studio = studioDirectory();
  const { createHttpServer } = await import('../adapters/http/index.ts');
  const http = await createHttpServer({
    ...parts,
    ...(history === undefined ? {} : { history, historyFiles: history.files }),
    hosts: project.listen,
    port,
    routes,
    allowHosts,
    allowOrigins,
    readiness: {
      mqtt: () => readinessOf(transport),
      ...(journal !== undefined && { journal: () => readyUnless(journal.failure) }),
      ...(history !== undefined && { history: () => readyUnless(history.refusal()) }),
    },
    ...(studio === undefined ? {} : { studio }),
  });
  for (const note of http.notes) parts.log.info({}, note);
  return http;
}

/** The page stands beside dist/app in the package, and beside src in the repository. */
function studioDirectory(): string | undefined {
  const candidates = ['../studio', '../../studio'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return candidates.find((directory) => existsSync(directory));
}

function readinessOf(transport: MqttTransport): Readiness {
  const { state, detail } = transport.status();
  return state === 'up' ? { status: 'ok', detail } : { status: 'degraded', detail };
}

function readyUnless(failure: string | undefined): Readiness {
  return failure === undefined ? { status: 'ok' } : { status: 'degraded', detail: failure };
}

interface StartedParts {
  readonly http: HttpServer;
  readonly calibrations: CalibrationJobs;
  readonly rollouts: Rollouts;
  readonly transport: MqttTransport;
  readonly connection: { stop(): void };
  readonly fleet: Fleet;
  readonly metrics: Metrics;
  readonly journal: FileJournal | undefined;
  readonly history: RecordedHistory | undefined;
  readonly checkpoints: FileCheckpoints;
}

function stopInOrder(parts: StartedParts, log: Log): () => Promise<readonly string[]> {
  let stopping: Promise<readonly string[]> | undefined;
  const stop = async (): Promise<readonly string[]> => {
    const problems: string[] = [];
    const attempt = async (what: string, work: Promise<unknown>) => {
      await work.catch((error: unknown) => {
        problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      });
    };
    const farewell = Promise.all([
      attempt('closing the page', parts.http.stop()),
      attempt('closing MQTT', parts.transport.stop()),
    ]);
    await Promise.race([farewell, later(farewellMs)]);
    parts.connection.stop();
    await attempt('ending calibrations', parts.calibrations.close());
    await attempt('keeping the rollouts', parts.rollouts.stop());
    const failedBefore = parts.fleet.statistics().failedCheckpoints;
    await attempt('stopping the twins', parts.fleet.stop());
    if (parts.fleet.statistics().failedCheckpoints > failedBefore)
      problems.push('the last checkpoint was not written');
    parts.metrics.stop();
    if (parts.history !== undefined) await attempt('closing the history', parts.history.close());
    if (parts.journal !== undefined) await attempt('closing the journal', parts.journal.close());
    await attempt('releasing the checkpoints', parts.checkpoints.close());
    for (const problem of problems) log.error({}, problem);
    return problems;
  };
  return () => (stopping ??= stop());
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}

/** `localhost` reads better than the addresses that it stands for. */
function pageOf(project: Project, http: HttpServer): string {
  if (project.listen.includes('localhost')) return `http://localhost:${http.port}`;
  return http.addresses[0] ?? '';
}

function brokerOf(project: Project, transport: MqttTransport): string {
  const [address = ''] = transport.status().addresses;
  const local = project.mqtt.kind === 'embedded' && project.listen.includes('localhost');
  return local ? address.replace('127.0.0.1', 'localhost') : address;
}
