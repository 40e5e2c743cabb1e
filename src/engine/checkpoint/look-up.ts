/**
 * A checkpoint made whole again: the samples that it only refers to are looked up in the journal.
 *
 * Afterwards it is as if it had had them all, so what comes behind (recovery, replay, comparison) knows of no references.
 */

import { originOf, type SampleNumbers, SamplesReader } from '../journal/index.ts';
import { countedElsewhere } from '../lanes/index.ts';
import type { Journal } from '../ports/index.ts';
import { type CheckpointPart, putSample, sampleColumns } from '../protocol/index.ts';
import { standings, unpackOrigins } from './packed-origins.ts';

export interface LookedUp {
  readonly parts: readonly CheckpointPart[];
  /** Samples that the journal no longer has. */
  readonly missing: number;
}

/** Rows of a part, under way. */
interface Filling {
  readonly part: CheckpointPart;
  readonly rows: Float64Array<ArrayBuffer>;
  length: number;
}

/** Samples of a lane that stand alike, in the order of the journal. */
interface Sought {
  readonly filling: Filling;
  readonly lane: number;
  readonly standing: number;
  readonly origins: Float64Array;
  /** Up to here they were found, or are not there. */
  next: number;
}

/** Whom a sample is for, by what number of its signal. */
type Seekers = readonly { readonly sought: Sought; readonly signal: number }[];

/** @param journal - whose pages begin with the record that is asked for, or an earlier one. */
export async function lookUp(
  parts: readonly CheckpointPart[],
  journal: Pick<Journal, 'pages'>,
): Promise<LookedUp> {
  const from = Math.min(...parts.map((part) => part.from ?? Number.POSITIVE_INFINITY));
  const through = Math.max(...parts.map((part) => part.journal ?? 0));
  if (!(from <= through)) return { parts, missing: 0 };
  const fillings = parts.map(fillingOf);
  const all = fillings.flatMap(soughtOf);
  const byTwin = Map.groupBy(all, ({ filling: { part }, lane }) => part.twins[lane] ?? '');
  let record = 0;
  const reader = new SamplesReader<Seekers>({
    find: (twin, signal) => seekersOf(byTwin.get(twin) ?? [], signal),
    take: (seekers, sample) => {
      const origin = originOf({ record, place: sample.place });
      for (const { sought, signal } of seekers) offer(sought, signal, sample, origin);
    },
  });
  for await (const { first, count, bytes, spans } of journal.pages(from)) {
    for (let i = Math.max(0, from - first); i < count && first + i <= through; i++) {
      record = first + i;
      reader.read(bytes, spans[2 * i] ?? 0, spans[2 * i + 1] ?? 0);
    }
    if (first + count > through) break;
  }
  const wanted = all.reduce((sum, { origins }) => sum + origins.length, 0);
  const whole = fillings.map(wholeOf);
  const had = parts.reduce((sum, { queued }) => sum + queued.length, 0);
  const has = whole.reduce((sum, { queued }) => sum + queued.length, 0);
  return { parts: whole, missing: wanted - (has - had) / sampleColumns.count };
}

function fillingOf(part: CheckpointPart): Filling {
  const { origins, queued } = part;
  // An origin has at least a byte.
  const rows = new Float64Array(queued.length + (origins?.length ?? 0) * sampleColumns.count);
  rows.set(queued);
  return { part, rows, length: queued.length };
}

function soughtOf(filling: Filling): Sought[] {
  const groups = unpackOrigins(filling.part.origins ?? new Uint8Array(0)) ?? [];
  return groups.map(({ lane, standing, origins }) => ({
    filling,
    lane,
    standing,
    origins: origins.sort(),
    next: 0,
  }));
}

function seekersOf(all: readonly Sought[], name: string): Seekers {
  return all.flatMap((sought) => {
    const signal = sought.filling.part.signals.indexOf(name);
    return signal < 0 ? [] : [{ sought, signal }];
  });
}

/** Takes a sample if it is one that is sought. */
function offer(
  sought: Sought,
  signal: number,
  { timeMs, value, receivedMs }: Readonly<SampleNumbers>,
  origin: number,
): void {
  const { filling, origins, lane, standing } = sought;
  while ((origins[sought.next] ?? Number.POSITIVE_INFINITY) < origin) sought.next++;
  if (origins[sought.next] !== origin) return;
  sought.next++;
  const { rows, length: at } = filling;
  const cameMs = cameAt(standing, receivedMs);
  putSample(rows, at, { twin: lane, signal, timeMs, value, receivedMs: cameMs, origin });
  filling.length = at + sampleColumns.count;
}

function cameAt(standing: number, receivedMs: number): number {
  if (standing === standings.applied) return Number.NaN;
  return standing === standings.waits ? receivedMs : countedElsewhere(receivedMs);
}

function wholeOf({ part: { origins, from, ...part }, rows, length }: Filling): CheckpointPart {
  return { ...part, queued: rows.slice(0, length) };
}
