/**
 * A restart with a journal: what was accepted since the checkpoint is given to the twins again, between the same ticks.
 *
 * Ticks need no records of their own: the one due at t comes after the samples that had arrived by t, as it did at first. A sample
 * that arrived while that tick was computed is late by a moment, and late samples change no bit (see late.ts). Nor does it matter
 * that new samples come meanwhile: a sample that is there twice counts once.
 */

import type { CheckpointPart } from './checkpoint.ts';
import { type Entry, forward } from './fleet-entry.ts';
import type { Membership } from './membership.ts';
import type { Journal } from './ports.ts';
import { decodeSamples, type RecordedSample } from './samples-record.ts';
import type { ShardClient } from './shard-client.ts';

/** Samples given to the shards before they are asked to catch up: few enough for every queue on the way. */
const samplesAtOnce = 10_000;

export interface RecoveryOptions {
  readonly journal: Journal;
  /** What the shards were started from, and those that were: all, or one in the place of a dead one. */
  readonly parts: readonly CheckpointPart[];
  readonly members: Membership;
  readonly clients: readonly ShardClient[];
}

export interface Recovered {
  /** Samples that came after the checkpoint, and those of them whose twin or signal is no longer there. */
  readonly samples: number;
  readonly strangers: number;
}

/** Gives the shards, started to recover, what they have not had, and lets them go. */
export async function recover({ journal, parts, members, clients }: RecoveryOptions): Promise<Recovered> {
  const had = new Map(
    parts.flatMap(({ twins, journal: last = 0 }) => twins.map((id) => [id, last] as const)),
  );
  // A twin without checkpoint has had nothing; without any checkpoint nobody knows since when.
  const from = parts.length === 0 ? journal.last + 1 : Math.min(...had.values(), journal.last) + 1;
  let samples = 0;
  let strangers = 0;
  let ahead = 0;
  let atMs = Number.NEGATIVE_INFINITY;
  for await (const { number, content } of journal.read(from)) {
    for (const sample of decodeSamples(content) ?? []) {
      const entry = members.find(sample.twin);
      const isOthers = entry !== undefined && !clients.includes(entry.client);
      if (isOthers || number <= (had.get(sample.twin) ?? 0)) continue;
      // Ticks that were due before it arrived come first.
      if (sample.receivedMs > atMs) {
        atMs = sample.receivedMs;
        for (const client of clients) client.tell({ kind: 'run-to', untilMs: atMs });
      }
      samples++;
      if (!give(sample, entry)) strangers++;
      if (++ahead < samplesAtOnce) continue;
      await Promise.all(clients.map((client) => client.emptied()));
      ahead = 0;
    }
  }
  for (const client of clients) client.tell({ kind: 'go' });
  return { samples, strangers };
}

/** For people: what was found. */
export function describeRecovery({ samples, strangers }: Recovered): string {
  const left = strangers === 0 ? '' : `; ${strangers} are of twins or signals that are no longer here`;
  return `${samples} samples since the checkpoint were in the journal${left}`;
}

function give({ signal, timeMs, value, receivedMs }: RecordedSample, entry: Entry | undefined): boolean {
  const number = entry?.target.table.index.get(signal);
  if (entry === undefined || number === undefined) return false;
  return (
    forward(entry, { twin: entry.target.index, signal: number, timeMs, value, receivedMs }) === undefined
  );
}
