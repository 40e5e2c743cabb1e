/** A checked project: what `compose` needs, with every name resolved and every number in SI. */

import type { Publication } from '../adapters/mqtt/index.ts';
import type { Model } from '../core/model/index.ts';
import type { AlarmSettings, TwinConfig } from '../engine/index.ts';
import type { KernelName } from './options.ts';

export interface Project {
  /** Where gemel.yaml stands; absolute. */
  readonly directory: string;
  /** `localhost`, or addresses. */
  readonly listen: readonly string[];
  readonly http: HttpSettings;
  readonly mqtt: EmbeddedBroker | ExternalBroker;
  /** Absent: as many as the fleet needs. */
  readonly workers?: number;
  readonly kernel: KernelName;
  readonly checkpoint: { readonly directory: string; readonly everyMs: number; readonly archiveMs: number };
  readonly alarms: Partial<AlarmSettings>;
  /** Absent: samples are acknowledged without being kept. */
  readonly journal?: { readonly directory: string; readonly keepMs: number };
  /** Absent: nothing is recorded. */
  readonly history?: {
    readonly place: HistoryPlace;
    readonly everyMs: number;
    readonly keepMs: number;
    readonly keepSummariesMs: number;
  };
  /** Also those that no twin uses: one may come. */
  readonly models: readonly Model[];
  readonly twins: readonly TwinConfig[];
  /** One for each twin, in the same order. */
  readonly publications: readonly Publication[];
}

/** A file, or a PostgreSQL database. */
export type HistoryPlace = { readonly file: string } | { readonly postgres: HistoryDatabase };

interface HistoryDatabase {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  /** Absent: the default. */
  readonly schema?: string;
}

export interface HttpSettings {
  readonly port: number;
  readonly routes: Readonly<Record<string, ProjectRoute>>;
  readonly allowHosts: readonly string[];
  readonly allowOrigins: readonly string[];
}

export interface ProjectRoute {
  readonly twin: string;
  readonly reply: 'full' | 'plain';
  readonly stepSeconds?: number;
  readonly inputs?: readonly string[];
}

export interface EmbeddedBroker {
  readonly kind: 'embedded';
  readonly port: number;
  readonly limits?: { readonly clients?: number; readonly clientsPerAddress?: number };
}

/** Certificates are the contents of their files. */
export interface ExternalBroker {
  readonly kind: 'external';
  readonly url: string;
  /** Absent: made from the computer and the directory. */
  readonly clientId?: string;
  readonly user?: string;
  readonly password?: string;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}
