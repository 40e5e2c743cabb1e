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
  const alike = replayed.filter(({ model }) => model === saved.model);
  const places = new Map(
    alike.flatMap((part) => {
      const columns = commonColumns(saved, part);
      return placesOf(part).map((place, row) => [part.twins[row], { place, columns }]);
    }),
  );
  const own = placesOf(saved);
  const differences: Difference[] = [];
  let twins = 0;
  let apart = 0;
  for (const [row, id] of saved.twins.entries()) {
    if (!only.has(id)) continue;
    const there = places.get(id);
    const atMs = saved.beginsMs?.[row];
    if (there === undefined || atMs === undefined || there.place.part.beginsMs?.[there.place.row] !== atMs) {
      apart++;
      continue;
    }
    twins++;
    const here = own[row];
    const difference = here && differenceOf(here, there.place, there.columns);
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

/** A number that both parts have: its name, and its column in each. */
type CommonColumn = Readonly<Record<'saved' | 'replayed', number>> & { readonly what: string };

function commonColumns(saved: CheckpointPart, replayed: CheckpointPart): readonly CommonColumn[] {
  const others = new Map(replayed.columns.map((what, column) => [what, column]));
  return saved.columns.flatMap((what, column) => {
    const other = others.get(what);
    return other === undefined || what.startsWith('detect ')
      ? []
      : [{ what, saved: column, replayed: other }];
  });
}

type NumberDifference = Pick<Difference, 'what' | 'recorded' | 'replayed'>;

function differenceOf(
  saved: Place,
  replayed: Place,
  columns: readonly CommonColumn[],
): NumberDifference | undefined {
  for (const column of columns) {
    const [one, two] = [numberAt(saved, column.saved), numberAt(replayed, column.replayed)];
    if (!Object.is(one, two)) return { what: column.what, recorded: one, replayed: two };
  }
  return differenceOfQueues(saved, replayed);
}

function numberAt({ part, row }: Place, column: number): number {
  return part.values[column * part.twins.length + row] ?? Number.NaN;
}

/** When a sample came is not compared: it is forgotten once the sample was applied. */
function differenceOfQueues(saved: Place, replayed: Place): NumberDifference | undefined {
  for (let i = 0; i < Math.max(saved.samples.length, replayed.samples.length); i++) {
    const [signal, other] = [signalOf(saved, i), signalOf(replayed, i)];
    const [recorded, value] = [numberOf(saved, i, 'value'), numberOf(replayed, i, 'value')];
    const isSameTime = numberOf(saved, i, 'timeMs') === numberOf(replayed, i, 'timeMs');
    if (signal === other && isSameTime && recorded === value) continue;
    return { what: `sample ${signal ?? other}`, recorded, replayed: value };
  }
  return undefined;
}

function signalOf(place: Place, sample: number): string | undefined {
  return place.part.signals[numberOf(place, sample, 'signal')];
}

/** NaN if there are not so many samples. */
function numberOf({ part, samples }: Place, sample: number, column: keyof typeof sampleColumns): number {
  return part.queued[(samples[sample] ?? Number.NaN) + sampleColumns[column]] ?? Number.NaN;
}
