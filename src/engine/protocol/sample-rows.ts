/** Samples as rows of numbers: what travels to shards, and what checkpoints have of them. */

/** Numbers of a sample in its row. */
export const sampleColumns = {
  twin: 0,
  signal: 1,
  timeMs: 2,
  value: 3,
  receivedMs: 4,
  origin: 5,
  count: 6,
} as const;

/** A sample on its way, by numbers: of the twin in the fleet (in a checkpoint: of its part), and of the signal in its model. */
export interface Sample {
  readonly twin: number;
  readonly signal: number;
  readonly timeMs: number;
  /** SI. */
  readonly value: number;
  readonly receivedMs: number;
  /** Where it stands in the journal; see sample-origin.ts. */
  readonly origin: number;
}

/** Writes the row that begins at this place. */
export function putSample(rows: Float64Array, at: number, sample: Sample): void {
  rows[at + sampleColumns.twin] = sample.twin;
  rows[at + sampleColumns.signal] = sample.signal;
  rows[at + sampleColumns.timeMs] = sample.timeMs;
  rows[at + sampleColumns.value] = sample.value;
  rows[at + sampleColumns.receivedMs] = sample.receivedMs;
  rows[at + sampleColumns.origin] = sample.origin;
}

/** A sample that is overwritten by the next one, for who reads a great many. */
export type SampleScratch = { -readonly [Name in keyof Sample]: Sample[Name] };

/** Numbers that are none: so an engine keeps all of them as it will keep those that come, without a box for each. */
export function sampleScratch(): SampleScratch {
  const { NaN: none } = Number;
  return { twin: none, signal: none, timeMs: none, value: none, receivedMs: none, origin: none };
}

/** The row that begins at this place, in `into`; beyond the end, numbers that mean nothing. */
export function sampleAt(rows: Float64Array, at: number, into: SampleScratch): Sample {
  into.twin = rows[at + sampleColumns.twin] ?? -1;
  into.signal = rows[at + sampleColumns.signal] ?? -1;
  into.timeMs = rows[at + sampleColumns.timeMs] ?? Number.NaN;
  into.value = rows[at + sampleColumns.value] ?? Number.NaN;
  into.receivedMs = rows[at + sampleColumns.receivedMs] ?? Number.NaN;
  into.origin = rows[at + sampleColumns.origin] ?? Number.NaN;
  return into;
}
