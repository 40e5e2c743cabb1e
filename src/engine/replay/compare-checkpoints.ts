/**
 * Two checkpoints of the same moment, twin by twin and bit for bit: what was saved, and what a replay has come to.
 *
 * Only twins that are taken at the same time can be compared. What detection remembers is left out: it goes by what was told in
 * the life of one process.
 */

import { type CheckpointPart, sampleColumns } from '../protocol/index.ts';

/** Something of a twin that is other than it was. */
export interface Difference {
  readonly twin: string;
  /** Unix milliseconds. */
  readonly atMs: number;
  /** A column of the checkpoint, such as `state level`, or a signal. */
  readonly what: string;
  /** Of the two values; absent: SI. */
  readonly unit?: string;
  readonly recorded: number;
  readonly replayed: number;
}

export interface Compared {
  /** Twins that could be compared. */
  readonly twins: number;
  /** Twins that are there at another time, or not at all. */
  readonly apart: number;
  /** One a twin at most: the first number that differs. */
  readonly differences: readonly Difference[];
}

/** @param only - the twins to look at. */
export function compareCheckpoints(
  saved: CheckpointPart,
  replayed: readonly CheckpointPart[],
  only: ReadonlySet<string>,
): Compared {
  // A twin in a trial has a lane of each version.
  const places = new Map(
    replayed
      .filter(({ model }) => model === saved.model)
      .flatMap((part) => placesOf(part).map((place, row) => [part.twins[row], place])),
  );
  const own = placesOf(saved);
  const differences: Difference[] = [];
  let twins = 0;
  let apart = 0;
  for (const [row, id] of saved.twins.entries()) {
    if (!only.has(id)) continue;
    const there = places.get(id);
    const atMs = saved.beginsMs?.[row];
    if (there === undefined || atMs === undefined || there.part.beginsMs?.[there.row] !== atMs) {
      apart++;
      continue;
    }
    twins++;
    const here = own[row];
    const difference = here && differenceOf(here, there);
    if (difference !== undefined) differences.push({ twin: id, atMs, ...difference });
  }
  return { twins, apart, differences };
}

/** A twin in a part. */
interface Place {
  readonly part: CheckpointPart;
  readonly row: number;
  /** Where its samples stand. */
  readonly samples: number[];
}

function placesOf(part: CheckpointPart): Place[] {
  const places = part.twins.map((_, row): Place => ({ part, row, samples: [] }));
  for (let at = 0; at < part.queued.length; at += sampleColumns.count)
    places[part.queued[at + sampleColumns.twin] ?? -1]?.samples.push(at);
  return places;
}

type NumberDifference = Pick<Difference, 'what' | 'recorded' | 'replayed'>;

function differenceOf(saved: Place, replayed: Place): NumberDifference | undefined {
  const columns = new Map(replayed.part.columns.map((name, index) => [name, index]));
  for (const [index, what] of saved.part.columns.entries()) {
    const other = columns.get(what);
    if (other === undefined || what.startsWith('detect ')) continue;
    const [one, two] = [numberAt(saved, index), numberAt(replayed, other)];
    if (!Object.is(one, two)) return { what, recorded: one, replayed: two };
  }
  return differenceOfQueues(samplesOf(saved), samplesOf(replayed));
}

function numberAt({ part, row }: Place, column: number): number {
  return part.values[column * part.twins.length + row] ?? Number.NaN;
}

interface Waiting {
  readonly signal: string;
  readonly timeMs: number;
  readonly value: number;
}

/** When a sample came is not compared: it is forgotten once the sample was applied. */
function samplesOf({ part: { queued, signals }, samples }: Place): Waiting[] {
  return samples.map((at) => ({
    signal: signals[queued[at + sampleColumns.signal] ?? -1] ?? '?',
    timeMs: queued[at + sampleColumns.timeMs] ?? Number.NaN,
    value: queued[at + sampleColumns.value] ?? Number.NaN,
  }));
}

function differenceOfQueues(one: readonly Waiting[], two: readonly Waiting[]): NumberDifference | undefined {
  for (let i = 0; i < Math.max(one.length, two.length); i++) {
    const [a, b] = [one[i], two[i]];
    if (a?.signal === b?.signal && a?.timeMs === b?.timeMs && a?.value === b?.value) continue;
    const what = `sample ${(a ?? b)?.signal}`;
    return { what, recorded: a?.value ?? Number.NaN, replayed: b?.value ?? Number.NaN };
  }
  return undefined;
}
