/** What a fleet is told of each twin. Numbers are SI (in a model with `units: unchecked`, as they stand). */

import type { Model } from '../../core/model/index.ts';
import type { Unit } from '../../core/units/index.ts';

export interface TwinConfig {
  /** Stands in topics and addresses: letters, digits and `. _ : -`, at most 128. */
  readonly id: string;
  /** `Model.id`: name@version. */
  readonly model: string;
  readonly periodMs: number;
  /** Values that replace those of the model, by name. */
  readonly parameters: Readonly<Record<string, number>>;
  /** What an input is until a sample comes. */
  readonly inputs: Readonly<Record<string, number>>;
  readonly start: Readonly<Record<string, number>>;
  readonly bindings: readonly Binding[];
  /** Where JSON objects with signals by name come. Default: `gemel/{id}/telemetry`. */
  readonly telemetryTopic?: string;
  /** How much older than now a sample may be. */
  readonly latenessMs: number;
  /** How far in the future a sample may be, and waits for its tick. */
  readonly futureMs: number;
  /** How many samples may wait for their tick. */
  readonly queueLimit: number;
  /** Twins with the same group can be named together. Formed as ids are. */
  readonly group?: string;
  /** Why the machine is out of service: its alarms are then suppressed. */
  readonly outOfService?: string;
}

export interface TwinInfo {
  readonly config: TwinConfig;
  readonly model: Model;
}

/** One number in the payloads of one topic that feeds one input or measurement. */
export interface Binding {
  readonly signal: string;
  /** An exact topic, without wildcards. */
  readonly topic: string;
  /** Path of the value; absent: the payload is the number. */
  readonly field?: FieldPath;
  readonly unit: Unit;
  /** Path of the event time; absent: the time of arrival. */
  readonly timeField?: FieldPath;
  readonly timeFormat: TimeFormat;
}

export type FieldPath = readonly (string | number)[];

/** `auto`: ISO 8601 text, or a number that is seconds below 1e11 and milliseconds from there on. */
export type TimeFormat = 'auto' | 'iso' | 's' | 'ms' | 'arrival';

/** What stands where a project says nothing. */
export const twinDefaults = {
  periodMs: 1000,
  latenessMs: 10_000,
  futureMs: 5000,
  queueLimit: 1024,
} as const;

/** The filter of the default telemetry topics: how messages of twins that nobody knows are noticed. */
export const defaultTelemetryFilter = 'gemel/+/telemetry';

export function defaultTelemetryTopic(id: string): string {
  return `gemel/${id}/telemetry`;
}
