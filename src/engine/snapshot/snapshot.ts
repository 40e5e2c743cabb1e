/**
 * A snapshot: an immutable copy of a twin at a tick. Every reader gets one; none holds a reference into
 * live state. Values are in the model document's own units.
 */

import type { HealthReading } from './health.ts';

export type TwinStatus = 'running' | 'waiting' | 'quarantined';

export interface Snapshot {
  readonly twin: string;
  /** `Model.id`. */
  readonly model: string;
  /** How many ticks the twin has made. */
  readonly tick: number;
  /** The time of the belief: when the newest tick that moved the twin was due. Stands still while it waits. */
  readonly timeMs: number;
  /** Model time: seconds since the twin's birth. */
  readonly elapsedSeconds: number;
  readonly status: TwinStatus;
  /** Inputs without default, configured value or sample. */
  readonly waitingFor: readonly string[];
  /** States that a bound holds. */
  readonly held: readonly HeldState[];
  /** Measurements that have not come for much longer than usual. */
  readonly silent: readonly string[];
  /** The values below are NaN where there is none. An unknown name throws GemelError `SIGNAL_UNKNOWN`. */
  state(name: string): number;
  /** Standard deviation of a state, a difference in its unit; NaN where nothing is estimated. */
  uncertainty(name: string): number;
  output(name: string): number;
  input(name: string): number;
  measurement(name: string): MeasurementReading;
  health(name: string): HealthReading;
  /** Event time of the newest sample of an input; undefined if it never had one. */
  inputTimeMs(name: string): number | undefined;
  /** The whole snapshot as JSON text; made once. */
  toJson(): string;
  /** Only the states, in the document's order: `{"temperature":71.2}`; made once. */
  plain(): string;
}

export interface HeldState {
  readonly state: string;
  readonly bound: 'min' | 'max';
}

export interface MeasurementReading {
  /** The newest sample and its event time. */
  readonly measured?: number;
  readonly timeMs?: number;
  /** What the model says the sensor reads at the snapshot's own time; NaN if that is not finite. */
  readonly expected: number;
  /** Sample minus prediction, both at the sample's own time. */
  readonly innovation?: number;
  /** Standard deviation of the innovation; absent where the sample was only compared. */
  readonly deviation?: number;
  /** True if the sample was too far off to be true, and was left out. */
  readonly rejected?: true;
}
