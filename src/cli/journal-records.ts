/** Records of a journal as JSON for people and programs: times in ISO 8601, and only those that were asked for. */

import { formatDigest, type JournalRecord, RecordedBlocks, type RecordedSample } from '../engine/index.ts';

export interface Wanted {
  readonly twin?: string;
  /** Unix milliseconds, of event times; of what has none, of when it came or was due. */
  readonly from?: number;
  readonly to?: number;
}

export function isWantedSample({ twin: of, timeMs }: RecordedSample, { twin, from, to }: Wanted): boolean {
  return (twin === undefined || of === twin) && isWithin(timeMs, { from, to });
}

/** Turns records, given one after another from the first, into one object each; undefined for one that is not wanted. */
export function createRecordView(
  wanted: Wanted,
): (number: number, record: JournalRecord) => object | undefined {
  const { twin } = wanted;
  const blocks = new RecordedBlocks();
  const within = (timeMs: number): boolean => isWithin(timeMs, wanted);
  return (number, record) => {
    const { kind } = record;
    switch (record.kind) {
      case 'samples': {
        const samples = record.samples.filter((sample) => isWantedSample(sample, wanted));
        return samples.length === 0 ? undefined : { number, kind, samples: samples.map(sampleView) };
      }
      case 'tick': {
        const { dueMs, digest, ...tick } = record.tick;
        if (!within(dueMs)) return undefined;
        if (twin !== undefined && blocks.lanes(tick)?.includes(twin) !== true) return undefined;
        return { number, kind, due: iso(dueMs), ...tick, digest: formatDigest(digest) };
      }
      case 'command': {
        const { kind: command, receivedMs, ...given } = record.command;
        if (!within(receivedMs) || (twin !== undefined && twinOf(record.command) !== twin)) return undefined;
        return { number, kind, command, received: iso(receivedMs), ...given };
      }
      case 'fleet': {
        const { receivedMs, ...fleet } = record.fleet;
        blocks.change(record.fleet);
        return twin === undefined && within(receivedMs)
          ? { number, kind, received: iso(receivedMs), ...fleet }
          : undefined;
      }
      case 'alarm': {
        const { atMs, ...alarm } = record.alarm;
        if (!within(atMs) || (twin !== undefined && alarm.alarm.twin !== twin)) return undefined;
        return { number, kind, at: iso(atMs), ...alarm };
      }
      case 'gap': {
        const { receivedMs, afterMs, untilMs, ...gap } = record.gap;
        if (!within(receivedMs) || (twin !== undefined && !gap.twins.includes(twin))) return undefined;
        return { number, kind, received: iso(receivedMs), after: iso(afterMs), until: iso(untilMs), ...gap };
      }
    }
  };
}

function sampleView({ twin, signal, timeMs, value, receivedMs }: RecordedSample): object {
  return { time: iso(timeMs), twin, signal, value, received: iso(receivedMs) };
}

export function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function twinOf(command: Extract<JournalRecord, { kind: 'command' }>['command']): string {
  if ('alarm' in command) return command.alarm.twin;
  return typeof command.twin === 'string' ? command.twin : command.twin.id;
}

interface Span {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

function isWithin(
  timeMs: number,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Partial<Span>,
): boolean {
  return timeMs >= from && timeMs < to;
}
