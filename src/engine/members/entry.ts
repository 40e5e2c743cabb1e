/** A twin as the fleet keeps it on the readers' side. Its snapshot is made when somebody asks. */

import type { Model } from '../../core/model/index.ts';
import { createSignalTable, type SignalTable, type Target } from '../ingest/index.ts';
import type { Sample } from '../protocol/index.ts';
import type { Frame, Snapshot, SnapshotView } from '../snapshot/index.ts';
import { createSnapshot, createSnapshotView } from '../snapshot/index.ts';
import type { TwinConfig, TwinInfo } from '../twin/index.ts';
import type { ShardClient } from './shard-client.ts';
import { samplesOf, type Trial } from './trial.ts';

export interface Entry {
  readonly info: TwinInfo;
  /** Where its samples come in; in a trial with the signals of both versions. */
  target: Target;
  /** The signals of its own version. */
  readonly table: SignalTable;
  readonly view: SnapshotView;
  /** The twin as the project has it: with the version that this names. */
  readonly named: TwinConfig;
  /** Of both lanes of a trial; undefined for a twin that has one. */
  trial: Trial | undefined;
  client: ShardClient;
  /** Samples that wait while the twin moves to another shard; undefined while it does not. */
  held: Sample[] | undefined;
  frame: Frame | undefined;
  lane: number;
  /** When the newest tick that is shown was due: a moment that the twin has certainly passed. */
  dueMs: number;
  /** Events up to here were told before a restart. */
  toldMs: number;
  snapshot: Snapshot | undefined;
}

/** What all twins of a model have in common on the readers' side. */
export interface Shared {
  readonly view: SnapshotView;
  readonly table: SignalTable;
}

export function shareOf(model: Model): Shared {
  return { view: createSnapshotView(model), table: createSignalTable(model) };
}

/** What a lane is from its beginning on. */
export interface EntryOptions {
  /** Its number in the fleet. */
  readonly index: number;
  readonly info: TwinInfo;
  readonly client: ShardClient;
  /** Default: as `info` says. */
  readonly named?: TwinConfig;
}

export function createEntry({ index, info, client, named }: EntryOptions, { view, table }: Shared): Entry {
  return {
    info,
    target: { index, config: info.config, table },
    table,
    view,
    named: named ?? info.config,
    trial: undefined,
    client,
    held: undefined,
    frame: undefined,
    lane: 0,
    dueMs: Number.NaN,
    toldMs: Number.NEGATIVE_INFINITY,
    snapshot: undefined,
  };
}

export function show(entry: Entry, frame: Frame, lane: number): void {
  entry.frame = frame;
  entry.lane = lane;
  entry.snapshot = undefined;
}

export function snapshotOf(entry: Entry | undefined): Snapshot | undefined {
  if (entry?.frame !== undefined) {
    entry.snapshot ??= createSnapshot(entry.info.config.id, entry.view, entry.frame, entry.lane);
  }
  return entry?.snapshot;
}

/** So many samples may wait for a twin that moves, which takes milliseconds. */
const heldLimit = 10_000;

/** Takes a sample on its way, or says why not. */
export function forward(entry: Entry, sample: Sample): 'queue-full' | 'unavailable' | undefined {
  if (entry.held !== undefined) {
    if (entry.held.length >= heldLimit) return 'queue-full';
    entry.held.push(sample);
    return undefined;
  }
  const { client, trial } = entry;
  if (trial === undefined) return client.forward(sample);
  // Both lanes or none.
  if (client.room < 2) return 'queue-full';
  for (const own of samplesOf(trial, sample)) {
    const hindrance = client.forward(own);
    if (hindrance !== undefined) return hindrance;
  }
  return undefined;
}
