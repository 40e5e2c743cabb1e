/**
 * A frame: the twins of one block at one tick, as numbers. Shards make them, snapshots read them, nobody writes
 * to them again.
 *
 * Layout   column c of lane j is `values[c * lanes + j]`; SI throughout, NaN where there is nothing.
 *          The first columns are copies of the block's memory, the last ones, the notes, are what the engine
 *          itself keeps of each twin, as far as readers are shown it.
 */

import { isFiltered } from '../../core/estimate/index.ts';
import type { Model } from '../../core/model/index.ts';

/** First column of each group, one column an element in model order. */
export interface FrameLayout {
  readonly columns: number;
  readonly elapsedSeconds: number;
  readonly states: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly predictions: number;
  readonly heldMin: number;
  readonly heldMax: number;
  /** Standard deviation of each state; `uncertaintyCount` of them, none if the model is not filtered. */
  readonly uncertainties: number;
  readonly uncertaintyCount: number;
  /** Standard deviation of the quantity of each health; `healthDeviationCount` of them, none if the model is not filtered. */
  readonly healthDeviations: number;
  readonly healthDeviationCount: number;
  /** One a `when`: 1 while its condition holds. */
  readonly whenTruth: number;
  /** Where the notes begin and end. Those from `columns` on are kept in the block, and are in no frame. */
  readonly notes: number;
  readonly notesEnd: number;
  /** Event time of the newest sample of each input. */
  readonly inputTimes: number;
  /** Newest sample of each measurement, its event time, and how far it was from the prediction then. */
  readonly measured: number;
  readonly measuredTimes: number;
  readonly innovations: number;
  /** Standard deviation of that innovation; NaN if the sample was only compared. */
  readonly deviations: number;
  /** 1 if the gate left the newest sample out. */
  readonly rejected: number;
  /** Of the samples of each measurement: the usual time between two in milliseconds, and how many were seen, up to a few. */
  readonly intervals: number;
  readonly seen: number;
  /** 1 while no sample has come for much longer than usual. */
  readonly silent: number;
  /** Samples of each measurement that the gate left out in a row. */
  readonly rejectedRuns: number;
  /** How often in a row the belief had to be begun anew without a good tick between. */
  readonly resets: number;
  /** A number of `statusCodes`. */
  readonly status: number;
  readonly beliefMs: number;
  readonly ticks: number;
}

export const statusCodes = { running: 0, waiting: 1, quarantined: 2 } as const;

export interface Frame {
  readonly values: Float64Array;
  readonly lanes: number;
}

export function frameLayoutOf(model: Model): FrameLayout {
  let columns = 0;
  const take = (count: number): number => {
    const first = columns;
    columns += count;
    return first;
  };
  const { states, inputs, outputs, measurements } = model;
  const uncertaintyCount = isFiltered(model) ? states.length : 0;
  const healthDeviationCount = isFiltered(model) ? model.health.length : 0;
  const copied = {
    elapsedSeconds: take(1),
    states: take(states.length),
    inputs: take(inputs.length),
    outputs: take(outputs.length),
    predictions: take(measurements.length),
    heldMin: take(states.length),
    heldMax: take(states.length),
    uncertainties: take(uncertaintyCount),
    uncertaintyCount,
    healthDeviations: take(healthDeviationCount),
    healthDeviationCount,
    whenTruth: take(model.whens.length),
  };
  const notes = columns;
  const noted = {
    inputTimes: take(inputs.length),
    measured: take(measurements.length),
    measuredTimes: take(measurements.length),
    innovations: take(measurements.length),
    deviations: take(measurements.length),
    rejected: take(measurements.length),
    silent: take(measurements.length),
    resets: take(1),
    status: take(1),
    beliefMs: take(1),
    ticks: take(1),
  };
  const shown = columns;
  const kept = {
    intervals: take(measurements.length),
    seen: take(measurements.length),
    rejectedRuns: take(measurements.length),
  };
  return { columns: shown, ...copied, notes, ...noted, ...kept, notesEnd: columns };
}
