/** Versions of models, changed while their twins run: what the rest of the program sees of it. See docs/model-versions.md. */

import type { AheadError } from '../protocol/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { TwinInfo } from '../twin/index.ts';

export interface FleetVersions {
  /**
   * Begins a trial: a lane of another version of the twin's model beside the live one, its shadow, which starts with the twin's
   * belief and is given the same samples. `model` is a `Model.id`. Resolves once the shadow runs.
   *
   * Rejects with GemelError `TWIN_UNKNOWN`, `MODEL_UNKNOWN`, `TRIAL_RUNS`, `TRIAL_INVALID`, `TRIAL_SIGNALS`, `MIGRATION_INVALID`,
   * `VALUE_OUT_OF_BOUNDS`, `DURATION_RANGE`, `MODEL_TOO_LARGE`, `JOURNAL_UNWRITABLE`, `FLEET_STOPPED` or `WORKER_FAILED`.
   */
  beginShadow(id: string, model: string): Promise<void>;
  /**
   * Exchanges the lanes of a trial between two ticks: the shadow goes live, and the other runs on as its shadow, so that swapping
   * again loses nothing. Ticks up to `atMs` are the old version's, later ones the new one's. Resolves once readers see the new one.
   *
   * Rejects with GemelError `TWIN_UNKNOWN`, `TRIAL_UNKNOWN`, `JOURNAL_UNWRITABLE`, `FLEET_STOPPED` or `WORKER_FAILED`.
   */
  swapShadow(id: string): Promise<{ readonly atMs: number }>;
  /** Ends a trial: the shadow goes. Rejects as `swapShadow` does. */
  endShadow(id: string): Promise<void>;
  /** What runs in the shadow of a twin; undefined if nothing does. */
  shadow(id: string): TwinInfo | undefined;
  shadowSnapshot(id: string): Snapshot | undefined;
  /** Returns the function that ends it. A listener must not throw. */
  onShadowTick(listener: (tick: ShadowTick) => void): () => void;
}

/** Both lanes of a trial have published a tick. */
export interface ShadowTick {
  readonly twin: string;
  readonly atMs: number;
  readonly live: TrialTick;
  readonly shadow: TrialTick;
  /** Once every lateness of the twin; otherwise empty. */
  readonly ahead: readonly AheadError[];
}

/** By measurement: its newest sample, if there was a new one since the tick before. */
export type TrialTick = ReadonlyMap<string, TrialReading>;

/** SI. */
export interface TrialReading {
  readonly timeMs: number;
  /** Sample less prediction. */
  readonly innovation: number;
  /** Of the innovation; NaN where the sample was only compared. */
  readonly deviation: number;
  /** Whether the gate left the sample out. */
  readonly rejected: boolean;
}
