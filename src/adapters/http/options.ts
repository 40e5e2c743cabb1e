/** What the HTTP server is given, and what it gives back. */

import type { FastifyInstance } from 'fastify';
import type Type from 'typebox';
import type { Diagnostic } from '../../core/diagnose/index.ts';
import type { SourceText } from '../../core/document/index.ts';
import type { Model } from '../../core/model/index.ts';
import type { Fleet, History, HistoryFiles, RolloutService, TwinInfo } from '../../engine/index.ts';
import type * as schemas from './calibration-schemas.ts';
import type { PastReader } from './past/index.ts';

/** The part of a structured logger that is used here; pino's fits. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A route of the project's own, such as `GET /state`. */
export interface RouteDefinition {
  readonly twin: string;
  /** `plain`: an object of just the states; `full`: the whole snapshot. */
  readonly reply: 'plain' | 'full';
  /** POST only: how far a request steps the twin. */
  readonly stepSeconds?: number;
  /** POST only: inputs that each request must give; they hold for this step. */
  readonly inputs?: readonly string[];
}

/** One of the things that must be well before `/ready` says so. */
export interface Readiness {
  readonly status: 'ok' | 'degraded' | 'failing';
  readonly detail?: string;
}

export interface HttpLimits {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** Open connections per address. */
  readonly connections: number;
  readonly requestTimeoutMs: number;
  readonly stream: StreamLimits;
}

export interface StreamLimits {
  readonly readers: number;
  /** Largest message from a client. */
  readonly messageBytes: number;
  /** Messages a client may send in a second, and in a burst. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** Unsent bytes of a reader from which on only the newest values are kept for it. */
  readonly bufferedBytes: number;
  /** A reader that reads nothing for so long is closed. */
  readonly stuckMs: number;
  /** How often slow readers are looked after. */
  readonly sweepMs: number;
  /** How often a ping is sent; a reader that has not answered the one before is closed. */
  readonly heartbeatMs: number;
}

export const defaultLimits: HttpLimits = {
  bodyBytes: 1_048_576,
  headerBytes: 16_384,
  connections: 4096,
  requestTimeoutMs: 30_000,
  stream: {
    readers: 2000,
    messageBytes: 65_536,
    messagesPerSecond: 20,
    messageBurst: 50,
    bufferedBytes: 262_144,
    stuckMs: 30_000,
    sweepMs: 250,
    heartbeatMs: 30_000,
  },
};

/** How twins are added and removed, by the rules of the project. */
export interface TwinChanges {
  /** The JSON Schema of what describes a twin. */
  readonly schema: object;
  /** The new twin, or what is wrong with its description. Rejects with a GemelError if it cannot be added. */
  add(id: string, entry: unknown): Promise<TwinInfo | { readonly problems: readonly TwinProblem[] }>;
  remove(id: string): Promise<void>;
}

/** How models are published, by the rules of the project. */
export interface ModelPublishing {
  /** The model, or what is wrong with the document. Rejects with a GemelError if it cannot be published. */
  publish(
    source: SourceText,
  ): Promise<
    | { readonly model: Model; readonly isNew: boolean }
    | { readonly diagnostics: readonly Diagnostic[]; readonly source: SourceText }
  >;
}

export interface TwinProblem {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string;
}

/** Fits of models to records, as jobs. */
export interface Calibrations {
  /** @throws GemelError `CALIBRATION_BUSY` */
  start(model: Model, request: CalibrationRequest): CalibrationJobView;
  get(id: string): CalibrationJobView | undefined;
  /** The newest first. */
  list(): readonly CalibrationJobView[];
  stop(id: string): void;
  /** @returns what ends it. */
  onChange(listener: (job: CalibrationJobView) => void): () => void;
}

type CalibrationRequest = Type.Static<typeof schemas.CalibrationRequest>;

/** A job as the service that runs it tells of it: times in milliseconds, its parts as they are shown. */
export interface CalibrationJobView
  extends Pick<schemas.CalibrationReply, 'id' | 'model' | 'state' | 'progress'> {
  readonly createdMs: number;
  readonly endedMs?: number;
  readonly result?: object;
  readonly problem?: object;
}

export interface HttpOptions {
  readonly fleet: Fleet;
  /** Absent: nothing is calibrated here. */
  readonly calibrations?: Calibrations;
  /** Absent: the twins are those of the start. */
  readonly changes?: TwinChanges;
  /** Absent: the models are those of the start. */
  readonly publishing?: ModelPublishing;
  /** Absent: nothing is recorded. */
  readonly history?: History;
  /** Absent: the history is neither given nor taken as a file. */
  readonly historyFiles?: HistoryFiles;
  /** Absent: versions of models are not changed here. */
  readonly rollouts?: RolloutService;
  /** Addresses to listen on; `localhost` stands for both loopback addresses. Default `['localhost']`. */
  readonly hosts?: readonly string[];
  /** 0 takes a free one. Default 8080. */
  readonly port?: number;
  /** Keys such as `GET /state` and `POST /update`. */
  readonly routes?: Readonly<Record<string, RouteDefinition>>;
  /** Rendered at `/metrics`. */
  readonly metrics?: { render(): Promise<string>; readonly contentType: string };
  /** Directory whose `index.html` is shown at `/`, its files at `/studio/`. */
  readonly studio?: string;
  /** Further directories with the modules of the page, by path: `{ '/src/core/': '/…/src/core' }`. */
  readonly modules?: Readonly<Record<string, string>>;
  /** By name, such as `mqtt`; asked at each `/ready`. The fleet's own check is always there. */
  readonly readiness?: Readonly<Record<string, () => Readiness>>;
  readonly log?: Log;
  /** Shown in `/health` and in the OpenAPI document. */
  readonly version?: string;
  /** Further names under which this server is reached, accepted in `Host`. */
  readonly allowHosts?: readonly string[];
  /** Origins of other pages that may write and stream. */
  readonly allowOrigins?: readonly string[];
  readonly limits?: Partial<Omit<HttpLimits, 'stream'>> & { readonly stream?: Partial<StreamLimits> };
}

interface HttpStatistics {
  /** Answered requests by method, route and status. */
  readonly requests: readonly RequestCount[];
  readonly stream: StreamStatistics;
}

export interface RequestCount {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly count: number;
}

export interface StreamStatistics {
  readonly readers: number;
  /** States that slow readers were not sent because newer ones had come. */
  readonly missed: number;
  /** Messages sent to readers. */
  readonly sent: number;
  /** Readers closed because they read nothing. */
  readonly stuck: number;
}

export interface HttpServer {
  /** URLs, the one to show first. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Things a person may want to know, such as that there is no IPv6. */
  readonly notes: readonly string[];
  statistics(): HttpStatistics;
  /** Closes streams with a word, lets requests finish for two seconds, and stops listening. */
  stop(): Promise<void>;
}

/** What routes are built from. */
export interface RouteContext {
  readonly past: PastReader;
  readonly app: FastifyInstance;
  readonly fleet: Fleet;
  readonly version: string;
  readonly startedMs: number;
}
