/** Which rows of a record are fitted and tested, and whether they can tell anything. */

import { GemelError } from '../diagnose/index.ts';
import type { Model } from '../model/index.ts';
import type { Unknown } from './free.ts';
import type { RowRange } from './objective.ts';
import type { Recording } from './recording.ts';
import { readWindow } from './times.ts';

export interface Split {
  readonly train: RowRange;
  readonly test?: RowRange;
  /** Where simulations begin, and end. */
  readonly first: number;
  readonly last: number;
  /** Indices of the measurements that the record has. */
  readonly measured: readonly number[];
}

/** @throws GemelError `RECORD_WINDOW` */
export function splitRows(
  { times, measurements }: Recording,
  { train = ':', test }: { readonly train?: string; readonly test?: string },
): Split {
  const fitted = rowsOf(train, times);
  const tested = test === undefined ? undefined : rowsOf(test, times);
  return {
    train: fitted,
    ...(tested === undefined ? {} : { test: tested }),
    first: Math.min(fitted.first, tested?.first ?? Infinity),
    last: Math.max(fitted.last, tested?.last ?? 0),
    measured: [...measurements.keys()].filter((index) => measurements[index] !== undefined),
  };
}

function rowsOf(text: string, times: Float64Array): RowRange {
  const { from, to } = readWindow(text, times.at(-1) ?? 0);
  const first = times.findIndex((time) => time >= from);
  const last = times.findLastIndex((time) => time <= to);
  if (first >= 0 && last > first) return { first, last };
  throw new GemelError('RECORD_WINDOW', `\`${text}\` holds fewer than two rows of the record`, {
    hint: 'make it longer',
  });
}

/** The values of a measurement in some rows, without the gaps. */
export function samplesOf(recording: Recording, measurement: number, { first, last }: RowRange): number[] {
  const values = recording.measurements[measurement]?.subarray(first, last + 1) ?? [];
  return [...values].filter((value) => !Number.isNaN(value));
}

/**
 * Refuses a record that cannot determine anything.
 *
 * @returns what a deviation of each measurement counts as before any is known: a tenth of how far the signal moves.
 * @throws GemelError `RECORD_TOO_SHORT`, `RECORD_CONSTANT`, `INPUT_MISSING`
 */
export function checkData(
  model: Model,
  recording: Recording,
  { split, unknowns }: { readonly split: Split; readonly unknowns: readonly Unknown[] },
): number[] {
  const samples = model.measurements.map((_, index) => samplesOf(recording, index, split.train));
  const count = samples.reduce((sum, values) => sum + values.length, 0);
  if (count <= unknowns.length) {
    throw new GemelError(
      'RECORD_TOO_SHORT',
      `${count} measured values cannot determine ${unknowns.length} unknowns`,
      { hint: 'give a longer record, or a longer stretch of it, or fit fewer parameters' },
    );
  }
  const moving = samples.some((values) => spreadOf(values) > 0);
  if (!moving) {
    const names = split.measured.map((index) => `\`${model.measurements[index]?.name}\``).join(', ');
    throw new GemelError('RECORD_CONSTANT', `nothing changes in what is measured: ${names}`, {
      hint: 'take a stretch of the record in which the machine is moved',
    });
  }
  for (const [index, { name, default: otherwise }] of model.inputs.entries()) {
    if (recording.inputs[index] === undefined && otherwise === undefined) {
      throw new GemelError('INPUT_MISSING', `the record has no input \`${name}\`, and it has no default`);
    }
  }
  return model.measurements.map(({ noise = 0 }, index) => {
    const spread = spreadOf(samples[index] ?? []);
    const size = Math.abs(samples[index]?.[0] ?? 0);
    return Math.max(noise, 0.1 * spread) || 1e-3 * size || 1;
  });
}

/** Inputs of the model that stand still in the rows: nothing can be learnt of how it answers to them. */
export function constantInputs(model: Model, recording: Recording, { first, last }: RowRange): string[] {
  return model.inputs.flatMap(({ name }, index) => {
    const values = recording.inputs[index]?.subarray(first, last + 1);
    return values !== undefined && spreadOf(values) === 0 ? [name] : [];
  });
}

/** Standard deviation. */
function spreadOf(values: ArrayLike<number>): number {
  const list = Array.from(values);
  if (list.every((value) => value === list[0])) return 0;
  const middle = list.reduce((sum, value) => sum + value, 0) / list.length;
  return Math.sqrt(list.reduce((sum, value) => sum + (value - middle) ** 2, 0) / list.length);
}
