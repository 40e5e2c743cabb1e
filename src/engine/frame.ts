/**
 * A frame: the twins of one block at one tick, as numbers. Shards make them, snapshots read them, nobody writes
 * to them again.
 *
 * Layout   column c of lane j is `values[c * lanes + j]`; SI throughout, NaN where there is nothing.
 *          The first columns are copies of the block's memory, the last ones, the notes, are what the engine
 *          itself keeps of each twin.
 */

import type { Model } from '../core/model/index.ts';

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
  /** Where the notes begin; they go on to the end. */
  readonly notes: number;
  /** Event time of the newest sample of each input. */
  readonly inputTimes: number;
  /** Newest sample of each measurement, its event time, and how far it was from the prediction then. */
  readonly measured: number;
  readonly measuredTimes: number;
  readonly innovations: number;
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
  const copied = {
    elapsedSeconds: take(1),
    states: take(states.length),
    inputs: take(inputs.length),
    outputs: take(outputs.length),
    predictions: take(measurements.length),
    heldMin: take(states.length),
    heldMax: take(states.length),
  };
  const notes = columns;
  const noted = {
    inputTimes: take(inputs.length),
    measured: take(measurements.length),
    measuredTimes: take(measurements.length),
    innovations: take(measurements.length),
    status: take(1),
    beliefMs: take(1),
    ticks: take(1),
  };
  return { columns, ...copied, notes, ...noted };
}
