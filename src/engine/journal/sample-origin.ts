/**
 * Where a sample stands in the journal, as one number: that of its record, and its place among the samples in there.
 *
 * With it a checkpoint can refer to a sample instead of having it.
 */

/** Places that can be told apart, and records: beyond them a sample has no origin, and is written out. */
const limits = { places: 1024, records: 2 ** 42 } as const;

/** Of a sample that is not in the journal. */
export const nowhere = Number.NaN;

/** @param of - number of the record, and the sample's place in it, from 0. */
export function originOf({ record, place }: { readonly record: number; readonly place: number }): number {
  return place < limits.places && record < limits.records ? record * limits.places + place : nowhere;
}

export function recordOf(origin: number): number {
  return Math.floor(origin / limits.places);
}
