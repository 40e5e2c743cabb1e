/**
 * A checked model: what the rest of the program works with once a document has passed every check.
 *
 * All numbers are SI (in a model with `units: unchecked`, the numbers as written). Order is the document's
 * order everywhere, so an index found once serves every array.
 */

import type { Graph, NodeId } from '../graph/index.ts';
import type { Unit } from '../units/index.ts';
import type { ModelDocument } from './schema.ts';

/** What every named quantity has. `min` and `max` are SI. */
export interface Signal {
  readonly name: string;
  readonly title?: string;
  readonly unit: Unit;
  readonly min?: number;
  readonly max?: number;
}

export interface Input extends Signal {
  /** The value until a sample comes. Without it, a twin waits for its first sample. */
  readonly default?: number;
}

export interface Parameter extends Signal {
  readonly value: number;
  /** Whether calibration may fit it from data. */
  readonly calibrate: boolean;
  /** Standard deviation of `value` before calibration, SI; absent: any value within bounds is as likely. */
  readonly uncertainty?: number;
}

export interface State extends Signal {
  readonly start: number;
  readonly kind: 'continuous' | 'discrete';
  /** Period of a discrete state's update; absent: once a tick. */
  readonly everySeconds?: number;
  /** Process noise: unit/√s for a continuous state, unit for a discrete one; standard deviation, SI. */
  readonly noise?: number;
  /** Standard deviation of `start`, SI; 0: known exactly. */
  readonly uncertainty: number;
}

/** A named intermediate equation. */
export type Output = Signal;

export interface Measurement extends Signal {
  /** Standard deviation of the sensor's noise, SI. */
  readonly noise?: number;
}

export interface When {
  readonly name: string;
  /** Text of the event it raises; absent: it only resets states. */
  readonly message?: string;
  readonly severity: 'info' | 'warning' | 'critical';
}

/** A quantity that wears, and the limit at which the machine counts as failed. */
export interface Health {
  readonly name: string;
  readonly of: string;
  readonly nominal: number;
  readonly limit: number;
  readonly failsWhen: 'below' | 'above';
}

/** The model's mathematics: roots in one expression graph, in SI. */
export interface ModelEquations {
  readonly graph: Graph;
  /** What `load(slot)` reads: time, dt, then the states, inputs and parameters, each group in model order. */
  readonly slots: {
    readonly time: number;
    readonly dt: number;
    readonly states: number;
    readonly inputs: number;
    readonly parameters: number;
    readonly count: number;
  };
  /** Per state: der(x), SI per second; undefined for a discrete one. */
  readonly derivatives: readonly (NodeId | undefined)[];
  /** Per state: next(x); undefined for a continuous one. */
  readonly next: readonly (NodeId | undefined)[];
  readonly outputs: readonly NodeId[];
  /** Per measurement: what its sensor should read. */
  readonly predictions: readonly NodeId[];
  /** Per measurement: the condition under which a sample corrects the states; absent: always. */
  readonly validities: readonly (NodeId | undefined)[];
  readonly whens: readonly WhenEquations[];
}

interface WhenEquations {
  readonly condition: NodeId;
  readonly resets: readonly { readonly state: number; readonly value: NodeId }[];
}

/** How continuous states are integrated; the first two with a fixed step. */
export type Method = 'euler' | 'rk4' | 'tsit5' | 'rodas5p' | 'auto';

/** Whether the method chooses its steps itself. */
export function isAdaptive(method: Method): boolean {
  return method !== 'euler' && method !== 'rk4';
}

/** How samples correct the states. */
export interface Filter {
  /** `none` also where no measurement has noise, for then nothing says how far a sample is to be believed. */
  readonly method: 'unscented' | 'extended' | 'ensemble' | 'none';
  /** Size of the ensemble. */
  readonly members: number;
  /** Standard deviations from what is expected beyond which a sample is left out. */
  readonly gate: number;
  /** So many samples of a sensor may be left out in a row; the next one is believed, whatever the gate says. */
  readonly patience: number;
}

/** How soon a drift or a fault is believed. */
export interface Detect {
  /** Mean time between false alarms of a twin, all its tests together. */
  readonly falseAlarmSeconds: number;
  /** Samples of each sensor that teach what is usual. */
  readonly learnSamples: number;
}

export interface Model {
  readonly name: string;
  readonly version: string;
  /** `name@version`. */
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  /** False where the document says `units: unchecked`: numbers are then computed as they stand. */
  readonly unitsChecked: boolean;
  readonly method: Method;
  /** Largest step of the solver. Infinite for an adaptive method unless the document sets it. */
  readonly stepSeconds: number;
  /** Relative error that an adaptive method allows in a step. */
  readonly tolerance: number;
  readonly filter: Filter;
  /** Absent: drifts and faults are not looked for. */
  readonly detect?: Detect;
  readonly inputs: readonly Input[];
  readonly parameters: readonly Parameter[];
  readonly states: readonly State[];
  readonly outputs: readonly Output[];
  readonly measurements: readonly Measurement[];
  readonly whens: readonly When[];
  readonly health: readonly Health[];
  readonly equations: ModelEquations;
  /** The document as plain data: what workers and browsers are sent. */
  readonly document: ModelDocument;
}
